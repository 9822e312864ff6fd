"""Taking back a payment of dues, or of an advance: what it settled is owed again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from ledger import advances, dues, payments, posting, reversals, transaction_ids
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.money import ZERO
from pos_project.core.posting_context import Actor, PostingContext


def reverse_payment(
    payment_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> list[Payment]:
    """Take back a payment with all that changed hands together with it: the rows of its entry.

    Each row gets its opposite, the entry its mirror, and the documents are due again. Returns the
    opposite rows. Raises NotFound; Conflict for a payment that is part of a sale, purchase or
    refund, was reversed before, or was paid ahead and is used by now; nothing is written then.
    """
    return once(key, lambda: _reverse(payment_id, reason, PostingContext.claim(by, at)))


def _reverse(payment_id: int, reason: str, context: PostingContext) -> list[Payment]:
    named = Payment.objects.filter(pk=payment_id).first()
    if named is None:
        raise NotFound("Payment not found")
    _require_no_document(named)
    entry = JournalEntry.objects.select_for_update().get(pk=named.entry_id)
    reversals.require_reversible(named, "payment")
    together = list(Payment.objects.filter(entry=entry).order_by("id"))
    book = dues.BOOKS[named.payment_party]
    party_id = getattr(named, book.party_key)
    dues.reopen(book, party_id, _settled(book, together))
    _require_unused(book, party_id, together)
    context = context.in_store(entry.store_id)
    transaction_ids.free(entry.pk)
    entry_id = posting.reverse(entry, context=context, reason=reason)
    ids = payments.record(
        [payments.opposite(payment, reason=reason) for payment in together],
        entry_id=entry_id,
        context=context,
    )
    rows = Payment.objects.select_related("customer", "supplier", "user", "reversed_by")
    return list(rows.filter(pk__in=ids).order_by("id"))


def _require_no_document(payment: Payment) -> None:
    if payment.payment_type in (Payment.Type.DUE_PAYMENT, Payment.Type.ADVANCE):
        return
    if payment.refund_id:
        text = f"This is what refund {payment.refund_id} paid out; it stands with the refund."
    elif payment.sale_id:
        text = f"This payment is part of sale {payment.sale_id}: refund the sale."
    elif payment.direction == Payment.Direction.IN and payment.reverses_id is None:
        text = f"This came back for goods returned by {payment.purchase}; it stands with them."
    else:
        text = f"This payment is part of purchase {payment.purchase_id}: reverse the purchase."
    raise reversals.PartOfDocument(text)


def _settled(book: dues.DueBook, together: Sequence[Payment]) -> dict[int, Decimal]:
    """What these payments settled, by document. (One entry pays each document once.)"""
    return {
        getattr(payment, book.document_key): payment.amount
        for payment in together
        if payment.payment_type == Payment.Type.DUE_PAYMENT
    }


def _require_unused(book: dues.DueBook, party_id: int, together: Sequence[Payment]) -> None:
    """An advance is taken back only while the party's balance still holds it."""
    ahead = sum(
        (
            payment.amount
            for payment in together
            if payment.payment_type == Payment.Type.ADVANCE and payment.direction == book.direction
        ),
        ZERO,
    )
    left = advances.balance(book, party_id) if ahead else ZERO
    if left < ahead:
        raise Conflict(
            f"{ahead} of this was paid in advance, and only {left} of that is unused.",
            advance_balance=left,
        )
