"""History is added to, never edited.

A posted row may change only in its moving columns, each of which `reconcile` recomputes from
other rows. Everything else about it is corrected by a new, opposite row that names the first.
The models refuse it here; the database's triggers (`guards`) are generated from the same lists.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models


class HistoryIsAddedTo(Exception):
    """Our own code tried to rewrite history: a bug, never a user's mistake."""


def refuse_unless_moving(model: type[models.Model], fields: Iterable[str]) -> None:
    """Raise HistoryIsAddedTo when one of `fields` of an append-only model may not move."""
    if issubclass(model, AppendOnly):
        fixed = set(fields) - model.MOVING_COLUMNS
        if fixed:
            raise HistoryIsAddedTo(f"{model.__name__}: {', '.join(sorted(fixed))} never change.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **changes: Any) -> int:
        refuse_unless_moving(self.model, changes)
        return super().update(**changes)

    def update_draft(self, **changes: Any) -> int:
        """Change rows not posted yet; the row's status says so, in the UPDATE itself."""
        drafts = self.filter(status__in=self.model.DRAFT_STATUSES)
        return models.QuerySet.update(drafts, **changes)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        refuse_unless_moving(self.model, fields)
        return super().bulk_update(objs, fields, batch_size)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts"):
            raise HistoryIsAddedTo(f"{self.model.__name__} rows are added, never overwritten.")
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise HistoryIsAddedTo(f"{self.model.__name__} rows are never deleted.")


class AppendOnly(models.Model):
    """A row that, once written, only moves in `MOVING_COLUMNS`."""

    MOVING_COLUMNS: ClassVar[frozenset[str]] = frozenset()
    DRAFT_STATUSES: ClassVar[tuple[str, ...]] = ()
    # A line may change while the document that this key points to is a draft.
    LINE_OF: ClassVar[str | None] = None
    # Lines (related name) whose two columns add up to the same when the document is posted.
    BALANCED_LINES: ClassVar[tuple[str, str, str] | None] = None

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            fields = kwargs.get("update_fields")
            names = fields or [field.attname for field in self._meta.concrete_fields]
            refuse_unless_moving(type(self), names)
        elif not kwargs.get("update_fields"):
            # Without it, a new object with the id of an old row would overwrite that row.
            kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise HistoryIsAddedTo(f"{type(self).__name__} rows are never deleted.")
