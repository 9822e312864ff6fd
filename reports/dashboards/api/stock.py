"""Dashboards of what is in stock now (docs/api.md §29)."""

from typing import Any

from pos_project.core.http.shapes import COUNT, MONEY, TEXT, shape
from pos_project.core.percentages import percent
from reports.dashboards.api.dashboard import DashboardView
from reports.dashboards.stock_levels import AtLevel, Level, Stocked, at_levels
from reports.dashboards.valuation import CategoryWorth, Worth, worth_by_category, worth_of_all

MOST_ROWS = 500  # of each list; the counts are of all
LEVELS = (
    Level("out_of_stock", most=0),
    Level("low_stock", least=1, most=10),
    Level("overstock", least=101),
)
HIGH_UP_TO = 5  # units


PRODUCT = {"product_id": COUNT, "product_name": TEXT, "sku": TEXT}
ALERT = {
    **PRODUCT,
    "current_stock": COUNT,
    "price": MONEY,
    "category_name": TEXT,
    "brand_name": TEXT,
    "priority": TEXT,
}
STOCK_ALERTS = shape(
    "StockAlerts",
    {
        "summary": {
            "total_alerts": COUNT,
            "out_of_stock_count": COUNT,
            "low_stock_count": COUNT,
            "overstock_count": COUNT,
        },
        "alerts": {"out_of_stock": [ALERT], "low_stock": [ALERT], "overstock": [ALERT]},
    },
)


class StockAlertsView(DashboardView):
    """Products that are out of stock, low, or too many; the emptiest first, 500 of each."""

    message = "Inventory alerts"
    shape = STOCK_ALERTS

    def data(self, asked: None) -> dict[str, Any]:
        found = dict(zip(LEVELS, at_levels(LEVELS, most=MOST_ROWS), strict=True))
        return {
            "summary": {
                "total_alerts": sum(each.count for each in found.values()),
                **{f"{level.name}_count": each.count for level, each in found.items()},
            },
            "alerts": {level.name: _alerts(level, each) for level, each in found.items()},
        }


def _alerts(level: Level, found: AtLevel) -> list[dict[str, Any]]:
    return [
        {
            "product_id": product.id,
            "product_name": product.name,
            "sku": product.sku,
            "current_stock": product.units,
            "price": product.price,
            "category_name": product.category,
            "brand_name": product.brand,
            "priority": _priority(level, product),
        }
        for product in found.products
    ]


def _priority(level: Level, product: Stocked) -> str:
    if level.name == "low_stock":
        return "high" if product.units <= HIGH_UP_TO else "medium"
    return "critical" if level.name == "out_of_stock" else "low"


VALUATION = shape(
    "Valuation",
    {
        "note": TEXT,
        "calculation_method": TEXT,
        "total_valuation": {
            "total_products": COUNT,
            "total_units": COUNT,
            "total_purchase_value": MONEY,
            "total_purchase_value_fifo": MONEY,
            "total_selling_value": MONEY,
            "potential_profit": MONEY,
            "profit_margin": TEXT,
        },
        "category_breakdown": [
            {
                "category_name": TEXT,
                "product_count": COUNT,
                "total_units": COUNT,
                "purchase_value": MONEY,
                "purchase_value_fifo": MONEY,
                "selling_value": MONEY,
                "potential_profit": MONEY,
            }
        ],
    },
)


class ValuationView(DashboardView):
    """What the stock is worth, at its batches' own cost and at today's prices."""

    message = "Inventory valuation"
    shape = VALUATION

    def data(self, asked: None) -> dict[str, Any]:
        categories = worth_by_category()
        return {
            "note": "Remaining purchase batches valued at their own unit cost",
            "calculation_method": "FIFO",
            "total_valuation": _total(worth_of_all(categories)),
            "category_breakdown": [_of_category(each) for each in categories],
        }


def _total(worth: Worth) -> dict[str, Any]:
    return {
        "total_products": worth.products,
        "total_units": worth.units,
        "total_purchase_value": worth.at_cost,
        "total_purchase_value_fifo": worth.at_cost,
        "total_selling_value": worth.at_retail,
        "potential_profit": worth.potential_profit,
        "profit_margin": percent(worth.potential_profit, worth.at_retail),
    }


def _of_category(found: CategoryWorth) -> dict[str, Any]:
    worth = found.worth
    return {
        "category_name": found.category,
        "product_count": worth.products,
        "total_units": worth.units,
        "purchase_value": worth.at_cost,
        "purchase_value_fifo": worth.at_cost,
        "selling_value": worth.at_retail,
        "potential_profit": worth.potential_profit,
    }
