"""Goods that come in: a batch each, logged. What they cost decides later what their sale cost."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Product
from inventory import movements
from inventory.fifo import Pick, value
from inventory.models import Batch, InventoryLog
from inventory.shelf import ShelfBatch
from ledger import chart, posting
from ledger.journal_models import JournalEntry
from pos_project.core.days import today
from pos_project.core.db.rows import insert_rows
from pos_project.core.errors import Invalid
from pos_project.core.money import MAX_AMOUNT, total
from pos_project.core.posting_context import PostingContext

# The reasons in the stock log of goods that went to their supplier again: their purchase was
# undone, or part of it returned.
REVERSAL, RETURN = "REVERSAL", "RETURN"

BATCH_FIELDS = (
    "store_id",
    "product_id",
    "purchase_item_id",
    "transfer_lot_id",
    "origin",
    "received_on",
    "unit_cost",
    "quantity",
    "remaining",
    "created_at",
)


@dataclass(frozen=True)
class Goods:
    """Units of a product that arrive at one cost per unit."""

    product_id: int
    quantity: Decimal
    unit_cost: Decimal
    purchase_item_id: int | None = None
    # Of what came from another store: its lot on the way, and since when a store has it.
    transfer_lot_id: int | None = None
    received_on: date | None = None
    origin: str | None = None  # where it is another than that of the goods it came with

    @property
    def worth(self) -> Decimal:
        return value(self.quantity, self.unit_cost)


def put_on_shelf(
    goods: Sequence[Goods], *, origin: str, received_on: date, context: PostingContext
) -> Sequence[int]:
    """Make one batch per line, in one statement, and return their ids. Goods that have a day of
    their own keep it.

    Goods dated in the past go before batches that tills may be taking from just now: they wait
    for those tills, so that no sale passes over older goods.
    """
    now = today()
    passed_over = [item.product_id for item in goods if (item.received_on or received_on) < now]
    _wait_for_tills(passed_over, context, first=1)
    batch_ids = insert_rows(
        Batch,
        BATCH_FIELDS,
        [
            (
                context.store_id,
                item.product_id,
                item.purchase_item_id,
                item.transfer_lot_id,
                item.origin or origin,
                item.received_on or received_on,
                item.unit_cost,
                item.quantity,
                item.quantity,
                context.at,
            )
            for item in goods
        ],
    )
    # Newer goods may have come since, and a till may have passed our place on its way from them
    # to the older ones that we hold. From now on every till meets ours.
    ours = max(Counter(passed_over).values(), default=0)
    _wait_for_tills(passed_over, context, first=ours + 1)
    return batch_ids


def _wait_for_tills(product_ids: Iterable[int], context: PostingContext, *, first: int) -> None:
    """Let the tills finish that take these products now; the next ones wait for us. A till holds
    the oldest batch that it found: one of the `first`."""
    Batch.objects.all().locked(product_ids, store_id=context.store_id, first=first)


def receive_purchased(
    goods: Sequence[Goods], *, reference: str, received_on: date, context: PostingContext
) -> Decimal:
    """Shelve and log the lines of a purchase; returns what they are worth together."""
    put_on_shelf(goods, origin=Batch.Origin.PURCHASE, received_on=received_on, context=context)
    movements.log(
        [movements.Movement(item.product_id, item.quantity, item.worth) for item in goods],
        kind=InventoryLog.Kind.PURCHASE,
        reference=reference,
        context=context,
    )
    return total(item.worth for item in goods)


def send_back(
    taken: Sequence[tuple[ShelfBatch, Decimal]],
    *,
    reason: str,
    reference: str,
    context: PostingContext,
) -> None:
    """Take units of these very batches, locked by the caller, off the shelf to the supplier.

    Logged as the purchase was, below zero, and naming those batches.
    """
    gone = [
        (batch, units, worth_of(batch, units))
        for batch, units in sorted(taken, key=lambda pair: pair[0].id)
    ]
    log_ids = movements.log(
        [movements.Movement(batch.product_id, -units, -worth) for batch, units, worth in gone],
        kind=InventoryLog.Kind.PURCHASE,
        reason=reason,
        reference=reference,
        context=context,
    )
    movements.log_batches(
        [
            (log_id, batch.id, -units, -worth)
            for log_id, (batch, units, worth) in zip(log_ids, gone, strict=True)
        ]
    )
    movements.write_remaining(
        Pick(batch.id, units, batch.unit_cost, worth, batch.remaining - units)
        for batch, units, worth in gone
    )


def worth_of(batch: ShelfBatch, units: Decimal) -> Decimal:
    """What these units of a batch cost: its value before they leave less its value after."""
    left = batch.remaining - units
    return value(batch.remaining, batch.unit_cost) - value(left, batch.unit_cost)


def receive_opening_stock(
    product: Product, *, quantity: Decimal, unit_cost: Decimal, context: PostingContext
) -> None:
    """Stock that was there before the books: inventory ↔ opening balance equity.

    Runs inside the transaction that creates the product. Raises Invalid for a service product.
    """
    require_stock_keeping(product)
    add_batch(
        Goods(product.pk, quantity, unit_cost),
        kind=InventoryLog.Kind.OPENING,
        event=JournalEntry.Event.OPENING,
        against=chart.OPENING_BALANCE_EQUITY,
        context=context,
    )


def add_batch(
    goods: Goods,
    *,
    kind: str,
    event: str,
    against: str,
    context: PostingContext,
    reason: str | None = None,
    reference: str | None = None,
    note: str | None = None,
) -> int:
    """One batch from nowhere: shelved, logged, posted inventory ↔ `against`. The log row's id.

    Raises Invalid when the goods are worth more than the books hold.
    """
    if goods.worth > MAX_AMOUNT:
        raise Invalid(f"Worth more than {MAX_AMOUNT}.")
    [batch_id] = put_on_shelf(
        [goods], origin=kind, received_on=context.business_date, context=context
    )
    [log_id] = movements.log(
        [movements.Movement(goods.product_id, goods.quantity, goods.worth)],
        kind=kind,
        reason=reason,
        reference=reference,
        note=note,
        context=context,
    )
    movements.log_batches([(log_id, batch_id, goods.quantity, goods.worth)])
    posting.post(
        event,
        [
            posting.Line(chart.INVENTORY, debit=goods.worth),
            posting.Line(against, credit=goods.worth),
        ],
        context=context,
        document_id=log_id,
        reference=reference,
    )
    return log_id


def require_stock_keeping(product: Product) -> None:
    """Raise Invalid for a service product, which has no stock to move."""
    if not product.keeps_stock:
        text = f"{product.name} is a service and keeps no stock."
        raise Invalid(text, fields={"product_id": [text]})
