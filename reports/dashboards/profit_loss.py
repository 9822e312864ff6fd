"""`/api/dashboard/profit-loss`: what the sales earned, and what running the shop cost."""

from dataclasses import dataclass
from decimal import Decimal

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer, PercentField
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView
from reports.dashboards.sales_figures import SalesFigures, net_profit, sales_figures
from reports.dashboards.spending import Spent, sum_expenses
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class ProfitLoss:
    period: Period
    sold: SalesFigures
    spent: Spent

    @property
    def net_profit(self) -> Decimal:
        return net_profit(self.sold.gross_profit, self.spent.total)

    @property
    def status(self) -> str:
        return "Profit" if self.net_profit >= 0 else "Loss"


class ProfitLossOut(FiguresSerializer):
    class Revenue(FiguresSerializer):
        gross_revenue = MoneyField(source="gross_sales")
        discounts = MoneyField(source="discount")
        refunds = MoneyField(source="net_refunds")
        net_revenue = MoneyField(source="net_sales")
        tax_collected = MoneyField()
        total_sales = IntegerField(source="orders")

    class CostOfGoods(FiguresSerializer):
        total_cogs = MoneyField(source="cogs")

    class Expenses(FiguresSerializer):
        total_expenses = MoneyField(source="total")
        expense_count = IntegerField(source="count")

    class Profit(FiguresSerializer):
        gross_profit = MoneyField(source="sold.gross_profit")
        net_profit = MoneyField()
        profit_margin = PercentField("net_profit", of="sold.net_sales")
        status = CharField()

    period = NamedPeriod()
    revenue = Revenue(source="sold")
    cost_of_goods = CostOfGoods(source="sold")
    expenses = Expenses(source="spent")
    profit = Profit(source="*")


class ProfitLossView(PeriodView):
    """Net sales less cost of goods sold less expenses."""

    message = "Profit and loss"
    data_serializer = ProfitLossOut

    def read(self, query: Period) -> ProfitLoss:
        sold = sales_figures(plan_reading(query, SALES)[SALES.name])
        return ProfitLoss(query, sold, sum_expenses(query))
