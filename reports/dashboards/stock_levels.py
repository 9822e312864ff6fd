"""Which products are short, and which lie about: active products by the units on their shelves.

Services keep no stock, so they are never short (I32). Stock is of all stores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from reports.dashboards.listed_products import ListedProduct, find_products
from reports.dashboards.stock_now import EMPTY, stock_now
from reports.summaries.active_products import KEPT_IN_STOCK
from reports.summaries.raw import rows


@dataclass(frozen=True)
class Level:
    """A range of units, both ends included; without an end it has none. `is_short`: of a product
    that has a reorder level it ends below that."""

    name: str
    least: int | None = None
    most: int | None = None
    is_short: bool = False

    @property
    def bounds(self) -> tuple[float, float]:
        """In thousandths."""
        least = float("-inf") if self.least is None else self.least * 1000
        return least, float("inf") if self.most is None else self.most * 1000


@dataclass(frozen=True)
class AtLevel:
    """How many products are at a level, and the emptiest of them."""

    count: int
    products: list[ListedProduct]


def at_levels(levels: Sequence[Level], *, most: int) -> list[AtLevel]:
    """For each level all of its products counted, and the `most` with the least stock.

    A product is at the first level that it fits. Those that are shown are looked up once they are
    chosen. (Placing them in SQL sorts every product twice.)
    """
    at_level: list[list[tuple[int, int]]] = [[] for _ in levels]
    places = [
        (*each.bounds, each.is_short, found) for each, found in zip(levels, at_level, strict=True)
    ]
    stock = stock_now()
    asked = f"SELECT p.id, p.reorder_level FROM products p WHERE {KEPT_IN_STOCK}"
    for product_id, level in rows(asked, {}):
        units = stock.get(product_id, EMPTY).units
        for least, most_units, is_short, found in places:
            if is_short and level is not None:
                most_units = level * 1000 - 1
            if least <= units <= most_units:
                found.append((units, product_id))
                break
    emptiest = [nsmallest(most, products) for products in at_level]
    shown = {product_id: units // 1000 for products in emptiest for units, product_id in products}
    listed = find_products(shown, stock=shown)
    return [
        AtLevel(len(products), [listed[product_id] for _, product_id in few])
        for products, few in zip(at_level, emptiest, strict=True)
    ]
