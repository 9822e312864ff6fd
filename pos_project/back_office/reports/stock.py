"""Reports of the stock: what it is worth, and what of it nobody buys."""

from pos_project.back_office.reports.report import Asked, Field, Report, listing, statement
from reports.dashboards.product_sales import sold_products
from reports.documents.document import Subject
from reports.statements.api.party_views import StockView
from reports.statements.stock_as_of import Held, held_as_of
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import PRODUCTS


def _never_sold(asked: Asked) -> list[Held]:
    """What was in stock at the end of the days and not sold on any of them."""
    plan = plan_reading(asked.period, PRODUCTS)[PRODUCTS.name]
    [sums] = sold_products(plan)
    sold = {product_id for product_id, (lines, *_) in sums.items() if lines}
    held = held_as_of(asked.period.last, store_id=asked.scope.store_id)
    unsold = [each for each in held if each.product_id not in sold and each.units > 0]
    return sorted(unsold, key=lambda each: (-each.value, each.product_id))


def _product(row: Held) -> Subject:
    return Subject("product", row.product_id)


def _stock(row: Held) -> Subject:
    return Subject("stock", row.product_id)


REPORTS = (
    Report(
        "stock",
        "Stock value",
        "Units and value at cost of every product in stock, at the end of a day.",
        statement(StockView),
        of_day=True,
        usual="today",
    ),
    Report(
        "unsold",
        "What never sells",
        "In stock, and not sold once in these days; the most money tied up first.",
        listing(
            "What never sells",
            "unsold",
            _never_sold,
            (
                Field("Product", "name", width=3, about=_product),
                Field("SKU", "sku", width=1.2),
                Field("Units", "units", "count", about=_stock, is_summed=True),
                Field("Value at cost", "value", "money", about=_stock, is_summed=True),
            ),
            "Stock as it was at the end of these days; a sale in any store counts as sold.",
        ),
        usual="last_30_days",
    ),
)
