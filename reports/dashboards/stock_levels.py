"""Which products are short, and which lie about: active products by the units on their shelves.

Services keep no stock, so they are never short (I32). Stock is of all stores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from inventory.product_figures import shelves
from reports.dashboards.listed_products import ListedProduct, find_products
from reports.summaries.active_products import KEPT_IN_STOCK
from reports.summaries.raw import rows, whole


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
class AtLevel:
    """How many products are at a level, and the emptiest of them."""

    count: int
    products: list[ListedProduct]


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
    stock = {product_id: units // 1000 for products in emptiest for units, product_id in products}
    found = find_products(stock, stock=stock)
    return [
        AtLevel(len(products), [found[product_id] for _, product_id in few])
        for products, few in zip(at_level, emptiest, strict=True)
    ]
