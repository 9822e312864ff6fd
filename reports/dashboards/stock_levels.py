"""Which products are short, and which lie about: active products by the units on their shelves.

Services keep no stock, so they are never short (I32). Stock is of the store that is reported, or of
all; only that of one store has levels of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from reports.dashboards.listed_products import ListedProduct, find_products, level_in_store
from reports.dashboards.stock_now import EMPTY, stock_now
from reports.summaries.active_products import KEPT_IN_STOCK
from reports.summaries.raw import rows


@dataclass(frozen=True)
class Level:
    """A range of units, both ends included; without an end it has none. `is_low`: of a product
    that has a reorder level in the store it ends below that; `is_short`: or below its own."""

    name: str
    least: int | None = None
    most: int | None = None
    is_short: bool = False
    is_low: bool = False

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
    places = [(each, each.bounds, found) for each, found in zip(levels, at_level, strict=True)]
    stock = stock_now()
    there, joined = level_in_store()
    asked = f"SELECT p.id, p.reorder_level, {there} FROM products p{joined} WHERE {KEPT_IN_STOCK}"
    for product_id, own, in_store in rows(asked, {}):
        units = stock.get(product_id, EMPTY).units
        for each, (least, most_units), found in places:
            level = in_store if in_store is not None or not each.is_short else own
            if level is not None and (each.is_short or each.is_low):
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
