"""The note that goes with goods from one store to another."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from inventory.transfer_models import Transfer, TransferLine
from pos_project.core.errors import NotFound
from reports.documents.document import Column, Document, Letterhead, Row, Table

SIGNED = ("Handed over by: ______________________", "Received by: ______________________")
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
        [table for table in (_goods(lines, transfer), _differing(lines)) if table is not None],
        notes=[*_notes(transfer), *SIGNED],
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


def _goods(lines: Sequence[TransferLine], transfer: Transfer) -> Table:
    figures = {"Asked": "asked"}
    if transfer.sent_at is not None:
        figures["Sent"] = "sent"
    if transfer.status == Transfer.Status.RECEIVED:
        figures |= {"Came": "received", "Damaged": "damaged"}
    rows = [
        Row([f"{line.product_name} ({line.product.sku})", *_units(line, figures.values())])
        for line in lines
    ]
    sums = [sum(column) for column in zip(*(row.cells[1:] for row in rows), strict=True)]
    columns = [Column("Product", width=3), *(Column(label, "count") for label in figures)]
    return Table(columns, [*rows, Row(["Units", *sums], "total")])


def _units(line: TransferLine, names: Iterable[str]) -> list[int]:
    return [int(getattr(line, name) or 0) for name in names]


def _differing(lines: Sequence[TransferLine]) -> Table | None:
    """Short, over or damaged, and why."""
    rows = [
        Row([line.product_name, differs, line.reason])
        for line in lines
        if (differs := line.difference)
    ]
    columns = [Column("Product", width=2), Column("Differs by"), Column("Why", width=2)]
    return Table(columns, rows, title="What differs") if rows else None


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
