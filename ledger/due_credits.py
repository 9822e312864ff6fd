"""What is settled without money: bad debts and payables written off, discounts and credit notes.

No goods move and nothing is paid; a due shrinks against an account that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from accounts.stores import STORES
from ledger import chart, dues, parties, posting, reversals
from ledger.dues import Allocation, DueBook
from ledger.journal_models import JournalEntry
from ledger.models import DueCredit
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import insert_rows
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.money import MAX_AMOUNT, ZERO, money, total
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead

Kind = DueCredit.Kind
# By party: why a due may shrink → the account that says so.
ACCOUNTS = {
    "customer": {
        Kind.BAD_DEBT: chart.BAD_DEBTS,
        Kind.ALLOWANCE: chart.DISCOUNTS_ALLOWED,
        Kind.OPENING: chart.OPENING_BALANCE_EQUITY,
    },
    "supplier": {
        Kind.WRITE_OFF: chart.OTHER_INCOME,
        Kind.ALLOWANCE: chart.DISCOUNTS_RECEIVED,
        Kind.OPENING: chart.OPENING_BALANCE_EQUITY,
    },
}
FIELDS = (
    *("store_id", "entry_id", "kind", "amount", "tax", "customer_id", "supplier_id"),
    *("sale_id", "purchase_id", "reason", "reverses_id", "user_id", "business_date", "created_at"),
)


@dataclass(frozen=True)
class Credit:
    """So much of what is open with a party is settled without money, the oldest due first, or of
    the document that is named.

    `tax` is the part of it that the state gives back, or of a supplier's credit note is input tax
    that it does not. Untold, a bad debt goes by the shop's setting and everything else has none.
    """

    party_id: int
    kind: str
    amount: Decimal
    reason: str
    tax: Decimal | None = None
    document_id: int | None = None
    entry_date: date | None = None


def credit_dues(
    book: DueBook,
    credit: Credit,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> list[DueCredit]:
    """Settle dues against the account of the kind; returns a row for each document.

    Amounts in shop currency. Raises Invalid, naming the field, also for more than is open; nothing
    is written then.
    """
    with kept_answer_first(key):
        require_not_ahead(credit.entry_date, field="entry_date")
        parties.name_of(book, credit.party_id)
        _check(book, credit)
    return once(
        key, lambda: _credit(book, credit, PostingContext.claim(by, at, day=credit.entry_date))
    )


def reverse_credit(
    credit_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> list[DueCredit]:
    """Take back a credit with all that its entry settled: it is owed again. Returns the opposites.

    Raises NotFound; Conflict for one that was reversed before or is a reversal, or where the party
    was removed.
    """
    return once(key, lambda: _reverse(credit_id, reason, PostingContext.claim(by, at)))


def _check(book: DueBook, credit: Credit) -> None:
    if credit.kind not in ACCOUNTS[book.party]:
        _refuse("kind", f"One of: {', '.join(map(str, ACCOUNTS[book.party]))}.")
    if not 0 < credit.amount <= MAX_AMOUNT:
        _refuse("amount", f"Above 0 and at most {MAX_AMOUNT}.")
    most = credit.amount if credit.kind in (Kind.BAD_DEBT, Kind.ALLOWANCE) else ZERO
    if not 0 <= (credit.tax or ZERO) <= most:
        _refuse("tax", "Of a bad debt, a discount or a credit note, and at most its amount.")


def _credit(book: DueBook, credit: Credit, context: PostingContext) -> list[DueCredit]:
    open_dues = [
        due
        for due in dues.locked(book, credit.party_id)
        if credit.document_id in (None, due.document_id)
    ]
    shares, over = dues.allocate(credit.amount, open_dues)
    if over:
        _refuse("amount", f"Only {total(due.due for due in open_dues)} is open.")
    taxes = _taxes(book, credit, shares, context)
    tax = total(taxes)
    dues.settle_shares(book, shares)
    theirs: dict[str, Any] = {book.party_key: credit.party_id}
    theirs["credit" if book.receives else "debit"] = credit.amount
    side = "debit" if book.receives else "credit"
    why: dict[str, Any] = {side: credit.amount - tax}
    of_state: dict[str, Any] = {side: tax}
    entry_id = posting.post(
        JournalEntry.Event.DUE_CREDIT,
        [
            posting.Line(ACCOUNTS[book.party][Kind(credit.kind)], **why),
            posting.Line(chart.TAX_PAYABLE if book.receives else chart.INPUT_TAX, **of_state),
            posting.Line(book.control_account, **theirs),
        ],
        context=context,
        memo=credit.reason,
    )
    return _written(
        [
            {
                "kind": credit.kind,
                "amount": share.amount,
                "tax": tax,
                book.party_key: credit.party_id,
                book.document_key: share.due.document_id,
                "reason": credit.reason,
            }
            for share, tax in zip(shares, taxes, strict=True)
        ],
        entry_id,
        context,
    )


def _taxes(
    book: DueBook, credit: Credit, shares: Sequence[Allocation], context: PostingContext
) -> list[Decimal]:
    """The tax in each share. What was told stands with the first of the documents."""
    by_itself = (
        credit.tax is None
        and (book.party, credit.kind) == ("customer", Kind.BAD_DEBT)
        and STORES.get()[context.store_id].bad_debt_tax_comes_back
    )
    if not by_itself:
        return [credit.tax or ZERO, *[ZERO] * (len(shares) - 1)]
    ids = [share.due.document_id for share in shares]
    sales = book.document_model._default_manager.filter(pk__in=ids)
    known = {pk: (tax, whole) for pk, tax, whole in sales.values_list("pk", "tax", "total_amount")}
    return [tax_within(known[share.due.document_id], share) for share in shares]


def tax_within(of_sale: tuple[Decimal, Decimal], share: Allocation) -> Decimal:
    """The tax in a share of what is open of a sale, whose tax and total are given: what is in all
    that is open, less what is in the rest. So several write-offs together never give back a cent
    too much. Pure."""
    tax, whole = of_sale
    return money(tax * share.due.due / whole) - money(tax * share.remaining / whole)


def _reverse(credit_id: int, reason: str, context: PostingContext) -> list[DueCredit]:
    named = DueCredit.objects.filter(pk=credit_id).first()
    if named is None:
        raise NotFound("Credit not found")
    entry = JournalEntry.objects.select_for_update().get(pk=named.entry_id)
    reversals.require_reversible(named, "credit")
    together = list(DueCredit.objects.filter(entry=entry).order_by("id"))
    book = dues.BOOKS["customer" if named.customer_id else "supplier"]
    dues.reopen(
        book,
        getattr(named, book.party_key),
        {getattr(row, book.document_key): row.amount for row in together},
    )
    context = context.in_store(entry.store_id)
    entry_id = posting.reverse(entry, context=context, reason=reason)
    opposites = [
        {
            **{name: getattr(row, name) for name in FIELDS},
            "amount": -row.amount,
            "tax": -row.tax,
            "reason": reason,
            "reverses_id": row.pk,
        }
        for row in together
    ]
    return _written(opposites, entry_id, context)


def _written(
    rows: Sequence[dict[str, Any]], entry_id: int | None, context: PostingContext
) -> list[DueCredit]:
    said = {
        "store_id": context.store_id,
        "entry_id": entry_id,
        "user_id": context.user_id,
        "business_date": context.business_date,
        "created_at": context.at,
    }
    ids = insert_rows(
        DueCredit, FIELDS, [[{**row, **said}.get(name) for name in FIELDS] for row in rows]
    )
    return list(DueCredit.objects.filter(pk__in=list(ids)).order_by("id"))


def _refuse(field: str, text: str) -> NoReturn:
    raise Invalid(f"{field}: {text}", fields={field: [text]})
