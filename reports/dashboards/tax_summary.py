"""`/api/dashboard/tax-summary`: the tax on sales."""

from dataclasses import dataclass

from rest_framework.serializers import IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import AverageField, FiguresSerializer, PercentField
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView
from reports.dashboards.sales_figures import SalesFigures, sales_figures
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class TaxSummary:
    period: Period
    sold: SalesFigures


class TaxSummaryOut(FiguresSerializer):
    class TaxSummary(FiguresSerializer):
        total_transactions = IntegerField(source="orders")
        gross_sales = MoneyField()
        total_tax_collected = MoneyField(source="tax_collected")
        total_revenue = MoneyField()
        avg_tax_per_transaction = AverageField("tax_collected", over="orders")
        effective_tax_rate = PercentField("tax_collected", of="gross_sales")

    period = NamedPeriod()
    tax_summary = TaxSummary(source="sold")


class TaxSummaryView(PeriodView):
    """Tax collected, less the tax within refunds."""

    message = "Tax summary"
    data_serializer = TaxSummaryOut

    def read(self, query: Period) -> TaxSummary:
        return TaxSummary(query, sales_figures(plan_reading(query, SALES)[SALES.name]))
