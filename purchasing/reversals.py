"""A delivery that was entered wrongly is undone whole: goods, money and dues, by the opposite."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from inventory import receiving
from inventory.models import Batch
from inventory.shelf import ShelfBatch
from ledger import dues, payments, posting, reversals, transaction_ids
from ledger.journal_models import JournalEntry
from ledger.models import DueCredit, Payment
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.rows import insert_rows
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.money import ZERO
from pos_project.core.posting_context import Actor, PostingContext
from purchasing.models import Purchase, PurchaseItem, SupplierDue
from purchasing.receive import ITEM_FIELDS, free_number
from purchasing.supplier_payments import SUPPLIER_DUES

NAMED = 5  # of the products in the way; the others are counted


def reverse_purchase(
    purchase_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Purchase:
    """Undo a purchase while all its goods are there: a purchase of the same with opposite signs.

    What was paid at once comes back by the same tenders, an advance used is an advance again, and
    what was still owed is settled against the reversal. The supplier's invoice number is free for
    the right entry. Raises NotFound; Conflict when goods are gone, when dues of it were paid, and
    when it was reversed before; nothing is written then.
    """
    return once(key, lambda: _reverse(purchase_id, reason, PostingContext.claim(by, at)))


def _reverse(purchase_id: int, reason: str, context: PostingContext) -> Purchase:
    first = Purchase.objects.select_for_update().filter(pk=purchase_id).first()
    if first is None:
        raise NotFound("Purchase not found")
    if first.status == Purchase.Status.OPENING:
        raise Conflict("This is a due from before the books; no goods came with it.")
    reversals.require_reversible(first, "purchase")
    require_not_returned(first)
    if (DueCredit.objects.filter(purchase=first).aggregate(sum=Sum("amount"))["sum"] or 0) > 0:
        raise Conflict("Part of this purchase was credited or written off: reverse that first.")
    own = list(Payment.objects.filter(purchase=first).order_by("id"))
    _require_dues_unpaid(own)
    if first.advance_used:
        dues.lock_party(SUPPLIER_DUES, first.supplier_id)
    SupplierDue.objects.select_for_update().filter(purchase=first).first()
    items = list(PurchaseItem.objects.filter(purchase=first).order_by("id"))
    batches = _whole_batches(first, items)
    context = context.in_store(first.store_id)
    opposite = _insert(first, reason, context)
    number = free_number(opposite)
    insert_rows(
        PurchaseItem,
        (*ITEM_FIELDS, "reverses_id"),
        [
            (
                opposite.pk,
                item.product_id,
                item.product_name,
                -item.quantity,
                item.cost_price,
                -item.subtotal,
                None if item.landed_cost is None else -item.landed_cost,
                item.pk,
            )
            for item in items
        ],
    )
    receiving.send_back(
        [(batch, batch.quantity) for batch in batches],
        reason=receiving.REVERSAL,
        reference=number,
        context=context,
    )
    _settle(first)
    _book(first, opposite, own, number, reason, context)
    Purchase.objects.filter(pk=opposite.pk).update_draft(
        status=Purchase.Status.RECEIVED, invoice_no=number, invoice_key=key_of(number)
    )
    return Purchase.objects.select_related("supplier", "reversed_by").get(pk=opposite.pk)


def require_not_returned(first: Purchase) -> None:
    """Raise Conflict for what is a return, or of what part went back already."""
    if first.returns_id is not None:
        raise Conflict("This is a return to the supplier. Receive the goods anew.")
    if Purchase.objects.filter(returns=first).exists():
        raise Conflict("Part of this purchase went back to the supplier: return the rest too.")


def _require_dues_unpaid(payments_made: Sequence[Payment]) -> None:
    undone = {payment.reverses_id for payment in payments_made}
    for payment in payments_made:
        is_due_payment = payment.payment_type == Payment.Type.DUE_PAYMENT
        if is_due_payment and payment.reverses_id is None and payment.pk not in undone:
            raise Conflict(
                f"Dues of this purchase were paid later: reverse payment {payment.pk} first."
            )


def _whole_batches(first: Purchase, items: Sequence[PurchaseItem]) -> list[ShelfBatch]:
    """The purchase's batches, locked. Raises Conflict, naming what is not all there any more."""
    ids = Batch.objects.filter(purchase_item__purchase=first).values_list("id", flat=True)
    wanted = set(ids)
    locked = Batch.objects.all().locked(
        [item.product_id for item in items], store_id=first.store_id, first=1, ids=wanted
    )
    batches = [batch for batch in locked if batch.id in wanted]
    names = {item.product_id: item.product_name for item in items}
    broken = [
        f"{names[batch.product_id]} ({int(batch.remaining)} of {int(batch.quantity)} left)"
        for batch in batches
        if batch.remaining != batch.quantity
    ]
    if broken:
        more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
        raise Conflict(f"Goods of this purchase are gone: {'; '.join(broken[:NAMED])}{more}.")
    return batches


def _insert(first: Purchase, reason: str, context: PostingContext) -> Purchase:
    return Purchase.objects.create(
        store_id=context.store_id,
        supplier_id=first.supplier_id,
        user_id=context.user_id,
        status=Purchase.Status.DRAFT,
        purchase_date=context.business_date,
        total_amount=-first.total_amount,
        paid_amount=-first.total_amount,
        due_amount=ZERO,
        advance_used=-first.advance_used,
        payment_method=first.payment_method,
        **_opposite_terms(first),
        note=reason,
        reverses=first,
        business_date=context.business_date,
        created_at=context.at,
        entered_at=context.entered_at,
    )


def _opposite_terms(first: Purchase) -> dict[str, Decimal | None]:
    said = {name: getattr(first, name) for name in ("discount", "freight", "tax", "rounding")}
    return {name: None if amount is None else -amount for name, amount in said.items()}


def _settle(first: Purchase) -> None:
    """Nothing is owed for the first any more, and its number may be entered again."""
    SupplierDue.objects.filter(purchase=first).update(
        due_amount=ZERO, status=SupplierDue.Status.PAID
    )
    Purchase.objects.filter(pk=first.pk).update(
        paid_amount=first.total_amount, due_amount=ZERO, invoice_key=None
    )


def _book(
    first: Purchase,
    opposite: Purchase,
    own: Sequence[Payment],
    number: str,
    reason: str,
    context: PostingContext,
) -> None:
    entry = JournalEntry.objects.filter(
        event=JournalEntry.Event.PURCHASE, document_id=first.pk
    ).first()
    if entry is None:  # goods that cost nothing
        return
    transaction_ids.free(entry.pk)
    entry_id = posting.reverse(
        entry, context=context, reason=reason, document_id=opposite.pk, reference=number
    )
    payments.record(
        [
            payments.opposite(payment, reason=reason, purchase_id=opposite.pk)
            for payment in own
            if payment.payment_type == Payment.Type.PAYMENT
        ],
        entry_id=entry_id,
        context=context,
    )
