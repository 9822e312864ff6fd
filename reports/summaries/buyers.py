"""Who bought, what was sold and on which days, by seller: sets, for exact counts over any range."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reports.summaries.builder import Difference
from reports.summaries.day_sets import Days, month_end, month_of, within
from reports.summaries.id_set import IdSet
from reports.summaries.models import BuyersSummary, Granularity, Summary
from reports.summaries.raw import as_day, rows
from reports.summaries.sale_sums import SALE_DAY, SOLD, SOLD_LINES

EVERYBODY = (0, 0)  # store, seller

Key = tuple[date, int, int]  # day, store, seller


@dataclass
class Buyers:
    """The different customers, products and days of some sales."""

    customers: IdSet = field(default_factory=IdSet)
    products: IdSet = field(default_factory=IdSet)
    days: set[date] = field(default_factory=set)

    def add_all(self, other: "Buyers") -> None:
        self.customers.add_all(other.customers)
        self.products.add_all(other.products)
        self.days |= other.days


@dataclass(frozen=True)
class BuyersBuilder:
    """Builds `BuyersSummary`: read as pairs, packed in Python, since no SQL packs sets."""

    name: str = "buyers"
    keys: tuple[str, ...] = ("store_id", "seller_id")
    cumulative: bool = False
    models: Sequence[type[Summary]] = (BuyersSummary,)

    def prepare(self) -> None:
        """What happened does not change."""

    def build_days(self, days: Days) -> None:
        _insert(Granularity.DAY, self._of_days(days))

    def build_month(self, month: date) -> None:
        _insert(Granularity.MONTH, self._of_month(month))

    def differing_days(self, days: Days) -> Iterator[Difference]:
        yield from _differing(self._of_days(days), Granularity.DAY, days)

    def differing_month(self, month: date) -> Iterator[Difference]:
        yield from _differing(self._of_month(month), Granularity.MONTH, Days.of([month]))

    def _of_days(self, days: Days) -> dict[Key, Buyers]:
        customers = _by_day("s.customer_id", f"{SOLD} AND s.customer_id IS NOT NULL", days)
        products = _by_day("i.product_id", SOLD_LINES, days)
        return {
            key: Buyers(IdSet(customers.get(key, ())), IdSet(sold), {key[0]})
            for key, sold in products.items()
        }

    def _of_month(self, month: date) -> dict[Key, Buyers]:
        whole: dict[Key, Buyers] = defaultdict(Buyers)
        for (_, store_id, seller_id), of_day in _kept(
            Granularity.DAY, Days.between(month, month_end(month))
        ):
            whole[month, store_id, seller_id].add_all(of_day)
        return whole


BUYERS = BuyersBuilder()


def days_to_bits(days: Iterable[date]) -> int:
    """Days of one month as bits."""
    return sum(1 << (day.day - 1) for day in days)


def bits_to_days(bits: int, first_day: date) -> set[date]:
    return {first_day.replace(day=at + 1) for at in range(31) if bits >> at & 1}


def _insert(granularity: Granularity, summaries: Mapping[Key, Buyers]) -> None:
    BuyersSummary.objects.bulk_create(
        BuyersSummary(
            granularity=granularity,
            first_day=first_day,
            store_id=store_id,
            seller_id=seller_id,
            days=days_to_bits(each.days),
            customer_count=len(each.customers),
            customers=each.customers.to_bytes(),
            products=each.products.to_bytes(),
        )
        for (first_day, store_id, seller_id), each in summaries.items()
    )


def _kept(granularity: Granularity, periods: Days) -> Iterator[tuple[Key, Buyers]]:
    summaries = BuyersSummary.objects.filter(within(periods), granularity=granularity)
    for first, store_id, seller_id, days, customers, products in summaries.values_list(
        "first_day", "store_id", "seller_id", "days", "customers", "products"
    ):
        yield (
            (first, store_id, seller_id),
            Buyers(
                IdSet.from_bytes(customers),
                IdSet.from_bytes(products),
                bits_to_days(days, month_of(first)),
            ),
        )


def _differing(
    expected: Mapping[Key, Buyers], granularity: Granularity, periods: Days
) -> Iterator[Difference]:
    found = dict(_kept(granularity, periods))
    for key in sorted({*expected, *found}):
        mine, kept = expected.get(key, Buyers()), found.get(key, Buyers())
        whose = "first_day {}, store_id {}, seller_id {}".format(*key)
        for what in ("customers", "products", "days"):
            if getattr(mine, what) != getattr(kept, what):
                sizes = (f"{len(getattr(side, what))} different" for side in (mine, kept))
                yield Difference(f"{whose}, {what}", *sizes)


def _by_day(what: str, source: str, days: Days) -> Mapping[Key, set[int]]:
    """Different ids by day, store and seller, and of everybody."""
    found: dict[Key, set[int]] = defaultdict(set)
    sql = f"SELECT DISTINCT {SALE_DAY}, s.store_id, s.user_id, {what} {source}"
    pairs: Iterable[tuple[Any, ...]] = rows(sql.format(days=days.on(SALE_DAY)), days.parameters())
    for day, store_id, seller_id, each in pairs:
        found[as_day(day), store_id, seller_id].add(each)
        found[(as_day(day), *EVERYBODY)].add(each)
    return found
