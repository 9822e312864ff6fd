"""`/api/dashboard/customer-analysis/comprehensive`: the shop's customers in a period.

Who is new, who buys how much, who is late, the last sales; of sales with a customer only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.days import day_start
from pos_project.core.db.store_rows import and_reported, and_reported_sale
from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.http.figures import FiguresSerializer, Meta
from pos_project.core.money import amount
from pos_project.core.period import ONE_DAY, Period
from reports.dashboards.customer_sales import (
    NO_PHONE,
    CustomerOut,
    CustomerSales,
    bought_by_customers,
    top_customers,
)
from reports.dashboards.dashboard import CountedPeriod, NamedPeriod, PeriodView
from reports.dashboards.latest_sales import latest_sales
from reports.dashboards.owed import Receivables, sum_receivables
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.raw import as_day, as_moment, exact, rows
from reports.summaries.sale_sums import CUSTOMERS, SALES
from reports.summaries.sums import Sums, figures
from sales.models import Customer, Sale

ROWS = 10  # of each list
# By sales in the period: one order, else by revenue from so much on. In the order shown.
VIP, REGULAR, OCCASIONAL, ONE_TIME = "VIP", "Regular", "Occasional", "One-Time"
SEGMENTS = (VIP, REGULAR, OCCASIONAL, ONE_TIME)
VIP_REVENUE, REGULAR_REVENUE = 10_000_00, 1_000_00  # cents
# Days overdue up to which a debt is in a bucket. Those after the coarsest are told apart finely.
BUCKETS = ((30, "0-30 days"), (60, "31-60 days"), (90, "61-90 days"))
LAST_BUCKET, LAST_BUCKETS = "90+ days", ((180, "91-180 days"),)
OLDEST_BUCKET = "180+ days"


@dataclass(frozen=True)
class Segment:
    name: str
    customers: int
    revenue: Decimal


@dataclass(frozen=True)
class LateCustomer:
    """A customer with unpaid sales; `sales` counts them."""

    customer_id: int
    name: str
    phone: str
    sales: int
    due: Decimal
    oldest_at: datetime
    latest_at: datetime
    days_overdue: int

    @property
    def bucket(self) -> str:
        return _bucket(self.days_overdue, BUCKETS, LAST_BUCKET)

    @property
    def fine_bucket(self) -> str:
        return _bucket(self.days_overdue, (*BUCKETS, *LAST_BUCKETS), OLDEST_BUCKET)


def _bucket(days: int, buckets: tuple[tuple[int, str], ...], beyond: str) -> str:
    return next((name for most, name in buckets if days <= most), beyond)


@dataclass(frozen=True)
class CustomerSale:
    """A sale to a customer."""

    sale: Sale
    customer: Customer

    @property
    def phone(self) -> str:
        return self.customer.phone or NO_PHONE


@dataclass(frozen=True)
class SalesToCustomers:
    """Of all sales with a customer: how many, and what they came to."""

    orders: int
    gross_total: Decimal
    refund_amount: Decimal

    @property
    def revenue(self) -> Decimal:
        return self.gross_total - self.refund_amount


@dataclass(frozen=True)
class ComprehensiveAnalysis:
    period: Period
    customers: int
    new_customers: int
    sold: SalesToCustomers
    receivables: Receivables
    top_customers: list[CustomerSales]
    segments: list[Segment]
    late_customers: list[LateCustomer]
    latest_sales: list[CustomerSale]

    @property
    def active_customers(self) -> int:
        """Different customers with a sale in the period."""
        return sum(segment.customers for segment in self.segments)


class ComprehensiveAnalysisOut(FiguresSerializer):
    class Overview(FiguresSerializer):
        total_customers = IntegerField(source="customers")
        active_customers = IntegerField()
        new_customers = IntegerField()
        total_revenue = MoneyField(source="sold.revenue")
        gross_total = MoneyField(source="sold.gross_total")
        refund_amount = MoneyField(source="sold.refund_amount")
        total_outstanding = MoneyField(source="receivables.due")
        customers_with_dues = IntegerField(source="receivables.customers")
        total_transactions = IntegerField(source="sold.orders")

    class TopCustomers(CustomerOut):
        total_purchases = IntegerField(source="orders")
        total_revenue = MoneyField(source="revenue")
        total_paid = MoneyField(source="paid")
        total_due = MoneyField(source="due")
        avg_order_value = MoneyField(source="average_order")
        last_purchase_date = MomentField(source="last_at")

    class Segmentation(FiguresSerializer):
        segment = CharField(source="name")
        customer_count = IntegerField(source="customers")
        segment_revenue = MoneyField(source="revenue")

    class LongDueCustomers(CustomerOut):
        total_purchases = IntegerField(source="sales")
        total_due = MoneyField(source="due")
        oldest_due_date = MomentField(source="oldest_at")
        latest_due_date = MomentField(source="latest_at")
        days_overdue = IntegerField()
        overdue_bucket = CharField(source="bucket")
        overdue_bucket_detail = CharField(source="fine_bucket")

    class RecentActivity(FiguresSerializer):
        customer_id = IntegerField(source="customer.pk")
        customer_name = CharField(source="customer.name")
        phone = CharField()
        invoice_no = CharField(source="sale.invoice_no")
        total_amount = MoneyField(source="sale.total_amount")
        paid_amount = MoneyField(source="sale.paid_amount")
        due_amount = MoneyField(source="sale.due_amount")
        payment_method = CharField(source="sale.payment_method")
        transaction_date = MomentField(source="sale.completed_at")
        served_by = CharField(source="sale.user.name")

    period = CountedPeriod()
    overview = Overview(source="*")
    top_customers = TopCustomers(many=True)
    segmentation = Segmentation(source="segments", many=True)
    long_due_customers = LongDueCustomers(source="late_customers", many=True)
    recent_activity = RecentActivity(source="latest_sales", many=True)


class ComprehensiveMeta(Meta):
    query_params = NamedPeriod(source="query")


class ComprehensiveAnalysisView(PeriodView):
    """Sales to customers in the period: who they are, who owes for how long, the newest sales."""

    message = "Comprehensive customer analysis"
    data_serializer = ComprehensiveAnalysisOut
    meta_serializer = ComprehensiveMeta

    def read(self, query: Period) -> ComprehensiveAnalysis:
        plans = plan_reading(query, SALES, CUSTOMERS)
        bought = bought_by_customers(plans[CUSTOMERS.name])
        return ComprehensiveAnalysis(
            period=query,
            customers=Customer.objects.listed().count(),
            new_customers=_count_new_customers(query),
            sold=_sum_sales_to_customers(plans[SALES.name]),
            receivables=sum_receivables(query, today=query.last),
            top_customers=top_customers(bought, query, most=ROWS),
            segments=_sum_by_segment(bought),
            late_customers=_find_late_customers(query.last),
            latest_sales=_find_latest_sales(query),
        )


def _sum_sales_to_customers(plan: ReadPlan) -> SalesToCustomers:
    wanted = SALES.only("customer_orders", "customer_gross", "customer_refund")
    [(orders, gross, refunded)] = figures(wanted, plan).values()
    return SalesToCustomers(int(orders or 0), exact(gross, 2), exact(refunded, 2))


def _count_new_customers(period: Period) -> int:
    """How many joined in the period and are still there."""
    joined = Customer.objects.listed().filter(
        join_at__gte=day_start(period.first), join_at__lt=day_start(period.last + ONE_DAY)
    )
    return joined.count()


def _sum_by_segment(bought: Sums) -> list[Segment]:
    """The segments of those who bought in the period."""
    counts, revenues = dict.fromkeys(SEGMENTS, 0), dict.fromkeys(SEGMENTS, 0)
    for orders, gross, refunded, _ in bought.values():
        if orders > 0:
            segment = _segment(orders, gross - refunded)
            counts[segment] += 1
            revenues[segment] += gross - refunded
    present = (name for name in SEGMENTS if counts[name])
    return [Segment(name, counts[name], amount(revenues[name])) for name in present]


def _segment(orders: int, revenue: int) -> str:
    if orders == 1:
        return ONE_TIME
    if revenue >= VIP_REVENUE:
        return VIP
    return REGULAR if revenue >= REGULAR_REVENUE else OCCASIONAL


def _find_late_customers(until: date) -> list[LateCustomer]:
    """Customers with unpaid sales up to that day: longest overdue first, then the largest sum."""
    found = rows(
        f"""
        SELECT c.id, c.name, c.phone, late.sales, late.due, late.oldest,
            MIN(s.completed_at), MAX(s.completed_at)
        FROM (
            SELECT customer_id, MIN(sale_date) AS oldest, COUNT(*) AS sales,
                ROUND(SUM(due_amount), 2) AS due
            FROM customer_dues
            WHERE status = 'open' AND sale_date <= %(until)s{and_reported_sale("sale_id")}
            GROUP BY customer_id
            ORDER BY oldest, due DESC, customer_id LIMIT %(most)s
        ) late
        JOIN customers c ON c.id = late.customer_id
        JOIN customer_dues d ON d.customer_id = late.customer_id
            AND d.status = 'open' AND d.sale_date <= %(until)s
        JOIN sales s ON s.id = d.sale_id{and_reported("s.store_id")}
        GROUP BY c.id, c.name, c.phone, late.sales, late.due, late.oldest
        ORDER BY late.oldest, late.due DESC, c.id
        """,
        {"until": until, "most": ROWS},
    )
    return [
        LateCustomer(
            customer_id,
            name,
            phone or NO_PHONE,
            sales,
            exact(due, 2),
            as_moment(oldest_at),
            as_moment(latest_at),
            (until - as_day(oldest)).days,
        )
        for customer_id, name, phone, sales, due, oldest, oldest_at, latest_at in found
    ]


def _find_latest_sales(period: Period) -> list[CustomerSale]:
    found = latest_sales(period, most=ROWS, to_customers=True)
    return [CustomerSale(sale, sale.customer) for sale in found if sale.customer]
