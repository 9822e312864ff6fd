"""What was paid ahead goes back to whoever paid it: to a customer, or from a supplier to us."""

from datetime import datetime
from typing import Any

from ledger import advances, dues, payments
from ledger.models import Payment
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Invalid
from pos_project.core.posting_context import Actor, PostingContext


def pay_back_advance(
    book: dues.DueBook,
    party_id: int,
    tender: payments.Tender,
    *,
    note: str | None = None,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Payment:
    """Pay back (part of) what a party has paid ahead: a payment of type advance the other way.

    The amount is in shop currency and above zero. Raises NotFound for an unknown party, Invalid
    for an unknown method or for more than is unused; nothing is written then.
    """
    with kept_answer_first(key):
        dues.require_tender(book, party_id, tender)
    return once(key, lambda: _pay_back(book, party_id, tender, note, PostingContext.claim(by, at)))


def _pay_back(
    book: dues.DueBook,
    party_id: int,
    tender: payments.Tender,
    note: str | None,
    context: PostingContext,
) -> Payment:
    dues.lock_party(book, party_id)
    balance = advances.balance(book, party_id)
    if tender.amount > balance:
        text = f"Only {balance} was paid in advance and is unused."
        raise Invalid(text, fields={"amount": [text]}, advance_balance=balance)
    # The other way: a supplier gives back what we paid.
    direction = Payment.Direction.OUT if book.receives else Payment.Direction.IN
    entry_id = dues.post_payment(
        book,
        party_id,
        tender,
        {book.advance_account: tender.amount},
        direction=direction,
        context=context,
    )
    whose: dict[str, Any] = {book.party_key: party_id}
    paid_back = payments.PaymentLine(
        Payment.Type.ADVANCE, direction, tender, party=book.party, note=note, **whose
    )
    [payment_id] = payments.record([paid_back], entry_id=entry_id, context=context)
    rows = Payment.objects.select_related("customer", "supplier", "user", "reversed_by")
    return rows.get(pk=payment_id)
