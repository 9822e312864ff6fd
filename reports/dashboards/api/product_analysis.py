"""The dashboard of how products and their categories did (docs/api.md §29)."""

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.http.period_query import FROM, TO, clamped, period_of, whole_number
from pos_project.core.http.shapes import COUNT, MONEY, TEXT, Meta, NamedPeriod, or_null, shape
from pos_project.core.images.pictures import image_url
from pos_project.core.money import amount
from pos_project.core.percentages import average, percent
from pos_project.core.period import Period
from reports.dashboards.api.dashboard import DashboardView, named_period
from reports.dashboards.product_analysis import (
    Analysed,
    Category,
    Described,
    ProductAnalysis,
    analyse,
)

COSTED = "FIFO cost"
DEARER = "Consider a higher price or a cheaper source"

NAMES = {
    "product_id": COUNT,
    "product_name": TEXT,
    "sku": TEXT,
    "image": or_null(TEXT),
    "category": TEXT,
}
SOLD = {"units_sold": COUNT, "total_revenue": MONEY, "current_stock": COUNT, "note": TEXT}
EARNED = {"gross_profit": MONEY, "profit_margin": TEXT}
PRODUCT_ANALYSIS = shape(
    "ProductAnalysis",
    {
        "period": NamedPeriod,
        "overview_metrics": {
            "total_active_products": COUNT,
            "products_sold": COUNT,
            "products_unsold": COUNT,
            "sell_through_rate": TEXT,
            "total_units_sold": COUNT,
            "total_revenue": MONEY,
            "avg_transaction_value": MONEY,
            "avg_product_price": MONEY,
            "total_inventory_units": COUNT,
            "total_transactions": COUNT,
        },
        "top_sellers": [
            {
                **NAMES,
                **SOLD,
                **EARNED,
                "brand": TEXT,
                "current_price": MONEY,
                "avg_cost": MONEY,
                "transaction_count": COUNT,
            }
        ],
        "bottom_sellers": [
            {**NAMES, **SOLD, "brand": TEXT, "current_price": MONEY, "transaction_count": COUNT}
        ],
        "highest_profit_products": [{**NAMES, **SOLD, **EARNED, "total_cost": MONEY}],
        "lowest_margin_products": [
            {
                **NAMES,
                **SOLD,
                **EARNED,
                "total_cost": MONEY,
                "selling_price": MONEY,
                "current_list_price": MONEY,
                "avg_cost": MONEY,
                "recommendation": TEXT,
            }
        ],
        "category_performance": [
            {
                "category_name": TEXT,
                "total_products": COUNT,
                "total_units_sold": COUNT,
                "total_revenue": MONEY,
                "transaction_count": COUNT,
                "avg_price": MONEY,
                "avg_revenue_per_transaction": MONEY,
                "total_stock": COUNT,
                "total_profit": MONEY,
                "profit_margin": TEXT,
                "avg_profit_margin": TEXT,
            }
        ],
    },
)


class PeriodDaysMeta(Meta):
    period_days = serializers.IntegerField()


@dataclass(frozen=True)
class Asked:
    period: Period
    days: int  # echoed


class ProductAnalysisView(DashboardView):
    """The best and worst sellers and earners of the period, and its categories. Active products
    only."""

    message = "Product analysis"
    shape = PRODUCT_ANALYSIS
    meta_shape = PeriodDaysMeta
    parameters = (FROM, TO, whole_number("days", default=30, least=1, most=365))

    def asked(self, request: Request, **path: str) -> Asked:
        query = request.query_params
        return Asked(period_of(query), clamped(query, "days", default=30, least=1, most=365))

    def data(self, asked: Asked) -> dict[str, Any]:
        found = analyse(asked.period)
        return {
            "period": named_period(asked.period),
            "overview_metrics": _overview(found),
            "top_sellers": [self._top(each, found) for each in found.top_sellers],
            "bottom_sellers": [self._bottom(each, found) for each in found.bottom_sellers],
            "highest_profit_products": [
                {**self._earned(each, found), "total_cost": amount(each.cogs)}
                for each in found.most_profitable
            ],
            "lowest_margin_products": [
                {
                    **self._earned(each, found),
                    "total_cost": amount(each.cogs),
                    "selling_price": amount(each.price),
                    "current_list_price": amount(each.price),
                    "avg_cost": each.unit_cost,
                    "recommendation": DEARER,
                }
                for each in found.lowest_margin
            ],
            "category_performance": [_category(each) for each in found.categories],
        }

    def meta(self, request: Request, asked: Asked) -> dict[str, Any]:
        return {**super().meta(request, asked), "period_days": asked.days}

    def _named(self, product: Analysed, found: ProductAnalysis) -> dict[str, Any]:
        described = found.described[product.id]
        return {
            "product_id": product.id,
            "product_name": product.name,
            "sku": described.sku,
            "image": image_url(described.image, self.request),
            "category": described.category,
            "units_sold": product.units,
            "total_revenue": amount(product.revenue),
            "current_stock": product.stock,
        }

    def _earned(self, product: Analysed, found: ProductAnalysis) -> dict[str, Any]:
        return {
            **self._named(product, found),
            "gross_profit": amount(product.profit),
            "profit_margin": percent(product.profit, product.revenue),
            "note": COSTED,
        }

    def _top(self, product: Analysed, found: ProductAnalysis) -> dict[str, Any]:
        return {
            **self._earned(product, found),
            "brand": found.described[product.id].brand,
            "current_price": amount(product.price),
            "avg_cost": product.unit_cost,
            "transaction_count": product.sales,
        }

    def _bottom(self, product: Analysed, found: ProductAnalysis) -> dict[str, Any]:
        described = found.described[product.id]
        return {
            **self._named(product, found),
            "brand": described.brand,
            "current_price": amount(product.price),
            "transaction_count": product.sales,
            "note": _how_little(product, described),
        }


def _how_little(product: Analysed, described: Described) -> str:
    if not described.ever_sold:
        return "Never sold"
    return "Very low sales" if product.sales else "No sales in this period"


def _overview(found: ProductAnalysis) -> dict[str, Any]:
    overall = found.overall
    return {
        "total_active_products": overall.products,
        "products_sold": found.products_sold,
        "products_unsold": overall.products - found.products_sold,
        "sell_through_rate": percent(found.products_sold, overall.products),
        "total_units_sold": overall.units,
        "total_revenue": amount(overall.revenue),
        "avg_transaction_value": average(amount(overall.revenue), found.transactions),
        "avg_product_price": overall.average_price,
        "total_inventory_units": overall.stock,
        "total_transactions": found.transactions,
    }


def _category(each: Category) -> dict[str, Any]:
    margin = percent(each.profit, each.revenue)
    return {
        "category_name": each.name,
        "total_products": each.products,
        "total_units_sold": each.units,
        "total_revenue": amount(each.revenue),
        "transaction_count": each.sales,
        "avg_price": each.average_price,
        "avg_revenue_per_transaction": average(amount(each.revenue), each.sales),
        "total_stock": each.stock,
        "total_profit": amount(each.profit),
        "profit_margin": margin,
        "avg_profit_margin": margin,
    }
