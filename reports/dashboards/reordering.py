"""`/api/dashboard/inventory/reorder-recommendations`: what to buy again.

That is products whose stock, at the pace of the last days, lasts 30 days at most; of one store also
those that sold and are below the level that was set for it there.

Decided in whole numbers, so that both databases round alike: `round(a ÷ b) ≤ n` is
`2a < (2n + 1)b`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.days import today
from pos_project.core.http.figures import (
    AverageField,
    CentsField,
    FiguresSerializer,
    FixedText,
    PercentField,
)
from pos_project.core.money import divided
from reports.dashboards.dashboard import LastDaysView
from reports.dashboards.listed_products import (
    ListedProduct,
    ProductOut,
    find_products,
    level_in_store,
)
from reports.dashboards.product_sales import last_days, units_sold
from reports.dashboards.stock_now import EMPTY, stock_now
from reports.dashboards.unit_costs import UnitCost, sold_and_costs
from reports.summaries.active_products import KEPT_IN_STOCK
from reports.summaries.raw import rows, whole

MOST_ROWS = 500  # the sums are of all
COVER_DAYS = 30  # what is bought again should last so long
# A priority is reached when the stock lasts so many days at most.
PRIORITIES = (("urgent", 7), ("high", 14), ("medium", COVER_DAYS))


class Need(NamedTuple):
    """How much to buy again of a product, and what that costs and brings, in cents."""

    product_id: int
    price: int
    stock: int
    units_sold: int
    days: int
    days_left: int
    cost: UnitCost
    level: int | None = None  # in the store that is reported, where one was set
    at_a_time: int | None = None

    @property
    def units(self) -> int:
        """Units per day × 30 − stock, to the nearest unit; at least what is missing to the level,
        and as often what is ordered at a time as that takes."""
        missing = divided(self.units_sold * COVER_DAYS, self.days) - self.stock
        if self.level is not None:
            missing = max(missing, self.level - self.stock)
        return missing if self.at_a_time is None else -(-missing // self.at_a_time) * self.at_a_time

    @property
    def estimated_cost(self) -> int:
        return self.units * self.cost.fifo

    @property
    def revenue(self) -> int:
        return self.units * self.price

    @property
    def profit(self) -> int:
        return self.revenue - self.estimated_cost

    @property
    def priority(self) -> str:
        """By how long it lasts; what lasts longer is there for its level."""
        return next((name for name, most in PRIORITIES if self.days_left <= most), "medium")


@dataclass(frozen=True)
class Recommendation:
    need: Need
    product: ListedProduct


@dataclass(frozen=True)
class Reordering:
    """Everything to buy again in sums, in cents, and the most pressing of it."""

    days: int
    count: int
    urgent: int
    high: int
    medium: int
    estimated_cost: int
    profit: int
    first: list[Recommendation]


class ReorderingOut(FiguresSerializer):
    class Summary(FiguresSerializer):
        total_products_to_reorder = IntegerField(source="count")
        urgent_priority = IntegerField(source="urgent")
        high_priority = IntegerField(source="high")
        medium_priority = IntegerField(source="medium")
        total_estimated_investment = CentsField(source="estimated_cost")
        total_potential_profit = CentsField(source="profit")

    class Recommendations(ProductOut):
        class SalesMetrics(FiguresSerializer):
            units_sold_period = IntegerField(source="units_sold")
            # An old name of the same, whatever `days` is.
            units_sold_last_30_days = IntegerField(source="units_sold")
            avg_daily_sales = AverageField("units_sold", over="days")
            days_until_stockout = IntegerField(source="days_left")

        class ReorderRecommendation(FiguresSerializer):
            recommended_qty = IntegerField(source="units")
            avg_purchase_price = CentsField(source="cost.bought")
            fifo_cost_per_unit = CentsField(source="cost.fifo")
            estimated_cost = CentsField()
            selling_price = CentsField(source="price")
            potential_revenue = CentsField(source="revenue")
            potential_profit = CentsField(source="profit")
            profit_margin = PercentField("profit", of="revenue")

        current_stock = IntegerField(source="product.stock")
        category_name = CharField(source="product.category")
        brand_name = CharField(source="product.brand")
        sales_metrics = SalesMetrics(source="need")
        reorder_recommendation = ReorderRecommendation(source="need")
        priority = CharField(source="need.priority")

    period_days = IntegerField(source="days")
    valuation_method = FixedText("FIFO cost of goods sold")
    summary = Summary(source="*")
    recommendations = Recommendations(source="first", many=True)


class ReorderView(LastDaysView):
    """What to buy again: what lasts 30 days at most, soonest sold out first, 500 at most."""

    message = "Reorder recommendations"
    data_serializer = ReorderingOut

    def read(self, query: int) -> Reordering:
        return plan_reordering(today(), days=query)


def plan_reordering(today: date, *, days: int) -> Reordering:
    """What to buy again, soonest sold out first, then what sells fastest; sums are of all of it."""
    needs = _find_needs(today, days)
    stock = {need.product_id: need.stock for need in needs[:MOST_ROWS]}
    products = find_products(stock, stock=stock)
    by_priority = Counter(need.priority for need in needs)
    return Reordering(
        days=days,
        count=len(needs),
        urgent=by_priority["urgent"],
        high=by_priority["high"],
        medium=by_priority["medium"],
        estimated_cost=sum(need.estimated_cost for need in needs),
        profit=sum(need.profit for need in needs),
        first=[Recommendation(need, products[need.product_id]) for need in needs[:MOST_ROWS]],
    )


def _find_needs(today: date, days: int) -> list[Need]:
    sums, costs = sold_and_costs(last_days(today, days), today=today)
    sold, stock = units_sold(sums), stock_now()
    needs = []
    (level_there, joined), (quantity_there, _) = (
        level_in_store(),
        level_in_store("reorder_quantity"),
    )
    for product_id, price, level, at_a_time in rows(
        f"SELECT p.id, {whole('p.price * 100')}, {level_there}, {quantity_there}"
        f" FROM products p{joined} WHERE {KEPT_IN_STOCK}",
        {},
    ):
        units, left = sold.get(product_id, 0), stock.get(product_id, EMPTY).units
        is_low = level is not None and left < level * 1000
        if units > 0 and (is_low or _is_needed(left, units, days)):
            left //= 1000
            days_left = divided(left * days, units)
            needs.append(
                Need(
                    *(product_id, price, left, units, days, days_left, costs[product_id]),
                    level,
                    at_a_time,
                )
            )
    return sorted(needs, key=lambda need: (need.days_left, -need.units_sold, need.product_id))


def _is_needed(stock: int, units: int, days: int) -> bool:
    """Whether it lasts 30 days at most, and at least one unit is to be bought; `stock` is in
    thousandths."""
    lasts, wanted = 2 * stock * days, 2 * COVER_DAYS * units * 1000
    return lasts < wanted + units * 1000 and wanted - lasts >= days * 1000
