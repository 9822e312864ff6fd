"""What to buy again: products whose stock, at the pace of the last days, lasts 30 days at most.

Decided in whole numbers, so that both databases round alike: `round(a ÷ b) ≤ n` is
`2a < (2n + 1)b`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from inventory.product_figures import shelves
from pos_project.core.money import amount, divided
from pos_project.core.percentages import average
from reports.dashboards.movement import days_left, last_days
from reports.dashboards.product_sales import units_sold
from reports.dashboards.unit_costs import UnitCost, sold_and_costs
from reports.summaries.active_products import KEPT_IN_STOCK, NO_BRAND, NO_CATEGORY
from reports.summaries.raw import rows, whole

COVER_DAYS = 30  # what is bought again should last so long
# A priority is reached when the stock lasts so many days at most.
PRIORITIES = (("urgent", 7), ("high", 14), ("medium", COVER_DAYS))


class Need(NamedTuple):
    """How much to buy again of a product, and what that costs and brings, in cents."""

    product_id: int
    price: int
    stock: int
    units_sold: int
    days: int
    days_left: int
    cost: UnitCost

    @property
    def units_a_day(self) -> Decimal:
        return average(self.units_sold, self.days)

    @property
    def units(self) -> int:
        """Units per day × 30 − stock, to the nearest unit."""
        return divided(self.units_sold * COVER_DAYS, self.days) - self.stock

    @property
    def estimated_cost(self) -> int:
        return self.units * self.cost.fifo

    @property
    def revenue(self) -> int:
        return self.units * self.price

    @property
    def profit(self) -> int:
        return self.revenue - self.estimated_cost

    @property
    def priority(self) -> str:
        return next(name for name, most in PRIORITIES if self.days_left <= most)


@dataclass(frozen=True)
class Recommendation:
    """A need, and the product's names."""

    need: Need
    name: str
    sku: str
    category: str
    brand: str


@dataclass(frozen=True)
class Reordering:
    """Everything to buy again in sums, and the most pressing of it."""

    count: int
    by_priority: Counter[str]
    estimated_cost: Decimal
    profit: Decimal
    first: list[Recommendation]


def reordering(today: date, *, days: int, most: int) -> Reordering:
    """What to buy again, soonest sold out first, then what sells fastest; sums are of all of it."""
    needs = _needs(today, days)
    names = _names([need.product_id for need in needs[:most]])
    return Reordering(
        len(needs),
        Counter(need.priority for need in needs),
        amount(sum(need.estimated_cost for need in needs)),
        amount(sum(need.profit for need in needs)),
        [Recommendation(need, *names[need.product_id]) for need in needs[:most]],
    )


def _needs(today: date, days: int) -> list[Need]:
    sums, costs = sold_and_costs(last_days(today, days), today=today)
    sold = units_sold(sums)
    found = [
        (product_id, price, stock // 1000, units)
        for product_id, price, stock in rows(
            f"""
            SELECT p.id, {whole("p.price * 100")}, {whole("COALESCE(shelf.units, 0) * 1000")}
            FROM products p LEFT JOIN ({shelves()}) shelf ON shelf.product_id = p.id
            WHERE {KEPT_IN_STOCK}
            """,  # noqa: S608  (our own names)
            {},
        )
        if (units := sold.get(product_id, 0)) > 0 and _is_needed(stock, units, days)
    ]
    needs = [
        Need(pk, price, stock, units, days, days_left(stock, units, days), costs[pk])
        for pk, price, stock, units in found
    ]
    return sorted(needs, key=lambda need: (need.days_left, -need.units_sold, need.product_id))


def _is_needed(stock: int, units: int, days: int) -> bool:
    """Whether it lasts 30 days at most, and at least one unit is to be bought; `stock` is in
    thousandths."""
    lasts, wanted = 2 * stock * days, 2 * COVER_DAYS * units * 1000
    return lasts < wanted + units * 1000 and wanted - lasts >= days * 1000


def _names(product_ids: list[int]) -> dict[int, tuple[str, str, str, str]]:
    """Name, SKU, category and brand of the products that are shown."""
    marks = ", ".join(map(str, product_ids)) or "NULL"
    return {
        product_id: (name, sku, category or NO_CATEGORY, brand or NO_BRAND)
        for product_id, name, sku, category, brand in rows(
            f"""
            SELECT p.id, p.name, p.sku, c.name, b.name FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            LEFT JOIN brands b ON b.id = p.brand_id
            WHERE p.id IN ({marks})
            """,  # noqa: S608  (ids)
            {},
        )
    }
