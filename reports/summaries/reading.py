"""Reading figures of a period: what is frozen of it from facts, the rest from the rows themselves.

Everything here is read inside `snapshot()`, so that a day is either frozen or live, never both.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Any, Literal

from cachetools import LRUCache, cached
from django.db.models import Q

from pos_project.core.period import ONE_DAY, Period
from reports.summaries.builder import Maker, Parameters, TableMaker
from reports.summaries.building import first_day
from reports.summaries.buyers import EVERYBODY, Buyers, bits_to_days, within
from reports.summaries.day_sets import Days, month_after, month_before, month_end, month_of
from reports.summaries.id_set import IdSet
from reports.summaries.models import BuyersFact, FrozenPeriod, Span
from reports.summaries.raw import as_day, rows
from reports.summaries.sale_sums import SALE_DAY, SOLD, SOLD_LINES

Key = tuple[Any, ...]
What = Literal["customers", "products", "days"]  # the sets that are kept of buyers


MOST_SETS = 500  # sellers whose sets one process keeps: some 10 MB
WORTH_DAYS = 14  # days of products are as many rows as everything up to two days


@dataclass(frozen=True)
class Cover:
    """How a period is read: by months, by frozen days, and live; each day in one of them.

    Where months add up, it is the one month in `months`, or everything up to the day in `latest`,
    less the one month in `less` and the days in `less_days`, if any.
    """

    months: Days = field(default_factory=Days)
    latest: Days = field(default_factory=Days)
    less: Days = field(default_factory=Days)
    less_days: Days = field(default_factory=Days)
    days: Days = field(default_factory=Days)
    live: Days = field(default_factory=Days)
    # Of the frozen periods, in the order of `frozen`: these days under these editions say the same
    # for ever.
    editions: tuple[int, ...] = ()

    @property
    def frozen(self) -> Iterator[tuple[Span, date]]:
        """The frozen periods that are read."""
        for span, days in (
            (Span.MONTH, self.months),
            (Span.LATEST, self.latest),
            (Span.DAY, self.days),
            (Span.MONTH, self.less),
            (Span.DAY, self.less_days),
        ):
            for day in days:
                yield span, day

    def without_live(self, day: date) -> "Cover":
        """The same, but for a day that may be read live: today, unless the clock was set back."""
        return replace(self, live=self.live - Days.of([day]))


def cover(period: Period, *makers: Maker, by_day: bool = False) -> dict[str, Cover]:
    """How to read the period, by the maker's name. `by_day` reads no months."""
    began = first_day()
    if began is None or began > period.last:
        return {maker.name: Cover() for maker in makers}
    names = [maker.name for maker in makers]
    editions: Editions = {name: {} for name in names}
    whole = Days.between(max(period.first, began), period.last)
    chosen, left = dict.fromkeys(names, Cover()), dict.fromkeys(names, whole)
    if not by_day:
        sums = _frozen_sums(editions, Period(max(period.first, began), period.last))
        for maker in makers:
            add_up = _difference if maker.cumulative else _months
            chosen[maker.name], covered = add_up(maker, sums[maker.name], period, began)
            left[maker.name] = whole - covered
    asked = Days()
    for name, days in left.items():
        asked |= days | chosen[name].less_days
    frozen = _frozen_days(editions, asked.coarse())
    for name in names:
        live = (left[name] - Days.of(frozen[name])).coarse()
        how = replace(chosen[name], days=left[name] - live, live=live)
        chosen[name] = replace(how, editions=tuple(editions[name][each] for each in how.frozen))
    return chosen


Editions = dict[str, dict[tuple[Span, date], int]]  # of frozen periods, by the maker's name
Sums = dict[date, date]  # the last day of a month, or the latest day → the first day of its row


def _months(
    maker: Maker, frozen: Mapping[Span, Sums], period: Period, began: date
) -> tuple[Cover, Days]:
    """The whole months that are frozen, and the days they cover."""
    used = [month for month in frozen[Span.MONTH].values() if month >= period.first]
    used = [month for month in used if month_end(month) <= period.last]
    covered = Days()
    for month in used:
        covered |= Days.between(month, month_end(month))
    return Cover(months=Days.of(used)), covered


def _difference(
    maker: Maker, frozen: Mapping[Span, Sums], period: Period, began: date
) -> tuple[Cover, Days]:
    """The sum up to the last possible day less the sum before the first, and the days between.

    What is summed up to a day has all earlier days frozen, so they can be taken off one by one.
    """
    ends = [(last, span) for span, sums in frozen.items() for last in sums if last <= period.last]
    last, span = max(ends, default=(date.min, Span.MONTH))
    for month, less_days in _starts(maker, period, began):
        first = max(period.first, began, month)
        nothing_before = month <= month_of(began)
        base = month_before(month)
        if last < first or not (nothing_before or month_end(base) in frozen[Span.MONTH]):
            continue
        saved = (last - first).days - sum(1 for _ in less_days)
        if _rolls(maker) and saved < WORTH_DAYS:
            continue
        until = Days.of([frozen[span][last]])
        less = Days() if nothing_before else Days.of([base])
        how = Cover(less=less, less_days=less_days)
        how = replace(how, months=until) if span == Span.MONTH else replace(how, latest=until)
        return how, Days.between(first, last)
    return Cover(), Days()


