"""What customers and suppliers owed each other and the shop when the books began, paper by paper.

An opening due is no sale and no purchase: no goods move and no income arises. It stands against
opening balance equity, is paid like every other due, and its age counts from the date on its paper.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from ledger import chart, dues, parties, posting
from ledger.dues import DueBook
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.rows import insert, insert_rows, set_drafts
from pos_project.core.db.transactions import names_what_is_gone
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.money import MAX_AMOUNT
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead


@dataclass(frozen=True)
class OpeningDue:
    """A paper that was open when the books began. Amounts in shop currency.

    `reference` is its number, which no other document may have; `dated` the date on it, from which
    its age counts; `entry_date` the day on which the books take it over, by default today.
    """

    party_id: int
    amount: Decimal
    reference: str | None = None
    dated: date | None = None
    note: str | None = None
    entry_date: date | None = None


def open_due(
    book: DueBook,
    opening: OpeningDue,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Any:
    """Enter what a party owed, or was owed; returns the document, on which it is paid later.

    Raises Invalid (unknown party, no amount, a date ahead), Conflict for a number that is taken or
    a party that was removed; nothing is written then.
    """
    with kept_answer_first(key):
        require_openable(book, opening)
    return once(
        key,
        lambda: enter_opening_due(
            book, opening, PostingContext.claim(by, at, day=opening.entry_date)
        ),
    )


def require_openable(book: DueBook, opening: OpeningDue) -> None:
    """Raise Invalid, naming the field, for what cannot be entered. Asked before any lock."""
    require_not_ahead(opening.entry_date, field="entry_date")
    require_not_ahead(opening.dated, field="dated")
    if not 0 < opening.amount <= MAX_AMOUNT:
        text = f"Above 0 and at most {MAX_AMOUNT}."
        raise Invalid(f"amount: {text}", fields={"amount": [text]})
    parties.name_of(book, opening.party_id)


def enter_opening_due(book: DueBook, opening: OpeningDue, context: PostingContext) -> Any:
    """Write one opening due inside the caller's transaction; an import calls this row by row.

    The caller has asked `require_openable`. Six statements. Raises Conflict, as `open_due` does.
    """
    party = dues.lock_party(book, opening.party_id)
    document = _insert(book, opening, party.name, context)
    number = opening.reference or f"OPEN-{document.pk:06}"
    due = book.opening.due(document)
    insert_rows(
        book.due_model,
        [book.document_key, book.party_key, "user_id", "due_amount", "status", *due],
        [
            (
                document.pk,
                opening.party_id,
                context.user_id,
                opening.amount,
                dues.OPEN,
                *due.values(),
            )
        ],
    )
    theirs: dict[str, Any] = {book.party_key: opening.party_id}
    ours: dict[str, Any] = {}
    theirs["debit" if book.receives else "credit"] = opening.amount
    ours["credit" if book.receives else "debit"] = opening.amount
    posting.post(
        book.opening.event,
        [
            posting.Line(book.control_account, **theirs),
            posting.Line(chart.OPENING_BALANCE_EQUITY, **ours),
        ],
        context=context,
        document_id=document.pk,
        reference=number,
        memo=opening.note,
    )
    changes = {"status": dues.OPENING, **book.opening.numbered(number)}
    set_drafts(book.document_model, [document.pk], **changes)
    for column, value in changes.items():
        setattr(document, column, value)
    return document


def _insert(book: DueBook, opening: OpeningDue, name: str, context: PostingContext) -> Any:
    """The document as a draft, its number claimed."""
    document: Any = book.document_model(
        store_id=context.store_id,
        user_id=context.user_id,
        status="draft",
        total_amount=opening.amount,
        paid_amount=0,
        due_amount=opening.amount,
        advance_used=0,
        note=opening.note,
        business_date=context.business_date,
        created_at=context.at,
        **{book.party_key: opening.party_id},
        **book.opening.document(opening, name, context),
    )
    if opening.reference:
        for column, value in book.opening.numbered(opening.reference).items():
            setattr(document, column, value)
    try:
        insert(document)
    except IntegrityError as error:
        if opening.reference is None or names_what_is_gone(error):
            raise
        text = "This number is already entered."
        raise Conflict(text, fields={"reference": [text]}) from error
    return document
