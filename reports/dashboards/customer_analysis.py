"""`/api/dashboard/customer-analysis`: who bought, and what of that they owe."""

from rest_framework.request import Request
from rest_framework.serializers import IntegerField

from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.http.period_query import FROM, TO, WholeNumber, period_of
from reports.dashboards.customer_sales import CustomerOut, largest_debtors
from reports.dashboards.dashboard import DashboardView, NamedPeriod, RowsOfPeriod, TopOf

LIMIT = WholeNumber("limit", default=100, most=500)


class CustomerAnalysisOut(FiguresSerializer):
    class CustomerAnalysis(CustomerOut):
        total_purchases = IntegerField(source="orders")
        total_spent = MoneyField(source="revenue")
        amount_paid = MoneyField(source="paid")
        outstanding_due = MoneyField(source="due")
        last_purchase_date = MomentField(source="last_at")

    period = NamedPeriod()
    customer_analysis = CustomerAnalysis(source="rows", many=True)


class CustomerAnalysisView(DashboardView):
    """Who bought in the period; the largest due of that first, then revenue."""

    message = "Customer analysis"
    data_serializer = CustomerAnalysisOut
    parameters = (FROM, TO, LIMIT.parameter)

    def parse_query(self, request: Request, **path: str) -> TopOf:
        query = request.query_params
        return TopOf(period_of(query), LIMIT.parse(query))

    def read(self, query: TopOf) -> RowsOfPeriod:
        return RowsOfPeriod(query.period, largest_debtors(query.period, most=query.limit))
