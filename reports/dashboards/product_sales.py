"""What was sold of products in a period: closed days from summaries, the others live.

Product revenue and units are net of what came back; order discounts and tax are not shared out to
products.
"""

from datetime import date, timedelta
from decimal import Decimal
from heapq import nsmallest
from typing import NamedTuple

from pos_project.core.money import amount
from pos_project.core.percentages import average
from pos_project.core.period import Period
from reports.dashboards.listed_products import ListedProduct, find_products
from reports.summaries.plan import ReadPlan
from reports.summaries.sale_sums import PRODUCTS
from reports.summaries.sums import Sums, sums_by_key


class TopProduct(NamedTuple):
    """A product among those that brought in the most."""

    product: ListedProduct
    times_sold: int  # sale lines
    units_sold: int
    revenue: Decimal
    average_price: Decimal  # of what was sold, whatever came back


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


def sold_products(*plans: ReadPlan) -> list[Sums]:
    """What was sold and brought back of each product that moved in each of these periods: the
    fields of `Sold`, as plain tuples, which ten thousand of are cheap."""
    return sums_by_key(PRODUCTS, *plans)


def last_days(today: date, days: int) -> Period:
    """The last so many days up to now, as everywhere: the day that many days ago is one of them."""
    return Period(today - timedelta(days=days), today)


def units_sold(sums: Sums) -> dict[int, int]:
    """Units of each product, less what came back."""
    return {
        pk: (quantity - returned) // 1000
        for pk, (_, _, quantity, _, returned, _, _) in sums.items()
    }


def top_products(plan: ReadPlan, *, most: int) -> list[TopProduct]:
    """The products sold in the period that brought in the most, archived ones included."""
    [sums] = sold_products(plan)
    first = nsmallest(
        most,
        [
            (returned_value - subtotal, returned - quantity, pk)
            for pk, (lines, _, quantity, subtotal, returned, returned_value, _) in sums.items()
            if lines > 0
        ],
    )
    products = find_products(product_id for _, _, product_id in first)
    return [_top_product(products[pk], Sold._make(sums[pk])) for _, _, pk in first]


def _top_product(product: ListedProduct, sold: Sold) -> TopProduct:
    return TopProduct(
        product,
        times_sold=sold.line_count,
        units_sold=sold.units,
        revenue=amount(sold.revenue),
        average_price=average(amount(sold.subtotal), Decimal(sold.quantity) / 1000),
    )
