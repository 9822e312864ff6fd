"""`/api/dashboard/inventory/movement`: how fast products sell, fast to not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import NamedTuple

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.days import today
from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import AverageField, CentsField, FiguresSerializer
from pos_project.core.money import divided
from reports.dashboards.dashboard import LastDaysView
from reports.dashboards.listed_products import ListedProduct, ProductOut, find_products
from reports.dashboards.product_sales import (
    NOTHING,
    Sold,
    last_days,
    sold_products,
    units_sold,
)
from reports.summaries.active_products import KEPT_IN_STOCK
from reports.summaries.plan import plan_reading
from reports.summaries.raw import rows
from reports.summaries.sale_sums import PRODUCTS

MOST_ROWS = 500  # of each pace; the counts are of all
FAST, MODERATE, SLOW, NONE = "fast_moving", "moderate_moving", "slow_moving", "no_movement"
# Units a day from which a pace is reached; what sold less than the last has sold nothing.
PACES = {FAST: 5, MODERATE: 1, SLOW: 0}


class Mover(NamedTuple):
    """A product and what was sold of it, in so many days."""

    product: ListedProduct
    units_sold: int
    revenue: int  # cents
    days: int

    @property
    def days_of_stock(self) -> int | None:
        """How long the stock lasts at this pace, to the nearest day; None for what does not
        sell."""
        if self.units_sold <= 0:
            return None
        return divided(self.product.stock * self.days, self.units_sold)


@dataclass(frozen=True)
class AtPace:
    """How many products sell at a pace, and those of them that sold the most."""

    count: int
    products: list[Mover]


@dataclass(frozen=True)
class Movement:
    period_days: int
    fast_moving: AtPace
    moderate_moving: AtPace
    slow_moving: AtPace
    no_movement: AtPace


class MovementOut(FiguresSerializer):
    class Summary(FiguresSerializer):
        fast_moving_count = IntegerField(source="fast_moving.count")
        moderate_moving_count = IntegerField(source="moderate_moving.count")
        slow_moving_count = IntegerField(source="slow_moving.count")
        no_movement_count = IntegerField(source="no_movement.count")

    class Movement(FiguresSerializer):
        class Mover(ProductOut):
            current_stock = IntegerField(source="product.stock")
            price = MoneyField(source="product.price")
            category_name = CharField(source="product.category")
            units_sold = IntegerField()
            total_revenue = CentsField(source="revenue")
            avg_daily_sales = AverageField("units_sold", over="days")
            days_of_stock = IntegerField(allow_null=True)

        fast_moving = Mover(source="fast_moving.products", many=True)
        moderate_moving = Mover(source="moderate_moving.products", many=True)
        slow_moving = Mover(source="slow_moving.products", many=True)
        no_movement = Mover(source="no_movement.products", many=True)

    period_days = IntegerField()
    summary = Summary(source="*")
    movement = Movement(source="*")


class MovementView(LastDaysView):
    """How fast products sold in the last days, most units first, 500 of each pace."""

    message = "Inventory movement"
    data_serializer = MovementOut

    def read(self, query: int) -> Movement:
        return measure_movement(today(), days=query)


def measure_movement(today: date, *, days: int) -> Movement:
    """Active products by pace: all counted, and the first of each, most units first."""
    plan = plan_reading(last_days(today, days), PRODUCTS)[PRODUCTS.name]
    [sums] = sold_products(plan)
    at_pace = _by_pace(units_sold(sums), days)
    first = {pace: nsmallest(MOST_ROWS, products) for pace, products in at_pace.items()}
    listed = find_products(product_id for few in first.values() for _, product_id in few)
    paces = {
        pace: AtPace(
            len(at_pace[pace]),
            [
                Mover(
                    listed[product_id],
                    -units,
                    Sold._make(sums.get(product_id, NOTHING)).revenue,
                    days,
                )
                for units, product_id in few
            ],
        )
        for pace, few in first.items()
    }
    return Movement(days, **paces)


def _by_pace(sold: Mapping[int, int], days: int) -> dict[str, list[tuple[int, int]]]:
    """Of every active product its units below zero, so that most come first, and its id."""
    fast, moderate, slow = (units_a_day * days or 1 for units_a_day in PACES.values())
    at_pace: dict[str, list[tuple[int, int]]] = {FAST: [], MODERATE: [], SLOW: [], NONE: []}
    for (product_id,) in rows(f"SELECT p.id FROM products p WHERE {KEPT_IN_STOCK}", {}):
        units = sold.get(product_id, 0)
        pace = NONE if units < slow else SLOW
        if units >= moderate:
            pace = FAST if units >= fast else MODERATE
        at_pace[pace].append((-units, product_id))
    return at_pace
