"""What days that are not built came to so far: each of their rows is read once in a process.

Rows are only ever added to a day, and what counts of them never changes (`DayRows`). So what some
rows came to is remembered with the very ids of these rows. A reader asks which rows its snapshot
has, and reads those that are new; ids that were given out early and committed late, or sales that
were held, are among them like any other (ADR 49).
"""

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pos_project.core.db.transactions import current_snapshot
from reports.summaries import remembered
from reports.summaries.builder import DayRows, Which
from reports.summaries.day_sets import Days
from reports.summaries.id_set import IdSet
from reports.summaries.raw import id_list, rows

MOST_GAPS = 500
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
    # The runs of ids between them that may still come; None when they are too many to be named.
    gaps: Sequence[tuple[int, int]] | None = None
    known_at: float = 0.0  # whoever asks for a snapshot from here on sees all of these rows


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
    snapshot = current_snapshot()
    if snapshot is None:
        return None
    present = []
    for each in day_rows:
        key = ("present", each, days)
        if key not in snapshot.found:
            snapshot.found[key] = _present(each, days, snapshot.asked_at)
        present.append(snapshot.found[key])
    return None if None in present else tuple(present)


def _present(day_rows: DayRows, days: Days, asked_at: float) -> _Present | None:
    """Which rows these days have in a snapshot. None in one that is older than another one that
    is known."""
    key = ("present", day_rows, days)
    known: _Present | None = remembered.recall(key)
    if known and known.gaps is not None and known.known_at <= asked_at:
        written, new = _ask_for_new(day_rows, days, known)
        if written == known.written:
            if not new:
                return known
            return _know(key, day_rows, known.ids | IdSet(new), known.history)
    ids = IdSet(_ids(day_rows, days))
    if known and known.ids - ids:
        written = _when_written(day_rows, known.newest)
        if written is None or (written == known.written and not ids - known.ids):
            return None
        known = None
    elif known and known.newest and _when_written(day_rows, known.newest) != known.written:
        known = None
    return _know(key, day_rows, ids, known.history if known else object())


def _know(key: Hashable, day_rows: DayRows, ids: IdSet, history: Any) -> _Present:
    newest = ids.greatest if ids else 0
    present = _Present(
        ids,
        newest,
        _when_written(day_rows, newest) if newest else None,
        history,
        gaps=ids.gaps(most=MOST_GAPS) if newest else [],
        known_at=time.perf_counter(),
    )
    remembered.keep(key, present, ids.bytes)
    return present


def _ask_for_new(day_rows: DayRows, days: Days, known: _Present) -> tuple[Any, list[int]]:
    """When the newest known row was written; and the ids of these days that are not known.

    Those are before the first that is known, after the last, or in a gap. The + keeps SQLite
    from reading the table in their order: it has an index by day.
    """
    pk, of_days = f"{day_rows.alias}.id", _of_days(day_rows, days)
    if known.newest:
        unknown = [f"+{pk} < {known.ids.least}", f"+{pk} > {known.newest}"]
        unknown += [f"+{pk} BETWEEN {first} AND {last}" for first, last in known.gaps or ()]
        of_days += f" AND ({' OR '.join(unknown)})"
    written, new = None, []
    for is_new, number, moment in rows(
        f"""
        SELECT 0, id, created_at FROM {day_rows.table} WHERE id = %(newest)s
        UNION ALL SELECT 1, {pk}, NULL FROM {of_days}
        """,
        {"newest": known.newest, **days.parameters()},
    ):
        if is_new:
            new.append(number)
        else:
            written = moment
    return written, new


def _ids(day_rows: DayRows, days: Days) -> list[int]:
    sql = f"SELECT {day_rows.alias}.id FROM {_of_days(day_rows, days)}"
    return [pk for (pk,) in rows(sql, days.parameters())]


def _when_written(day_rows: DayRows, pk: int) -> Any:
    sql = f"SELECT created_at FROM {day_rows.table} WHERE id = %(id)s"
    return next((moment for (moment,) in rows(sql, {"id": pk})), None)


def _of_days(day_rows: DayRows, days: Days) -> str:
    return (
        f"{day_rows.table} {day_rows.alias} WHERE {day_rows.counting} AND {days.on(day_rows.day)}"
    )
