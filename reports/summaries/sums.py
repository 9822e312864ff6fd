"""Reading tables of sums: the figures of a plan, by any of their keys."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from operator import add
from typing import Any, NamedTuple

from reports.summaries import remembered
from reports.summaries.builder import Parameters, TableBuilder, Which
from reports.summaries.day_sets import Days
from reports.summaries.models import Granularity
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import as_day, exact, rows, whole
from reports.summaries.so_far import so_far

Key = tuple[Any, ...]
# By product or customer: the builder's figures in their order. Sums are whole numbers, in units of
# their column's last place (cents, thousandths).
Row = tuple[Any, ...]
Sums = Mapping[int, Row]
Where = tuple[tuple[str, Any], ...]  # key columns, and the value that is kept
ROW_BYTES = 300
MOST_DIGITS = 20  # of a sum that the database makes a whole number of; larger ones Python does


class _Together(NamedTuple):
    built: Sums
    live: Sums
    sums: Sums


def figures(
    builder: TableBuilder,
    plan: ReadPlan,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    given: Hashable = None,
) -> dict[Key, tuple[Any, ...]]:
    """A builder's figures, in its order, by the key `by` (key columns, or `first_day`); numbers
    are as the database gave them, or decimals.

    `where` keeps only rows with these keys; a list names several. Where months add up, also what
    moved before the period has a row, of zeros (and its MAX is of then). `given` is what else
    the live rows' figures hang on.
    """
    wanted = {
        column: value if isinstance(value, list) else [value]
        for column, value in (where or {}).items()
    }
    found: dict[Key, tuple[Any, ...]] = {}
    if not plan.closed and (plan.versions or not plan.live):
        sql, parameters = _summed(builder, plan, by=by, where=wanted)
        for row in rows(sql, parameters):
            found[_key(by, row)] = row[len(by) :]
    every = ("first_day", *builder.keys)
    read = [_of_closed(plan, builder, every, given)] if plan.closed else []
    if plan.live:
        read.append(_so_far(builder, plan.live, every, given=given))
    for each in read:
        for key, row in _by(builder, each, by, wanted).items():
            mine = _decimals(builder, row)
            found[key] = _both(builder, found[key], mine) if key in found else mine
    return found


def _key(by: Sequence[str], row: Sequence[Any]) -> Key:
    return tuple(
        as_day(value) if column == "first_day" else value
        for column, value in zip(by, row, strict=False)
    )


def _by(
    builder: TableBuilder,
    read: Mapping[Any, Row],
    by: Sequence[str],
    wanted: Mapping[str, list[Any]],
) -> Mapping[Key, Row]:
    """What was read by every key, by these columns; without any, one row."""
    every = ("first_day", *builder.keys)
    kept_by = [every.index(column) for column in by]
    only = [(every.index(column), values) for column, values in wanted.items()]
    adding = _adding(builder)
    found: dict[Key, Row] = {}
    for whose, row in read.items():
        if all(whose[at] in values for at, values in only):
            key = tuple(whose[at] for at in kept_by)
            known = found.get(key)
            found[key] = row if known is None else adding(known, row)
    if not by and not found:
        found[()] = tuple(0 if kind == "SUM" else None for kind in builder.figures.values())
    return {_key(by, key): row for key, row in found.items()}


def _decimals(builder: TableBuilder, row: Row) -> Row:
    return tuple(
        Decimal(value).scaleb(-builder.places(column)) if kind == "SUM" else value
        for (column, kind), value in zip(builder.figures.items(), row, strict=True)
    )


def _both(builder: TableBuilder, found: Row, live: Row) -> Row:
    return tuple(
        exact(one, builder.places(column)) + other if kind == "SUM" else WAYS[kind](one, other)
        for (column, kind), one, other in zip(builder.figures.items(), found, live, strict=True)
    )


def sums_by_key(
    builder: TableBuilder, *plans: ReadPlan, by: str = "", where: Where = ()
) -> list[Sums]:
    """All figures of a builder by one of its keys, the first unless named, of every one that moved
    in each of these periods; not to be written into. `where` as `figures` has it; where months
    add up, as it says.
    """
    key = by or builder.keys[0]
    return [_together(builder, plan, key, where) for plan in plans]


def _together(builder: TableBuilder, plan: ReadPlan, by: str, where: Where) -> Sums:
    built: Sums = _of_summaries(plan, builder, by, where)
    live: Sums = _so_far(builder, plan.live, (by,), where) if plan.live else {}
    if not built or not live:
        return live or built
    key = ("together", builder, plan, by, where)
    kept: _Together | None = remembered.recall(key)
    if kept is None or kept.built is not built or kept.live.keys() - live.keys():
        kept = _Together(built, {}, built)
    # A row that has not changed since is the very same tuple.
    changed = [(each, row) for each, row in live.items() if kept.live.get(each) is not row]
    if not changed:
        return kept.sums
    adding, found = _adding(builder), dict(kept.sums)
    for each, row in changed:
        known = built.get(each)
        found[each] = row if known is None else adding(known, row)
    remembered.keep(key, _Together(built, live, found), len(found) * ROW_BYTES)
    return found


@remembered.remembered(bytes_a_row=ROW_BYTES)
def _of_summaries(plan: ReadPlan, builder: TableBuilder, by: str, where: Where) -> Sums:
    if plan.closed:
        return _read_rows(builder, (by,), where, plan.closed)
    wanted = {column: [value] for column, value in where}
    source, parameters = _summed(builder, plan, by=(by,), where=wanted)
    return _whole_rows(builder, (by,), source, parameters)


@remembered.remembered(bytes_a_row=ROW_BYTES)
def _of_closed(
    plan: ReadPlan, builder: TableBuilder, by: tuple[str, ...], given: Hashable
) -> Mapping[Any, Row]:
    """What built days came to, of a store that what is built does not know."""
    return _read_rows(builder, by, (), plan.closed)


def _so_far(
    builder: TableBuilder,
    live: Days,
    by: tuple[str, ...],
    where: Where = (),
    *,
    given: Hashable = None,
) -> Mapping[Any, Row]:
    """What live days came to, by these columns: whole numbers. By one column, it is the key."""
    return so_far(
        (builder, by, where, given),
        live,
        builder.day_rows,
        partial(_read_rows, builder, by, where),
        partial(_added, builder),
        bytes_of=lambda found: len(found) * ROW_BYTES,
    )


def _read_rows(
    builder: TableBuilder, by: tuple[str, ...], where: Where, which: Which
) -> Mapping[Any, Row]:
    only, parameters = _only({column: [value] for column, value in where})
    parts = " UNION ALL ".join(builder.sums_of_events(which, "live", by=by, only=only))
    columns = ", ".join(by)
    source = f"SELECT {columns}, {builder.sums()} FROM ({parts}) parts GROUP BY {columns}"
    return _whole_rows(builder, by, source, {**parameters, **which.parameters("live")})


def _added(
    builder: TableBuilder, mine: Mapping[Any, Row], theirs: Mapping[Any, Row]
) -> Mapping[Any, Row]:
    adding, found = _adding(builder), dict(mine)
    for key, row in theirs.items():
        known = found.get(key)
        found[key] = row if known is None else adding(known, row)
    return found


def _whole_rows(
    builder: TableBuilder, by: Sequence[str], source: str, parameters: Parameters
) -> dict[Any, Row]:
    """The rows of `source`, their sums as whole numbers."""
    large = [
        (at, builder.places(column))
        for at, column in enumerate(builder.figures)
        if builder.figures[column] == "SUM" and builder.digits(column) > MOST_DIGITS
    ]
    shown = ", ".join((*by, *(_whole(builder, column) for column in builder.figures)))
    found: dict[Any, Row] = {}
    for row in rows(f"SELECT {shown} FROM ({source}) sums", parameters):
        sums: Sequence[Any] = row[len(by) :]
        if large:
            sums = exact_sums = list(sums)
            for at, places in large:
                exact_sums[at] = int(exact(exact_sums[at], places).scaleb(places))
        found[row[0] if len(by) == 1 else tuple(row[: len(by)])] = tuple(sums)
    return found


def _whole(builder: TableBuilder, column: str) -> str:
    if builder.figures[column] != "SUM" or builder.digits(column) > MOST_DIGITS:
        return column
    return whole(f"{column} * {10 ** builder.places(column)}")


def _smallest(one: Any, other: Any) -> Any:
    return min((each for each in (one, other) if each is not None), default=None)


def _largest(one: Any, other: Any) -> Any:
    return max((each for each in (one, other) if each is not None), default=None)


WAYS: Mapping[str, Callable[[Any, Any], Any]] = {"SUM": add, "MIN": _smallest, "MAX": _largest}


def _adding(builder: TableBuilder) -> Callable[[Row, Row], Row]:
    """How figures of different rows are put together, column by column."""
    ways = [WAYS[kind] for kind in builder.figures.values()]
    if all(way is add for way in ways):
        return lambda one, other: tuple(map(add, one, other))
    return lambda one, other: tuple(
        [way(mine, theirs) for way, mine, theirs in zip(ways, one, other, strict=True)]
    )


def _summed(
    builder: TableBuilder, plan: ReadPlan, *, by: Sequence[str], where: Mapping[str, list[Any]]
) -> tuple[str, Parameters]:
    """SQL of what is built of the figures, by these columns, and its parameters. Each part is
    summed up by itself: less to put together than all its rows."""
    only, parameters = _only(where)
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    sums = ", ".join((*by, builder.sums()))
    parts = []
    for label, granularity, days in (
        ("month", Granularity.MONTH, plan.months),
        ("less", Granularity.MONTH, plan.less),
        ("day", Granularity.DAY, plan.days),
    ):
        if days:
            kept = f"span = {granularity.value} AND {days.on('first_day', label)}{only}"
            part = f"SELECT {sums} FROM {builder.table} WHERE {kept}{grouped}"
            if label == "less":
                shown = ", ".join((*by, *(_negative(builder, each) for each in builder.figures)))
                part = f"SELECT {shown} FROM ({part}) less_month"
            parts.append(part)
            parameters |= days.parameters(label)
    if not parts:  # nothing is built: no rows, or one of nothing
        parts.extend(builder.sums_of_events(Days(), "live", by=by, only=only))
    if len(parts) == 1:
        return parts[0], parameters
    return f"SELECT {sums} FROM ({' UNION ALL '.join(parts)}) parts{grouped}", parameters


def _only(where: Mapping[str, list[Any]]) -> tuple[str, Parameters]:
    conditions, parameters = "", Parameters()
    for key, values in where.items():
        names = [f"only_{key}{at}" for at in range(len(values))]
        marks = ", ".join(f"%({name})s" for name in names) or "NULL"
        conditions += f" AND {key} IN ({marks})"
        parameters |= dict(zip(names, values, strict=True))
    return conditions, parameters


def _negative(builder: TableBuilder, column: str) -> str:
    # What is latest or largest up to the earlier month says nothing about the months after it.
    return f"-{column} AS {column}" if builder.figures[column] == "SUM" else f"NULL AS {column}"
