"""Which products are short, and which lie about: active products by the units on their shelves.

Services keep no stock, so they are never short (R35). Stock is of all stores.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from inventory.figures import shelves
from reports.active_products import KEPT_IN_STOCK, NO_BRAND, NO_CATEGORY
from reports.facts.raw import exact, rows


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


@dataclass
class AtLevel:
    """How many products are at a level, and the emptiest of them."""

    count: int = 0
    products: list[Stocked] = field(default_factory=list)


def at_levels(levels: Sequence[Level], *, most: int) -> list[AtLevel]:
    """For each level all of its products counted, and the `most` with the least stock.

    A product is at the first level that it fits. One statement.
    """
    found = [AtLevel() for _ in levels]
    whens = " ".join(f"WHEN {each.condition} THEN {at}" for at, each in enumerate(levels))
    sql = f"""
        SELECT shown.level, shown.level_count, shown.units,
            p.id, p.name, p.sku, p.price, c.name, b.name
        FROM (
            SELECT id, units, level, COUNT(*) OVER (PARTITION BY level) AS level_count,
                ROW_NUMBER() OVER (PARTITION BY level ORDER BY units, id) AS place
            FROM (
                SELECT id, units, CASE {whens} END AS level FROM (
                    SELECT p.id, COALESCE(shelf.units, 0) AS units
                    FROM products p LEFT JOIN ({shelves()}) shelf ON shelf.product_id = p.id
                    WHERE {KEPT_IN_STOCK}
                ) stocked
            ) levelled
            WHERE level IS NOT NULL
        ) shown
        JOIN products p ON p.id = shown.id
        LEFT JOIN categories c ON c.id = p.category_id
        LEFT JOIN brands b ON b.id = p.brand_id
        WHERE shown.place <= %(most)s
        ORDER BY shown.level, shown.place
    """  # noqa: S608  (our own names and numbers)
    for level, count, units, product_id, name, sku, price, category, brand in rows(
        sql, {"most": most}
    ):
        found[level].count = count
        found[level].products.append(
            Stocked(
                product_id,
                name,
                sku,
                exact(price, 2),
                category or NO_CATEGORY,
                brand or NO_BRAND,
                int(units),
            )
        )
    return found
