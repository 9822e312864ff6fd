"""What an accountant posts by hand: journal entries, opening balances, and their reversal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger import chart, posting, reversals
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry, JournalLine
from ledger.posting import Line
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.money import ZERO, total
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead

BY_HAND = (JournalEntry.Event.MANUAL, JournalEntry.Event.OPENING_BALANCE)

# How the books get the balance of an account that documents alone move.
OPENED_BY = {
    chart.RECEIVABLES: "Enter each open invoice as an opening due, on the page of its customer.",
    chart.PAYABLES: "Enter each open invoice as an opening due, on the page of its supplier.",
    chart.INVENTORY: "Enter opening stock with each product, or adjust its stock up.",
    chart.CUSTOMER_ADVANCES: "Take the amount as a payment of the customer beyond their dues.",
    chart.SUPPLIER_ADVANCES: "Enter the amount as a payment to the supplier beyond their dues.",
}


@dataclass(frozen=True)
class ManualEntry:
    """Lines that balance, each on one side. No date means today."""

    lines: Sequence[Line]
    memo: str | None = None
    reference: str | None = None
    entry_date: date | None = None


def post_manual_entry(
    written: ManualEntry, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> JournalEntry:
    """Post a balanced entry of two lines or more, on accounts that no documents keep.

    Amounts in shop currency. Raises Invalid, naming the lines at fault; nothing is written then.
    """
    with kept_answer_first(key):
        require_not_ahead(written.entry_date, field="entry_date")
        _check_accounts([line.account for line in written.lines], "lines", {})
        debits = total(line.debit for line in written.lines)
        credits = total(line.credit for line in written.lines)
        if debits != credits:
            text = f"Debits of {debits} and credits of {credits} do not balance."
            raise Invalid(text, fields={"lines": [text]})
    return once(
        key,
        lambda: _post(JournalEntry.Event.MANUAL, written, written.lines, _context(written, by, at)),
    )


def open_balances(
    written: ManualEntry, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> JournalEntry:
    """Post what accounts held when the books began, against opening balance equity.

    Raises Invalid for accounts that are opened otherwise (it says how), Conflict for one whose
    opening balance is posted already; nothing is written then.
    """
    with kept_answer_first(key):
        require_not_ahead(written.entry_date, field="entry_date")
        accounts = _check_accounts([line.account for line in written.lines], "balances", OPENED_BY)
        _check_openable(written.lines, accounts)
    return once(key, lambda: _open(written, _context(written, by, at)))


def reverse_manual_entry(
    entry_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> JournalEntry:
    """Post the mirror of an entry made by hand, on the day it is done.

    Raises NotFound; Conflict for an entry of a document, one reversed before, or a reversal.
    """
    return once(key, lambda: _reverse(entry_id, reason, PostingContext.claim(by, at)))


def _context(written: ManualEntry, by: Actor, at: datetime | None) -> PostingContext:
    return PostingContext.claim(by, at, day=written.entry_date)


def _post(
    event: str, written: ManualEntry, lines: Sequence[Line], context: PostingContext
) -> JournalEntry:
    entry_id = posting.post(
        event, lines, context=context, reference=written.reference, memo=written.memo
    )
    assert entry_id is not None, "Lines without amounts."
    return JournalEntry.objects.get(pk=entry_id)


def _open(written: ManualEntry, context: PostingContext) -> JournalEntry:
    # Whoever opens balances waits here, so that no account is opened twice.
    LedgerAccount.objects.select_for_update().get(pk=chart.OPENING_BALANCE_EQUITY)
    opened = JournalLine.objects.filter(
        account__in=[line.account for line in written.lines],
        entry__event=JournalEntry.Event.OPENING_BALANCE,
        entry__reverses=None,
        entry__reversed_by=None,
    ).select_related("account")
    for line in opened.order_by("id")[:1]:
        raise Conflict(
            f"{line.account.name} has its opening balance in entry {line.entry_id}: "
            "reverse that first."
        )
    difference = total(line.debit - line.credit for line in written.lines)
    against = Line(
        chart.OPENING_BALANCE_EQUITY, debit=max(-difference, ZERO), credit=max(difference, ZERO)
    )
    return _post(JournalEntry.Event.OPENING_BALANCE, written, [*written.lines, against], context)


def _reverse(entry_id: int, reason: str, context: PostingContext) -> JournalEntry:
    first = JournalEntry.objects.select_for_update().filter(pk=entry_id).first()
    if first is None:
        raise NotFound("Entry not found")
    if first.event not in BY_HAND:
        text = f"This entry was posted by a {first.get_event_display().lower()}: correct that."
        raise reversals.PartOfDocument(text)
    reversals.require_reversible(first, "entry")
    mirror_id = posting.reverse(first, context=context.in_store(first.store_id), reason=reason)
    return JournalEntry.objects.get(pk=mirror_id)


def _check_accounts(
    codes: Sequence[str], field: str, how: dict[str, str]
) -> dict[str, LedgerAccount]:
    """Raise Invalid, naming each line whose account is unknown, archived or a control account."""
    known = {account.code: account for account in LedgerAccount.objects.filter(pk__in=set(codes))}
    fields = {}
    for position, code in enumerate(codes):
        account = known.get(code)
        if account is None:
            text = "Unknown account."
        elif account.is_control:
            text = f"{account.name} is moved by documents only. {how.get(code, '')}".strip()
        elif account.archived_at is not None:
            text = f"{account.name} is archived."
        else:
            continue
        fields[f"{field}[{position}].account"] = [text]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)
    return known


def _check_openable(lines: Sequence[Line], accounts: dict[str, LedgerAccount]) -> None:
    fields, seen = {}, set()
    for position, line in enumerate(lines):
        account = accounts[line.account]
        if line.account == chart.OPENING_BALANCE_EQUITY:
            text = "Leave this out: it takes what the others differ by."
        elif account.kind in (LedgerAccount.Kind.INCOME, LedgerAccount.Kind.EXPENSE):
            text = "Earlier income and expenses are part of retained earnings."
        elif line.account in seen:
            text = f"{account.name} is named twice."
        else:
            seen.add(line.account)
            continue
        fields[f"balances[{position}].account"] = [text]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)
