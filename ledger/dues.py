"""Paying what is owed, oldest first: one story for customers (money in) and suppliers (out).

The two apps that own the documents describe them by a `DueBook`; this one knows neither.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from ledger import payments, posting
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.payments import Tender
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import set_by_id
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.money import total
from pos_project.core.people import Archivable
from pos_project.core.posting_context import Actor, PostingContext

OPEN, PAID = "open", "paid"
OPENING = "opening"  # the status of a document that was open when the books began


@dataclass(frozen=True)
class Opening:
    """How the documents of a book look that were open when the books began: columns beyond those
    that all documents have."""

    event: str
    document: Callable[[Any, str, PostingContext], dict[str, Any]]  # opening due, name of the party
    numbered: Callable[[str], dict[str, Any]]
    due: Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class DueBook:
    """Customers, or suppliers: where they and their dues are kept, which accounts these move, and
    the words for it."""

    party: str  # "customer" or "supplier"
    party_model: type[Archivable]
    due_model: type[Model]
    document_model: type[Model]
    document: str  # the due's key to its document: "sale" or "purchase"
    oldest_first: str  # the document's date that decides what is oldest; then its id
    direction: str  # of the money that settles a due
    event: str
    opening: Opening
    control_account: str
    advance_account: str
    owed: str  # the wire's name of what is open: "debt" or "payable"
    still_open: str  # what a party with open dues is told, with the amount after it
    paid_ahead: str  # and one with an advance, with the amount for {}
    names_editors: bool = False  # its rows say who entered and who changed them

    @property
    def party_key(self) -> str:
        """The column that names the party, in every table that has it."""
        return f"{self.party}_id"

    @property
    def document_key(self) -> str:
        return f"{self.document}_id"

    @property
    def receives(self) -> bool:
        """Whether they owe us, so that money in settles it; otherwise we owe them."""
        return self.direction == Payment.Direction.IN

    def listed(self) -> "QuerySet[Any]":
        """The parties that have not been archived."""
        return self.party_model._default_manager.filter(archived_at=None)

    def open_dues(self) -> "QuerySet[Any]":
        return self.due_model._default_manager.filter(status=OPEN)


# By party. The apps that own the documents put theirs here when the program starts.
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
    book: DueBook,
    party_id: int,
    tender: Tender,
    *,
    documents: Sequence[int] = (),
    note: str | None = None,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> DuePayment:
    """Pay a party's open dues, oldest first; more than that is an advance. Where `documents` (ids)
    are named, those alone are paid, in this order, and no more than they owe.

    The amount is in shop currency and above zero. Raises NotFound for an unknown party, Invalid
    for an unknown method, when nothing is owed, or for a document of which nothing is open;
    nothing is written then.
    """
    with kept_answer_first(key):
        require_tender(book, party_id, tender)

    def paid() -> DuePayment:
        return _pay(book, party_id, tender, documents, note, PostingContext.claim(by, at))

    return once(key, paid)


def require_tender(book: DueBook, party_id: int, tender: Tender) -> None:
    """Raise NotFound for a party that is not listed, Invalid for a method that is not taken."""
    if not book.listed().filter(pk=party_id).exists():
        raise NotFound(f"{book.party.capitalize()} not found")
    payments.require_method(tender.method, field="method")


def _pay(
    book: DueBook,
    party_id: int,
    tender: Tender,
    documents: Sequence[int],
    note: str | None,
    context: PostingContext,
) -> DuePayment:
    dues = locked(book, party_id)
    if not dues:
        raise Invalid(f"This {book.party} has no open dues.")
    meant = _chosen(book, dues, documents, tender.amount) if documents else dues
    allocations, advance = allocate(tender.amount, meant)
    paid = DuePayment(
        allocations,
        advance,
        remaining_due=total(due.due for due in dues) - (tender.amount - advance),
    )
    settle_shares(book, allocations)
    return replace(paid, commit_probe=_book_money(book, party_id, paid, tender, note, context))


def _chosen(
    book: DueBook, dues: Sequence[OpenDue], documents: Sequence[int], amount: Decimal
) -> list[OpenDue]:
    """The dues of these documents, in this order. What exceeds them was meant for others, or is a
    slip; nobody guesses which."""
    by_document = {due.document_id: due for due in dues}
    wrong = {}
    for position, document_id in enumerate(documents):
        if document_id not in by_document:
            text = f"Nothing is open of {book.document} {document_id} of this {book.party}."
            wrong[f"{book.document}_ids[{position}]"] = [text]
        elif document_id in documents[:position]:
            wrong[f"{book.document}_ids[{position}]"] = ["Named twice."]
    if wrong:
        raise Invalid("These documents cannot be paid.", fields=wrong)
    meant = [by_document[document_id] for document_id in documents]
    owed = total(due.due for due in meant)
    if amount > owed:
        text = f"Only {owed} is open of what is chosen."
        raise Invalid(text, fields={"amount": [text]})
    return meant


def settle_shares(book: DueBook, allocations: Iterable[Allocation]) -> None:
    """Take the shares off the dues and their documents, which `locked` gave; two statements."""
    shares = list(allocations)
    set_by_id(
        book.due_model,
        ("due_amount", "status"),
        {
            share.due.due_id: (share.remaining, OPEN if share.remaining else PAID)
            for share in shares
        },
    )
    set_by_id(
        book.document_model,
        ("paid_amount", "due_amount"),
        {
            share.due.document_id: (share.due.paid + share.amount, share.remaining)
            for share in shares
        },
    )


def reopen(book: DueBook, party_id: int, taken_back: Mapping[int, Decimal]) -> None:
    """Owe again what payments of documents (by id) had settled, when those are taken back.

    Runs inside the use case's transaction; locks documents, the party, dues, in this order.
    Raises Conflict for a party that was removed: nobody could pay again.
    """
    documents = _locked_documents(book, taken_back)
    lock_party(book, party_id)
    dues: Any = book.due_model._default_manager.select_for_update()
    by_document = {
        getattr(due, book.document_key): due
        for due in dues.filter(**{f"{book.document_key}__in": list(taken_back)}).order_by("id")
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


def lock_party(book: DueBook, party_id: int) -> Any:
    """Lock the party's row, to decide on what they paid ahead, or to give them something open.

    Raises Conflict for one who was removed meanwhile.
    """
    party = book.party_model._default_manager.select_for_update().get(pk=party_id)
    if party.archived_at is not None:
        raise Conflict(f"The {book.party} was removed; nothing can be opened for them again.")
    return party


def _locked_documents(book: DueBook, ids: Iterable[int]) -> dict[int, Any]:
    documents: Any = book.document_model._default_manager.select_for_update()
    return {row.pk: row for row in documents.filter(pk__in=list(ids)).order_by("id")}


def locked(book: DueBook, party_id: int) -> list[OpenDue]:
    """The open dues, oldest first. Documents are locked by id, then their dues by id, then read:
    the order in which a refund locks them too."""
    open_dues = book.open_dues().filter(**{book.party_key: party_id})
    ids = list(open_dues.values_list(book.document_key, flat=True))
    by_id = _locked_documents(book, ids)
    known = open_dues.filter(**{f"{book.document_key}__in": ids})
    found = [
        (by_id[getattr(due, book.document_key)], due)
        for due in known.select_for_update().order_by("id")
    ]
    found.sort(key=lambda pair: (getattr(pair[0], book.oldest_first), pair[0].pk))
    return [
        OpenDue(due.pk, document.pk, document.invoice_no, due.due_amount, document.paid_amount)
        for document, due in found
    ]


def _book_money(
    book: DueBook,
    party_id: int,
    paid: DuePayment,
    tender: Tender,
    note: str | None,
    context: PostingContext,
) -> JournalEntry:
    whose: dict[str, Any] = {book.party_key: party_id}
    entry_id = post_payment(
        book,
        party_id,
        tender,
        {book.control_account: paid.applied, book.advance_account: paid.advance},
        direction=book.direction,
        context=context,
    )
    rows = [
        payments.PaymentLine(
            Payment.Type.DUE_PAYMENT,
            book.direction,
            Tender(tender.method, share.amount),
            party=book.party,
            reference=share.due.invoice,
            note=note,
            **{**whose, book.document_key: share.due.document_id},
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
                **whose,
            )
        )
    payments.record(rows, entry_id=entry_id, context=context, paid_by=tender)
    return JournalEntry(pk=entry_id, status=JournalEntry.Status.POSTED, created_at=context.at)


def post_payment(
    book: DueBook,
    party_id: int,
    tender: Tender,
    parts: Mapping[str, Decimal],
    *,
    direction: str,
    context: PostingContext,
) -> int | None:
    """Post money that changed hands with a party, against `parts`: their account → how much of it.

    Returns the entry's id. Runs inside the use case's transaction.
    """
    money_in = direction == Payment.Direction.IN
    tender_side, party_side = ("debit", "credit") if money_in else ("credit", "debit")
    ours: dict[str, Any] = {tender_side: tender.amount}
    lines = [posting.Line(payments.account_of(tender.method), **ours)]
    for account, amount in parts.items():
        theirs: dict[str, Any] = {party_side: amount, book.party_key: party_id}
        lines.append(posting.Line(account, **theirs))
    return posting.post(book.event, lines, context=context, reference=tender.reference)
