"""The note that goes with goods from one store to another."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from inventory.transfer_models import Transfer, TransferLine
from pos_project.core.errors import NotFound
from reports.documents.document import Column, Document, Letterhead, Row, Table

_MOMENT = "%d-%m-%Y %I:%M %p"
_STATE = {
    Transfer.Status.ASKED: "Asked for: nothing has left yet",
    Transfer.Status.SENT: "On the way",
    Transfer.Status.RECEIVED: "Received",
    Transfer.Status.CANCELLED: "Cancelled: nothing left",
}


def transfer_note(transfer_id: int) -> Document:
    """What was asked for, sent and received; no costs, for whoever carries it reads it. Raises
    NotFound."""
    people = ("asked_by", "sent_by", "turned_back_by", "ended_by")
    transfer: Transfer | None = (
        Transfer.objects.select_related("from_store", "to_store", *people)
        .filter(pk=transfer_id)
        .first()
    )
    if transfer is None:
        raise NotFound("Transfer not found")
    lines = list(transfer.lines.select_related("product").order_by("id"))
    return Document(
        "Transfer note",
        str(transfer),
        Letterhead.of(transfer.from_store).for_the_books,
        _facts(transfer),
        [_goods(transfer, lines)],
        notes=[*_notes(transfer), "Handed over by: ______________   Received by: ______________"],
        name=str(transfer),
    )


def _facts(transfer: Transfer) -> list[tuple[str, str]]:
    facts = [("From", _place(transfer.from_store)), ("To", _place(transfer.to_store))]
    state = _STATE[Transfer.Status(transfer.status)]
    if transfer.goes_back:
        came = transfer.status == Transfer.Status.RECEIVED
        state = "Came back" if came else "On the way back"
    facts.append(("State", state))
    facts.append(("Asked for", _said(transfer.asked_at, transfer.asked_by)))
    if transfer.sent_at is not None:
        facts.append(("Sent", _said(transfer.sent_at, transfer.sent_by)))
    if transfer.turned_back_at is not None:
        facts.append(("Turned back", _said(transfer.turned_back_at, transfer.turned_back_by)))
    if transfer.ended_at is not None:
        what = "Received" if transfer.status == Transfer.Status.RECEIVED else "Cancelled"
        facts.append((what, _said(transfer.ended_at, transfer.ended_by)))
    return facts


def _goods(transfer: Transfer, lines: Sequence[TransferLine]) -> Table:
    columns = [Column("Product", width=3), Column("SKU", width=1.4), Column("Asked", "count")]
    if transfer.sent_at is not None:
        columns.append(Column("Sent", "count"))
    received = transfer.status == Transfer.Status.RECEIVED
    if received:
        columns += [Column("Came", "count"), Column("Damaged", "count"), Column("Why", width=2)]

    def cells(line: TransferLine) -> list[object]:
        row: list[object] = [line.product_name, line.product.sku, line.asked]
        if transfer.sent_at is not None:
            row.append(line.sent)
        if received:
            row += [line.received, line.damaged or None, line.reason]
        return row

    def sum_of(name: str) -> Decimal:
        return sum((getattr(line, name) or Decimal(0) for line in lines), Decimal(0))

    totals: list[object] = ["Units", None, sum_of("asked")]
    if transfer.sent_at is not None:
        totals.append(sum_of("sent"))
    if received:
        totals += [sum_of("received"), sum_of("damaged") or None, None]
    return Table(columns, [*(Row(cells(line)) for line in lines), Row(totals, "total")])


def _notes(transfer: Transfer) -> list[str]:
    notes = []
    if transfer.note:
        notes.append(transfer.note)
    if transfer.reason:
        notes.append(f"Why: {transfer.reason}")
    return notes


def _place(store: object) -> str:
    address = getattr(store, "address", "").replace("\n", ", ")
    return f"{store}, {address}" if address else str(store)


def _said(moment: datetime, by: object) -> str:
    return f"{timezone.localtime(moment).strftime(_MOMENT)}, {by}"
