"""`/api/dashboard/payment-breakdown`: sales by the method they were paid with."""

from dataclasses import dataclass
from decimal import Decimal

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer, PercentField
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView
from reports.dashboards.owed import Owed, SoldAndOwed, sum_dues_by
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class MethodSales(SoldAndOwed):
    """The sales of one payment method."""

    method: str
    revenue_of_all: Decimal


@dataclass(frozen=True)
class PaymentBreakdown:
    period: Period
    total_revenue: Decimal
    methods: list[MethodSales]

    @property
    def methods_used(self) -> int:
        return len(self.methods)


class PaymentBreakdownOut(FiguresSerializer):
    class PaymentMethods(FiguresSerializer):
        method = CharField()
        transaction_count = IntegerField(source="sold.orders")
        total_amount = MoneyField(source="sold.total_revenue")
        paid_amount = MoneyField(source="paid")
        due_amount = MoneyField(source="owed.due")
        avg_transaction_value = MoneyField(source="sold.average_order")
        percentage_of_revenue = PercentField("sold.total_revenue", of="revenue_of_all", sign=False)

    class Summary(FiguresSerializer):
        total_revenue = MoneyField()
        methods_used = IntegerField()

    period = NamedPeriod()
    payment_methods = PaymentMethods(source="methods", many=True)
    summary = Summary(source="*")


class PaymentBreakdownView(PeriodView):
    """By the payment method of the sale, largest revenue first; only methods that occur."""

    message = "Payment breakdown"
    data_serializer = PaymentBreakdownOut

    def read(self, query: Period) -> PaymentBreakdown:
        sold = sales_by(plan_reading(query, SALES)[SALES.name], "method")
        due = sum_dues_by(query, "method")
        revenue = sum(sold.values(), SalesFigures()).total_revenue
        ranked = sorted(sold, key=lambda key: (-sold[key].total_revenue, key))
        methods = [MethodSales(sold[key], due.get(key, Owed()), key[0], revenue) for key in ranked]
        return PaymentBreakdown(query, revenue, methods)
