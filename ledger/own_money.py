"""Money that moves between the shop's own accounts, or between the shop and its owner.

Nobody is paid for goods and nothing is spent, so these are neither payments nor expenses. One use
case serves them all; a kind says which accounts are meant where none are named.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from ledger import chart
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.manual_entries import ManualEntry, post_manual_entry
from ledger.posting import Line
from pos_project.core.db.idempotency import RequestKey, kept_answer_first
from pos_project.core.errors import Invalid
from pos_project.core.money import MAX_AMOUNT, ZERO
from pos_project.core.posting_context import Actor

ASSET, LIABILITY, EQUITY = (
    LedgerAccount.Kind.ASSET,
    LedgerAccount.Kind.LIABILITY,
    LedgerAccount.Kind.EQUITY,
)


@dataclass(frozen=True)
class MoveKind:
    """What people call it, and between accounts of which types; the first names stand in."""

    title: str
    from_account: str
    to_account: str
    from_type: str = ASSET
    to_type: str = ASSET
    takes_fee: bool = False


KINDS = {
    "deposit": MoveKind("Cash taken to the bank", chart.CASH, "BANK"),
    "withdrawal": MoveKind("Cash fetched from the bank", "BANK", chart.CASH),
    "arrival": MoveKind(
        "Card terminal or wallet paid out to the bank", "CARD", "BANK", takes_fee=True
    ),
    "drawing": MoveKind("Drawn by the owner", chart.CASH, "DRAWINGS", to_type=EQUITY),
    "contribution": MoveKind("Put in by the owner", "OWNERS_CAPITAL", chart.CASH, from_type=EQUITY),
    "equipment": MoveKind("Equipment bought", "BANK", "FIXED_ASSETS"),
    "tax_payment": MoveKind("Tax paid over", "BANK", chart.TAX_PAYABLE, to_type=LIABILITY),
    "tax_offset": MoveKind(
        "Input tax set off against tax payable",
        chart.INPUT_TAX,
        chart.TAX_PAYABLE,
        to_type=LIABILITY,
    ),
    "loan": MoveKind("Loan received", "LOANS", "BANK", from_type=LIABILITY),
    "loan_repayment": MoveKind("Loan repaid", "BANK", "LOANS", to_type=LIABILITY),
}

CHOICES = [(each, kind.title) for each, kind in KINDS.items()]


@dataclass(frozen=True)
class MoneyMoved:
    """So much left one account; `fee` of it was kept on the way. No date means today."""

    kind: str
    amount: Decimal
    fee: Decimal = ZERO
    from_account: str | None = None
    to_account: str | None = None
    note: str | None = None
    reference: str | None = None
    entry_date: date | None = None


def move_money(
    moved: MoneyMoved, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> JournalEntry:
    """Post the entry: what arrived and the fee, against the account that the money left.

    Amounts in shop currency. Raises Invalid, naming the field; nothing is written then. A wrong one
    is reversed like every entry by hand.
    """
    with kept_answer_first(key):
        kind = _kind_of(moved)
        source = _account(moved.from_account or kind.from_account, kind.from_type, "from_account")
        target = _account(moved.to_account or kind.to_account, kind.to_type, "to_account")
        if source == target:
            _refuse("to_account", "The money must go to another account.")
    lines = [
        Line(target, debit=moved.amount - moved.fee),
        Line(chart.CARD_FEES, debit=moved.fee),
        Line(source, credit=moved.amount),
    ]
    memo = f"{kind.title}: {moved.note}" if moved.note else kind.title
    return post_manual_entry(
        ManualEntry(
            [line for line in lines if line.debit or line.credit],
            memo,
            moved.reference,
            moved.entry_date,
        ),
        by=by,
        at=at,
        key=key,
    )


def _kind_of(moved: MoneyMoved) -> MoveKind:
    kind = KINDS.get(moved.kind)
    if kind is None:
        _refuse("kind", f"One of: {', '.join(KINDS)}.")
    if not 0 < moved.amount <= MAX_AMOUNT:
        _refuse("amount", f"Above 0 and at most {MAX_AMOUNT}.")
    if moved.fee and not kind.takes_fee:
        _refuse("fee", "Only what a card terminal or wallet pays out has a fee.")
    if not 0 <= moved.fee <= moved.amount:
        _refuse("fee", f"From 0 to {moved.amount}.")
    return kind


def _account(code: str, type_: str, field: str) -> str:
    """The account, if it is one of that type that documents do not keep."""
    code = code.upper()
    account = LedgerAccount.objects.listed().filter(pk=code).first()
    if account is None:
        _refuse(field, "Unknown account.")
    if account.is_control:
        _refuse(field, f"{account.name} is moved by documents only.")
    if account.kind != type_:
        _refuse(field, f"{account.name} is no {type_} account.")
    return code


def _refuse(field: str, text: str) -> NoReturn:
    raise Invalid(f"{field}: {text}", fields={field: [text]})
