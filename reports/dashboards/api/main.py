"""The first page: how the shop does (contract 20.1)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone
from rest_framework.request import Request

from ledger.models import Payment
from ledger.payments import CASH
from pos_project.core.days import local_iso, today
from pos_project.core.http.period_query import period_of
from pos_project.core.http.permissions import AdminStaff
from pos_project.core.http.shapes import (
    COUNT,
    DAY,
    MOMENT,
    MONEY,
    TEXT,
    CountedPeriod,
    or_null,
    shape,
)
from pos_project.core.money import ZERO, money
from pos_project.core.period import Period
from reports.dashboards.alerts import CriticalAlert, critical_alerts
from reports.dashboards.api.dashboard import PeriodView, counted_period
from reports.dashboards.customer_sales import CustomerSales, bought_by_customers, top_customers
from reports.dashboards.latest_sales import latest_sales
from reports.dashboards.owed import still_due
from reports.dashboards.product_sales import TopProduct, top_products
from reports.dashboards.sales_figures import sales_figures
from reports.summaries.buyer_sets import buyers
from reports.summaries.buyers import BUYERS
from reports.summaries.day_sets import Days
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.sale_sums import CUSTOMERS, PRODUCTS, SALES
from sales.models import Customer, Sale

TOP, RECENT = 5, 10
LOW_BELOW = 20  # units
WALK_IN = "Walk-in Customer"

MAIN = shape(
    "MainDashboard",
    {
        "period": CountedPeriod,
        "key_metrics": {
            "total_revenue": MONEY,
            "gross_total": MONEY,
            "refund_amount": MONEY,
            "total_outstanding": MONEY,
            "total_customers": COUNT,
            "active_customers": COUNT,
            "total_transactions": COUNT,
            "critical_alerts": COUNT,
            "today_cash": MONEY,
            "today_credit": MONEY,
            "today_profit": MONEY,
        },
        "top_customers": [
            {
                "customer_id": COUNT,
                "customer_name": TEXT,
                "phone": TEXT,
                "total_revenue": MONEY,
                "outstanding_due": MONEY,
            }
        ],
        "top_products": [
            {
                "product_id": COUNT,
                "product_name": TEXT,
                "units_sold": COUNT,
                "total_revenue": MONEY,
                "stock_quantity": COUNT,
                "stock_status": TEXT,
            }
        ],
        "critical_alerts": [
            {
                "alert_id": TEXT,
                "alert_type": TEXT,
                "severity": TEXT,
                "customer_id": or_null(COUNT),
                "product_id": or_null(COUNT),
                "customer_name": or_null(TEXT),
                "product_name": or_null(TEXT),
                "days_overdue": COUNT,
                "current_stock": COUNT,
                "reorder_level": COUNT,
                "amount_due": MONEY,
            }
        ],
        "recent_transactions": [
            {
                "transaction_id": TEXT,
                "sale_id": COUNT,
                "customer_name": TEXT,
                "amount": MONEY,
                "total_amount": MONEY,
                "paid_amount": MONEY,
                "due_amount": MONEY,
                "status": TEXT,
                "date": MOMENT,
                "transaction_date": MOMENT,
            }
        ],
        "meta": {"timestamp": MOMENT, "execution_time_ms": COUNT, "data_points": COUNT},
    },
)
META = shape(
    "MainMeta",
    {"timestamp": DAY, "userId": COUNT, "query_params": {"fromDate": DAY, "toDate": DAY}},
)


@dataclass(frozen=True)
class Asked:
    """The period, and when it was asked for."""

    period: Period
    sent: dict[str, str]
    started: float = field(default_factory=time.perf_counter)


class MainView(PeriodView):
    """Key figures, best customers and products, what needs attention, the newest sales.

    The three figures of today ignore the period.
    """

    permission_classes = (AdminStaff,)
    message = "Main dashboard"
    shape = MAIN
    meta_shape = META

    def asked(self, request: Request, **path: str) -> Asked:
        period = period_of(request.query_params)
        sent = {"fromDate": period.first.isoformat(), "toDate": period.last.isoformat()}
        return Asked(period, sent)

    def data(self, asked: Asked) -> dict[str, Any]:
        period, now = asked.period, today()
        plans = plan_reading(period, SALES, BUYERS, CUSTOMERS, PRODUCTS)
        bought = bought_by_customers(plans[CUSTOMERS.name])
        alerts = critical_alerts(now)
        customers = [_customer(each) for each in top_customers(bought, period, most=TOP)]
        products = [_product(each) for each in top_products(plans[PRODUCTS.name], most=TOP)]
        sales = [
            _sale(each) for each in latest_sales(Sale.objects.completed(), period, most=RECENT)
        ]
        shown_alerts = [_alert(each) for each in alerts.first]
        return {
            "period": counted_period(period),
            "key_metrics": {**_metrics(period, plans, now), "critical_alerts": alerts.count},
            "top_customers": customers,
            "top_products": products,
            "critical_alerts": shown_alerts,
            "recent_transactions": sales,
            "meta": {
                "timestamp": local_iso(timezone.now()),
                "execution_time_ms": round((time.perf_counter() - asked.started) * 1000),
                "data_points": sum(map(len, (customers, products, shown_alerts, sales))),
            },
        }

    def meta(self, request: Request, asked: Asked) -> dict[str, Any]:
        return {
            "timestamp": today().isoformat(),
            "userId": request.user.pk,
            "query_params": asked.sent,
        }


def _metrics(period: Period, plans: Mapping[str, ReadPlan], day: date) -> dict[str, Any]:
    """The key figures of the period, and those of the day, which is read once for both."""
    sold_today = sales_figures(ReadPlan(live=Days.of([day])))
    sold = sales_figures(plans["sales"].without_live(day))
    if day in plans["sales"].live:
        sold += sold_today
    return {
        "total_revenue": sold.total_revenue,
        "gross_total": sold.gross_total,
        "refund_amount": sold.refund_amount,
        "total_outstanding": still_due(period),
        "total_customers": Customer.objects.listed().count(),
        "active_customers": len(buyers(plans["buyers"], "customers").customers),
        "total_transactions": sold.orders,
        "today_cash": _cash_from_customers(day),
        "today_credit": still_due(Period(day, day)),
        "today_profit": sold_today.gross_profit,
    }


def _cash_from_customers(day: date) -> Decimal:
    """What customers paid in cash on that day, less such payments that were reversed on it."""
    direction = Payment.Direction
    cash = Payment.objects.filter(
        business_date=day, method=CASH, payment_party=Payment.Party.CUSTOMER
    ).aggregate(
        received=Sum("amount", filter=Q(direction=direction.IN, reverses=None)),
        taken_back=Sum("amount", filter=Q(direction=direction.OUT, reverses__isnull=False)),
    )
    return money(cash["received"] or ZERO) - money(cash["taken_back"] or ZERO)


def _customer(each: CustomerSales) -> dict[str, Any]:
    return {
        "customer_id": each.customer_id,
        "customer_name": each.name,
        "phone": each.phone,
        "total_revenue": each.revenue,
        "outstanding_due": each.due,
    }


def _product(each: TopProduct) -> dict[str, Any]:
    status = "In Stock" if each.stock >= LOW_BELOW else "Low Stock"
    return {
        "product_id": each.id,
        "product_name": each.name,
        "units_sold": each.units_sold,
        "total_revenue": each.revenue,
        "stock_quantity": each.stock,
        "stock_status": status if each.stock else "Out of Stock",
    }


def _alert(each: CriticalAlert) -> dict[str, Any]:
    return {
        "alert_id": each.alert_id,
        "alert_type": each.alert_type,
        "severity": each.severity,
        "customer_id": each.customer_id,
        "product_id": each.product_id,
        "customer_name": each.customer_name,
        "product_name": each.product_name,
        "days_overdue": each.days_overdue,
        "current_stock": each.current_stock,
        "reorder_level": each.reorder_level,
        "amount_due": each.amount_due,
    }


def _sale(sale: Sale) -> dict[str, Any]:
    assert sale.completed_at is not None, sale
    unpaid = "Partial" if sale.paid_amount > 0 else "Due"
    moment = local_iso(sale.completed_at)
    return {
        "transaction_id": sale.invoice_no,
        "sale_id": sale.pk,
        "customer_name": sale.customer.name if sale.customer else WALK_IN,
        "amount": sale.total_amount,
        "total_amount": sale.total_amount,
        "paid_amount": sale.paid_amount,
        "due_amount": sale.due_amount,
        "status": unpaid if sale.due_amount else "Paid",
        "date": moment,
        "transaction_date": moment,
    }
