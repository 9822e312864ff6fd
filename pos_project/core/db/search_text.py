"""A column by which master data is searched and sorted: one spelling of all that it is found by.

It is compared byte by byte, so SQLite, MySQL and MariaDB find and sort alike. It begins with the
name. `reconcile` proves that it spells what stands beside it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import phonenumbers
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython
from django.db.models import Q

from pos_project.core.db.unique_keys import KeyField, key_of
from pos_project.core.written_text import searchable, spellings, western_digits

SEARCH_TEXT = "search_text"
MAX_LENGTH = 700  # an index of InnoDB holds 768 letters
FILLED_AT_ONCE = 500
_BETWEEN = "\n"  # sorts before all that a name holds, and nobody searches for it
_GTIN = re.compile(r"[0-9]{12,14}")
_PHONE = re.compile(r"\(?[+0-9][0-9 ()./-]{2,}[0-9]")
_WHOLE_PHONE = 7  # digits; fewer are a part of a number


class SearchText(models.CharField):
    """Spells the columns `of`, those of `also` that hold something, and the digits of `phones`,
    whenever a row is saved or inserted."""

    def __init__(
        self,
        *,
        of: Sequence[str] = (),
        also: Sequence[str] = (),
        phones: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        self.of, self.also, self.phones = tuple(of), tuple(also), tuple(phones)
        kwargs = {"max_length": MAX_LENGTH, "editable": False, "default": "", **kwargs}
        super().__init__(**kwargs)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it spells."""
        return (*self.of, *self.also, *self.phones)

    def spelled(self, row: Any) -> str:
        """What the column of this row should hold."""
        texts = [searchable(getattr(row, name) or "") for name in self.of]
        texts += [searchable(text) for name in self.also if (text := getattr(row, name))]
        texts += [digits_of(getattr(row, name) or "") for name in self.phones]
        return _BETWEEN.join(texts)[: self.max_length]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.of:  # (a migration's model does not know)
            setattr(model_instance, self.attname, self.spelled(model_instance))
        return super().pre_save(model_instance, add)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters


class Searchable(models.Model):
    """Master data with a `search_text`, which a save of some columns keeps too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        columns: Iterable[str] | None = kwargs.get("update_fields")
        if columns is not None:
            field: Any = self._meta.get_field(SEARCH_TEXT)
            if set(field.columns).intersection(columns):
                kwargs["update_fields"] = {*columns, SEARCH_TEXT}
        super().save(*args, **kwargs)


def fill_search_text(
    app: str, name: str, *, of: Sequence[str], phones: Sequence[str] = ()
) -> RunPython:
    """The step of a migration that fills the column of the rows that are there."""
    field = SearchText(of=of, phones=phones)

    def fill(apps: Any, _: Any) -> None:
        model = apps.get_model(app, name)
        rows = model._base_manager.only("pk", *of, *phones).order_by("pk")
        last = 0
        while part := list(rows.filter(pk__gt=last)[:FILLED_AT_ONCE]):
            for row in part:
                row.search_text = field.spelled(row)
            model._base_manager.bulk_update(part, [SEARCH_TEXT])
            last = part[-1].pk

    return RunPython(fill, RunPython.noop)


def is_phone(words: str, model: type[models.Model], paths: Iterable[str]) -> bool:
    """Whether words are the parts of one phone number, where phones are looked through."""
    if not _PHONE.fullmatch(western_digits(words.strip())):
        return False
    columns = [_field_at(model, path) for path in paths if path.endswith(SEARCH_TEXT)]
    return any(column.phones for column in columns)


def holding(model: type[models.Model], path: str, words: str) -> Q:
    """Rows whose column at `path` holds the words, in whatever spelling, anywhere in it.

    A code of 12 to 14 digits is looked for without the zeros before it (an EAN-13 holds the UPC),
    a phone number without what different people write before it.
    """
    field = _field_at(model, path)
    if isinstance(field, KeyField):
        return Q(**{f"{path}__contains": key_of(western_digits(words)) or ""}) | Q(
            **{f"{path}__contains": key_of(words) or ""}
        )
    if not isinstance(field, SearchText):
        said = Q()
        for spelling in spellings(words.strip()):
            said |= Q(**{f"{path}__icontains": spelling})
        return said
    spelled = searchable(words)
    if not field.phones and _GTIN.fullmatch(spelled):
        return Q(**{f"{path}__contains": spelled.lstrip("0") or spelled})
    said = Q(**{f"{path}__contains": spelled})
    if field.phones and _PHONE.fullmatch(spelled):
        said |= Q(**{f"{path}__contains": _subscriber(spelled)})
    return said


def _field_at(model: type[models.Model], path: str) -> Any:
    *others, column = path.split("__")
    at: Any = model
    for name in others:
        at = at._meta.get_field(name).related_model
    return at._meta.get_field(column)


def digits_of(phone: str) -> str:
    """The digits of a phone number, whatever stands between them."""
    return re.sub(r"[^0-9]", "", western_digits(phone))


def _subscriber(phone: str) -> str:
    """The digits that every spelling of a phone number ends in: without country and leading zero.

    Of a number without `+` or `00` its country is only what makes it a valid number of there.
    """
    digits = digits_of(phone)
    if len(digits) < _WHOLE_PHONE:
        return digits
    says_country = "+" in phone or digits.startswith("00")
    bare = digits.lstrip("0")
    try:
        number = phonenumbers.parse(f"+{bare}")
    except phonenumbers.NumberParseException:
        return bare
    if says_country or (bare == digits and phonenumbers.is_valid_number(number)):
        return phonenumbers.national_significant_number(number).lstrip("0") or bare
    return bare
