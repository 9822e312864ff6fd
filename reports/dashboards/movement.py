"""How fast products sell: units a day over the last days, fast to not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from heapq import nsmallest

from pos_project.core.money import amount, divided
from pos_project.core.percentages import average
from pos_project.core.period import Period
from reports.dashboards.product_sales import (
    NOTHING,
    STOCK,
    UNITS_AND_REVENUE,
    Sold,
    sold_products,
    units_sold,
)
from reports.summaries.active_products import KEPT_IN_STOCK, NO_CATEGORY
from reports.summaries.plan import plan_reading
from reports.summaries.raw import exact, rows
from reports.summaries.sale_sums import PRODUCTS

FAST, MODERATE, SLOW, NONE = "fast_moving", "moderate_moving", "slow_moving", "no_movement"
# Units a day from which a pace is reached; what sold less than the last has sold nothing.
PACES = {FAST: 5, MODERATE: 1, SLOW: 0}


@dataclass(frozen=True)
class Mover:
    """A product and what was sold of it, in so many days."""

    id: int
    name: str
    sku: str
    price: Decimal
    category: str
    stock: int
    units_sold: int
    revenue: Decimal
    days: int

    @property
    def units_a_day(self) -> Decimal:
        return average(self.units_sold, self.days)

    @property
    def days_of_stock(self) -> int | None:
        """How long the stock lasts at this pace; None for what does not sell."""
        return days_left(self.stock, self.units_sold, self.days) if self.units_sold > 0 else None


@dataclass(frozen=True)
class AtPace:
    """How many products sell at a pace, and those of them that sold the most."""

    count: int
    products: list[Mover]


def last_days(today: date, days: int) -> Period:
    """The last so many days up to now, as everywhere: the day that many days ago is one of them."""
    return Period(today - timedelta(days=days), today)


def days_left(stock: int, units_sold: int, days: int) -> int:
    """Stock ÷ units per day, to the nearest day."""
    return divided(stock * days, units_sold)


def movement(today: date, *, days: int, most: int) -> dict[str, AtPace]:
    """Active products by pace: all counted, and at most so many of each, most units first."""
    plan = plan_reading(last_days(today, days), PRODUCTS)[PRODUCTS.name]
    [sums] = sold_products(plan, live=UNITS_AND_REVENUE)
    sold = units_sold(sums)
    fast, moderate, slow = (units_a_day * days or 1 for units_a_day in PACES.values())
    at_pace: dict[str, list[tuple[int, int]]] = {FAST: [], MODERATE: [], SLOW: [], NONE: []}
    for (product_id,) in rows(f"SELECT p.id FROM products p WHERE {KEPT_IN_STOCK}", {}):  # noqa: S608  (ours)
        units = sold.get(product_id, 0)
        pace = NONE if units < slow else SLOW
        if units >= moderate:
            pace = FAST if units >= fast else MODERATE
        at_pace[pace].append((-units, product_id))
    first = {pace: nsmallest(most, products) for pace, products in at_pace.items()}
    described = _described(product_id for products in first.values() for _, product_id in products)
    return {
        pace: AtPace(
            len(at_pace[pace]),
            [
                Mover(
                    product_id,
                    *described[product_id],
                    units_sold=-units,
                    revenue=amount(Sold._make(sums.get(product_id, NOTHING)).revenue),
                    days=days,
                )
                for units, product_id in products
            ],
        )
        for pace, products in first.items()
    }


def _described(product_ids: Iterable[int]) -> dict[int, tuple[str, str, Decimal, str, int]]:
    """Name, SKU, price, category and stock of the products that are shown."""
    marks = ", ".join(map(str, product_ids)) or "NULL"
    return {
        product_id: (name, sku, exact(price, 2), category or NO_CATEGORY, int(stock))
        for product_id, name, sku, price, category, stock in rows(
            f"""
            SELECT p.id, p.name, p.sku, p.price, c.name, {STOCK} FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            WHERE p.id IN ({marks})
            """,  # noqa: S608  (our own names, ids)
            {},
        )
    }
