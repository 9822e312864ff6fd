"""Reading tables of sums: the figures of a plan, by any of their keys."""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import add
from typing import Any

from reports.summaries.builder import Parameters, TableBuilder
from reports.summaries.models import Granularity
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import as_day, rows, whole
from reports.summaries.remembered import remembered

Key = tuple[Any, ...]
# By product or customer: the builder's figures in their order. Sums are whole numbers, in units of
# their column's last place (cents, thousandths).
Row = tuple[Any, ...]
Sums = Mapping[int, Row]


def figures(
    builder: TableBuilder,
    plan: ReadPlan,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
) -> dict[Key, tuple[Any, ...]]:
    """A builder's figures, in its order and as the database gave them, by the key `by` (key
    columns, or `first_day`).

    `where` keeps only rows with these keys; a list names several. Where months add up, also what
    moved before the period has a row, of zeros (and its MAX is of then).
    """
    sql, parameters = _summed(builder, plan, by=by, where=where or {})
    return {
        tuple(
            as_day(value) if column == "first_day" else value
            for column, value in zip(by, row, strict=False)
        ): row[len(by) :]
        for row in rows(sql, parameters)
    }


def sums_by_key(builder: TableBuilder, *plans: ReadPlan, live: Collection[str] = ()) -> list[Sums]:
    """All figures of a builder that has one key, of every one that moved in each of these periods;
    not to be written into. What is live in several of them is read once.

    Of the live days only the figures named in `live` are read, if any are: the others are None of
    what moved on these days. Where months add up, as `figures` says.
    """
    asked = live or builder.figures
    of_live = {
        days: _read(builder, ReadPlan(live=days), asked)
        for days in {plan.live for plan in plans if plan.live or not plan.versions}
    }
    return [_together(builder, plan, of_live.get(plan.live, {}), asked) for plan in plans]


def _together(builder: TableBuilder, plan: ReadPlan, live: Sums, asked: Collection[str]) -> Sums:
    built = _of_summaries(plan, builder)
    if not built or not live:
        return live or built
    added = _adding(builder, asked)
    found = dict(built)
    for key, row in live.items():
        known = found.get(key)
        found[key] = row if known is None else added(known, row)
    return found


@remembered(bytes_a_row=300)
def _of_summaries(plan: ReadPlan, builder: TableBuilder) -> Sums:
    return _read(builder, plan, builder.figures)


def _read(builder: TableBuilder, plan: ReadPlan, asked: Collection[str]) -> Sums:
    source, parameters = _summed(builder.only(*asked), plan, by=builder.keys, where={})
    shown = ", ".join(
        (
            *builder.keys,
            *(_whole(builder, each) if each in asked else "NULL" for each in builder.figures),
        )
    )
    found = rows(f"SELECT {shown} FROM ({source}) sums", parameters)  # noqa: S608  (ours)
    return {key: tuple(sums) for key, *sums in found}


def _whole(builder: TableBuilder, column: str) -> str:
    if builder.figures[column] != "SUM":
        return column
    return whole(f"{column} * {10 ** builder.places(column)}")


def _adding(builder: TableBuilder, asked: Collection[str]) -> Callable[[Row, Row], Row]:
    """How built figures and live ones are put together, column by column."""
    ways = [
        _unknown if column not in asked else add if kind == "SUM" else _latest
        for column, kind in builder.figures.items()
    ]
    if all(way is add for way in ways):
        return lambda built, live: tuple(map(add, built, live))
    return lambda built, live: tuple(
        [way(one, other) for way, one, other in zip(ways, built, live, strict=True)]
    )


def _unknown(built: Any, live: Any) -> None:
    """Some of it was not asked for: a sum of the rest would be taken for all."""


def _latest(one: Any, other: Any) -> Any:
    return max((each for each in (one, other) if each is not None), default=None)


def _summed(
    builder: TableBuilder, plan: ReadPlan, *, by: Sequence[str], where: Mapping[str, Any]
) -> tuple[str, Parameters]:
    """SQL of the figures by these columns, and its parameters. Each part is summed up by itself:
    less to put together than all its rows."""
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
            part = f"SELECT {sums} FROM {builder.table} WHERE {kept}{grouped}"  # noqa: S608
            if label == "less":
                shown = ", ".join((*by, *(_negative(builder, each) for each in builder.figures)))
                part = f"SELECT {shown} FROM ({part}) less_month"  # noqa: S608
            parts.append(part)
            parameters |= days.parameters(label)
    if plan.live or not parts:
        parts.extend(builder.sums_of_events(plan.live, "live", by=by, only=only))
        parameters |= plan.live.parameters("live")
    if len(parts) == 1:
        return parts[0], parameters
    return f"SELECT {sums} FROM ({' UNION ALL '.join(parts)}) parts{grouped}", parameters  # noqa: S608


def _only(where: Mapping[str, Any]) -> tuple[str, Parameters]:
    conditions, parameters = "", Parameters()
    for key, wanted in where.items():
        values = wanted if isinstance(wanted, list) else [wanted]
        names = [f"only_{key}{at}" for at in range(len(values))]
        marks = ", ".join(f"%({name})s" for name in names) or "NULL"
        conditions += f" AND {key} IN ({marks})"
        parameters |= dict(zip(names, values, strict=True))
    return conditions, parameters


def _negative(builder: TableBuilder, column: str) -> str:
    # What is latest or largest up to the earlier month says nothing about the months after it.
    return f"-{column} AS {column}" if builder.figures[column] == "SUM" else f"NULL AS {column}"
