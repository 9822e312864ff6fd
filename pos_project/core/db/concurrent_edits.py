"""Two people change the same row: nobody writes over what the other did without having seen it.

A form hands its use case what it `seen` of each column that it changes. Asked under the row's
lock, so that of two forms that are sent at once the later one is refused.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models

from pos_project.core.errors import Conflict


class ChangedMeanwhile(Conflict):
    """Somebody else changed these columns since they were shown; nothing was written."""

    code = "changed_meanwhile"


def require_as_seen(
    row: models.Model, wanted: Mapping[str, Any], seen: Mapping[str, Any] | None
) -> None:
    """Raise ChangedMeanwhile for columns of the locked `row` that are no longer as `seen`, saying
    both values. One that already holds what is `wanted` is no clash: a form may come twice."""
    fields = {}
    for name, before in (seen or {}).items():
        now = getattr(row, name)
        if not _alike(now, before) and not _alike(now, wanted[name]):
            fields[name] = [
                f"This was {told(row, name, before)} when you opened it and is"
                f" {told(row, name, now)} by now. Save again to put yours in its place:"
                f" {told(row, name, wanted[name])}."
            ]
    if fields:
        raise ChangedMeanwhile("Somebody else changed this meanwhile.", fields=fields)


def told(row: models.Model, name: str, value: Any) -> str:
    """A column's value as people know it: what a key points to by its name, choices in words."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    field: Any = row._meta.get_field(name.removesuffix("_id"))
    if field.is_relation:
        return str(field.related_model._base_manager.filter(pk=value).first() or value)
    return str(dict(field.flatchoices).get(value, value))


def _alike(one: Any, other: Any) -> bool:
    """As a form would show them: blanks around a text, and how its lines end, do not count."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        value = "\n".join(value.splitlines()).strip()
    return None if value == "" else value
