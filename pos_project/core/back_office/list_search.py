"""The search of a list in the back office, so that a long history is not joined to be searched."""

from collections.abc import Sequence
from typing import Any

from django.db.models import ForeignKey, Model, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from pos_project.core.db.search_text import holding, is_phone
from pos_project.core.written_text import western_digits

# So many parties or goods may be named in a question; where more fit, it asks for them itself.
MOST_NAMED = 10_000


def found(rows: "QuerySet[Any]", fields: Sequence[str], words: str) -> "QuerySet[Any]":
    """The rows that hold every word in one of the fields, in any case; a phrase in quotes is one.

    `customer__search_text` is looked up among the customers first, and the rows of those found are
    read off the index of their key. Joined, with an `OR` between the columns of two tables, no
    index serves: every row of the history would be read. One statement more per word and table.
    """
    for word in [words.strip()] if is_phone(words, rows.model, fields) else smart_split(words):
        if word[:1] in "\"'" and word[:1] == word[-1:] and len(word) > 1:
            word = unescape_string_literal(word)
        rows = rows.filter(_holding(rows.model, fields, word))
    return rows


def _holding(model: type[Model], fields: Sequence[str], word: str) -> Q:
    said = Q(pk__in=())  # nothing, unless a field says otherwise
    of_others: dict[str, list[str]] = {}
    for field in fields:
        name, _, lookup = field.partition("__")
        if lookup and isinstance(model._meta.get_field(name), ForeignKey):
            of_others.setdefault(name, []).append(lookup)
        else:
            said |= _holding_in(model, field, word)
    for name, lookups in of_others.items():
        other: Any = model._meta.get_field(name).related_model
        named = Q()
        for lookup in lookups:
            named |= _holding_in(other, lookup, word)
        fitting = other._base_manager.filter(named).values_list("pk", flat=True)
        ids = list(fitting[: MOST_NAMED + 1])
        said |= Q(**{f"{name}__in": ids if len(ids) <= MOST_NAMED else fitting})
    return said


def _holding_in(model: type[Model], field: str, word: str) -> Q:
    if field.endswith("__istartswith"):
        return Q(**{field: western_digits(word)})  # the number of a document or slip
    return holding(model, field, word)
