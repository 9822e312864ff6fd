"""Who bought, what was sold and on which days, by seller: sets, for exact counts over any range."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reports.facts.days import Days, month_end
from reports.facts.id_set import IdSet
from reports.facts.raw import as_day, rows
from reports.facts.sales import SALE_DAY, SOLD, SOLD_LINES
from reports.models import BuyersFact, Fact, Span

EVERYBODY = (0, 0)  # store, seller

Key = tuple[date, int, int]  # day, store, seller


@dataclass
class Buyers:
    """The different customers, products and days of some sales."""

    customers: IdSet = field(default_factory=IdSet)
    products: IdSet = field(default_factory=IdSet)
    days: set[date] = field(default_factory=set)


@dataclass(frozen=True)
class BuyersMaker:
    """Makes `BuyersFact`: read as pairs, packed in Python, since no SQL packs sets."""

    name: str = "buyers"
    cumulative: bool = False
    models: Sequence[type[Fact]] = (BuyersFact,)

    def make_days(self, days: Days) -> None:
        customers = _by_day("s.customer_id", f"{SOLD} AND s.customer_id IS NOT NULL", days)
        products = _by_day("i.product_id", SOLD_LINES, days)
        self._insert(
            Span.DAY,
            (
                (key, {key[0]}, IdSet(customers.get(key, ())), IdSet(sold))
                for key, sold in products.items()
            ),
        )

    def make_month(self, month: date) -> None:
        whole: dict[Key, Buyers] = defaultdict(Buyers)
        of_days = BuyersFact.objects.filter(
            span=Span.DAY, first_day__range=(month, month_end(month))
        )
        for day, store_id, seller_id, customers, products in of_days.values_list(
            "first_day", "store_id", "seller_id", "customers", "products"
        ):
            of_seller = whole[month, store_id, seller_id]
            of_seller.days.add(day)
            of_seller.customers.add_all(IdSet.from_bytes(customers))
            of_seller.products.add_all(IdSet.from_bytes(products))
        self._insert(
            Span.MONTH,
            ((key, each.days, each.customers, each.products) for key, each in whole.items()),
        )

    def _insert(self, span: Span, facts: Iterable[tuple[Key, set[date], IdSet, IdSet]]) -> None:
        BuyersFact.objects.bulk_create(
            BuyersFact(
                span=span,
                first_day=first_day,
                store_id=store_id,
                seller_id=seller_id,
                days=days_to_bits(days),
                customer_count=len(customers),
                customers=customers.to_bytes(),
                products=products.to_bytes(),
            )
            for (first_day, store_id, seller_id), days, customers, products in facts
        )


BUYERS = BuyersMaker()


def days_to_bits(days: Iterable[date]) -> int:
    """Days of one month as bits."""
    return sum(1 << (day.day - 1) for day in days)


def bits_to_days(bits: int, first_day: date) -> set[date]:
    return {first_day.replace(day=at + 1) for at in range(31) if bits >> at & 1}


def _by_day(what: str, source: str, days: Days) -> Mapping[Key, set[int]]:
    """Different ids by day, store and seller, and of everybody."""
    found: dict[Key, set[int]] = defaultdict(set)
    sql = f"SELECT DISTINCT {SALE_DAY}, s.store_id, s.user_id, {what} {source}"
    pairs: Iterable[tuple[Any, ...]] = rows(sql.format(days=days.on(SALE_DAY)), days.parameters())
    for day, store_id, seller_id, each in pairs:
        found[as_day(day), store_id, seller_id].add(each)
        found[(as_day(day), *EVERYBODY)].add(each)
    return found
