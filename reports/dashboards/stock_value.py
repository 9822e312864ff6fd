"""What the stock is worth: at cost, which is each batch's own (ADR 2), and at today's prices.

Live over the index of the open batches. Active products of all stores; services have no stock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inventory.product_figures import shelves
from pos_project.core.money import ZERO, total
from reports.summaries.active_products import KEPT_IN_STOCK, NO_CATEGORY
from reports.summaries.raw import exact, rows


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
    # A LEFT JOIN that stays one: products are read in a row, and each looks its shelf up by a key.
    found = rows(
        f"""
        SELECT c.name, worth.products, worth.units, worth.at_cost, worth.at_retail
        FROM (
            SELECT p.category_id, COUNT(*) AS products, SUM(shelf.units) AS units,
                SUM(shelf.worth) AS at_cost, SUM(ROUND(shelf.units * p.price, 2)) AS at_retail
            FROM products p LEFT JOIN ({shelves(worth=True)}) shelf ON shelf.product_id = p.id
            WHERE {KEPT_IN_STOCK} AND COALESCE(shelf.units, 0) > 0
            GROUP BY p.category_id
        ) worth
        LEFT JOIN categories c ON c.id = worth.category_id
        """,  # noqa: S608
        {},
    )
    return sorted(
        (
            CategoryWorth(
                name or NO_CATEGORY,
                Worth(products, int(units), exact(at_cost, 2), exact(at_retail, 2)),
            )
            for name, products, units, at_cost, at_retail in found
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
    [(count,)] = rows(f"SELECT COUNT(*) FROM products p WHERE {KEPT_IN_STOCK}", {})  # noqa: S608
    return int(count)
