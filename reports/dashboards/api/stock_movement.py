"""Dashboards of stock that moves: how fast it sells, what to buy again (docs/api.md §29)."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.days import today
from pos_project.core.http.period_query import clamped, whole_number
from pos_project.core.http.shapes import COUNT, MONEY, TEXT, Meta, or_null, shape
from pos_project.core.money import amount
from pos_project.core.percentages import percent
from reports.dashboards.api.dashboard import DashboardView
from reports.dashboards.api.stock import MOST_ROWS, PRODUCT
from reports.dashboards.movement import Mover, movement
from reports.dashboards.reordering import PRIORITIES, Recommendation, reordering


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


MOVER = {
    **PRODUCT,
    "current_stock": COUNT,
    "price": MONEY,
    "category_name": TEXT,
    "units_sold": COUNT,
    "total_revenue": MONEY,
    "avg_daily_sales": MONEY,
    "days_of_stock": or_null(COUNT),
}
MOVEMENT = shape(
    "Movement",
    {
        "period_days": COUNT,
        "summary": {
            "fast_moving_count": COUNT,
            "moderate_moving_count": COUNT,
            "slow_moving_count": COUNT,
            "no_movement_count": COUNT,
        },
        "movement": {
            "fast_moving": [MOVER],
            "moderate_moving": [MOVER],
            "slow_moving": [MOVER],
            "no_movement": [MOVER],
        },
    },
)


class MovementView(LastDaysView):
    """How fast products sold in the last days, most units first, 500 of each pace."""

    message = "Inventory movement"
    shape = MOVEMENT

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


REORDERING = shape(
    "Reordering",
    {
        "period_days": COUNT,
        "valuation_method": TEXT,
        "summary": {
            "total_products_to_reorder": COUNT,
            "urgent_priority": COUNT,
            "high_priority": COUNT,
            "medium_priority": COUNT,
            "total_estimated_investment": MONEY,
            "total_potential_profit": MONEY,
        },
        "recommendations": [
            {
                **PRODUCT,
                "current_stock": COUNT,
                "category_name": TEXT,
                "brand_name": TEXT,
                "sales_metrics": {
                    "units_sold_period": COUNT,
                    "units_sold_last_30_days": COUNT,  # an old name of the same, whatever `days` is
                    "avg_daily_sales": MONEY,
                    "days_until_stockout": COUNT,
                },
                "reorder_recommendation": {
                    "recommended_qty": COUNT,
                    "avg_purchase_price": MONEY,
                    "fifo_cost_per_unit": MONEY,
                    "estimated_cost": MONEY,
                    "selling_price": MONEY,
                    "potential_revenue": MONEY,
                    "potential_profit": MONEY,
                    "profit_margin": TEXT,
                },
                "priority": TEXT,
            }
        ],
    },
)


class ReorderView(LastDaysView):
    """What to buy again: what lasts 30 days at most, soonest sold out first, 500 at most."""

    message = "Reorder recommendations"
    shape = REORDERING

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
            "avg_purchase_price": amount(need.cost.bought),
            "fifo_cost_per_unit": amount(need.cost.fifo),
            "estimated_cost": amount(need.estimated_cost),
            "selling_price": amount(need.price),
            "potential_revenue": amount(need.revenue),
            "potential_profit": amount(need.profit),
            "profit_margin": percent(need.profit, need.revenue),
        },
        "priority": need.priority,
    }
