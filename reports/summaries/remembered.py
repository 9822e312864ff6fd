"""What each product or customer comes to in a period: closed days from memory, the rest live.

A frozen period never changes under its edition. So a process keeps what it read of one, and a
report over every product reads ten thousand rows of facts once, not with each request (ADR 0041).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from operator import add
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached

from reports.summaries.builder import TableMaker
from reports.summaries.day_sets import Days
from reports.summaries.raw import rows, whole
from reports.summaries.reading import Cover, summed

# Together in one process: of every ten thousand products some three megabytes.
MOST_ROWS = 100_000

# By product or customer: the maker's figures in their order. Sums are whole numbers, in units of
# their column's last place (cents, thousandths).
Row = tuple[Any, ...]
Sums = Mapping[int, Row]


def sums_by_key(maker: TableMaker, *hows: Cover, live: Collection[str] = ()) -> list[Sums]:
    """All figures of a maker that has one key, of every one that moved in each of these periods;
    not to be written into. What is live in several of them is read once.

    Of the live days only the figures named in `live` are read, if any are: the others are None of
    what moved on these days. Where months add up, also what moved before the period has a row, of
    zeros (and its MAX is of then).
    """
    asked = live or maker.figures
    of_live = {
        days: _read(maker, Cover(live=days), asked)
        for days in {how.live for how in hows if how.live or not how.editions}
    }
    return [_sums(maker, how, of_live.get(how.live, {}), asked) for how in hows]


def _sums(maker: TableMaker, how: Cover, live: Sums, asked: Collection[str]) -> Sums:
    if not how.editions:
        return live
    frozen = _frozen(maker, replace(how, live=Days()))
    if not how.live:
        return frozen
    together = _together(maker, asked)
    found = dict(frozen)
    for key, sums in live.items():
        known = found.get(key)
        found[key] = sums if known is None else together(known, sums)
    return found


def _key(maker: TableMaker, how: Cover) -> tuple[Any, ...]:
    return maker.name, *maker.figures, how


@cached(LRUCache(MOST_ROWS, getsizeof=len), key=_key, lock=Lock())
def _frozen(maker: TableMaker, how: Cover) -> Sums:
    return _read(maker, how, maker.figures)


def _read(maker: TableMaker, how: Cover, asked: Collection[str]) -> Sums:
    source = summed(maker.only(*asked), how, by=maker.keys)
    shown = ", ".join(
        (
            *maker.keys,
            *(_whole(maker, each) if each in asked else "NULL" for each in maker.figures),
        )
    )
    found = rows(f"SELECT {shown} FROM ({source.sql}) sums", source.parameters)  # noqa: S608  (ours)
    return {key: tuple(sums) for key, *sums in found}


def _whole(maker: TableMaker, column: str) -> str:
    if maker.figures[column] != "SUM":
        return column
    return whole(f"{column} * {10 ** maker.places(column)}")


def _together(maker: TableMaker, asked: Collection[str]) -> Callable[[Row, Row], Row]:
    """How frozen figures and live ones are put together, column by column."""
    ways = [
        _unknown if column not in asked else add if kind == "SUM" else _latest
        for column, kind in maker.figures.items()
    ]
    if all(way is add for way in ways):
        return lambda frozen, live: tuple(map(add, frozen, live))
    return lambda frozen, live: tuple(
        [way(one, other) for way, one, other in zip(ways, frozen, live, strict=True)]
    )


def _unknown(frozen: Any, live: Any) -> None:
    """Some of it was not asked for: a sum of the rest would be taken for all."""


def _latest(one: Any, other: Any) -> Any:
    return max((each for each in (one, other) if each is not None), default=None)
