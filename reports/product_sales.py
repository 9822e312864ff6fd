"""What was sold of products in a period: closed days from facts, the others live.

Product revenue and units are net of what came back; order discounts and tax are not shared out to
products (contract 18).
"""

from dataclasses import dataclass
from decimal import Decimal

from reports.active_products import NO_BRAND, NO_CATEGORY
from reports.facts.raw import exact, rows
from reports.facts.reading import Source, cover, summed
from reports.facts.sales import PRODUCTS
from reports.percentages import average
from reports.period import Period

# A product's figures in terms of its fact's columns.
UNITS = "(sold.quantity - sold.returned)"
REVENUE = "ROUND(sold.subtotal - sold.returned_value, 2)"
OF_UNITS, OF_REVENUE = ("quantity", "returned"), ("subtotal", "returned_value")
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


def sold_products(period: Period, *columns: str) -> Source:
    """SQL of what was sold and brought back of each product: these columns of `ProductFact`."""
    how = cover(period, PRODUCTS)[PRODUCTS.name]
    return summed(PRODUCTS.only(*columns), how, by=("product_id",))


def top_products(period: Period, *, most: int) -> list[TopProduct]:
    """The products sold in the period that brought in the most, archived ones included."""
    sold = sold_products(period, "line_count", *OF_UNITS, *OF_REVENUE)
    found = rows(
        f"""
        SELECT p.id, p.name, c.name, b.name, top.line_count, top.units, top.revenue,
            top.subtotal, top.quantity, {STOCK}
        FROM (
            SELECT product_id, line_count, quantity, subtotal,
                {UNITS} AS units, {REVENUE} AS revenue
            FROM ({sold.sql}) sold WHERE line_count > 0
            ORDER BY revenue DESC, units DESC, product_id LIMIT %(most)s
        ) top
        JOIN products p ON p.id = top.product_id
        LEFT JOIN categories c ON c.id = p.category_id
        LEFT JOIN brands b ON b.id = p.brand_id
        ORDER BY top.revenue DESC, top.units DESC, p.id
        """,  # noqa: S608  (our own names)
        {**sold.parameters, "most": most},
    )
    return [
        TopProduct(
            product_id,
            name,
            category or NO_CATEGORY,
            brand or NO_BRAND,
            int(lines),
            int(units),
            exact(revenue, 2),
            average(exact(subtotal, 2), exact(quantity, 3)),
            int(stock),
        )
        for (
            product_id,
            name,
            category,
            brand,
            lines,
            units,
            revenue,
            subtotal,
            quantity,
            stock,
        ) in found
    ]
