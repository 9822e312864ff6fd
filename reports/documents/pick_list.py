"""What is to be taken off the shelves for a transfer, in the order in which one walks by."""

from django.utils import timezone

from inventory.places import places_of, walk
from inventory.transfer_models import Transfer, TransferLine
from pos_project.core.errors import NotFound
from reports.documents.document import Column, Document, Letterhead, Row, Table

_COLUMNS = (
    Column("Place", width=1),
    Column("Product", width=3),
    Column("SKU", width=1.2),
    Column("Units", "count"),
    Column("Picked", "count"),
)


def pick_list(transfer_id: int) -> Document:
    """The goods that were asked for, or were sent, from a transfer's store. Raises NotFound."""
    transfer: Transfer | None = (
        Transfer.objects.select_related("from_store", "to_store", "asked_by")
        .filter(pk=transfer_id)
        .first()
    )
    if transfer is None:
        raise NotFound("Transfer not found")
    lines = list(TransferLine.objects.filter(transfer=transfer).select_related("product"))
    places = places_of([line.product_id for line in lines], store_id=transfer.from_store_id)
    lines.sort(
        key=lambda line: (*walk(places.get(line.product_id, ""), line.product_name), line.pk)
    )
    units = [line.asked if line.sent is None else line.sent for line in lines]
    asked_at = timezone.localtime(transfer.asked_at)
    return Document(
        "Pick list",
        str(transfer),
        Letterhead.of(transfer.from_store).for_the_books,
        [
            ("From", transfer.from_store.name),
            ("For", transfer.to_store.name),
            ("Asked for", f"{asked_at:%d-%m-%Y %I:%M %p}, {transfer.asked_by.name}"),
            *([("Note", transfer.note)] if transfer.note else []),
        ],
        [
            Table(
                _COLUMNS,
                [
                    *(
                        Row(
                            [
                                places.get(line.product_id, "–"),
                                line.product_name,
                                line.product.sku,
                                each,
                                None,
                            ]
                        )
                        for line, each in zip(lines, units, strict=True)
                    ),
                    Row(["Total", None, None, sum(units), None], "grand"),
                ],
            )
        ],
        name=f"pick-list-{transfer}",
    )
