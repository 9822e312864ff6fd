"""How long a table of history is, without counting all of it for every page.

What is in these tables is never removed. So the rows up to an id below which nobody writes any more
are counted once in a process, and from then on only those after it: the total stays exact.
"""

from time import monotonic
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from pos_project.core.db.append_only import AppendOnly

# Of the newest ids some may be under way: no use case writes so many rows of a table, nor do all
# tills together while one of them does.
UNDER_WAY = 50_000
COUNT_AGAIN_SECONDS = 3600.0


class _Counted(NamedTuple):
    """The rows up to one, and that row's moment: another one in its place is another database."""

    last_id: int
    created_at: Any
    number: int
    at: float


_counted: dict[tuple[str, type[AppendOnly]], _Counted] = {}


def length(rows: "QuerySet[Any]") -> int:
    """How many there are, as `rows.count()` says it; of a whole table of history at once."""
    if not _is_all_history(rows):
        return rows.count()
    every: QuerySet[Any] = rows.model._base_manager.all()
    newest: int = every.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest <= 2 * UNDER_WAY:
        return rows.count()
    key = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]), rows.model
    known = _counted.get(key)
    if known is None or newest - known.last_id > 2 * UNDER_WAY or not _stands(known, every):
        known = _counted[key] = _count(every, newest - UNDER_WAY, known)
    return known.number + every.filter(pk__gt=known.last_id).count()


def _is_all_history(rows: "QuerySet[Any]") -> bool:
    model, query = rows.model, rows.query
    return (
        issubclass(model, AppendOnly)
        and set(model.DRAFT_STATUSES) <= {"draft"}  # what is held for days may be given up
        and any(field.attname == "created_at" for field in model._meta.concrete_fields)
        and not (query.where or query.distinct or query.combinator or query.group_by)
        and not query.is_sliced
    )


def _stands(known: _Counted, every: "QuerySet[Any]") -> bool:
    """Whether it is still the same table, and was counted not too long ago."""
    if monotonic() - known.at > COUNT_AGAIN_SECONDS:
        return False
    row = every.filter(pk=known.last_id).values_list("created_at", flat=True)
    return list(row) == [known.created_at]


def _count(every: "QuerySet[Any]", until: int, known: _Counted | None) -> _Counted:
    settled = every.filter(pk__lte=until)
    last = settled.order_by("-pk").values_list("pk", "created_at").first()
    last_id, created_at = last or (0, None)
    if known is not None and known.last_id <= last_id and _stands(known, every):
        number = known.number + settled.filter(pk__gt=known.last_id).count()
        return _Counted(last_id, created_at, number, known.at)
    return _Counted(last_id, created_at, settled.count(), monotonic())
