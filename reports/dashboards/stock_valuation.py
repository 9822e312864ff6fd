"""`/api/dashboard/inventory/valuation`: what the stock is worth."""

from dataclasses import dataclass

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer, FixedText, PercentField
from reports.dashboards.dashboard import DashboardView
from reports.dashboards.stock_value import CategoryWorth, Worth, worth_by_category, worth_of_all


@dataclass(frozen=True)
class Valuation:
    total: Worth
    categories: list[CategoryWorth]


class ValuationOut(FiguresSerializer):
    class TotalValuation(FiguresSerializer):
        total_products = IntegerField(source="products")
        total_units = IntegerField(source="units")
        total_purchase_value = MoneyField(source="at_cost")
        total_purchase_value_fifo = MoneyField(source="at_cost")
        total_selling_value = MoneyField(source="at_retail")
        potential_profit = MoneyField()
        profit_margin = PercentField("potential_profit", of="at_retail")

    class CategoryBreakdown(FiguresSerializer):
        category_name = CharField(source="category")
        product_count = IntegerField(source="worth.products")
        total_units = IntegerField(source="worth.units")
        purchase_value = MoneyField(source="worth.at_cost")
        purchase_value_fifo = MoneyField(source="worth.at_cost")
        selling_value = MoneyField(source="worth.at_retail")
        potential_profit = MoneyField(source="worth.potential_profit")

    note = FixedText("Remaining purchase batches valued at their own unit cost")
    calculation_method = FixedText("FIFO")
    total_valuation = TotalValuation(source="total")
    category_breakdown = CategoryBreakdown(source="categories", many=True)


class ValuationView(DashboardView):
    """What the stock is worth, at its batches' own cost and at today's prices."""

    message = "Inventory valuation"
    data_serializer = ValuationOut

    def read(self, query: None) -> Valuation:
        categories = worth_by_category()
        return Valuation(worth_of_all(categories), categories)
