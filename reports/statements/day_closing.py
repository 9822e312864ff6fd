"""Closing days as the shop does it: seal each, then sum up what it came to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from ledger import closing
from ledger.models import DaySeal, JournalEntry
from pos_project.core.days import business_day
from pos_project.core.money import ZERO, money
from pos_project.core.period import ONE_DAY
from reports.summaries.building import build_missing
from sales.models import Refund, Sale


@dataclass(frozen=True)
class DayToClose:
    """What an open day holds, for whoever is about to close it. Amounts in shop currency."""

    day: date
    sales: int
    sales_total: Decimal
    refunds: int
    refunds_total: Decimal
    entries: int


def days_to_close(first: date, last: date) -> list[DayToClose]:
    """Every day from `first` to `last`, the quiet ones too; three statements however many."""
    days = (first, last)
    sales = _by_day(Sale.objects.completed(), days, amount="total_amount")
    refunds = _by_day(Refund.objects.all(), days, amount="refund_amount")
    entries = _by_day(JournalEntry.objects.all(), days)
    nothing = (0, ZERO)
    return [
        DayToClose(
            day, *sales.get(day, nothing), *refunds.get(day, nothing), entries.get(day, nothing)[0]
        )
        for day in (first + ONE_DAY * number for number in range((last - first).days + 1))
    ]


def _by_day(
    rows: QuerySet[Any], days: tuple[date, date], *, amount: str | None = None
) -> dict[date, tuple[int, Decimal]]:
    grouped = rows.filter(business_date__range=days).order_by().values_list("business_date")
    counted = grouped.annotate(count=Count("id"))
    if amount is None:
        return {day: (count, ZERO) for day, count in counted}
    return {day: (count, money(sum_)) for day, count, sum_ in counted.annotate(sum=Sum(amount))}


def last_closable_day(now: datetime | None = None) -> date:
    """The latest day that is over, but none after the newest entry.

    A clock that runs ahead would else close days that are still to come.
    """
    over = business_day((now or timezone.now()) - closing.GRACE) - ONE_DAY
    newest = JournalEntry.objects.aggregate(newest=Max("business_date"))["newest"]
    return min(over, newest or over)


def open_days(last: date) -> int:
    """How many days up to and with `last` wait to be closed."""
    first = closing.next_day()
    return max((last - first).days + 1, 0) if first else 0


def close_until(last: date, *, on_day: Callable[[DaySeal], None] | None = None) -> list[DaySeal]:
    """Close every open day up to and with `last`, oldest first; none when all are closed.

    Each day is a transaction of its own: stopped half-way, it is continued by the next call.
    Raises DayNotOver.
    """
    seals = []
    while (day := closing.next_day()) is not None and day <= last:
        seals.append(closing.seal(day))
        if on_day:
            on_day(seals[-1])
    if seals:
        build_missing(last, since=seals[0].day)
    return seals
