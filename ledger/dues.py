"""Paying what is owed, oldest first: one story for customers (money in) and suppliers (out).

The two rooms that own the documents describe them by a `DueBook`; this room knows neither.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import models

from ledger import payments, posting
from ledger.models import JournalEntry, Payment
from ledger.payments import Tender
from pos_project.core.db.rows import set_by_id
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.money import total
from pos_project.core.people import Archivable
from pos_project.core.posting_context import PostingContext

OPEN, PAID = "open", "paid"


@dataclass(frozen=True)
class DueBook:
    """Where one side keeps its dues, and which accounts they move."""

    party: str  # "customer" or "supplier"
    party_model: type[Archivable]
    due_model: type[models.Model]
    document_model: type[models.Model]
    document: str  # the due's key to its document: "sale" or "purchase"
    oldest_first: str  # the document's date that decides what is oldest; then its id
    direction: str
    event: str
    control_account: str
    advance_account: str
    advance_balance: Callable[[int], Decimal]  # what the party's id has paid, or got, ahead


# By party. The rooms that own the documents put theirs here when the program starts.
BOOKS: dict[str, DueBook] = {}


@dataclass(frozen=True)
class OpenDue:
    """A due as read under its lock: what is open of one document, and paid so far."""

    due_id: int
    document_id: int
    invoice: str
    due: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Allocation:
    """How much of a payment one document gets."""

    due: OpenDue
    amount: Decimal

    @property
    def remaining(self) -> Decimal:
        return self.due.due - self.amount


@dataclass(frozen=True)
class DuePayment:
    """What a payment did: per document, what became an advance, and what is still owed."""

    allocations: list[Allocation]
    advance: Decimal
    remaining_due: Decimal
    commit_probe: JournalEntry | None = None  # the row that tells whether all of it was saved

    @property
    def applied(self) -> Decimal:
        return total(allocation.amount for allocation in self.allocations)


def allocate(amount: Decimal, dues: Iterable[OpenDue]) -> tuple[list[Allocation], Decimal]:
    """Share `amount` among dues in their order; also what is left over. Pure."""
    allocations, left = [], amount
    for due in dues:
        share = min(due.due, left)
        if share > 0:
            allocations.append(Allocation(due, share))
            left -= share
    return allocations, left


def pay(
    book: DueBook, party_id: int, tender: Tender, *, note: str | None, context: PostingContext
) -> DuePayment:
    """Apply a payment to the party's open dues, oldest first; the excess is an advance.

    Runs inside the use case's transaction. Raises Invalid when nothing is owed.
    """
    dues = _locked(book, party_id)
    if not dues:
        raise Invalid(f"This {book.party} has no open dues.")
    allocations, advance = allocate(tender.amount, dues)
    paid = DuePayment(
        allocations,
        advance,
        remaining_due=total(due.due for due in dues) - (tender.amount - advance),
    )
    set_by_id(
        book.due_model,
        ("due_amount", "status"),
        {
            share.due.due_id: (share.remaining, OPEN if share.remaining else PAID)
            for share in allocations
        },
    )
    set_by_id(
        book.document_model,
        ("paid_amount", "due_amount"),
        {
            share.due.document_id: (share.due.paid + share.amount, share.remaining)
            for share in allocations
        },
    )
    return replace(paid, commit_probe=_book_money(book, party_id, paid, tender, note, context))


def reopen(book: DueBook, party_id: int, taken_back: Mapping[int, Decimal]) -> None:
    """Owe again what payments of documents (by id) had settled, when those are taken back.

    Runs inside the use case's transaction; locks documents, the party, dues, in this order.
    Raises Conflict for a party that was removed: nobody could pay again.
    """
    documents = _locked_documents(book, taken_back)
    lock_party(book, party_id)
    document_key = f"{book.document}_id"
    dues: Any = book.due_model._default_manager.select_for_update()
    by_document = {
        getattr(due, document_key): due
        for due in dues.filter(**{f"{document_key}__in": list(taken_back)}).order_by("id")
    }
    if not taken_back:
        return
    set_by_id(
        book.due_model,
        ("due_amount", "status"),
        {
            by_document[document_id].pk: (by_document[document_id].due_amount + amount, OPEN)
            for document_id, amount in taken_back.items()
        },
    )
    set_by_id(
        book.document_model,
        ("paid_amount", "due_amount"),
        {
            document_id: (
                documents[document_id].paid_amount - amount,
                documents[document_id].due_amount + amount,
            )
            for document_id, amount in taken_back.items()
        },
    )


def lock_party(book: DueBook, party_id: int) -> None:
    """Lock the party's row, to decide on what they paid ahead, or to give them something open.

    Raises Conflict for one who was removed meanwhile.
    """
    party = book.party_model._default_manager.select_for_update().get(pk=party_id)
    if party.archived_at is not None:
        raise Conflict(f"The {book.party} was removed; nothing can be opened for them again.")


def _locked_documents(book: DueBook, ids: Iterable[int]) -> dict[int, Any]:
    documents: Any = book.document_model._default_manager.select_for_update()
    return {row.pk: row for row in documents.filter(pk__in=list(ids)).order_by("id")}


def _locked(book: DueBook, party_id: int) -> list[OpenDue]:
    """The open dues, oldest first. Documents are locked by id, then their dues by id, then read:
    the order in which a refund locks them too."""
    open_dues: Any = book.due_model._default_manager.filter(
        **{f"{book.party}_id": party_id, "status": OPEN}
    )
    document_key = f"{book.document}_id"
    ids = list(open_dues.values_list(document_key, flat=True))
    by_id = _locked_documents(book, ids)
    locked = [
        (by_id[getattr(due, document_key)], due)
        for due in open_dues.filter(**{f"{document_key}__in": ids})
        .select_for_update()
        .order_by("id")
    ]
    locked.sort(key=lambda pair: (getattr(pair[0], book.oldest_first), pair[0].pk))
    return [
        OpenDue(due.pk, document.pk, document.invoice_no, due.due_amount, document.paid_amount)
        for document, due in locked
    ]


def _book_money(
    book: DueBook,
    party_id: int,
    paid: DuePayment,
    tender: Tender,
    note: str | None,
    context: PostingContext,
) -> JournalEntry:
    money_in = book.direction == Payment.Direction.IN
    whose = {f"{book.party}_id": party_id}

    def line(account: str, amount: Decimal, *, debit: bool, **party: int) -> posting.Line:
        side = {"debit": amount} if debit else {"credit": amount}
        return posting.Line(account, **side, **party)  # type: ignore[arg-type]

    entry_id = posting.post(
        book.event,
        [
            line(payments.account_of(tender.method), tender.amount, debit=money_in),
            line(book.control_account, paid.applied, debit=not money_in, **whose),
            line(book.advance_account, paid.advance, debit=not money_in, **whose),
        ],
        context=context,
        reference=tender.reference,
    )
    rows = [
        payments.PaymentLine(
            Payment.Type.DUE_PAYMENT,
            book.direction,
            Tender(tender.method, share.amount),
            party=book.party,
            reference=share.due.invoice,
            note=note,
            **{**whose, f"{book.document}_id": share.due.document_id},  # type: ignore[arg-type]
        )
        for share in paid.allocations
    ]
    if paid.advance:
        advance = Tender(tender.method, paid.advance, tender.reference)
        rows.append(
            payments.PaymentLine(
                Payment.Type.ADVANCE,
                book.direction,
                advance,
                party=book.party,
                note=note,
                **whose,  # type: ignore[arg-type]
            )
        )
    payments.record(rows, entry_id=entry_id, context=context)
    return JournalEntry(pk=entry_id, status=JournalEntry.Status.POSTED, created_at=context.at)
