"""Reading figures of a period: what is frozen of it from facts, the rest from the rows themselves.

Everything here is read inside `snapshot()`, so that a day is either frozen or live, never both.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.db.models import Q, QuerySet

from reports.facts.buyers import EVERYBODY, Buyers, bits_to_days, within
from reports.facts.days import Days, month_before, month_end, month_of, months_between
from reports.facts.freezing import first_day
from reports.facts.id_set import IdSet
from reports.facts.maker import Maker, Parameters, TableMaker
from reports.facts.raw import as_day, rows
from reports.facts.sales import SALE_DAY, SOLD, SOLD_LINES
from reports.models import BuyersFact, FrozenPeriod, Span
from reports.period import Period

Key = tuple[Any, ...]
What = Literal["customers", "products", "days"]  # the sets that are kept of buyers


@dataclass(frozen=True)
class Cover:
    """How a period is read: by months, by frozen days, and live; each day in one of them.

    Where months add up, it is the one month in `months` less the one in `less`, if any.
    """

    months: Days = field(default_factory=Days)
    less: Days = field(default_factory=Days)
    days: Days = field(default_factory=Days)
    live: Days = field(default_factory=Days)

    def without(self, day: date) -> "Cover":
        """The same, but for a day that is read live."""
        assert day not in self.days, day
        return replace(self, live=self.live - Days.of([day]))


def cover(period: Period, *makers: Maker, by_day: bool = False) -> dict[str, Cover]:
    """How to read the period, by the maker's name. `by_day` reads no months."""
    began = first_day()
    if began is None or began > period.last:
        return {maker.name: Cover() for maker in makers}
    names = [maker.name for maker in makers]
    chosen: dict[str, tuple[Days, Days, Days]] = dict.fromkeys(names, (Days(), Days(), Days()))
    if not by_day:
        before = month_before(max(period.first, began))
        frozen = _frozen(names, Span.MONTH, Days.between(before, period.last))
        chosen = {maker.name: _months(maker, frozen[maker.name], period, began) for maker in makers}
    whole = Days.between(max(period.first, began), period.last)
    left = {name: whole - covered for name, (_, _, covered) in chosen.items()}
    asked = Days()
    for days in left.values():
        asked |= days
    frozen = _frozen(names, Span.DAY, asked.coarse())
    covers = {}
    for name, (months, less, _) in chosen.items():
        live = (left[name] - Days.of(frozen[name])).coarse()
        covers[name] = Cover(months, less, left[name] - live, live)
    return covers


def _months(
    maker: Maker, frozen: set[date], period: Period, began: date
) -> tuple[Days, Days, Days]:
    """The months to read, the month to take off them, and the days that are covered by that."""
    whole = list(months_between(period.first, period.last))
    if not maker.cumulative:
        used = [month for month in whole if month in frozen]
        covered = Days()
        for month in used:
            covered |= Days.between(month, month_end(month))
        return Days.of(used), Days(), covered
    for start in whole:
        nothing_before = start <= month_of(began)
        if nothing_before or month_before(start) in frozen:
            top = max(
                (month for month in whole if month in frozen and month >= start), default=None
            )
            if top is None:
                break
            less = Days() if nothing_before else Days.of([month_before(start)])
            return Days.of([top]), less, Days.between(start, month_end(top))
    return Days(), Days(), Days()


def _frozen(names: Sequence[str], span: Span, days: Days) -> dict[str, set[date]]:
    found: dict[str, set[date]] = {name: set() for name in names}
    periods = FrozenPeriod.objects.filter(within(days), fact__in=names, span=span)
    for name, first in periods.values_list("fact", "first_day"):
        found[name].add(first)
    return found


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
    for span, days, sign in (
        (Span.MONTH, how.months, ""),
        (Span.MONTH, how.less, "-"),
        (Span.DAY, how.days, ""),
    ):
        if days:
            label = f"{span.name.lower()}{'_less' if sign else ''}"
            frozen = (
                f"FROM {maker.table}"
                f" WHERE span = {span.value} AND {days.on('first_day', label)}{only}"
            )
            if sign:
                shown = ", ".join((*by, *(_negative(maker, column) for column in maker.figures)))
                parts.append(f"SELECT {shown} {frozen}")
            else:
                # Each part is summed by itself: less to put together than all its rows.
                parts.append(f"SELECT {sums} {frozen}{grouped}")
            parameters |= days.parameters(label)
    if how.live or not parts:
        happened = maker.events_of(how.live, "live")
        parts.append(f"SELECT {sums} FROM ({happened}) happened WHERE 1 = 1{only}{grouped}")  # noqa: S608
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
    everybody = BuyersFact.objects.filter(store_id=EVERYBODY[0], seller_id=EVERYBODY[1])
    found = _frozen_buyers(everybody, how, what)
    _add_live(found, how.live, "0", what)
    return found.get(EVERYBODY[1], Buyers())


def buyers_by_seller(how: Cover, *what: What) -> dict[int, Buyers]:
    """The same of each seller; whoever sold nothing is absent."""
    found = _frozen_buyers(BuyersFact.objects.exclude(seller_id=EVERYBODY[1]), how, what)
    _add_live(found, how.live, "s.user_id", what)
    return found


def buyers_of(how: Cover, seller_id: int, *what: What) -> Buyers:
    """The same of one seller."""
    found = _frozen_buyers(BuyersFact.objects.filter(seller_id=seller_id), how, what)
    _add_live(found, how.live, "s.user_id", what, seller_id=seller_id)
    return found.get(seller_id, Buyers())


def _frozen_buyers(
    facts: QuerySet[BuyersFact], how: Cover, what: Sequence[What]
) -> dict[int, Buyers]:
    found: dict[int, Buyers] = defaultdict(Buyers)
    periods = Q(within(how.months), span=Span.MONTH) | Q(within(how.days), span=Span.DAY)
    for seller_id, first, *sets in facts.filter(periods).values_list(
        "seller_id", "first_day", *what
    ):
        each = found[seller_id]
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
