"""Dashboards of stock that moves: how fast it sells, what to buy again (contract 20.13, 20.14)."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.days import today
from pos_project.core.fields import MoneyField
from reports.api.asking import clamped, whole_number
from reports.api.dashboard import DashboardView, Meta
from reports.api.stock import MOST_ROWS, NamedProduct
from reports.movement import Mover, movement
from reports.percentages import percent
from reports.reordering import PRIORITIES, Recommendation, reordering


class DaysMeta(Meta):
    period_days = serializers.IntegerField()


class LastDaysView(DashboardView):
    """A dashboard of the last `days` days up to now."""

    meta_shape = DaysMeta
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (
        whole_number("days", default=30, least=1, most=365),
    )

    def asked(self, request: Request, **path: str) -> int:
        return clamped(request.query_params, "days", default=30, least=1, most=365)

    def meta(self, request: Request, asked: int) -> dict[str, Any]:
        return {**super().meta(request, asked), "period_days": asked}


class MovementRow(NamedProduct):
    current_stock = serializers.IntegerField()
    price = MoneyField()
    category_name = serializers.CharField()
    units_sold = serializers.IntegerField()
    total_revenue = MoneyField()
    avg_daily_sales = MoneyField()
    days_of_stock = serializers.IntegerField(allow_null=True)


class MovementLists(serializers.Serializer):
    fast_moving = MovementRow(many=True)
    moderate_moving = MovementRow(many=True)
    slow_moving = MovementRow(many=True)
    no_movement = MovementRow(many=True)


class MovementSummary(serializers.Serializer):
    fast_moving_count = serializers.IntegerField()
    moderate_moving_count = serializers.IntegerField()
    slow_moving_count = serializers.IntegerField()
    no_movement_count = serializers.IntegerField()


class Movement(serializers.Serializer):
    period_days = serializers.IntegerField()
    summary = MovementSummary()
    movement = MovementLists()


class MovementView(LastDaysView):
    """How fast products sold in the last days, most units first, 500 of each pace."""

    message = "Inventory movement"
    shape = Movement

    def data(self, asked: int) -> dict[str, Any]:
        found = movement(today(), days=asked, most=MOST_ROWS)
        return {
            "period_days": asked,
            "summary": {f"{pace}_count": each.count for pace, each in found.items()},
            "movement": {
                pace: [_mover(product) for product in each.products] for pace, each in found.items()
            },
        }


def _mover(product: Mover) -> dict[str, Any]:
    return {
        "product_id": product.id,
        "product_name": product.name,
        "sku": product.sku,
        "current_stock": product.stock,
        "price": product.price,
        "category_name": product.category,
        "units_sold": product.units_sold,
        "total_revenue": product.revenue,
        "avg_daily_sales": product.units_a_day,
        "days_of_stock": product.days_of_stock,
    }


class SalesMetrics(serializers.Serializer):
    units_sold_period = serializers.IntegerField()
    units_sold_last_30_days = serializers.IntegerField(
        help_text="The same as units_sold_period, whatever `days` is."
    )
    avg_daily_sales = MoneyField()
    days_until_stockout = serializers.IntegerField()


class ReorderRecommendation(serializers.Serializer):
    recommended_qty = serializers.IntegerField()
    avg_purchase_price = MoneyField()
    fifo_cost_per_unit = MoneyField()
    estimated_cost = MoneyField()
    selling_price = MoneyField()
    potential_revenue = MoneyField()
    potential_profit = MoneyField()
    profit_margin = serializers.CharField()


class ReorderRow(NamedProduct):
    current_stock = serializers.IntegerField()
    category_name = serializers.CharField()
    brand_name = serializers.CharField()
    sales_metrics = SalesMetrics()
    reorder_recommendation = ReorderRecommendation()
    priority = serializers.ChoiceField(("urgent", "high", "medium"))


class ReorderSummary(serializers.Serializer):
    total_products_to_reorder = serializers.IntegerField()
    urgent_priority = serializers.IntegerField()
    high_priority = serializers.IntegerField()
    medium_priority = serializers.IntegerField()
    total_estimated_investment = MoneyField()
    total_potential_profit = MoneyField()


class Reorder(serializers.Serializer):
    period_days = serializers.IntegerField()
    valuation_method = serializers.CharField()
    summary = ReorderSummary()
    recommendations = ReorderRow(many=True)


class ReorderView(LastDaysView):
    """What to buy again: what lasts 30 days at most, soonest sold out first, 500 at most."""

    message = "Reorder recommendations"
    shape = Reorder

    def data(self, asked: int) -> dict[str, Any]:
        found = reordering(today(), days=asked, most=MOST_ROWS)
        return {
            "period_days": asked,
            "valuation_method": "FIFO cost of goods sold",
            "summary": {
                "total_products_to_reorder": found.count,
                **{f"{name}_priority": found.by_priority[name] for name, _ in PRIORITIES},
                "total_estimated_investment": found.estimated_cost,
                "total_potential_profit": found.profit,
            },
            "recommendations": [_recommendation(each) for each in found.first],
        }


def _recommendation(found: Recommendation) -> dict[str, Any]:
    need = found.need
    return {
        "product_id": need.product_id,
        "product_name": found.name,
        "sku": found.sku,
        "current_stock": need.stock,
        "category_name": found.category,
        "brand_name": found.brand,
        "sales_metrics": {
            "units_sold_period": need.units_sold,
            "units_sold_last_30_days": need.units_sold,
            "avg_daily_sales": need.units_a_day,
            "days_until_stockout": need.days_left,
        },
        "reorder_recommendation": {
            "recommended_qty": need.units,
            "avg_purchase_price": need.cost.bought,
            "fifo_cost_per_unit": need.cost.fifo,
            "estimated_cost": need.estimated_cost,
            "selling_price": need.price,
            "potential_revenue": need.revenue,
            "potential_profit": need.profit,
            "profit_margin": percent(need.profit, need.revenue),
        },
        "priority": need.priority,
    }
