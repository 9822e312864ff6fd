"""What was changed, told as people know it: by whom, when, and each value before and after."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from auditlog import get_logentry_model
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

# What the library calls create, update, delete and access; then what the shop adds to them.
DONE = {0: "added", 1: "changed", 2: "removed", 3: "exported", 4: "refused", 5: "approved"}
MOST = 200  # changes of one row on its page; the audit has all of them

Change = tuple[str, str, str]  # the column in words, its value before and after


def is_kept(model: type[Model]) -> bool:
    """Whether changes of these rows are written down; documents do not change."""
    return auditlog.contains(model)


def of_row(row: Model) -> list[dict[str, Any]]:
    """All that was done to a row, the newest first; so many statements, however often it was
    changed."""
    entries = get_logentry_model().objects.filter(
        content_type=ContentType.objects.get_for_model(row), object_pk=str(row.pk)
    )
    found = list(entries.select_related("actor", "content_type").order_by("-id")[:MOST])
    changes_of = told(found)
    return [
        {
            "when": moment(entry.timestamp),
            "who": entry.actor.name if entry.actor else "the system",
            "done": DONE[entry.action],
            "changes": sorted(changes_of[entry.pk]),
        }
        for entry in found
    ]


def told(entries: Iterable[Any]) -> dict[int, list[Change]]:
    """The changes of entries, by entry; what a key points to is called by its name while that is
    there: one statement for each table that is pointed to."""
    found = {
        entry.pk: [(name, field, *_pair(change)) for name, field, change in _columns(entry)]
        for entry in entries
    }
    keys: dict[type[Model], set[str]] = {}
    for columns in found.values():
        for _, field, before, after in columns:
            if field is not None and field.is_relation:
                wanted = {str(value) for value in (before, after) if str(value).isdigit()}
                keys.setdefault(field.related_model, set()).update(wanted)
    names = {
        model: {str(pk): str(row) for pk, row in model._base_manager.in_bulk(list(ids)).items()}
        for model, ids in keys.items()
    }

    def value(field: Any, raw: Any) -> str:
        if raw in (None, "None", ""):
            return "–"
        is_key = field is not None and field.is_relation
        return names[field.related_model].get(str(raw), str(raw)) if is_key else str(raw)

    return {
        pk: [
            (_word(field, name), value(field, before), value(field, after))
            for name, field, before, after in columns
        ]
        for pk, columns in found.items()
    }


def changes(entry: Any) -> Iterator[Change]:
    """The columns of an entry in words, with their values as they are kept."""
    for name, field, change in _columns(entry):
        before, after = _pair(change)
        yield _word(field, name), str(before), str(after)


def before_and_after(rows: Iterable[Change]) -> SafeString:
    """Changes as a table."""
    lines = format_html_join(
        "", '<tr><td class="pr-6">{}</td><td class="pr-6">{}</td><td>{}</td></tr>', rows
    )
    if not lines:
        return format_html("–")
    return format_html(
        '<table class="w-full"><thead><tr><th scope="col" class="text-left pr-6">what</th>'
        '<th scope="col" class="text-left pr-6">before</th>'
        '<th scope="col" class="text-left">after</th></tr></thead><tbody>{}</tbody></table>',
        lines,
    )


def moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


def _columns(entry: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, column and change of each column; one that is there no more is None. The rows that
    point at this one are no change of it."""
    model: Any = entry.content_type.model_class()
    for name, change in (entry.changes or {}).items():
        try:
            field = model._meta.get_field(name)
        except (AttributeError, FieldDoesNotExist):
            field = None
        if field is None or field.concrete:
            yield name, field, change


def _word(field: Any, name: str) -> str:
    """What a column is called on the pages."""
    return str(field.verbose_name) if field else name.replace("_", " ")


def _pair(change: Any) -> tuple[Any, Any]:
    return (change[0], change[1]) if isinstance(change, list) and len(change) == 2 else ("", change)
