"""Dashboards of customers (contract 20.6, 20.7)."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.days import local_iso
from pos_project.core.http.period_query import FROM, TO, TopOf, clamped, period_of, whole_number
from pos_project.core.http.shapes import (
    COUNT,
    MOMENT,
    MONEY,
    TEXT,
    CountedPeriod,
    Meta,
    NamedPeriod,
    shape,
)
from pos_project.core.period import Period
from reports.dashboards.api.dashboard import DashboardView, PeriodView, counted_period, named_period
from reports.dashboards.customer_analysis import (
    LateCustomer,
    buyers,
    late_customers,
    latest_customer_sales,
    new_customers,
)
from reports.dashboards.customer_sales import NO_PHONE, CustomerSales, largest_debtors
from reports.dashboards.owed import receivables
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.raw import exact
from reports.summaries.sale_sums import CUSTOMERS, SALES
from reports.summaries.sums import figures
from sales.models import Customer, Sale

ROWS = 10  # of each list of the comprehensive analysis
CUSTOMER = {"customer_id": COUNT, "customer_name": TEXT, "phone": TEXT}
CUSTOMER_ANALYSIS = shape(
    "CustomerAnalysis",
    {
        "period": NamedPeriod,
        "customer_analysis": [
            {
                **CUSTOMER,
                "total_purchases": COUNT,
                "total_spent": MONEY,
                "amount_paid": MONEY,
                "outstanding_due": MONEY,
                "last_purchase_date": MOMENT,
            }
        ],
    },
)


class CustomerAnalysisView(DashboardView):
    """Who bought in the period; the largest due of that first, then revenue."""

    message = "Customer analysis"
    shape = CUSTOMER_ANALYSIS
    parameters = (FROM, TO, whole_number("limit", default=100, least=1, most=500))

    def asked(self, request: Request, **path: str) -> TopOf:
        query = request.query_params
        return TopOf(period_of(query), clamped(query, "limit", default=100, least=1, most=500))

    def data(self, asked: TopOf) -> dict[str, Any]:
        return {
            "period": named_period(asked.period),
            "customer_analysis": [
                {
                    **_customer(each),
                    "total_purchases": each.orders,
                    "total_spent": each.revenue,
                    "amount_paid": each.paid,
                    "outstanding_due": each.due,
                    "last_purchase_date": local_iso(each.last_at),
                }
                for each in largest_debtors(asked.period, most=asked.limit)
            ],
        }


def _customer(each: CustomerSales | LateCustomer) -> dict[str, Any]:
    return {"customer_id": each.customer_id, "customer_name": each.name, "phone": each.phone}


COMPREHENSIVE = shape(
    "ComprehensiveAnalysis",
    {
        "period": CountedPeriod,
        "overview": {
            "total_customers": COUNT,
            "active_customers": COUNT,
            "new_customers": COUNT,
            "total_revenue": MONEY,
            "gross_total": MONEY,
            "refund_amount": MONEY,
            "total_outstanding": MONEY,
            "customers_with_dues": COUNT,
            "total_transactions": COUNT,
        },
        "top_customers": [
            {
                **CUSTOMER,
                "total_purchases": COUNT,
                "total_revenue": MONEY,
                "total_paid": MONEY,
                "total_due": MONEY,
                "avg_order_value": MONEY,
                "last_purchase_date": MOMENT,
            }
        ],
        "segmentation": [{"segment": TEXT, "customer_count": COUNT, "segment_revenue": MONEY}],
        "long_due_customers": [
            {
                **CUSTOMER,
                "total_purchases": COUNT,
                "total_due": MONEY,
                "oldest_due_date": MOMENT,
                "latest_due_date": MOMENT,
                "days_overdue": COUNT,
                "overdue_bucket": TEXT,
                "overdue_bucket_detail": TEXT,
            }
        ],
        "recent_activity": [
            {
                **CUSTOMER,
                "invoice_no": TEXT,
                "total_amount": MONEY,
                "paid_amount": MONEY,
                "due_amount": MONEY,
                "payment_method": TEXT,
                "transaction_date": MOMENT,
                "served_by": TEXT,
            }
        ],
    },
)


class AskedMeta(Meta):
    query_params = serializers.DictField(child=serializers.CharField())


class ComprehensiveAnalysisView(PeriodView):
    """Sales to customers in the period: who they are, who owes for how long, the newest sales."""

    message = "Comprehensive customer analysis"
    shape = COMPREHENSIVE
    meta_shape = AskedMeta

    def data(self, asked: Period) -> dict[str, Any]:
        plans = plan_reading(asked, SALES, CUSTOMERS)
        gross, refunded, orders = _to_customers(plans[SALES.name])
        bought = buyers(plans[CUSTOMERS.name], asked, most=ROWS)
        owing = receivables(asked, today=asked.last)
        return {
            "period": counted_period(asked),
            "overview": {
                "total_customers": Customer.objects.listed().count(),
                "active_customers": bought.count,
                "new_customers": new_customers(asked),
                "total_revenue": gross - refunded,
                "gross_total": gross,
                "refund_amount": refunded,
                "total_outstanding": owing.due,
                "customers_with_dues": owing.customers,
                "total_transactions": orders,
            },
            "top_customers": [
                {
                    **_customer(each),
                    "total_purchases": each.orders,
                    "total_revenue": each.revenue,
                    "total_paid": each.paid,
                    "total_due": each.due,
                    "avg_order_value": each.average_order,
                    "last_purchase_date": local_iso(each.last_at),
                }
                for each in bought.top
            ],
            "segmentation": [
                {
                    "segment": segment.name,
                    "customer_count": segment.customers,
                    "segment_revenue": segment.revenue,
                }
                for segment in bought.segments
            ],
            "long_due_customers": [_late(each) for each in late_customers(asked.last, most=ROWS)],
            "recent_activity": [
                _activity(each) for each in latest_customer_sales(asked, most=ROWS)
            ],
        }

    def meta(self, request: Request, asked: Period) -> dict[str, Any]:
        return {**super().meta(request, asked), "query_params": named_period(asked)}


def _to_customers(plan: ReadPlan) -> tuple[Decimal, Decimal, int]:
    """Of sales with a customer: gross total, refunded, how many."""
    asked = SALES.only("customer_gross", "customer_refund", "customer_orders")
    [(gross, refunded, orders)] = figures(asked, plan).values()
    return exact(gross, 2), exact(refunded, 2), int(orders or 0)


def _late(each: LateCustomer) -> dict[str, Any]:
    return {
        **_customer(each),
        "total_purchases": each.sales,
        "total_due": each.due,
        "oldest_due_date": local_iso(each.oldest_at),
        "latest_due_date": local_iso(each.latest_at),
        "days_overdue": each.days_overdue,
        "overdue_bucket": each.bucket,
        "overdue_bucket_detail": each.fine_bucket,
    }


def _activity(sale: Sale) -> dict[str, Any]:
    assert sale.customer is not None, sale
    assert sale.completed_at is not None, sale
    return {
        "customer_id": sale.customer.pk,
        "customer_name": sale.customer.name,
        "phone": sale.customer.phone or NO_PHONE,
        "invoice_no": sale.invoice_no,
        "total_amount": sale.total_amount,
        "paid_amount": sale.paid_amount,
        "due_amount": sale.due_amount,
        "payment_method": sale.payment_method,
        "transaction_date": local_iso(sale.completed_at),
        "served_by": sale.user.name,
    }
