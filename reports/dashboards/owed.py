"""What is paid and still due of the sales of a period, as it stands today.

Live, by the sale's business day: the open dues are few, and so are dues that a refund cancelled.
What was paid follows from them (I6): total = paid + due + due cancelled by refunds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from pos_project.core.db.store_rows import reported
from pos_project.core.money import ZERO, money
from pos_project.core.period import Period
from reports.dashboards.sales_figures import SalesFigures
from sales.models import CustomerDue, Refund

OVERDUE_AFTER = timedelta(days=30)
# What sales are told apart by → the due's or refund's way there.
WAYS = {
    "seller_id": "sale__user_id",
    "method": "sale__payment_method",
    "first_day": "sale_date",
}


@dataclass(frozen=True)
class Owed:
    """Of some sales: what is due, and what of their dues refunds cancelled."""

    due: Decimal = ZERO
    cancelled: Decimal = ZERO

    def __add__(self, other: "Owed") -> "Owed":
        return Owed(self.due + other.due, self.cancelled + other.cancelled)


@dataclass(frozen=True)
class SoldAndOwed:
    """Some sales, and what of them is due."""

    sold: SalesFigures
    owed: Owed

    @property
    def paid(self) -> Decimal:
        """total = paid + due + due cancelled by refunds (I6)."""
        return self.sold.gross_total - self.owed.due - self.owed.cancelled


@dataclass(frozen=True)
class Receivables:
    """The sales of a period with something due."""

    sales: int
    due: Decimal
    customers: int
    total: Decimal  # what these sales came to
    partly_paid_total: Decimal  # and those of them of which something was paid
    oldest: date | None
    overdue: int  # dated more than 30 days ago


def sum_dues(period: Period, *, seller_id: int | None = None) -> Owed:
    """Of all the sales of the period; of one seller's, if named."""
    return sum_dues_by(period, seller_id=seller_id).get((), Owed())


def sum_open_dues(period: Period) -> Decimal:
    """What is due of the sales of the period."""
    return _sums(_open_dues(_sold_in(period)), "due_amount", []).get((), ZERO)


def sum_dues_by(
    period: Period, *by: str, seller_id: int | None = None
) -> dict[tuple[Any, ...], Owed]:
    """By `seller_id`, `method` or `first_day` of the sale; absent where nothing is owed."""
    sales = _sold_in(period)
    if seller_id is not None:
        sales &= Q(sale__user_id=seller_id)
    ways = [WAYS[each] for each in by]
    due = _sums(_open_dues(sales), "due_amount", ways)
    cancelled = _sums(Refund.objects.filter(sales, due_reduced__gt=0), "due_reduced", ways)
    return {key: Owed(due.get(key, ZERO), cancelled.get(key, ZERO)) for key in {*due, *cancelled}}


def sum_receivables(period: Period, *, today: date) -> Receivables:
    """The open dues of the period's sales, and how old they are `today`."""
    late = Q(sale_date__lt=today - OVERDUE_AFTER)
    row = _open_dues(_sold_in(period)).aggregate(
        sales=Count("id"),
        due=Sum("due_amount"),
        customers=Count("customer_id", distinct=True),
        total=Sum("sale__total_amount"),
        partly_paid_total=Sum("sale__total_amount", filter=Q(sale__paid_amount__gt=0)),
        oldest=Min("sale_date"),
        overdue=Count("id", filter=late),
    )
    for amount in ("due", "total", "partly_paid_total"):
        row[amount] = money(row[amount] or ZERO)
    return Receivables(**row)


def _sold_in(period: Period) -> Q:
    return reported("sale__store_id") & Q(sale_date__range=(period.first, period.last))


def _open_dues(sales: Q) -> QuerySet[CustomerDue]:
    return CustomerDue.objects.filter(sales, status=CustomerDue.Status.OPEN, is_opening=False)


def _sums(rows: QuerySet[Any], column: str, ways: list[str]) -> dict[tuple[Any, ...], Decimal]:
    if not ways:
        amount = rows.aggregate(amount=Sum(column))["amount"]
        return {} if amount is None else {(): money(amount)}
    grouped = rows.order_by().values_list(*ways).annotate(amount=Sum(column))
    return {tuple(key): money(amount) for *key, amount in grouped}
