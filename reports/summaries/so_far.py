"""What days that are not built came to so far: each of their rows is read once in a process.

Rows are only ever added to a day, and what counts of them never changes (`DayRows`). So what some
rows came to is remembered with the very ids of these rows. A reader asks which rows its snapshot
has, and reads those that are new; ids that were given out early and committed late, or sales that
were held, are among them like any other (ADR 49).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pos_project.core.db.transactions import read_in_snapshot
from reports.summaries import remembered
from reports.summaries.builder import DayRows, Which
from reports.summaries.day_sets import Days
from reports.summaries.id_set import IdSet
from reports.summaries.raw import id_list, rows

MANY = 2_000  # new rows: reading all of their days costs less than naming so many

V = TypeVar("V")


@dataclass(frozen=True)
class NewRows:
    """Rows by their ids, in the place of days; by the alias of their table."""

    ids: dict[str, IdSet]

    def on(self, column: str, name: str = "day") -> str:
        alias = column.partition(".")[0]
        return f"{alias}.id IN ({id_list(self.ids[alias])})"

    def parameters(self, name: str = "day") -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class _Present:
    """The rows of some days in one snapshot."""

    ids: IdSet
    newest: int = 0
    written: Any = None  # when the newest was: another moment, and it is another row
    # Where each set of ids holds the one before. It begins anew when the database is not the one
    # that was read before: restored, or another.
    history: Any = None


@dataclass(frozen=True)
class _SoFar:
    value: Any
    present: tuple[_Present, ...]


def so_far(
    what: Hashable,
    days: Days,
    day_rows: Sequence[DayRows],
    read: Callable[[Which], V],
    add: Callable[[V, V], V],
    *,
    bytes_of: Callable[[V], int],
) -> V:
    """What these rows of these days come to in this snapshot; not to be written into.

    `read` reads that of all rows of days, or of some rows; `add` makes a value of two that are of
    different rows, and leaves both as they are. `what` names what is read. Outside a snapshot
    nothing is remembered.
    """
    present = _all_present(day_rows, days)
    if present is None:
        return read(days)
    key = ("so far", what, days)
    kept: _SoFar | None = remembered.recall(key)
    if kept is None or not _follow(kept.present, present):
        value = read(days)
    else:
        new = [now.ids - then.ids for now, then in zip(present, kept.present, strict=True)]
        count = sum(map(len, new))
        if not count:
            return kept.value  # type: ignore[no-any-return]  # (what `read` or `add` returned)
        if count > MANY:
            value = read(days)
        else:
            aliases = (each.alias for each in day_rows)
            value = add(kept.value, read(NewRows(dict(zip(aliases, new, strict=True)))))
    if not (kept and _follow(present, kept.present)):  # another reader knows a later snapshot
        remembered.keep(key, _SoFar(value, present), bytes_of(value))
    return value


def _follow(earlier: Sequence[_Present], later: Sequence[_Present]) -> bool:
    """Whether the later have all rows of the earlier."""
    return all(
        one is other or (one.history is other.history and not one.ids - other.ids)
        for one, other in zip(earlier, later, strict=True)
    )


def _all_present(day_rows: Sequence[DayRows], days: Days) -> tuple[_Present, ...] | None:
    read = read_in_snapshot()
    if read is None:
        return None
    found = []
    for each in day_rows:
        if (each, days) not in read:
            read[each, days] = _present(each, days)
        found.append(read[each, days])
    return None if None in found else tuple(found)


def _present(day_rows: DayRows, days: Days) -> _Present | None:
    """Which rows these days have now: those known, if they are as many, and the newer ones; else
    all are read. None in a snapshot that began before another one that is known."""
    key = ("present", day_rows, days)
    recalled: _Present | None = remembered.recall(key)
    known = recalled or _Present(IdSet(), history=object())
    count, written, newer = _ask(day_rows, days, known.newest)
    same_row = written == known.written
    if same_row and count == len(known.ids) + len(newer):
        if recalled and not newer:
            return recalled
        ids, newest = known.ids | IdSet(newer), max(newer, default=0)
    else:
        every = _all_ids(day_rows, days)
        ids, newest = IdSet(every), max(every, default=0)
    gone = known.ids - ids
    if gone and (written is None or (same_row and not ids - known.ids)):
        return None
    history = known.history if same_row and not gone else object()
    present = _Present(ids, newest, _when_written(day_rows, newest), history)
    remembered.keep(key, present, ids.bytes)
    return present


def _ask(day_rows: DayRows, days: Days, after: int) -> tuple[int, Any, list[int]]:
    """How many rows there are; when the one with the id `after` was written; the ids after it."""
    count, written, newer = 0, None, []
    of_days, alias = _of_days(day_rows, days), day_rows.alias
    for is_count, number, moment in rows(
        f"""
        SELECT 1, COUNT(*), (SELECT created_at FROM {day_rows.table} WHERE id = %(after)s)
        FROM {of_days}
        UNION ALL
        SELECT 0, {alias}.id, NULL FROM {of_days} AND {alias}.id > %(after)s
        """,  # noqa: S608  (our own names)
        {"after": after, **days.parameters()},
    ):
        if is_count:
            count, written = number, moment
        else:
            newer.append(number)
    return count, written, newer


def _all_ids(day_rows: DayRows, days: Days) -> list[int]:
    sql = f"SELECT {day_rows.alias}.id FROM {_of_days(day_rows, days)}"  # noqa: S608  (ours)
    return [pk for (pk,) in rows(sql, days.parameters())]


def _when_written(day_rows: DayRows, pk: int) -> Any:
    sql = f"SELECT created_at FROM {day_rows.table} WHERE id = %(id)s"  # noqa: S608  (ours)
    return next((moment for (moment,) in rows(sql, {"id": pk})), None)


def _of_days(day_rows: DayRows, days: Days) -> str:
    return (
        f"{day_rows.table} {day_rows.alias} WHERE {day_rows.counting} AND {days.on(day_rows.day)}"
    )
