"""The shop's customers in a period: who is new, who buys how much, who is late, the last sales."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pos_project.core.days import day_start
from pos_project.core.money import amount
from pos_project.core.period import Period
from reports.dashboards.customer_sales import (
    NO_PHONE,
    CustomerSales,
    bought_by_customers,
    top_customers,
)
from reports.dashboards.latest_sales import latest_sales
from reports.summaries.day_sets import ONE_DAY
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import as_day, as_moment, exact, rows
from sales.models import Customer, Sale

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
class Buyers:
    """Who bought in a period: the first by revenue, and everybody by segment."""

    top: list[CustomerSales]
    segments: list[Segment]

    @property
    def count(self) -> int:
        """Different customers with a sale in the period."""
        return sum(segment.customers for segment in self.segments)


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


def new_customers(period: Period) -> int:
    """How many joined in the period and are still there."""
    joined = Customer.objects.listed().filter(
        join_at__gte=day_start(period.first), join_at__lt=day_start(period.last + ONE_DAY)
    )
    return joined.count()


def buyers(plan: ReadPlan, period: Period, *, most: int) -> Buyers:
    """The segments of those who bought in the period, and the first of them by revenue."""
    bought = bought_by_customers(plan)
    counts, revenues = dict.fromkeys(SEGMENTS, 0), dict.fromkeys(SEGMENTS, 0)
    for orders, gross, refunded, _ in bought.values():
        if orders > 0:
            segment = _segment(orders, gross - refunded)
            counts[segment] += 1
            revenues[segment] += gross - refunded
    return Buyers(
        top_customers(bought, period, most=most),
        [Segment(name, counts[name], amount(revenues[name])) for name in SEGMENTS if counts[name]],
    )


def _segment(orders: int, revenue: int) -> str:
    if orders == 1:
        return ONE_TIME
    if revenue >= VIP_REVENUE:
        return VIP
    return REGULAR if revenue >= REGULAR_REVENUE else OCCASIONAL


def late_customers(until: date, *, most: int) -> list[LateCustomer]:
    """Customers with unpaid sales up to that day: longest overdue first, then the largest sum."""
    found = rows(
        """
        SELECT c.id, c.name, c.phone, late.sales, late.due, late.oldest,
            MIN(s.completed_at), MAX(s.completed_at)
        FROM (
            SELECT customer_id, MIN(sale_date) AS oldest, COUNT(*) AS sales,
                ROUND(SUM(due_amount), 2) AS due
            FROM customer_dues WHERE status = 'open' AND sale_date <= %(until)s
            GROUP BY customer_id
            ORDER BY oldest, due DESC, customer_id LIMIT %(most)s
        ) late
        JOIN customers c ON c.id = late.customer_id
        JOIN customer_dues d ON d.customer_id = late.customer_id
            AND d.status = 'open' AND d.sale_date <= %(until)s
        JOIN sales s ON s.id = d.sale_id
        GROUP BY c.id, c.name, c.phone, late.sales, late.due, late.oldest
        ORDER BY late.oldest, late.due DESC, c.id
        """,
        {"until": until, "most": most},
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


def latest_customer_sales(period: Period, *, most: int) -> list[Sale]:
    """The newest sales to customers in the period."""
    return latest_sales(Sale.objects.completed().filter(customer__isnull=False), period, most=most)
