"""What a shift came to, from its entries: a few statements, whatever was sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from ledger import chart
from ledger.journal_models import JournalEntry, JournalLine
from ledger.payments import CASH, METHODS
from ledger.till_models import CashMovement, Shift
from ledger.tills import cash_account
from pos_project.core.money import ZERO, money, total

Event, Kind = JournalEntry.Event, CashMovement.Kind
# Between a till and the store's drawer money stays on its account: no entry tells of it.
WITHIN_THE_STORE = (Kind.TO_DRAWER, Kind.FROM_DRAWER)


@dataclass(frozen=True)
class Moved:
    """What came to an account and what went, of one kind of event."""

    came: Decimal = ZERO
    went: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.came - self.went


@dataclass(frozen=True)
class ShiftSums:
    """The sums of a shift's entries by (event, account), and what its till took from the store's
    drawer and gave back to it. Amounts in shop currency."""

    opening_float: Decimal
    by_event: Mapping[tuple[str, str], Moved]
    from_drawer: Decimal
    to_drawer: Decimal

    def of(self, event: str | None, *accounts: str) -> Moved:
        """What moved on these accounts by one kind of event, or by all."""
        found = [
            moved
            for (its_event, account), moved in self.by_event.items()
            if account in accounts and event in (None, its_event)
        ]
        return Moved(total(each.came for each in found), total(each.went for each in found))

    @property
    def cash_in(self) -> Decimal:
        return self.of(None, cash_account()).came + self.from_drawer

    @property
    def cash_out(self) -> Decimal:
        return self.of(None, cash_account()).went + self.to_drawer

    @property
    def expected(self) -> Decimal:
        """What must lie in the till: the float and what came, less what went."""
        return money(self.opening_float + self.cash_in - self.cash_out)

    def of_methods(self) -> dict[str, Decimal]:
        """Method → what the shift took by it less what it gave, cash left out; of those that
        moved."""
        return {
            code: moved.net
            for code, method in METHODS.get().items()
            if code != CASH and ((moved := self.of(None, method.account)).came or moved.went)
        }


def sums_of(shift: Shift) -> ShiftSums:
    """Two statements, whatever was sold."""
    lines = JournalLine.objects.filter(entry__shift_id=shift.pk).order_by()
    summed = lines.values_list("entry__event", "account_id").annotate(Sum("debit"), Sum("credit"))
    moves = CashMovement.objects.filter(shift_id=shift.pk, kind__in=WITHIN_THE_STORE).order_by()
    by_kind = dict(moves.values_list("kind").annotate(Sum("amount")))
    return ShiftSums(
        shift.opening_float,
        {
            (event, account): Moved(money(debit), money(credit))
            for event, account, debit, credit in summed
        },
        from_drawer=money(by_kind.get(Kind.FROM_DRAWER, ZERO)),
        to_drawer=money(by_kind.get(Kind.TO_DRAWER, ZERO)),
    )


def counts_of(shift: Shift) -> dict[str, int]:
    """Event → how many entries of it the shift has."""
    entries = JournalEntry.objects.filter(shift_id=shift.pk).order_by()
    return dict(entries.values_list("event").annotate(Count("id")))


@dataclass(frozen=True)
class ShiftReport:
    """An X report while the shift is open, its Z report once it is closed. Amounts in shop
    currency."""

    shift: Shift
    sums: ShiftSums
    counts: Mapping[str, int]
    movements: Sequence[CashMovement]

    @property
    def sales(self) -> int:
        return self.counts.get(Event.SALE, 0)

    @property
    def refunds(self) -> int:
        return self.counts.get(Event.REFUND, 0)

    @property
    def sold(self) -> Decimal:
        """What the sales came to, tax included and discounts taken off."""
        gave = self.sums.of(Event.SALE, chart.SALES, chart.TAX_PAYABLE, chart.DISCOUNTS_GIVEN)
        return -gave.net

    @property
    def tax(self) -> Decimal:
        return -self.sums.of(None, chart.TAX_PAYABLE).net

    @property
    def discounts(self) -> Decimal:
        return self.sums.of(Event.SALE, chart.DISCOUNTS_GIVEN).net

    @property
    def on_credit(self) -> Decimal:
        return self.sums.of(Event.SALE, chart.RECEIVABLES).net

    @property
    def refunded(self) -> Decimal:
        return self.sums.of(Event.REFUND, chart.SALES_RETURNS, chart.TAX_PAYABLE).net

    def by_method(self) -> list[tuple[str, Decimal, Decimal]]:
        """(method, came in, went out) of every method that moved, and of cash; what only went
        between till, drawer and bank is no takings and is left out."""
        rows = []
        for code, method in sorted(
            METHODS.get().items(), key=lambda item: (item[0] != CASH, item[0])
        ):
            own = self.sums.of(None, method.account)
            within = self.sums.of(Event.CASH_MOVEMENT, method.account)
            came, went = own.came - within.came, own.went - within.went
            if came or went or code == CASH:
                rows.append((code, came, went))
        return rows


def report_of(shift: Shift) -> ShiftReport:
    """Four statements, whatever was sold."""
    moves = CashMovement.objects.filter(shift_id=shift.pk).select_related("user")
    return ShiftReport(shift, sums_of(shift), counts_of(shift), list(moves.order_by("id")))


def cash_at_tills(day: date, *, store_id: int) -> Decimal:
    """What the books have at the store's tills at the end of a day, or now for today: in shifts
    that were not closed by then. The rest of its cash lies in the drawer."""
    late = Shift.objects.filter(Q(business_date=None) | Q(business_date__gt=day), store_id=store_id)
    shifts = dict(late.values_list("pk", "opened_on"))
    if not shifts:
        return ZERO
    opened = [pk for pk, opened_on in shifts.items() if opened_on <= day]
    floats = late.filter(pk__in=opened).aggregate(sum=Sum("opening_float"))["sum"]
    lines = JournalLine.objects.filter(
        entry__shift_id__in=shifts, entry__business_date__lte=day, account_id=cash_account()
    ).aggregate(came=Sum("debit"), went=Sum("credit"))
    moves = CashMovement.objects.filter(
        shift_id__in=shifts, business_date__lte=day, kind__in=WITHIN_THE_STORE
    ).aggregate(
        came=Sum("amount", filter=Q(kind=Kind.FROM_DRAWER)),
        went=Sum("amount", filter=Q(kind=Kind.TO_DRAWER)),
    )
    into = [floats, lines["came"], moves["came"]]
    out = [lines["went"], moves["went"]]
    return total(money(each or ZERO) for each in into) - total(money(each or ZERO) for each in out)
