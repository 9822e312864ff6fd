"""`/api/dashboard/inventory/alerts`: products that are out of stock, low, or too many."""

from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer, FixedText
from reports.dashboards.dashboard import DashboardView
from reports.dashboards.stock_levels import AtLevel, Level, at_levels

MOST_ROWS = 500  # of each list; the counts are of all
LEVELS = (
    Level("out_of_stock", most=0),
    Level("low_stock", least=1, most=10, is_low=True),
    Level("overstock", least=101),
)
HIGH_UP_TO = 5  # units


@dataclass(frozen=True)
class StockAlerts:
    """The products at each of the levels, in their order."""

    out_of_stock: AtLevel
    low_stock: AtLevel
    overstock: AtLevel

    @property
    def total_alerts(self) -> int:
        return self.out_of_stock.count + self.low_stock.count + self.overstock.count


class LowPriorityField(CharField):
    """How pressing so low a stock is."""

    def to_representation(self, value: Any) -> str:
        return "high" if value <= HIGH_UP_TO else "medium"


class StockAlertsOut(FiguresSerializer):
    class Summary(FiguresSerializer):
        total_alerts = IntegerField()
        out_of_stock_count = IntegerField(source="out_of_stock.count")
        low_stock_count = IntegerField(source="low_stock.count")
        overstock_count = IntegerField(source="overstock.count")

    class Alerts(FiguresSerializer):
        class Alert(FiguresSerializer):
            product_id = IntegerField(source="id")
            product_name = CharField(source="name")
            sku = CharField()
            current_stock = IntegerField(source="stock")
            price = MoneyField()
            category_name = CharField(source="category")
            brand_name = CharField(source="brand")

        class OutOfStock(Alert):
            priority = FixedText("critical")

        class LowStock(Alert):
            priority = LowPriorityField(source="stock")

        class Overstock(Alert):
            priority = FixedText("low")

        out_of_stock = OutOfStock(source="out_of_stock.products", many=True)
        low_stock = LowStock(source="low_stock.products", many=True)
        overstock = Overstock(source="overstock.products", many=True)

    summary = Summary(source="*")
    alerts = Alerts(source="*")


class StockAlertsView(DashboardView):
    """Products that are out of stock, low, or too many; the emptiest first, 500 of each."""

    message = "Inventory alerts"
    data_serializer = StockAlertsOut

    def read(self, query: None) -> StockAlerts:
        return StockAlerts(*at_levels(LEVELS, most=MOST_ROWS))
