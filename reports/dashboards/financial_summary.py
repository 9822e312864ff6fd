"""`/api/dashboard/financial-summary`: revenue, payments, sales and refunds."""

from dataclasses import dataclass

from rest_framework.serializers import IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer, PercentField
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView
from reports.dashboards.owed import SoldAndOwed, sum_dues
from reports.dashboards.sales_figures import sales_figures
from reports.summaries.buyer_sets import buyers
from reports.summaries.buyers import BUYERS
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class FinancialSummary(SoldAndOwed):
    period: Period
    unique_customers: int


class FinancialSummaryOut(FiguresSerializer):
    class Revenue(FiguresSerializer):
        total_revenue = MoneyField()
        gross_total = MoneyField()
        gross_sales = MoneyField()
        net_sales = MoneyField()
        tax_collected = MoneyField()
        total_discounts = MoneyField(source="discount")

    class Payment(FiguresSerializer):
        cash_received = MoneyField(source="paid")
        outstanding_dues = MoneyField(source="owed.due")
        collection_rate = PercentField("paid", of="sold.gross_total")

    class Transactions(FiguresSerializer):
        total_count = IntegerField(source="sold.orders")
        unique_customers = IntegerField()
        avg_transaction_value = MoneyField(source="sold.average_order")

    class Refunds(FiguresSerializer):
        amount = MoneyField(source="refund_amount")
        count = IntegerField(source="refunds")
        rate = PercentField("refunds", of="orders")

    period = NamedPeriod()
    revenue = Revenue(source="sold")
    payment = Payment(source="*")
    transactions = Transactions(source="*")
    refunds = Refunds(source="sold")


class FinancialSummaryView(PeriodView):
    """Revenue, payments, sales and refunds of the period."""

    message = "Financial summary"
    data_serializer = FinancialSummaryOut

    def read(self, query: Period) -> FinancialSummary:
        plans = plan_reading(query, SALES, BUYERS)
        customers = buyers(plans[BUYERS.name], "customers").customers
        sold = sales_figures(plans[SALES.name])
        return FinancialSummary(sold, sum_dues(query), query, len(customers))
