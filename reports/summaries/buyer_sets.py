"""Reading who bought what: exact sets of a plan, by seller or of everybody."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from django.db.models import Q, QuerySet

from pos_project.core.db.store_rows import REPORTED_STORE, reported
from reports.summaries.builder import Which
from reports.summaries.buyers import EVERYBODY, Buyers, bits_to_days
from reports.summaries.day_sets import Days, month_of, within
from reports.summaries.id_set import IdSet
from reports.summaries.models import BuyersSummary, Granularity
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import as_day, rows
from reports.summaries.remembered import remembered
from reports.summaries.sale_sums import COMPLETED_SALES, SALE_DAY, SOLD, SOLD_LINES
from reports.summaries.so_far import so_far

What = Literal["customers", "products", "days"]  # the sets that are kept of buyers
LIVE: Mapping[What, tuple[str, str]] = {
    "days": (SALE_DAY, SOLD),
    "customers": ("s.customer_id", f"{SOLD} AND s.customer_id IS NOT NULL"),
    "products": ("i.product_id", SOLD_LINES),
}


def buyers(plan: ReadPlan, *what: What) -> Buyers:
    """Who bought what on which days, of everybody; only the sets named in `what` are read."""
    everybody = Buyers()
    of_whom = EVERYBODY[1] if REPORTED_STORE.get() is None else None
    for each in _of_summaries(plan, what, of_whom).values():
        everybody.add_all(each)
    for live in _of_live(plan.live, what).values():
        everybody.add_all(live)
    return everybody


def buyers_by_seller(plan: ReadPlan, *what: What) -> Mapping[int, Buyers]:
    """The same of each seller; whoever sold nothing is absent."""
    found: dict[int, Buyers] = defaultdict(Buyers)
    for of_sellers in (_of_summaries(plan, what, None), _of_live(plan.live, what)):
        for seller_id, each in of_sellers.items():
            found[seller_id].add_all(each)
    return found


def buyers_of(plan: ReadPlan, seller_id: int, *what: What) -> Buyers:
    """The same of one seller."""
    found = Buyers()
    for of_sellers in (_of_summaries(plan, what, seller_id), _of_live(plan.live, what)):
        found.add_all(of_sellers.get(seller_id, Buyers()))
    return found


def customers_by_day(plan: ReadPlan) -> dict[date, int]:
    """How many different customers bought on each day; days without one are absent."""
    counts = dict(_customers_of_store_by_day(plan))
    if REPORTED_STORE.get() is None:
        summaries = BuyersSummary.objects.filter(
            within(plan.days),
            granularity=Granularity.DAY,
            store_id=EVERYBODY[0],
            seller_id=EVERYBODY[1],
        )
        counts = dict(summaries.values_list("first_day", "customer_count"))
    live = _sets_so_far(plan.live, SALE_DAY, *LIVE["customers"])
    return counts | {as_day(day): len(customers) for day, customers in live.items()}


@remembered(bytes_a_row=100)
def _customers_of_store_by_day(plan: ReadPlan) -> Mapping[date, int]:
    """Of one store: those of its sellers, each once."""
    found: dict[date, IdSet] = defaultdict(IdSet)
    summaries = _of_sellers().filter(within(plan.days), granularity=Granularity.DAY)
    for first, packed in summaries.values_list("first_day", "customers"):
        found[first].add_all(IdSet.from_bytes(packed))
    return {first: len(customers) for first, customers in found.items()}


def _of_sellers() -> "QuerySet[BuyersSummary]":
    return BuyersSummary.objects.filter(reported()).exclude(seller_id=EVERYBODY[1])


@remembered(bytes_a_row=20_000)
def _of_summaries(
    plan: ReadPlan, what: tuple[What, ...], seller_id: int | None
) -> Mapping[int, Buyers]:
    """Of one seller, or of each."""
    if seller_id is None:
        summaries = _of_sellers()
    else:
        summaries = BuyersSummary.objects.filter(reported(), seller_id=seller_id)
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


def _of_live(live: Days, what: Sequence[What]) -> Mapping[int, Buyers]:
    """Of each seller, on days that are not built."""
    found: dict[int, Buyers] = defaultdict(Buyers)
    for name in what:
        for seller_id, ids in _sets_so_far(live, "s.user_id", *LIVE[name]).items():
            if name == "days":
                found[seller_id].days |= {date.fromordinal(day) for day in ids}
            else:
                getattr(found[seller_id], name).add_all(ids)
    return found


def _sets_so_far(live: Days, whose: str, what: str, source: str) -> Mapping[Any, IdSet]:
    """The different ids in the column `what` of live sales, by the column `whose`."""

    def read(which: Which) -> Mapping[Any, IdSet]:
        ids: dict[Any, set[int]] = defaultdict(set)
        sql = f"SELECT DISTINCT {whose}, {what} {source.format(days=which.on(SALE_DAY))}"
        for key, value in rows(sql, which.parameters()):
            ids[key].add(as_day(value).toordinal() if what == SALE_DAY else value)
        return {key: IdSet(values) for key, values in ids.items()}

    if not live:
        return {}
    return so_far((whose, what), live, (COMPLETED_SALES,), read, _united, bytes_of=_bytes_of)


def _united(mine: Mapping[Any, IdSet], theirs: Mapping[Any, IdSet]) -> Mapping[Any, IdSet]:
    return {**mine, **{key: mine.get(key, IdSet()) | ids for key, ids in theirs.items()}}


def _bytes_of(sets: Mapping[Any, IdSet]) -> int:
    return sum(ids.bytes for ids in sets.values())
