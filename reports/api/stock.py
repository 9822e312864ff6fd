"""Dashboards of what is in stock now (contract 20.12, 20.15)."""

from typing import Any

from rest_framework import serializers

from pos_project.core.fields import MoneyField
from reports.api.dashboard import DashboardView
from reports.percentages import percent
from reports.stock_levels import AtLevel, Level, Stocked, at_levels
from reports.valuation import CategoryWorth, Worth, worth_by_category, worth_of_all

MOST_ROWS = 500  # of each list; the counts are of all
LEVELS = (
    Level("out_of_stock", most=0),
    Level("low_stock", least=1, most=10),
    Level("overstock", least=101),
)
HIGH_UP_TO = 5  # units


class NamedProduct(serializers.Serializer):
    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    sku = serializers.CharField()


class AlertRow(NamedProduct):
    current_stock = serializers.IntegerField()
    price = MoneyField()
    category_name = serializers.CharField()
    brand_name = serializers.CharField()
    priority = serializers.ChoiceField(("critical", "high", "medium", "low"))


class AlertLists(serializers.Serializer):
    out_of_stock = AlertRow(many=True)
    low_stock = AlertRow(many=True)
    overstock = AlertRow(many=True)


class AlertSummary(serializers.Serializer):
    total_alerts = serializers.IntegerField()
    out_of_stock_count = serializers.IntegerField()
    low_stock_count = serializers.IntegerField()
    overstock_count = serializers.IntegerField()


class StockAlerts(serializers.Serializer):
    summary = AlertSummary()
    alerts = AlertLists()


class StockAlertsView(DashboardView):
    """Products that are out of stock, low, or too many; the emptiest first, 500 of each."""

    message = "Inventory alerts"
    shape = StockAlerts

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


class StockValue(serializers.Serializer):
    total_units = serializers.IntegerField()
    selling_value = MoneyField()
    purchase_value = MoneyField()
    purchase_value_fifo = MoneyField(help_text="The same as purchase_value.")
    potential_profit = MoneyField()


class CategoryValue(StockValue):
    category_name = serializers.CharField()
    product_count = serializers.IntegerField()


class TotalValue(serializers.Serializer):
    total_products = serializers.IntegerField()
    total_units = serializers.IntegerField()
    total_purchase_value = MoneyField()
    total_purchase_value_fifo = MoneyField(help_text="The same as total_purchase_value.")
    total_selling_value = MoneyField()
    potential_profit = MoneyField()
    profit_margin = serializers.CharField()


class Valuation(serializers.Serializer):
    note = serializers.CharField()
    calculation_method = serializers.CharField()
    total_valuation = TotalValue()
    category_breakdown = CategoryValue(many=True)


class ValuationView(DashboardView):
    """What the stock is worth, at its batches' own cost and at today's prices."""

    message = "Inventory valuation"
    shape = Valuation

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
