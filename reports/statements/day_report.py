"""What a business day came to, for the one who closes it: sales, money by method, the drawer."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from ledger.journal_models import JournalEntry, JournalLine
from ledger.models import CashCount, Expense, Payment
from ledger.payments import CASH, METHODS
from pos_project.core.money import ZERO, money, total
from pos_project.core.period import ONE_DAY, Period
from reports.statements.account_movements import BEGINNING, moved
from sales.models import Refund, Sale

SALES, DUES, REFUNDS, SUPPLIERS, EXPENSES = "sales", "dues", "refunds", "suppliers", "expenses"
COLUMNS = (SALES, DUES, REFUNDS, SUPPLIERS, EXPENSES)


@dataclass
class Drawer:
    """The cash account: what lay there in the morning, what must lie there at night, and what did.

    `counted` is None where nobody counted; `banked` was taken to the bank after counting.
    """

    opening: Decimal
    received: Decimal
    paid: Decimal
    counted: Decimal | None = None
    difference: Decimal = ZERO
    banked: Decimal = ZERO
    reason: str = ""

    @property
    def expected(self) -> Decimal:
        return self.opening + self.received - self.paid

    @property
    def left(self) -> Decimal:
        """The opening cash of the next day."""
        return self.expected + self.difference - self.banked


@dataclass
class DayReport:
    """Figures of one business day, as the rows stand. Amounts in shop currency."""

    day: date
    sales: int
    sales_total: Decimal
    sales_from_advances: Decimal
    refunds: int
    refunds_total: Decimal
    drawer: Drawer
    entries: int
    debits: Decimal
    credits: Decimal
    # method → column → money in (+) or out (−)
    by_method: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    @property
    def sold_on_credit(self) -> Decimal:
        """What was not paid when it was sold."""
        return self.sales_total - self.sales_from_advances - self.of(SALES)

    def of(self, column: str) -> Decimal:
        """A column's sum over all methods."""
        return total(sums.get(column, ZERO) for sums in self.by_method.values())

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "day": self.day.isoformat(),
            "sold_on_credit": self.sold_on_credit,
            "expenses_total": -self.of(EXPENSES),
            "drawer": {
                **asdict(self.drawer),
                "expected": self.drawer.expected,
                "left": self.drawer.left,
            },
        }


def day_reports(first: date, last: date) -> Iterator[DayReport]:
    """One report per day, oldest first; a constant number of statements for each."""
    opening, day = _cash_before(first), first
    while day <= last:
        report = _report(day, opening)
        yield report
        opening, day = report.drawer.left, day + ONE_DAY


def _report(day: date, opening: Decimal) -> DayReport:
    sold = (
        Sale.objects.completed()
        .filter(business_date=day)
        .aggregate(count=Count("id"), total=Sum("total_amount"), advances=Sum("advance_used"))
    )
    refunded = Refund.objects.filter(business_date=day).aggregate(
        count=Count("id"), total=Sum("refund_amount")
    )
    lines = JournalLine.objects.filter(entry__business_date=day)
    in_cash = lines.filter(account_id=METHODS.get()[CASH].account)
    traded = in_cash.exclude(entry__event=JournalEntry.Event.CASH_COUNT)
    cash = traded.aggregate(d=Sum("debit"), c=Sum("credit"))
    booked = lines.aggregate(d=Sum("debit"), c=Sum("credit"))
    return DayReport(
        day=day,
        sales=sold["count"],
        sales_total=money(sold["total"] or 0),
        sales_from_advances=money(sold["advances"] or 0),
        refunds=refunded["count"],
        refunds_total=money(refunded["total"] or 0),
        drawer=_drawer(day, opening, money(cash["d"] or 0), money(cash["c"] or 0)),
        entries=JournalEntry.objects.filter(business_date=day).count(),
        debits=money(booked["d"] or 0),
        credits=money(booked["c"] or 0),
        by_method=_by_method(day),
    )


def _drawer(day: date, opening: Decimal, received: Decimal, paid: Decimal) -> Drawer:
    """With what the stores counted; of several counts of a store the last is what lay there. What
    shifts were over or short when they were closed came and went like other cash."""
    counts = list(CashCount.objects.filter(business_date=day).order_by("id"))
    # With what was at tills whose shifts were open: the day's cash is both.
    last = {count.store_id: count.counted + (count.at_tills or ZERO) for count in counts}
    return Drawer(
        opening,
        received,
        paid,
        counted=total(last.values()) if counts else None,
        difference=total(count.difference for count in counts),
        banked=total(count.banked for count in counts),
        reason="; ".join(count.reason for count in counts if count.reason),
    )


def _by_method(day: date) -> dict[str, dict[str, Decimal]]:
    moved: dict[str, dict[str, Decimal]] = {}

    def add(method: str, column: str, amount: Decimal) -> None:
        columns = moved.setdefault(method, dict.fromkeys(COLUMNS, ZERO))
        columns[column] += amount

    payments = Payment.objects.filter(business_date=day).order_by("method_id")
    for method, party, kind, direction, amount in payments.values_list(
        "method_id", "payment_party", "payment_type", "direction"
    ).annotate(amount=Sum("amount")):
        sign = 1 if direction == Payment.Direction.IN else -1
        add(method, _column(party, kind), sign * money(amount))
    expenses = Expense.objects.filter(business_date=day).order_by("payment_method_id")
    for method, amount in expenses.values_list("payment_method_id").annotate(amount=Sum("amount")):
        add(method, EXPENSES, -money(amount))
    return dict(sorted(moved.items()))


def _column(party: str, kind: str) -> str:
    if party == Payment.Party.SUPPLIER:
        return SUPPLIERS
    if kind == Payment.Type.REFUND:
        return REFUNDS
    return SALES if kind == Payment.Type.PAYMENT else DUES


def _cash_before(day: date) -> Decimal:
    """What lay in the drawer that morning; closed days are read from their summaries."""
    before = moved(Period(BEGINNING, day - ONE_DAY), account=METHODS.get()[CASH].account)
    return total(each.debit - each.credit for each in before)