def _starts(maker: Maker, period: Period, began: date) -> list[tuple[date, Days]]:
    """Months to begin with, the cheaper one first, and the days to take off: the first that lies
    wholly in the period, or the one that the period begins in, less its days before that."""
    first = max(period.first, began)
    whole = period.first if period.first.day == 1 else month_after(period.first)
    starts = [(whole, Days())]
    if _rolls(maker):
        before = Days.between(max(month_of(first), began), first - ONE_DAY)
        at = 0 if sum(1 for _ in before) < (whole - first).days else 1
        starts.insert(at, (month_of(first), before))
    return starts


def _rolls(maker: Maker) -> bool:
    return isinstance(maker, TableMaker) and maker.rolling


def _frozen_sums(editions: Editions, period: Period) -> dict[str, dict[Span, Sums]]:
    """The frozen months from the one before the period on, and the latest day, by maker."""
    found: dict[str, dict[Span, Sums]] = {
        name: {Span.MONTH: {}, Span.LATEST: {}} for name in editions
    }
    months = Q(span=Span.MONTH, first_day__range=(month_before(period.first), period.last))
    latest = Q(span=Span.LATEST, first_day__range=(period.first, period.last))
    for name, span, first in _noted(editions, months | latest):
        found[name][span][month_end(first) if span == Span.MONTH else first] = first
    return found


def _frozen_days(editions: Editions, days: Days) -> dict[str, set[date]]:
    found: dict[str, set[date]] = {name: set() for name in editions}
    for name, _, first in _noted(editions, Q(within(days), span=Span.DAY)):
        found[name].add(first)
    return found


def _noted(editions: Editions, which: Q) -> Iterator[tuple[str, Span, date]]:
    """These frozen periods of these makers; their editions are noted on the way."""
    periods = FrozenPeriod.objects.filter(which, fact__in=list(editions))
    for name, value, first, edition in periods.values_list("fact", "span", "first_day", "edition"):
        span = Span(value)
        editions[name][span, first] = edition
        yield name, span, first


# --- Tables of sums ---


@dataclass(frozen=True)
class Source:
    """A SELECT and its parameters, for the FROM of another."""

    sql: str
    parameters: Parameters


def summed(
    maker: TableMaker,
    how: Cover,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
) -> Source:
    """A maker's figures of the period, one row per `by` (key columns, or `first_day`).

    `where` keeps only rows with these keys; a list names several. Where months add up, also what
    moved before the period has a row, of zeros (and its MAX is of then).
    """
    only, parameters = _only(where or {})
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    sums = ", ".join((*by, maker.sums()))
    parts = []
    for label, span, days in (
        ("month", Span.MONTH, how.months),
        ("latest", Span.LATEST, how.latest),
        ("day", Span.DAY, how.days),
        ("less_month", Span.MONTH, how.less),
        ("less_day", Span.DAY, how.less_days),
    ):
        if days:
            rows_of = (
                f"FROM {maker.table}"
                f" WHERE span = {span.value} AND {days.on('first_day', label)}{only}"
            )
            # Each part is summed by itself: less to put together than all its rows.
            part = f"SELECT {sums} {rows_of}{grouped}"
            if label.startswith("less"):
                shown = ", ".join((*by, *(_negative(maker, column) for column in maker.figures)))
                part = f"SELECT {shown} FROM ({part}) {label}"  # noqa: S608
            parts.append(part)
            parameters |= days.parameters(label)
    if how.live or not parts:
        parts.extend(maker.sums_of_events(how.live, "live", by=by, only=only))
        parameters |= how.live.parameters("live")
    if len(parts) == 1:
        return Source(parts[0], parameters)
    return Source(
        f"SELECT {sums} FROM ({' UNION ALL '.join(parts)}) parts{grouped}",  # noqa: S608
        parameters,
    )


def _only(where: Mapping[str, Any]) -> tuple[str, Parameters]:
    conditions, parameters = "", Parameters()
    for key, wanted in where.items():
        values = wanted if isinstance(wanted, list) else [wanted]
        names = [f"only_{key}{at}" for at in range(len(values))]
        marks = ", ".join(f"%({name})s" for name in names) or "NULL"
        conditions += f" AND {key} IN ({marks})"
        parameters |= dict(zip(names, values, strict=True))
    return conditions, parameters


