"""Every movement of goods in the order it happened, each with the document that it belongs to.

First in, first out is true of the order in which movements happened, which is that of their log
rows' ids: a delivery entered on Friday and dated Monday was on no shelf on Tuesday. So goods move
on the day they were *entered*: the newest moment in the log so far. Money counts on the business
day of its entry; where the two days differ, `reports.books.book` puts an account between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from inventory.fifo import value
from inventory.models import Batch, InventoryLog, InventoryLogBatch
from inventory.transfer_models import Transfer
from ledger.journal_models import JournalEntry
from pos_project.core.days import business_day
from pos_project.core.errors import Conflict
from pos_project.core.money import ZERO
from purchasing.models import Purchase
from sales.models import Sale, SaleItemBatch

Document = tuple[str, int]  # event and document of a journal entry
# Which entry of a transfer has the goods that left a shelf, or came onto one.
_TRANSFERS = {
    InventoryLog.Kind.SENT.value: JournalEntry.Event.TRANSFER_SENT.value,
    InventoryLog.Kind.ARRIVED.value: JournalEntry.Event.TRANSFER_RECEIVED.value,
}
Uses = dict[tuple[str, int, int], list["_Line"]]


@dataclass(eq=False)
class Lot:
    """A batch. `day` is when it was received, later where another lot of the product in the store
    has that day: the order of the days is the order in which first in, first out uses them."""

    id: int
    store_id: int
    product_id: int
    received_on: date
    unit_cost: Decimal
    purchase_id: int | None
    day: date
    units: Decimal = ZERO  # what is in it, once all movements so far are replayed


@dataclass
class Pick:
    """Units of a lot that came (+) or went (−), and the value they came or went at, as stored."""

    lot: Lot
    units: Decimal
    cost: Decimal


@dataclass
class Movement:
    """What one line of a document moved. Without `names_lots`, goods leave first in, first
    out, and whoever checks the books finds by himself which lots those are."""

    log_id: int
    entered: date
    store_id: int
    product_id: int
    document: Document
    names_lots: bool
    units: Decimal = ZERO  # as the log has it
    cost: Decimal = ZERO  # as the log has it
    picks: list[Pick] = field(default_factory=list)


@dataclass
class _Line:
    """What a line of a sale or refund moved. `document` is the sale, or the refund."""

    id: int
    document: int
    picks: list[Pick]


def read_lots() -> dict[int, Lot]:
    """Every batch by id."""
    lots: dict[int, Lot] = {}
    last: Lot | None = None
    rows = Batch.objects.order_by("store_id", "product_id", "received_on", "id").values_list(
        "id", "store_id", "product_id", "received_on", "unit_cost", "purchase_item__purchase_id"
    )
    for batch_id, store_id, product_id, received_on, unit_cost, purchase_id in rows.iterator():
        day = received_on
        if last and (last.store_id, last.product_id) == (store_id, product_id):
            day = max(day, last.day + timedelta(days=1))
        last = lots[batch_id] = Lot(
            batch_id, store_id, product_id, received_on, unit_cost, purchase_id, day
        )
    return lots


def read_movements(lots: dict[int, Lot]) -> Iterator[Movement]:
    """Every movement in the order it happened.

    `lots` are moved along: at each movement they hold what they held before it.
    """
    sales = dict(Sale.objects.completed().values_list("invoice_no", "id"))
    transfers = dict(Transfer.objects.values_list("number", "id"))
    uses = _uses(lots)
    moved = _moved(lots)
    bought = _bought(lots)
    taken_back = Purchase.objects.filter(Q(reverses__isnull=False) | Q(returns__isnull=False))
    undone = {
        (first or part_of, number): purchase_id
        for first, part_of, number, purchase_id in taken_back.values_list(
            "reverses_id", "returns_id", "invoice_no", "id"
        )
    }
    entered = date.min
    rows = InventoryLog.objects.order_by("id").values_list(
        *("id", "store_id", "product_id", "kind", "reference", "created_at"),
        *("change_qty", "cost"),
    )
    for log_id, store_id, product_id, kind, reference, at, units, cost in rows.iterator():
        entered = max(entered, business_day(at))
        document, names_lots = (kind, log_id), kind != InventoryLog.Kind.ADJUSTMENT
        picks = moved.pop(log_id, [])
        if kind in (InventoryLog.Kind.SALE, InventoryLog.Kind.REFUND):
            document = (kind, -log_id)  # of no document, unless one explains it
            lines = uses.get((kind, sales.get(reference, 0), product_id))
            if lines:
                line = lines.pop(0)
                document, picks = (kind, line.document), line.picks
            names_lots = kind == InventoryLog.Kind.REFUND
        elif kind == InventoryLog.Kind.PURCHASE and units > 0:
            document = (kind, -log_id)
            arrived = bought.get((store_id, product_id, (reference or "").casefold()))
            if arrived:
                lot = arrived.pop(0)
                document = (kind, lot.purchase_id or 0)
                picks = [Pick(lot, units, value(units, lot.unit_cost))]
        elif kind in _TRANSFERS:
            document = (_TRANSFERS[kind], transfers.get(reference, -log_id))
        elif kind == InventoryLog.Kind.PURCHASE:
            undone_by = (undone.get((pick.lot.purchase_id or 0, reference)) for pick in picks)
            document = (kind, next(filter(None, undone_by), -log_id))
        yield Movement(
            log_id, entered, store_id, product_id, document, names_lots, units, cost, picks
        )
        for pick in picks:
            pick.lot.units += pick.units


def _uses(lots: dict[int, Lot]) -> Uses:
    """What the lines of sales and refunds moved, by kind, sale and product, oldest line first."""
    found: Uses = {}
    rows = SaleItemBatch.objects.order_by("refund_item_id", "sale_item_id", "id").values_list(
        *("sale_item_id", "sale_item__sale_id", "sale_item__product_id"),
        *("refund_item_id", "refund_item__refund_id", "batch_id", "quantity", "cost"),
    )
    for item, sale_id, product_id, refund_item, refund_id, batch_id, units, cost in rows.iterator():
        kind = InventoryLog.Kind.REFUND if refund_item else InventoryLog.Kind.SALE
        lines = found.setdefault((kind, sale_id, product_id), [])
        line_id = refund_item or item
        if not lines or lines[-1].id != line_id:
            lines.append(_Line(line_id, refund_id or sale_id, []))
        lines[-1].picks.append(Pick(_lot(lots, batch_id), -units, -cost))
    return found


def _moved(lots: dict[int, Lot]) -> dict[int, list[Pick]]:
    """What openings, adjustments, their opposites and purchases undone moved, by log row."""
    found: dict[int, list[Pick]] = {}
    rows = InventoryLogBatch.objects.order_by("id").values_list(
        "log_id", "batch_id", "quantity", "cost"
    )
    for log_id, batch_id, units, cost in rows.iterator():
        found.setdefault(log_id, []).append(Pick(_lot(lots, batch_id), units, cost))
    return found


def _bought(lots: dict[int, Lot]) -> dict[tuple[int, int, str], list[Lot]]:
    """The lots of purchases by store, product and the purchase's number, oldest first."""
    found: dict[tuple[int, int, str], list[Lot]] = {}
    rows = Batch.objects.filter(purchase_item__isnull=False).order_by("id")
    for batch_id, number in rows.values_list("id", "purchase_item__purchase__invoice_no"):
        lot = lots[batch_id]
        key = (lot.store_id, lot.product_id, (number or "").casefold())
        found.setdefault(key, []).append(lot)
    return found


def _lot(lots: dict[int, Lot], batch_id: int) -> Lot:
    if batch_id not in lots:
        raise Conflict(f"Goods were moved of batch {batch_id}, which is not there: see reconcile.")
    return lots[batch_id]
