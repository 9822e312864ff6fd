"""What is to be reordered, by supplier, and the order to each: printed, or made a purchase."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from django.urls import reverse

from accounts.models import Store
from pos_project.back_office.reports.report import Asked, Report
from pos_project.core.errors import NotFound
from pos_project.core.http.endpoints import path_id
from pos_project.core.money import ZERO
from purchasing.models import Supplier
from purchasing.reordering import NO_SUPPLIER, ToReorder, to_reorder
from reports.documents.document import Column, Document, Row, Subject, Sum, Table

_COLUMNS = (
    Column("Product", width=3),
    Column("SKU", width=1.2),
    Column("In stock", "count"),
    Column("Reorder below", "count"),
    Column("Sold in 30 days", "count"),
    Column("To order", "count"),
    Column("Last cost", "money"),
    Column("Amount", "money"),
)
_ORDER = (
    Column("Product", width=3),
    Column("SKU", width=1.2),
    Column("Units", "count"),
    Column("Last cost", "money"),
    Column("Amount", "money"),
)


def _every(asked: Asked) -> Document:
    found = to_reorder(_shop(asked), store_id=asked.scope.store_id)
    table = Table(_COLUMNS, list(_by_supplier(found)), sectioned=True)
    return asked.scope.document(
        "To reorder",
        "to-reorder",
        table,
        "A product is short below its own level, else below that of the shop's settings.",
    )


def _by_supplier(found: list[ToReorder]) -> Iterator[Row]:
    for (supplier_id, name), each in groupby(
        found, key=lambda row: (row.supplier_id, row.supplier_name)
    ):
        rows = list(each)
        order = Subject("order", supplier_id)
        yield Row([name or "No supplier"], "heading", about={0: order})
        yield from (
            Row(
                [
                    *(row.name, row.sku, row.stock, row.level, row.sold, row.units),
                    *(row.cost, row.amount),
                ],
                about={0: Subject("product", row.product_id)},
            )
            for row in rows
        )
        yield Row(["Total", *[None] * 6, _total(rows)], "total", about={7: order})


def _order(asked: Asked) -> Document:
    """The order to one supplier. Raises NotFound."""
    supplier_id = 0 if asked.of == str(NO_SUPPLIER) else path_id(asked.of, "supplier")
    facts = [("Supplier", "not chosen yet")]
    if supplier_id:
        supplier = Supplier.objects.filter(pk=supplier_id).first()
        if supplier is None:
            raise NotFound("Supplier not found")
        told = (("Supplier", supplier.name), ("Phone", supplier.phone), ("E-mail", supplier.email))
        facts = [(label, value) for label, value in told if value]
    rows = to_reorder(_shop(asked), store_id=asked.scope.store_id, supplier_id=supplier_id)
    table = Table(
        _ORDER,
        [
            Row(
                [row.name, row.sku, row.units, row.cost, row.amount],
                about={0: Subject("product", row.product_id)},
            )
            for row in rows
        ],
        [Sum("Total", _total(rows), is_total=True)] if rows else [],
    )
    made = asked.scope.document("Order", f"order-{supplier_id}", table)
    return replace(made, facts=[*facts, *made.facts])


def _total(rows: list[ToReorder]) -> Decimal:
    return sum((row.amount or ZERO for row in rows), ZERO)


def _shop(asked: Asked) -> Store:
    return Store.objects.get(pk=asked.scope.store_id or Store.FIRST_ID)


def _purchase(asked: Asked) -> str:
    return f"{reverse('admin:purchasing_purchase_add')}?order={asked.of}"


REPORTS = (
    Report(
        "to-reorder",
        "To reorder",
        "What is short, by supplier, and how much of it to order. A click on a supplier is the"
        " order to them.",
        _every,
        of_day=True,
        of_now=True,
        usual="today",
    ),
)
OF_ONE = (
    Report(
        "order",
        "Order",
        "To be printed or sent. Nothing is booked until the goods are received.",
        _order,
        of_day=True,
        of_now=True,
        usual="today",
        next_step=("Receive these goods", _purchase),
    ),
)
