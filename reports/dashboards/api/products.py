"""Dashboards of what products brought in (contract 20.5)."""

from typing import Any

from rest_framework.request import Request

from pos_project.core.http.period_query import FROM, TO, TopOf, clamped, period_of, whole_number
from pos_project.core.http.shapes import COUNT, MONEY, TEXT, NamedPeriod, shape
from reports.dashboards.api.dashboard import DashboardView, named_period
from reports.dashboards.product_sales import TopProduct, top_products
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import PRODUCTS

TOP_PRODUCTS = shape(
    "TopProducts",
    {
        "period": NamedPeriod,
        "top_products": [
            {
                "product_id": COUNT,
                "product_name": TEXT,
                "category": TEXT,
                "brand": TEXT,
                "times_sold": COUNT,
                "total_quantity_sold": COUNT,
                "total_revenue": MONEY,
                "avg_selling_price": MONEY,
                "current_stock": COUNT,
            }
        ],
    },
)


class TopProductsView(DashboardView):
    """The products that brought in the most in a period."""

    message = "Top products"
    shape = TOP_PRODUCTS
    parameters = (FROM, TO, whole_number("limit", default=10, least=1, most=50))

    def asked(self, request: Request, **path: str) -> TopOf:
        query = request.query_params
        return TopOf(period_of(query), clamped(query, "limit", default=10, least=1, most=50))

    def data(self, asked: TopOf) -> dict[str, Any]:
        plan = plan_reading(asked.period, PRODUCTS)[PRODUCTS.name]
        return {
            "period": named_period(asked.period),
            "top_products": [_row(each) for each in top_products(plan, most=asked.limit)],
        }


def _row(product: TopProduct) -> dict[str, Any]:
    return {
        "product_id": product.id,
        "product_name": product.name,
        "category": product.category,
        "brand": product.brand,
        "times_sold": product.times_sold,
        "total_quantity_sold": product.units_sold,
        "total_revenue": product.revenue,
        "avg_selling_price": product.average_price,
        "current_stock": product.stock,
    }