def _negative(maker: TableMaker, column: str) -> str:
    # What is latest or largest up to the earlier month says nothing about the months after it.
    return f"-{column} AS {column}" if maker.figures[column] == "SUM" else f"NULL AS {column}"


def figures(
    maker: TableMaker, how: Cover, *, by: Sequence[str] = (), where: Mapping[str, Any] | None = None
) -> dict[Key, tuple[Any, ...]]:
    """The rows of `summed`, by key, as the database gave them: figures in the maker's order."""
    source = summed(maker, how, by=by, where=where)
    return {
        tuple(
            as_day(value) if column == "first_day" else value
            for column, value in zip(by, row, strict=False)
        ): row[len(by) :]
        for row in rows(source.sql, source.parameters)
    }


# --- Sets ---


def buyers(how: Cover, *what: What) -> Buyers:
    """Who bought what on which days, of everybody; only the sets named in `what` are read."""
    found = _remembered_buyers(how, what, EVERYBODY[1])
    _add_live(found, how.live, "0", what)
    return found.get(EVERYBODY[1], Buyers())


def buyers_by_seller(how: Cover, *what: What) -> dict[int, Buyers]:
    """The same of each seller; whoever sold nothing is absent."""
    found = _remembered_buyers(how, what, None)
    _add_live(found, how.live, "s.user_id", what)
    return found


def buyers_of(how: Cover, seller_id: int, *what: What) -> Buyers:
    """The same of one seller."""
    found = _remembered_buyers(how, what, seller_id)
    _add_live(found, how.live, "s.user_id", what, seller_id=seller_id)
    return found.get(seller_id, Buyers())


def _remembered_buyers(
    how: Cover, what: tuple[What, ...], seller_id: int | None
) -> defaultdict[int, Buyers]:
    """Those of the frozen periods, by seller, to be added to."""
    found: defaultdict[int, Buyers] = defaultdict(Buyers)
    if how.editions:
        for whose, each in _frozen_buyers(replace(how, live=Days()), what, seller_id).items():
            found[whose].add_all(each)
    return found


@cached(LRUCache(MOST_SETS, getsizeof=len), lock=Lock())
def _frozen_buyers(
    how: Cover, what: tuple[What, ...], seller_id: int | None
) -> Mapping[int, Buyers]:
    """Of one seller, or of each, not to be written into: they never change under their editions
    (ADR 0041)."""
    facts = BuyersFact.objects.exclude(seller_id=EVERYBODY[1])
    if seller_id is not None:
        facts = BuyersFact.objects.filter(seller_id=seller_id)
    found: dict[int, Buyers] = defaultdict(Buyers)
    periods = Q(within(how.months), span=Span.MONTH) | Q(within(how.days), span=Span.DAY)
    for whose, first, *sets in facts.filter(periods).values_list("seller_id", "first_day", *what):
        each = found[whose]
        for name, packed in zip(what, sets, strict=True):
            if name == "days":
                each.days |= bits_to_days(packed, month_of(first))
            else:
                getattr(each, name).add_all(IdSet.from_bytes(packed))
    return found


LIVE: Mapping[What, tuple[str, str]] = {
    "days": (SALE_DAY, SOLD),
    "customers": ("s.customer_id", f"{SOLD} AND s.customer_id IS NOT NULL"),
    "products": ("i.product_id", SOLD_LINES),
}


def _add_live(
    found: dict[int, Buyers],
    live: Days,
    seller: str,
    what: Sequence[What],
    *,
    seller_id: int | None = None,
) -> None:
    if not live:
        return
    only = "" if seller_id is None else " AND s.user_id = %(seller)s"
    parameters = {**live.parameters(), "seller": seller_id}
    for name in what:
        column, source = LIVE[name]
        where = source.format(days=live.on(SALE_DAY))
        ids: dict[int, set[Any]] = defaultdict(set)
        for whose, value in rows(f"SELECT DISTINCT {seller}, {column} {where}{only}", parameters):
            ids[whose].add(value)
        for whose, values in ids.items():
            if name == "days":
                found[whose].days |= {as_day(day) for day in values}
            else:
                getattr(found[whose], name).add_all(IdSet(values))


def customers_by_day(how: Cover) -> dict[date, int]:
    """How many different customers bought on each day; days without one are absent."""
    facts = BuyersFact.objects.filter(
        within(how.days), span=Span.DAY, store_id=EVERYBODY[0], seller_id=EVERYBODY[1]
    )
    counts = dict(facts.values_list("first_day", "customer_count"))
    if how.live:
        source = f"{SOLD} AND s.customer_id IS NOT NULL".format(days=how.live.on(SALE_DAY))
        sql = f"SELECT {SALE_DAY}, COUNT(DISTINCT s.customer_id) {source} GROUP BY {SALE_DAY}"
        counts |= {as_day(day): count for day, count in rows(sql, how.live.parameters())}
    return counts
