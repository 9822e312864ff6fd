"""What was sold of products in a period: closed days from summaries, the others live.

Product revenue and units are net of what came back; order discounts and tax are not shared out to
products (contract 18).
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from typing import NamedTuple

from pos_project.core.money import amount
from pos_project.core.percentages import average
from reports.summaries.active_products import NO_BRAND, NO_CATEGORY
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import rows
from reports.summaries.sale_sums import PRODUCTS
from reports.summaries.sums import Sums, sums_by_key

# The stock of a product `p` that is shown; for lists of every product join `shelves()` instead.
STOCK = (
    "COALESCE((SELECT SUM(b.remaining) FROM batches b"
    " WHERE b.product_id = p.id AND b.is_open = 1), 0)"
)


@dataclass(frozen=True)
class TopProduct:
    """A product among those that brought in the most."""

    id: int
    name: str
    category: str
    brand: str
    times_sold: int  # sale lines
    units_sold: int
    revenue: Decimal
    average_price: Decimal  # of what was sold, whatever came back
    stock: int


class Sold(NamedTuple):
    """What was sold of a product in a period; amounts in cents, quantities in thousandths.

    The fields are the figures of the summary of products, in order.
    """

    line_count: int
    sale_count: int
    quantity: int
    subtotal: int
    returned: int
    returned_value: int
    cogs: int

    @property
    def units(self) -> int:
        """Sold, less what came back."""
        return (self.quantity - self.returned) // 1000

    @property
    def revenue(self) -> int:
        """Net of what came back."""
        return self.subtotal - self.returned_value


NOTHING = Sold(0, 0, 0, 0, 0, 0, 0)


# What is asked of most reports. The others cost as much again to be read of today: each line's cost
# and its sale.
UNITS_AND_REVENUE = ("line_count", "quantity", "subtotal", "returned", "returned_value")


def sold_products(*plans: ReadPlan, live: Collection[str] = ()) -> list[Sums]:
    """What was sold and brought back of each product that moved in each of these periods: the
    fields of `Sold`, as plain tuples, which ten thousand of are cheap.

    Of live days only the fields named in `live` are read, if any are: the others are then None.
    """
    return sums_by_key(PRODUCTS, *plans, live=live)


def units_sold(sums: Sums) -> dict[int, int]:
    """Units of each product, less what came back."""
    return {
        pk: (quantity - returned) // 1000
        for pk, (_, _, quantity, _, returned, _, _) in sums.items()
    }


def top_products(plan: ReadPlan, *, most: int) -> list[TopProduct]:
    """The products sold in the period that brought in the most, archived ones included."""
    [sums] = sold_products(plan, live=UNITS_AND_REVENUE)
    first = nsmallest(
        most,
        [
            (returned_value - subtotal, returned - quantity, pk)
            for pk, (lines, _, quantity, subtotal, returned, returned_value, _) in sums.items()
            if lines > 0
        ],
    )
    ids = [product_id for _, _, product_id in first]
    found = {
        product_id: (name, category or NO_CATEGORY, brand or NO_BRAND, int(stock))
        for product_id, name, category, brand, stock in rows(
            f"""
            SELECT p.id, p.name, c.name, b.name, {STOCK} FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            LEFT JOIN brands b ON b.id = p.brand_id
            WHERE p.id IN ({", ".join(map(str, ids)) or "NULL"})
            """,  # noqa: S608  (our own names, ids)
            {},
        )
    }
    return [_top(pk, Sold._make(sums[pk]), *found[pk]) for pk in ids]


def _top(
    product_id: int, sold: Sold, name: str, category: str, brand: str, stock: int
) -> TopProduct:
    return TopProduct(
        product_id,
        name,
        category,
        brand,
        sold.line_count,
        sold.units,
        amount(sold.revenue),
        average(amount(sold.subtotal), Decimal(sold.quantity) / 1000),
        stock,
    )
