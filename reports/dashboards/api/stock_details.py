"""The dashboard of the most valuable stock, product by product (docs/api.md §29)."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.days import today
from pos_project.core.http.period_query import clamped, whole_number
from pos_project.core.http.shapes import COUNT, DAY, MONEY, TEXT, Meta, or_null, shape
from pos_project.core.money import amount
from pos_project.core.percentages import percent
from reports.dashboards.api.dashboard import DashboardView
from reports.dashboards.api.stock import PRODUCT
from reports.dashboards.stock_details import StockedProduct, most_valuable

STOCK_DETAILS = shape(
    "StockDetails",
    {
        "note": TEXT,
        "total_items": COUNT,
        "products": [
            {
                **PRODUCT,
                "category_name": TEXT,
                "brand_name": TEXT,
                "stock_info": {
                    "current_stock": COUNT,
                    "total_purchased": COUNT,
                    "units_sold_last_30d": COUNT,
                },
                "pricing": {
                    "current_selling_price": MONEY,
                    "avg_purchase_price": MONEY,
                    "fifo_cost_per_unit": MONEY,
                    "last_purchase": {
                        "price": MONEY,
                        "quantity": COUNT,
                        "date": or_null(DAY),
                        "invoice_no": or_null(TEXT),
                    },
                    "margin_per_unit_avg": MONEY,
                    "margin_per_unit_fifo": MONEY,
                },
                "valuation": {
                    "total_purchase_value_avg": MONEY,
                    "total_purchase_value_fifo": MONEY,
                    "total_selling_value": MONEY,
                    "potential_profit_fifo": MONEY,
                    "profit_margin_fifo": TEXT,
                },
                "purchase_history": [
                    {
                        "quantity": COUNT,
                        "unit_price": MONEY,
                        "subtotal": MONEY,
                        "invoice_no": TEXT,
                        "purchase_date": DAY,
                        "supplier_name": TEXT,
                    }
                ],
            }
        ],
    },
)


class LimitMeta(Meta):
    limit = serializers.IntegerField()


class StockDetailsView(DashboardView):
    """The most valuable stock at today's prices, with its cost and purchase history."""

    message = "Detailed inventory"
    shape = STOCK_DETAILS
    meta_shape = LimitMeta
    parameters = (whole_number("limit", default=50, least=1, most=500),)

    def asked(self, request: Request, **path: str) -> int:
        return clamped(request.query_params, "limit", default=50, least=1, most=500)

    def data(self, asked: int) -> dict[str, Any]:
        found = most_valuable(today(), most=asked)
        return {
            "note": "Current stock with FIFO cost and purchase history",
            "total_items": len(found),
            "products": [_details(each) for each in found],
        }

    def meta(self, request: Request, asked: int) -> dict[str, Any]:
        return {**super().meta(request, asked), "limit": asked}


def _details(product: StockedProduct) -> dict[str, Any]:
    last = next(iter(product.purchases.newest), None)
    return {
        "product_id": product.id,
        "product_name": product.name,
        "sku": product.sku,
        "category_name": product.category,
        "brand_name": product.brand,
        "stock_info": {
            "current_stock": product.units,
            "total_purchased": product.purchases.units,
            "units_sold_last_30d": product.units_sold,
        },
        "pricing": {
            "current_selling_price": product.price,
            "avg_purchase_price": amount(product.cost.bought),
            "fifo_cost_per_unit": amount(product.cost.fifo),
            "last_purchase": {
                "price": last.unit_price if last else 0,
                "quantity": last.units if last else 0,
                "date": last.day.isoformat() if last else None,
                "invoice_no": last.invoice_no if last else None,
            },
            "margin_per_unit_avg": product.price - amount(product.cost.bought),
            "margin_per_unit_fifo": product.price - amount(product.cost.fifo),
        },
        "valuation": {
            "total_purchase_value_avg": product.at_average_cost,
            "total_purchase_value_fifo": product.worth,
            "total_selling_value": product.at_retail,
            "potential_profit_fifo": product.potential_profit,
            "profit_margin_fifo": percent(product.potential_profit, product.at_retail),
        },
        "purchase_history": [
            {
                "quantity": line.units,
                "unit_price": line.unit_price,
                "subtotal": line.subtotal,
                "invoice_no": line.invoice_no,
                "purchase_date": line.day.isoformat(),
                "supplier_name": line.supplier,
            }
            for line in product.purchases.newest
        ],
    }
