"""What days that are not built came to so far: each of their rows is read once in a process.

Rows are only ever added to a day, and what counts of them never changes (`DayRows`). So what some
rows came to is remembered with the very ids of these rows. A reader asks which rows its snapshot
has, and reads those that are new; ids that were given out early and committed late, or sales that
were held, are among them like any other (ADR 49).
"""

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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

    ids: IdSet  # of all stores
    of_stores: Mapping[int, IdSet] | None  # the same by store, where one store is read
    newest: int = 0
    written: Any = None  # when the newest was: another moment, and it is another row
    # Where each set of ids holds the one before. It begins anew when the database is not the one
    # that was read before: restored, or another.
    history: Any = None
    # The runs of ids between them that may still come; None when they are too many to be named.
    gaps: Sequence[tuple[int, int]] | None = None
    known_at: float = 0.0  # whoever asks for a snapshot from here on sees all of these rows

    def of(self, store_id: int | None) -> IdSet:
        if store_id is None:
            return self.ids
        assert self.of_stores is not None
        return self.of_stores.get(store_id) or IdSet()


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

    Which rows there are is followed for all stores together, of which one store's are read: its
    own ids are full of gaps, and those are the other stores'.

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
        new = [
            now.of(days.store_id) - then.of(days.store_id)
            for now, then in zip(present, kept.present, strict=True)
        ]
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
    by_store, days = days.store_id is not None, replace(days, store_id=None)
    present = []
    for each in day_rows:
        key = ("present", each, days, by_store)
        if key not in snapshot.found:
            asked = _Asked(each, days, by_store)
            snapshot.found[key] = _present(asked, snapshot.asked_at)
        present.append(snapshot.found[key])
    return None if None in present else tuple(present)


@dataclass(frozen=True)
class _Asked:
    """Rows of some days of all stores, whose presence is asked for; where it is `by_store`, each
    with its store."""

    day_rows: DayRows
    days: Days
    by_store: bool

    @property
    def columns(self) -> str:
        alias = self.day_rows.alias
        return f"{alias}.id, {alias}.store_id" if self.by_store else f"{alias}.id"

    @property
    def source(self) -> str:
        rows_, days = self.day_rows, self.days.on(self.day_rows.day)
        return f"{rows_.table} {rows_.alias} WHERE {rows_.counting} AND {days}"

    def found(self, pairs: Iterable[Sequence[int]]) -> tuple[IdSet, Mapping[int, IdSet] | None]:
        """The ids of all stores and, where they are asked for, of each."""
        if not self.by_store:
            return IdSet(pk for (pk,) in pairs), None
        of_stores: dict[int, list[int]] = defaultdict(list)
        for pk, store_id in pairs:
            of_stores[store_id].append(pk)
        sets = {store_id: IdSet(ids) for store_id, ids in of_stores.items()}
        return _union(sets.values()), sets


def _union(sets: Iterable[IdSet]) -> IdSet:
    every = IdSet()
    for ids in sets:
        every.add_all(ids)
    return every


def _present(asked: _Asked, asked_at: float) -> _Present | None:
    """Which rows these days have in a snapshot. None in one that is older than another one that
    is known."""
    day_rows, key = asked.day_rows, ("present", asked)
    known: _Present | None = remembered.recall(key)
    if known and known.gaps is not None and known.known_at <= asked_at:
        written, new = _ask_for_new(asked, known)
        if written == known.written:
            if not new:
                return known
            latest, moment = max((row[0], at) for at, *row in new)
            ids, of_stores = asked.found(row for _, *row in new)
            if of_stores is not None:
                theirs = {pk: more | known.of(pk) for pk, more in of_stores.items()}
                of_stores = {**(known.of_stores or {}), **theirs}
            newest = (latest, moment) if latest > known.newest else (known.newest, written)
            return _know(key, known.ids | ids, of_stores, newest, known.history)
    ids, of_stores = asked.found(_all_of(asked))
    if known and known.ids - ids:
        written = _when_written(day_rows, known.newest)
        if written is None or (written == known.written and not ids - known.ids):
            return None
        known = None
    elif known and known.newest and _when_written(day_rows, known.newest) != known.written:
        known = None
    last = ids.greatest if ids else 0
    newest = (last, _when_written(day_rows, last) if last else None)
    return _know(key, ids, of_stores, newest, known.history if known else object())


def _know(
    key: Hashable,
    ids: IdSet,
    of_stores: Mapping[int, IdSet] | None,
    newest: tuple[int, Any],
    history: Any,
) -> _Present:
    """`newest` is the latest id, and when it was written."""
    gaps = ids.gaps(most=MOST_GAPS) if ids else []
    present = _Present(ids, of_stores, *newest, history, gaps, known_at=time.perf_counter())
    size = ids.bytes + sum(each.bytes for each in (of_stores or {}).values())
    remembered.keep(key, present, size)
    return present


def _ask_for_new(asked: _Asked, known: _Present) -> tuple[Any, list[tuple[Any, ...]]]:
    """When the newest known row was written; and the rows of these days that are not known: when
    each was written, and the columns that are asked for.

    Those are before the first that is known, after the last, or in a gap. The + keeps SQLite
    from reading the table in their order: it has an index by day.
    """
    alias, source = asked.day_rows.alias, asked.source
    if known.newest:
        unknown = [f"+{alias}.id < {known.ids.least}", f"+{alias}.id > {known.newest}"]
        unknown += [f"+{alias}.id BETWEEN {first} AND {last}" for first, last in known.gaps or ()]
        source += f" AND ({' OR '.join(unknown)})"
    no_store = ", NULL" if asked.by_store else ""
    written, new = None, []
    for is_new, moment, *row in rows(
        f"""
        SELECT 0, created_at, id{no_store} FROM {asked.day_rows.table} WHERE id = %(newest)s
        UNION ALL SELECT 1, {alias}.created_at, {asked.columns} FROM {source}
        """,
        {"newest": known.newest, **asked.days.parameters()},
    ):
        if is_new:
            new.append((moment, *row))
        else:
            written = moment
    return written, new


def _all_of(asked: _Asked) -> Iterable[Sequence[int]]:
    return rows(f"SELECT {asked.columns} FROM {asked.source}", asked.days.parameters())


def _when_written(day_rows: DayRows, pk: int) -> Any:
    sql = f"SELECT created_at FROM {day_rows.table} WHERE id = %(id)s"
    return next((moment for (moment,) in rows(sql, {"id": pk})), None)
