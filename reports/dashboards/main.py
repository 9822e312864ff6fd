"""`/api/dashboard/main`, the first page: how the shop does."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField

from accounts.api.cost import CostField
from accounts.models import REORDER_BELOW
from ledger.models import Payment
from ledger.payments import CASH
from pos_project.core.days import today
from pos_project.core.http.fields import DayField, MomentField, MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.http.permissions import AdminStaff
from pos_project.core.period import Period
from reports.dashboards.alerts import CriticalAlerts, find_critical_alerts
from reports.dashboards.customer_sales import (
    CustomerOut,
    CustomerSales,
    bought_by_customers,
    top_customers,
)
from reports.dashboards.dashboard import CountedPeriod, NamedPeriod, PeriodView
from reports.dashboards.latest_sales import latest_sales
from reports.dashboards.owed import sum_open_dues
from reports.dashboards.product_sales import TopProduct, top_products
from reports.dashboards.sales_figures import SalesFigures, sales_figures
from reports.summaries.builder import Which
from reports.summaries.buyer_sets import buyers
from reports.summaries.buyers import BUYERS
from reports.summaries.day_sets import Days
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.raw import exact, rows
from reports.summaries.sale_sums import CUSTOMERS, PAYMENTS, PRODUCTS, SALES
from reports.summaries.so_far import so_far
from sales.models import Customer, Sale

TOP, RECENT = 5, 10
WALK_IN = "Walk-in Customer"


@dataclass(frozen=True)
class RecentSale:
    sale: Sale

    @property
    def customer_name(self) -> str:
        return self.sale.customer.name if self.sale.customer else WALK_IN

    @property
    def status(self) -> str:
        if not self.sale.due_amount:
            return "Paid"
        return "Partial" if self.sale.paid_amount > 0 else "Due"


@dataclass(frozen=True)
class MainDashboard:
    """The figures of the period, and those of today."""

    period: Period
    sold: SalesFigures
    outstanding: Decimal
    customers: int
    active_customers: int
    top_customers: list[CustomerSales]
    top_products: list[TopProduct]
    alerts: CriticalAlerts
    recent_sales: list[RecentSale]
    today_sold: SalesFigures
    today_cash: Decimal
    today_credit: Decimal
    started: float  # seconds, of `time.perf_counter`

    @property
    def read_at(self) -> datetime:
        return timezone.now()

    @property
    def execution_time_ms(self) -> int:
        return round((time.perf_counter() - self.started) * 1000)

    @property
    def data_points(self) -> int:
        of_people = len(self.top_customers) + len(self.recent_sales)
        return of_people + len(self.top_products) + len(self.alerts.first)


class StockStatusField(CharField):
    def to_representation(self, value: Any) -> str:
        if not value:
            return "Out of Stock"
        return "In Stock" if value >= REORDER_BELOW else "Low Stock"


class MainDashboardOut(FiguresSerializer):
    class KeyMetrics(FiguresSerializer):
        total_revenue = MoneyField(source="sold.total_revenue")
        gross_total = MoneyField(source="sold.gross_total")
        refund_amount = MoneyField(source="sold.refund_amount")
        total_outstanding = MoneyField(source="outstanding")
        total_customers = IntegerField(source="customers")
        active_customers = IntegerField()
        total_transactions = IntegerField(source="sold.orders")
        today_cash = MoneyField()
        today_credit = MoneyField()
        today_profit = CostField(source="today_sold.gross_profit")
        critical_alerts = IntegerField(source="alerts.count")

    class TopCustomers(CustomerOut):
        total_revenue = MoneyField(source="revenue")
        outstanding_due = MoneyField(source="due")

    class TopProducts(FiguresSerializer):
        product_id = IntegerField(source="product.id")
        product_name = CharField(source="product.name")
        units_sold = IntegerField()
        total_revenue = MoneyField(source="revenue")
        stock_quantity = IntegerField(source="product.stock")
        stock_status = StockStatusField(source="product.stock")

    class CriticalAlerts(FiguresSerializer):
        alert_id = CharField()
        alert_type = CharField()
        severity = CharField()
        customer_id = IntegerField(allow_null=True)
        product_id = IntegerField(allow_null=True)
        customer_name = CharField(allow_null=True)
        product_name = CharField(allow_null=True)
        days_overdue = IntegerField()
        current_stock = IntegerField()
        reorder_level = IntegerField()
        amount_due = MoneyField()

    class RecentTransactions(FiguresSerializer):
        transaction_id = CharField(source="sale.invoice_no")
        sale_id = IntegerField(source="sale.pk")
        customer_name = CharField()
        amount = MoneyField(source="sale.total_amount")
        total_amount = MoneyField(source="sale.total_amount")
        paid_amount = MoneyField(source="sale.paid_amount")
        due_amount = MoneyField(source="sale.due_amount")
        status = CharField()
        date = MomentField(source="sale.completed_at")
        transaction_date = MomentField(source="sale.completed_at")

    class Reading(FiguresSerializer):
        timestamp = MomentField(source="read_at")
        execution_time_ms = IntegerField()
        data_points = IntegerField()

    period = CountedPeriod()
    key_metrics = KeyMetrics(source="*")
    top_customers = TopCustomers(many=True)
    top_products = TopProducts(many=True)
    critical_alerts = CriticalAlerts(source="alerts.first", many=True)
    recent_transactions = RecentTransactions(source="recent_sales", many=True)
    meta = Reading(source="*")


class MainMeta(FiguresSerializer):
    timestamp = DayField(source="day")
    userId = IntegerField(source="user_id")
    query_params = NamedPeriod(source="query")


class MainView(PeriodView):
    """Key figures, best customers and products, what needs attention, the newest sales.

    The three figures of today ignore the period.
    """

    permission_classes = (AdminStaff,)
    message = "Main dashboard"
    data_serializer = MainDashboardOut
    meta_serializer = MainMeta

    def parse_query(self, request: Request, **path: str) -> Period:
        self.started = time.perf_counter()
        period: Period = super().parse_query(request, **path)
        return period

    def read(self, query: Period) -> MainDashboard:
        day = today()
        plans = plan_reading(query, SALES, BUYERS, CUSTOMERS, PRODUCTS)
        sold, sold_today = _sum_sales(plans[SALES.name], day)
        bought = bought_by_customers(plans[CUSTOMERS.name])
        return MainDashboard(
            period=query,
            sold=sold,
            outstanding=sum_open_dues(query),
            customers=Customer.objects.listed().count(),
            active_customers=len(buyers(plans[BUYERS.name], "customers").customers),
            top_customers=top_customers(bought, query, most=TOP),
            top_products=top_products(plans[PRODUCTS.name], most=TOP),
            alerts=find_critical_alerts(day),
            recent_sales=[RecentSale(sale) for sale in latest_sales(query, most=RECENT)],
            today_sold=sold_today,
            today_cash=_sum_cash_from_customers(day),
            today_credit=sum_open_dues(Period(day, day)),
            started=self.started,
        )


def _sum_sales(plan: ReadPlan, day: date) -> tuple[SalesFigures, SalesFigures]:
    """The sales of the period, and those of the day, which is read once for both."""
    sold_today = sales_figures(ReadPlan(live=Days.of([day])))
    sold = sales_figures(plan.without_live(day))
    return (sold + sold_today if day in plan.live else sold), sold_today


def _sum_cash_from_customers(day: date) -> Decimal:
    """What customers paid in cash on that day, less such payments that were reversed on it."""

    def read(which: Which) -> Decimal:
        [(cash,)] = rows(
            f"""
            SELECT SUM(CASE WHEN p.direction = 'in' AND p.reverses_id IS NULL THEN p.amount
                WHEN p.direction = 'out' AND p.reverses_id IS NOT NULL THEN -p.amount END)
            FROM payments p WHERE {which.on(PAYMENTS.day)}
                AND p.method = %(cash)s AND p.payment_party = %(customer)s
            """,
            {"cash": CASH, "customer": Payment.Party.CUSTOMER.value, **which.parameters()},
        )
        return exact(cash, 2)

    return so_far(
        "cash from customers",
        Days.of([day]),
        (PAYMENTS,),
        read,
        lambda mine, theirs: mine + theirs,
        bytes_of=lambda _: 100,
    )
