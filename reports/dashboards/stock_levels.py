"""Which products are short, and which lie about: active products by the units on their shelves.

Services keep no stock, so they are never short (I32). Stock is of all stores.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest

from inventory.product_figures import shelves
from reports.summaries.active_products import KEPT_IN_STOCK, NO_BRAND, NO_CATEGORY
from reports.summaries.raw import exact, rows, whole


@dataclass(frozen=True)
class Level:
    """A range of units, both ends included; without an end it has none."""

    name: str
    least: int | None = None
    most: int | None = None

    @property
    def condition(self) -> str:
        bounds = []
        if self.least is not None:
            bounds.append(f"units >= {self.least}")
        if self.most is not None:
            bounds.append(f"units <= {self.most}")
        return " AND ".join(bounds)


@dataclass(frozen=True)
class Stocked:
    """A product and what is there of it."""

    id: int
    name: str
    sku: str
    price: Decimal
    category: str
    brand: str
    units: int


@dataclass(frozen=True)
class AtLevel:
    """How many products are at a level, and the emptiest of them."""

    count: int
    products: list[Stocked]


def at_levels(levels: Sequence[Level], *, most: int) -> list[AtLevel]:
    """For each level all of its products counted, and the `most` with the least stock.

    A product is at the first level that it fits. Two statements: who is where, and what those
    that are shown are called. (Placing them in SQL sorts every product twice.)
    """
    at_level: list[list[tuple[int, int]]] = [[] for _ in levels]
    whens = " ".join(f"WHEN {each.condition} THEN {at}" for at, each in enumerate(levels))
    for at, units, product_id in rows(
        f"""
        SELECT level, {whole("units * 1000")}, id FROM (
            SELECT id, units, CASE {whens} END AS level FROM (
                SELECT p.id, COALESCE(shelf.units, 0) AS units
                FROM products p LEFT JOIN ({shelves()}) shelf ON shelf.product_id = p.id
                WHERE {KEPT_IN_STOCK}
            ) stocked
        ) levelled
        WHERE level IS NOT NULL
        """,  # noqa: S608  (our own names and numbers)
        {},
    ):
        at_level[at].append((units, product_id))
    emptiest = [nsmallest(most, products) for products in at_level]
    described = _described(product_id for products in emptiest for _, product_id in products)
    return [
        AtLevel(
            len(products),
            [
                Stocked(product_id, *described[product_id], units // 1000)
                for units, product_id in few
            ],
        )
        for products, few in zip(at_level, emptiest, strict=True)
    ]


def _described(product_ids: Iterable[int]) -> dict[int, tuple[str, str, Decimal, str, str]]:
    """Name, SKU, price, category and brand of the products that are shown."""
    marks = ", ".join(map(str, product_ids)) or "NULL"
    return {
        product_id: (name, sku, exact(price, 2), category or NO_CATEGORY, brand or NO_BRAND)
        for product_id, name, sku, price, category, brand in rows(
            f"""
            SELECT p.id, p.name, p.sku, p.price, c.name, b.name FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            LEFT JOIN brands b ON b.id = p.brand_id
            WHERE p.id IN ({marks})
            """,  # noqa: S608  (ids)
            {},
        )
    }
