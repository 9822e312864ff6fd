"""What was paid ahead goes back to whoever paid it: to a customer, or from a supplier to us."""

from datetime import datetime

from ledger import dues, payments, posting
from ledger.models import Payment
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Invalid, NotFound
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
        if not book.party_model._default_manager.filter(pk=party_id, archived_at=None).exists():
            raise NotFound(f"{book.party.capitalize()} not found")
        payments.require_method(tender.method, field="method")
    return once(key, lambda: _pay_back(book, party_id, tender, note, PostingContext.of(by, at)))


def _pay_back(
    book: dues.DueBook,
    party_id: int,
    tender: payments.Tender,
    note: str | None,
    context: PostingContext,
) -> Payment:
    dues.lock_party(book, party_id)
    balance = book.advance_balance(party_id)
    if tender.amount > balance:
        text = f"Only {balance} was paid in advance and is unused."
        raise Invalid(text, fields={"amount": [text]}, advance_balance=balance)
    whose = {f"{book.party}_id": party_id}
    back_in = book.direction == Payment.Direction.OUT  # a supplier gives back what we paid
    tender_side, advance_side = ("debit", "credit") if back_in else ("credit", "debit")
    entry_id = posting.post(
        book.event,
        [
            posting.Line(payments.account_of(tender.method), **{tender_side: tender.amount}),  # type: ignore[arg-type]
            posting.Line(book.advance_account, **{advance_side: tender.amount}, **whose),  # type: ignore[arg-type]
        ],
        context=context,
        reference=tender.reference,
    )
    direction = Payment.Direction.IN if back_in else Payment.Direction.OUT
    [payment_id] = payments.record(
        [
            payments.PaymentLine(
                Payment.Type.ADVANCE,
                direction,
                tender,
                party=book.party,
                note=note,
                **whose,  # type: ignore[arg-type]
            )
        ],
        entry_id=entry_id,
        context=context,
    )
    rows = Payment.objects.select_related("customer", "supplier", "user", "reversed_by")
    return rows.get(pk=payment_id)
