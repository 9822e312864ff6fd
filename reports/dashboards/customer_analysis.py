"""`/api/dashboard/customer-analysis`: who bought, and what of that they owe."""

from dataclasses import dataclass

from rest_framework.request import Request
from rest_framework.serializers import IntegerField

from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.http.period_query import FROM, TO, WholeNumber, period_of
from pos_project.core.period import Period
from reports.dashboards.customer_sales import CustomerOut, CustomerSales, largest_debtors
from reports.dashboards.dashboard import DashboardView, NamedPeriod, TopOf

LIMIT = WholeNumber("limit", default=100, most=500)


@dataclass(frozen=True)
class CustomerAnalysis:
    period: Period
    customers: list[CustomerSales]


class CustomerAnalysisOut(FiguresSerializer):
    class CustomerAnalysis(CustomerOut):
        total_purchases = IntegerField(source="orders")
        total_spent = MoneyField(source="revenue")
        amount_paid = MoneyField(source="paid")
        outstanding_due = MoneyField(source="due")
        last_purchase_date = MomentField(source="last_at")

    period = NamedPeriod()
    customer_analysis = CustomerAnalysis(source="customers", many=True)


class CustomerAnalysisView(DashboardView):
    """Who bought in the period; the largest due of that first, then revenue."""

    message = "Customer analysis"
    data_serializer = CustomerAnalysisOut
    parameters = (FROM, TO, LIMIT.parameter)

    def parse_query(self, request: Request, **path: str) -> TopOf:
        query = request.query_params
        return TopOf(period_of(query), LIMIT.parse(query))

    def read(self, query: TopOf) -> CustomerAnalysis:
        return CustomerAnalysis(query.period, largest_debtors(query.period, most=query.limit))
