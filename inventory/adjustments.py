"""Counting differences, write-offs and finds: stock moved by hand, and the undoing of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from accounts import staff_rules
from catalog.models import Product
from inventory import fifo, movements, product_figures, receiving
from inventory.models import Batch, InventoryLog, InventoryLogBatch
from inventory.picking import pick
from inventory.shelf import ShelfBatch
from inventory.transfer_models import Transfer, TransferLine
from ledger import chart, posting
from ledger.journal_models import JournalEntry
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.posting_context import Actor, PostingContext


@dataclass(frozen=True)
class Adjustment:
    """So many units more (+) or fewer (−). `unit_cost` values an increase; None takes the last
    purchase's cost, or 0 where there was none."""

    product_id: int
    change: Decimal
    reason: str | None = None
    reference: str | None = None
    note: str | None = None
    unit_cost: Decimal | None = None


def adjust(
    adjustment: Adjustment,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> InventoryLog:
    """Move stock by hand: inventory ↔ inventory gain or loss. Units are whole.

    A decrease takes the oldest batches first and raises InsufficientStock when there is too
    little. Raises Invalid for an unknown or a service product, NeedsApproval where staff do not
    correct stock. Nothing is written then.
    """
    with staff_rules.refusals_kept(by, InventoryLog), kept_answer_first(key):
        product = Product.objects.listed().filter(pk=adjustment.product_id).first()
        if product is None:
            raise Invalid("Unknown product.", fields={"product_id": ["Unknown product."]})
        receiving.require_stock_keeping(product)
        breaches = staff_rules.stock_breaches(by, field="change_qty")
        staff_rules.require_allowed(breaches, approval)

    def adjusted() -> InventoryLog:
        entry = _adjust(product, adjustment, PostingContext.claim(by, at))
        staff_rules.keep_approved(breaches, approval, entry, by=by)
        return entry

    return once(key, adjusted)


def _adjust(product: Product, adjustment: Adjustment, context: PostingContext) -> InventoryLog:
    log_id = (
        _increase(adjustment, context)
        if adjustment.change > 0
        else _decrease(product, adjustment, context)
    )
    return InventoryLog.objects.select_related("product", "user").get(pk=log_id)


def _increase(adjustment: Adjustment, context: PostingContext) -> int:
    cost = adjustment.unit_cost
    if cost is None:
        cost = product_figures.latest_purchase_cost(adjustment.product_id) or Decimal(0)
    return receiving.add_batch(
        receiving.Goods(adjustment.product_id, adjustment.change, cost),
        kind=InventoryLog.Kind.ADJUSTMENT,
        event=JournalEntry.Event.ADJUSTMENT,
        against=chart.INVENTORY_GAIN,
        reason=adjustment.reason,
        reference=adjustment.reference,
        note=adjustment.note,
        context=context,
    )


def _decrease(product: Product, adjustment: Adjustment, context: PostingContext) -> int:
    demand = fifo.Demand(product.pk, product.name, -adjustment.change)
    try:
        [picks] = pick([demand], store_id=context.store_id)
    except fifo.InsufficientStock as short:
        text = "Stock would fall below 0."
        raise fifo.InsufficientStock(
            f"{text} {short.message}", fields={"change_qty": [text]}
        ) from short
    cost = fifo.cost_of(picks)
    [log_id] = movements.log(
        [movements.Movement(product.pk, adjustment.change, -cost)],
        kind=InventoryLog.Kind.ADJUSTMENT,
        reason=adjustment.reason,
        reference=adjustment.reference,
        note=adjustment.note,
        context=context,
    )
    movements.log_batches([(log_id, pick.batch_id, -pick.quantity, -pick.cost) for pick in picks])
    movements.write_remaining(picks)
    posting.post(
        JournalEntry.Event.ADJUSTMENT,
        [
            posting.Line(chart.INVENTORY_LOSS, debit=cost),
            posting.Line(chart.INVENTORY, credit=cost),
        ],
        context=context,
        document_id=log_id,
        reference=adjustment.reference,
    )
    return log_id


def write_off(product_id: int, *, reason: str, context: PostingContext) -> int:
    """Take every unit of a product out of stock, in all stores, as a loss; returns how many.

    Runs inside the caller's transaction: one movement and one entry per store that has any.
    Raises NotFound for a product that is on no list, Conflict while units are on the way between
    stores, since nobody could receive them, Denied for units in a store in which whoever writes
    them off may not act.
    """
    product = Product.objects.listed().filter(pk=product_id).first()
    if product is None:
        raise NotFound("Product not found")
    on_the_way = TransferLine.objects.filter(
        product_id=product_id, transfer__status=Transfer.Status.SENT, sent__gt=0
    )
    if going := on_the_way.select_related("transfer").first():
        raise Conflict(f"Units of it are on the way ({going.transfer}): receive them first.")
    held = Batch.objects.filter(product_id=product_id, is_open=1).values_list("store_id")
    units = 0
    for store_id, remaining in held.annotate(remaining=Sum("remaining")).order_by("store_id"):
        if context.by is not None and store_id != context.store_id:
            context.by.in_store(store_id, writing=True)
        left = Adjustment(product_id, -remaining, reason=reason)
        _decrease(product, left, context.anywhere(store_id))
        units += int(remaining)
    return units


def void(
    log_id: int,
    *,
    by: Actor,
    reason: str | None = None,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> InventoryLog:
    """Undo an adjustment by its opposite, on the very batches it moved. Both leave the list.

    `reason`, where one is given, is the opposite's note and the memo of its entry. Raises NotFound
    for an unknown or already undone entry, Conflict for one that a document wrote or of a product
    that was removed, Invalid when the added units are no longer all there, NeedsApproval where
    staff do not correct stock.
    """
    with staff_rules.refusals_kept(by, InventoryLog), kept_answer_first(key):
        breaches = staff_rules.stock_breaches(by)
        staff_rules.require_allowed(breaches, approval)

    def voided() -> InventoryLog:
        entry = _void(log_id, reason, PostingContext.claim(by, at))
        staff_rules.keep_approved(breaches, approval, entry, by=by)
        return entry

    return once(key, voided)


def _void(log_id: int, reason: str | None, context: PostingContext) -> InventoryLog:
    first = InventoryLog.objects.select_for_update().filter(pk=log_id).first()
    if first is None or first.kind == InventoryLog.Kind.VOID:
        raise NotFound("Inventory entry not found")
    if InventoryLog.objects.filter(voids_id=log_id).exists():
        raise NotFound("Inventory entry not found")
    if first.kind != InventoryLog.Kind.ADJUSTMENT:
        raise Conflict("Entries of sales, purchases, refunds and opening stock cannot be removed.")
    if first.product.archived_at is not None:
        raise Conflict(f"{first.product.name} was removed: bring it back first.")
    context = context.in_store(first.store_id)
    moved = list(InventoryLogBatch.objects.filter(log_id=log_id).order_by("id"))
    batches = Batch.objects.all().locked(
        [first.product_id], store_id=first.store_id, first=1, ids=[row.batch_id for row in moved]
    )
    picks = _opposite(moved, {batch.id: batch for batch in batches})
    cost = fifo.cost_of(picks)
    [void_id] = movements.log(
        [movements.Movement(first.product_id, -first.change_qty, -cost)],
        kind=InventoryLog.Kind.VOID,
        reference=first.reference,
        note=reason,
        voids_id=log_id,
        context=context,
    )
    movements.log_batches([(void_id, pick.batch_id, -pick.quantity, -pick.cost) for pick in picks])
    movements.write_remaining(picks)
    posting.post(
        JournalEntry.Event.VOID,
        _mirror(cost),
        context=context,
        document_id=void_id,
        reference=first.reference,
        memo=reason,
    )
    return InventoryLog.objects.get(pk=void_id)


def _opposite(moved: list[InventoryLogBatch], batches: dict[int, ShelfBatch]) -> list[fifo.Pick]:
    picks = []
    for row in moved:
        batch = batches[row.batch_id]
        # An increase made its own batch, which must be whole again to be undone.
        if row.quantity > 0 and batch.remaining != batch.quantity:
            raise Invalid("The units that this entry added are already sold.")
        after = batch.remaining - row.quantity
        cost = fifo.value(batch.remaining, batch.unit_cost) - fifo.value(after, batch.unit_cost)
        picks.append(fifo.Pick(batch.id, row.quantity, batch.unit_cost, cost, after))
    return picks


def _mirror(cost: Decimal) -> list[posting.Line]:
    """`cost` leaves stock (an increase undone, +) or returns to it (a decrease undone, −)."""
    if cost > 0:
        return [
            posting.Line(chart.INVENTORY_GAIN, debit=cost),
            posting.Line(chart.INVENTORY, credit=cost),
        ]
    return [
        posting.Line(chart.INVENTORY, debit=-cost),
        posting.Line(chart.INVENTORY_LOSS, credit=-cost),
    ]
