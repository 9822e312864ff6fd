"""Reading who bought what: exact sets of a plan, by seller or of everybody."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from django.db.models import Q

from reports.summaries.buyers import EVERYBODY, Buyers, bits_to_days
from reports.summaries.day_sets import Days, month_of, within
from reports.summaries.id_set import IdSet
from reports.summaries.models import BuyersSummary, Granularity
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import as_day, rows
from reports.summaries.remembered import remembered
from reports.summaries.sale_sums import SALE_DAY, SOLD, SOLD_LINES

What = Literal["customers", "products", "days"]  # the sets that are kept of buyers
LIVE: Mapping[What, tuple[str, str]] = {
    "days": (SALE_DAY, SOLD),
    "customers": ("s.customer_id", f"{SOLD} AND s.customer_id IS NOT NULL"),
    "products": ("i.product_id", SOLD_LINES),
}


def buyers(plan: ReadPlan, *what: What) -> Buyers:
    """Who bought what on which days, of everybody; only the sets named in `what` are read."""
    everybody = EVERYBODY[1]
    return _read(plan, what, everybody, seller="0", only="").get(everybody, Buyers())


def buyers_by_seller(plan: ReadPlan, *what: What) -> Mapping[int, Buyers]:
    """The same of each seller; whoever sold nothing is absent."""
    return _read(plan, what, None, seller="s.user_id", only="")


def buyers_of(plan: ReadPlan, seller_id: int, *what: What) -> Buyers:
    """The same of one seller."""
    only = " AND s.user_id = %(seller)s"
    found = _read(plan, what, seller_id, seller="s.user_id", only=only)
    return found.get(seller_id, Buyers())


def customers_by_day(plan: ReadPlan) -> dict[date, int]:
    """How many different customers bought on each day; days without one are absent."""
    summaries = BuyersSummary.objects.filter(
        within(plan.days),
        granularity=Granularity.DAY,
        store_id=EVERYBODY[0],
        seller_id=EVERYBODY[1],
    )
    counts = dict(summaries.values_list("first_day", "customer_count"))
    if plan.live:
        source = f"{SOLD} AND s.customer_id IS NOT NULL".format(days=plan.live.on(SALE_DAY))
        sql = f"SELECT {SALE_DAY}, COUNT(DISTINCT s.customer_id) {source} GROUP BY {SALE_DAY}"
        counts |= {as_day(day): count for day, count in rows(sql, plan.live.parameters())}
    return counts


def _read(
    plan: ReadPlan, what: tuple[What, ...], seller_id: int | None, *, seller: str, only: str
) -> Mapping[int, Buyers]:
    """By seller. `seller` is whose a live sale is, `only` keeps some of them; both are SQL."""
    found: dict[int, Buyers] = defaultdict(Buyers)
    for whose, each in _of_summaries(plan, what, seller_id).items():
        found[whose].add_all(each)
    if plan.live:
        _add_live(found, plan.live, what, seller, only, {"seller": seller_id})
    return found


@remembered(bytes_a_row=20_000)
def _of_summaries(
    plan: ReadPlan, what: tuple[What, ...], seller_id: int | None
) -> Mapping[int, Buyers]:
    """Of one seller, or of each."""
    summaries = BuyersSummary.objects.exclude(seller_id=EVERYBODY[1])
    if seller_id is not None:
        summaries = BuyersSummary.objects.filter(seller_id=seller_id)
    found: dict[int, Buyers] = defaultdict(Buyers)
    built = summaries.filter(
        Q(within(plan.months), granularity=Granularity.MONTH)
        | Q(within(plan.days), granularity=Granularity.DAY)
    )
    for whose, first, *sets in built.values_list("seller_id", "first_day", *what):
        each = found[whose]
        for name, packed in zip(what, sets, strict=True):
            if name == "days":
                each.days |= bits_to_days(packed, month_of(first))
            else:
                getattr(each, name).add_all(IdSet.from_bytes(packed))
    return found


def _add_live(
    found: dict[int, Buyers],
    live: Days,
    what: tuple[What, ...],
    seller: str,
    only: str,
    parameters: dict[str, Any],
) -> None:
    for name in what:
        column, source = LIVE[name]
        where = source.format(days=live.on(SALE_DAY))
        ids: dict[int, set[Any]] = defaultdict(set)
        sql = f"SELECT DISTINCT {seller}, {column} {where}{only}"
        for whose, value in rows(sql, {**parameters, **live.parameters()}):
            ids[whose].add(value)
        for whose, values in ids.items():
            if name == "days":
                found[whose].days |= {as_day(day) for day in values}
            else:
                getattr(found[whose], name).add_all(IdSet(values))
