"""Closing days as the shop does it: seal each, then sum up what it came to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from ledger import closing
from ledger.closing_models import DaySeal
from ledger.journal_models import JournalEntry
from ledger.models import CashCount, Payment
from ledger.numbering import number_documents
from ledger.tills import cash_account
from pos_project.core.days import business_day
from pos_project.core.db.idempotency import RequestKey, give_kept
from pos_project.core.money import ZERO, money, total
from pos_project.core.period import ONE_DAY, Period
from reports.statements.account_movements import BEGINNING, days_of, moved
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
    cash: "ClosedDay"


def days_to_close(first: date, last: date) -> list[DayToClose]:
    """Every day from `first` to `last`, the quiet ones too; the statements are the same for one
    as for a year."""
    days = (first, last)
    refunds = _by_day(Refund.objects.all(), days, amount="refund_amount")
    entries = _by_day(JournalEntry.objects.all(), days)
    nothing = (0, ZERO)
    all_days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    cash = what_days_came_to(all_days)
    return [
        DayToClose(
            day,
            cash[day].sales,
            cash[day].sales_total,
            *refunds.get(day, nothing),
            entries.get(day, nothing)[0],
            cash[day],
        )
        for day in all_days
    ]


@dataclass(frozen=True)
class ClosedDay:
    """What a day came to. Amounts in shop currency; `counted` is None where nobody counted."""

    sales: int
    sales_total: Decimal
    takings: Decimal  # of customers by all methods, less what they got back
    expected: Decimal  # in the drawer
    counted: Decimal | None
    difference: Decimal


def what_days_came_to(days: Sequence[date]) -> dict[date, ClosedDay]:
    """The figures of these days; as many statements for one as for a page of them."""
    if not days:
        return {}
    period = Period(min(days), max(days))
    between = (period.first, period.last)
    sales = _by_day(Sale.objects.completed(), between, amount="total_amount")
    of_customers = Payment.objects.filter(payment_party=Payment.Party.CUSTOMER)
    came, went = (
        _by_day(of_customers.filter(direction=way), between, amount="amount")
        for way in (Payment.Direction.IN, Payment.Direction.OUT)
    )
    counts: dict[date, list[CashCount]] = {}
    for count in CashCount.objects.filter(business_date__range=between).order_by("id"):
        counts.setdefault(count.business_date, []).append(count)
    nothing, balances = (0, ZERO), _cash_at_the_end_of(period)
    return {
        day: _closed_day(
            sales.get(day, nothing),
            came.get(day, nothing)[1] - went.get(day, nothing)[1],
            balances[day],
            counts.get(day, []),
        )
        for day in days
    }


def _closed_day(
    sold: tuple[int, Decimal], takings: Decimal, balance: Decimal, counts: Sequence[CashCount]
) -> ClosedDay:
    difference = total(count.difference for count in counts)
    banked = total(count.banked for count in counts)
    last = {count.store_id: count.counted + (count.at_tills or ZERO) for count in counts}
    return ClosedDay(
        *sold,
        takings,
        expected=balance - difference + banked,
        counted=total(last.values()) if counts else None,
        difference=difference,
    )


def _cash_at_the_end_of(period: Period) -> dict[date, Decimal]:
    account = cash_account()
    before = moved(Period(BEGINNING, period.first - ONE_DAY), account=account)
    balance = total(each.debit - each.credit for each in before)
    by_day = {each.day: each.sums.net for each in days_of(account, period)}
    balances, day = {}, period.first
    while day <= period.last:
        balance += by_day.get(day, ZERO)
        balances[day] = balance
        day += ONE_DAY
    return balances


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


def close_until(
    last: date,
    *,
    on_day: Callable[[DaySeal], None] | None = None,
    key: RequestKey | None = None,
) -> list[DaySeal]:
    """Close every open day up to and with `last`, oldest first; none when all are closed.

    Each day is a transaction of its own: stopped half-way, it is continued by the next call. The
    key is kept with the last of them. Raises DayNotOver.
    """
    seals = []
    number_documents()  # what is closed has its number
    while (day := closing.next_day()) is not None and day <= last:
        seals.append(closing.seal(day, key=key if day == last else None))
        if on_day:
            on_day(seals[-1])
    if seals:
        build_missing(last, since=seals[0].day)
    if key is not None and (not seals or seals[-1].day != last):
        give_kept(key)  # a twin was faster
    return seals
