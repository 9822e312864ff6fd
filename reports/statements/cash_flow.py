"""Where the shop's money came from and went: the change of its money accounts, by what caused it.

The direct way (IAS 7.18a), from the entries themselves. What documents moved is told by their kind.
An entry by hand, or of what a till brings away, is told by the accounts on its other side; one that
moves money between the shop's own money accounts changes nothing.

Money accounts are those of the payment methods, Cash, Bank, and every asset account whose number
begins with 10. What a terminal or wallet has not paid out yet is money, as in the balance sheet.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from ledger import chart, statements
from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.journal_models import JournalEntry, JournalLine
from ledger.journal_sums import Moved, by_account, lines_between
from ledger.statements import Account, Accounts
from pos_project.core.money import ZERO, money, total
from pos_project.core.period import ONE_DAY, Period
from reports.statements.account_movements import BEGINNING, entered_by, moved

Event, Kind = JournalEntry.Event, LedgerAccount.Kind
MONEY_NUMBERS = "10"
TAXES = frozenset({chart.TAX_PAYABLE, chart.INPUT_TAX, "TAX_PAID"})
# Told by their other side: what accountants write, and what tills bring away and fetch.
BY_ACCOUNT = (Event.MANUAL, Event.OPENING_BALANCE, Event.CASH_MOVEMENT)
# What documents moved: its name, what people call it, their events.
BY_DOCUMENTS = (
    ("customers", "Received from customers", (Event.SALE, Event.REFUND, Event.CUSTOMER_PAYMENT)),
    ("suppliers", "Paid to suppliers", (Event.PURCHASE, Event.SUPPLIER_PAYMENT)),
    ("expenses", "Paid for expenses", (Event.EXPENSE,)),
    ("cash_counts", "Cash over and short", (Event.CASH_COUNT, Event.SHIFT)),
)


@dataclass(frozen=True)
class Flow:
    """Money that came (+) or went (−); `account` is the other side of an entry by hand."""

    name: str
    title: str
    amount: Decimal
    account: Account | None = None


@dataclass(frozen=True)
class Flows:
    lines: list[Flow]

    @property
    def total(self) -> Decimal:
        return total(line.amount for line in self.lines)

    def of(self, name: str) -> Decimal:
        """What the line of that name comes to; nothing if it is not among them."""
        return total(line.amount for line in self.lines if line.name == name)


@dataclass(frozen=True)
class CashFlow:
    """`opening` and `closing` are where all money accounts stood together."""

    operating: Flows
    investing: Flows
    financing: Flows
    opening: Decimal
    closing: Decimal

    @property
    def change(self) -> Decimal:
        return total(each.total for each in (self.operating, self.investing, self.financing))

    @property
    def balanced(self) -> bool:
        return self.opening + self.change == self.closing


def cash_flow(
    period: Period, *, store_id: int | None = None, known_on: date | None = None
) -> CashFlow:
    known = statements.accounts()
    accounts = _money_accounts(known)
    rows = moved(period, store_id=store_id, known_on=known_on)
    before = by_account(
        moved(Period(BEGINNING, period.first - ONE_DAY), store_id=store_id, known_on=known_on)
    )
    opening = total(sums.net for code, sums in before.items() if code in accounts)
    by_hand = _by_hand(known, accounts, period, store_id, known_on)
    return CashFlow(
        operating=Flows([*_by_documents(rows, accounts), *_of(by_hand, _operates)]),
        investing=Flows(_of(by_hand, _invests)),
        financing=Flows(_of(by_hand, _finances)),
        opening=opening,
        closing=opening + total(row.debit - row.credit for row in rows if row.account in accounts),
    )


def _money_accounts(known: Accounts) -> frozenset[str]:
    tenders = set(PaymentMethod.objects.values_list("account_id", flat=True))
    named = {chart.CASH, "BANK"}
    return frozenset(
        code
        for code, account in known.items()
        if code in tenders | named
        or (account.kind == Kind.ASSET and account.number.startswith(MONEY_NUMBERS))
    )


def _by_documents(rows: Iterable[Moved], accounts: frozenset[str]) -> list[Flow]:
    by_event: dict[str, Decimal] = {}
    for row in rows:
        if row.account in accounts:
            by_event[row.event] = by_event.get(row.event, ZERO) + row.debit - row.credit
    flows = [
        Flow(name, title, total(by_event.get(event, ZERO) for event in events))
        for name, title, events in BY_DOCUMENTS
    ]
    named = {event for _, _, events in BY_DOCUMENTS for event in events}
    others = total(by_event[event] for event in by_event.keys() - named - set(map(str, BY_ACCOUNT)))
    return [flow for flow in (*flows, Flow("other", "Other documents", others)) if flow.amount]


def _by_hand(
    known: Accounts,
    accounts: frozenset[str],
    period: Period,
    store_id: int | None,
    known_on: date | None,
) -> list[tuple[Account, Decimal]]:
    """The other sides of entries by hand that move money, by account."""
    with_money = JournalLine.objects.filter(entry=OuterRef("entry"), account__in=accounts)
    lines = lines_between(period.first, period.last, store_id=store_id).filter(
        Exists(with_money), entry__event__in=BY_ACCOUNT
    )
    lines = entered_by(lines, known_on).exclude(account__in=accounts).order_by()
    sums = {
        code: money(credit) - money(debit)
        for code, debit, credit in lines.values_list("account_id").annotate(
            Sum("debit"), Sum("credit")
        )
    }
    return [(account, sums[code]) for code, account in known.items() if sums.get(code)]


def _of(
    by_hand: Iterable[tuple[Account, Decimal]], belongs: Callable[[Account], bool]
) -> list[Flow]:
    return [
        Flow(account.code, account.name, amount, account)
        for account, amount in by_hand
        if belongs(account)
    ]


def _operates(account: Account) -> bool:
    return account.kind in (Kind.INCOME, Kind.EXPENSE) or account.code in TAXES


def _invests(account: Account) -> bool:
    return account.kind == Kind.ASSET and account.code not in TAXES


def _finances(account: Account) -> bool:
    return account.kind in (Kind.LIABILITY, Kind.EQUITY) and account.code not in TAXES
