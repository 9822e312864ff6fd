"""What the stock is worth: at cost, which is each batch's own (ADR 2), and at today's prices.

Active products of all stores; services have no stock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pos_project.core.money import ZERO, amount, divided, total
from reports.dashboards.stock_now import EMPTY, stock_now
from reports.summaries.active_products import KEPT_IN_STOCK, NO_CATEGORY
from reports.summaries.raw import rows, whole


@dataclass(frozen=True)
class Worth:
    """Some products with stock: how many they are, their units, and what these are worth."""

    products: int = 0
    units: int = 0
    at_cost: Decimal = ZERO
    at_retail: Decimal = ZERO

    @property
    def potential_profit(self) -> Decimal:
        """What selling it all at today's prices would earn."""
        return self.at_retail - self.at_cost


@dataclass(frozen=True)
class CategoryWorth:
    category: str
    worth: Worth


def worth_by_category() -> list[CategoryWorth]:
    """Every category with stock, the most valuable at retail first."""
    stock = stock_now()
    sums: dict[int | None, list[int]] = {}  # products, thousandths, cents at cost and at retail
    for product_id, category_id, price in rows(
        f"SELECT p.id, p.category_id, {whole('p.price * 100')} FROM products p"
        f" WHERE {KEPT_IN_STOCK}",
        {},
    ):
        units, worth = stock.get(product_id, EMPTY)
        if units > 0:
            of_category = sums.setdefault(category_id, [0, 0, 0, 0])
            of_category[0] += 1
            of_category[1] += units
            of_category[2] += worth
            of_category[3] += divided(units * price, 1000)
    names = dict(rows("SELECT id, name FROM categories", {}))
    return sorted(
        (
            CategoryWorth(
                names.get(category_id) or NO_CATEGORY,
                Worth(products, thousandths // 1000, amount(at_cost), amount(at_retail)),
            )
            for category_id, (products, thousandths, at_cost, at_retail) in sums.items()
        ),
        key=lambda each: (-each.worth.at_retail, each.category),
    )


def worth_of_all(categories: Iterable[CategoryWorth] | None = None) -> Worth:
    """The worth of all stock; of these categories together, if they have been read already."""
    each = [found.worth for found in (worth_by_category() if categories is None else categories)]
    return Worth(
        sum(worth.products for worth in each),
        sum(worth.units for worth in each),
        total(worth.at_cost for worth in each),
        total(worth.at_retail for worth in each),
    )


def products_kept_in_stock() -> int:
    """How many active products there are that keep stock, with or without any."""
    [(count,)] = rows(f"SELECT COUNT(*) FROM products p WHERE {KEPT_IN_STOCK}", {})
    return int(count)
