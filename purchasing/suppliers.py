"""Suppliers come, change and go; what the shop owes them, got from them and paid ahead.

These figures are computed from the rows that say so, never stored. The rows of a page cost one
grouped query per figure; the expressions `…_of_each` are for lists that are ordered by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import (
    Count,
    DecimalField,
    F,
    Max,
    OuterRef,
    ProtectedError,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from ledger import advances
from ledger.models import Payment
from ledger.reversals import STANDING
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.images.pictures import PictureChange, drop_picture
from pos_project.core.money import ZERO, money
from pos_project.core.people import CONTACT_FIELDS
from purchasing.models import Purchase, Supplier, SupplierDue

Row = dict[str, Any]

_FILE = (
    *("id", "name", "email", "sector", "verify", "image_public_id", "created_at"),
    *CONTACT_FIELDS,
)
_DUE = (
    *("purchase_id", "due_amount", "created_at", "purchase__invoice_no", "purchase__user__name"),
    *("purchase__payment_method", "purchase__total_amount", "purchase__paid_amount"),
    "supplier__name",
)


@dataclass(frozen=True)
class Supply:
    """The purchases from a supplier: how many stand, and when the last one was."""

    count: int
    last_at: datetime


def add_supplier(fields: Mapping[str, Any], *, picture: PictureChange) -> Supplier:
    """Enter a supplier from columns."""

    def add() -> Supplier:
        supplier = Supplier(**fields)
        picture.put_on(supplier)
        supplier.save()
        return supplier

    return transact(add)


def change_supplier(
    supplier_id: int, fields: Mapping[str, Any], *, picture: PictureChange
) -> Supplier:
    """Change the given columns only. Raises NotFound."""

    def change() -> Supplier:
        supplier = _locked(supplier_id)
        for name, value in fields.items():
            setattr(supplier, name, value)
        picture.put_on(supplier)
        supplier.save()
        return supplier

    return transact(change)


def remove_supplier(supplier_id: int) -> None:
    """Delete a supplier without history, with the picture; archive one with purchases or payments.

    Raises NotFound, or Conflict while money is open between the shop and the supplier.
    """

    def remove() -> None:
        supplier = _locked(supplier_id)
        _require_no_open_balance(supplier)
        if not _deleted(supplier):
            supplier.archive()

    transact(remove)


def on_file() -> QuerySet[Any]:
    """Suppliers who have not been archived, each as a dict of what is written about them."""
    return Supplier.objects.listed().values(*_FILE)


def with_figures(rows: Sequence[Row]) -> list[Row]:
    """Those dicts with `payable`, `total_supply`, `last_transition`, at three queries in all."""
    ids = [row["id"] for row in rows]
    owed, bought, paid_at = payables(ids), supplies(ids), last_payments(ids)
    known = []
    for row in rows:
        supply, moments = bought.get(row["id"]), []
        if supply:
            moments.append(supply.last_at)
        if row["id"] in paid_at:
            moments.append(paid_at[row["id"]])
        figures = {
            "payable": owed.get(row["id"], ZERO),
            "total_supply": supply.count if supply else 0,
            "last_transition": max(moments, default=row["created_at"]),
        }
        known.append({**row, **figures})
    return known


def with_account(row: Row) -> Row:
    """One such dict with its figures and `advance_balance`."""
    [known] = with_figures([row])
    return {**known, "advance_balance": advances.supplier_balance(row["id"])}


def open_dues(supplier: Supplier) -> QuerySet[Any]:
    """What the shop owes, purchase by purchase, in the order in which a payment settles them."""
    rows = _open_dues().filter(supplier=supplier)
    return rows.order_by("purchase__purchase_date", "purchase_id").values(*_DUE)


def payables(supplier_ids: Iterable[int]) -> dict[int, Decimal]:
    """What the shop owes each of these suppliers; those it owes nothing are absent."""
    rows = _open_dues().filter(supplier_id__in=list(supplier_ids)).order_by()
    owed = rows.values_list("supplier_id").annotate(owed=Sum("due_amount"))
    return {supplier_id: money(amount) for supplier_id, amount in owed}


def supplies(supplier_ids: Iterable[int]) -> dict[int, Supply]:
    """The purchases from each of these suppliers; those who never supplied are absent."""
    rows = Purchase.objects.filter(supplier_id__in=list(supplier_ids)).order_by()
    bought = rows.values_list("supplier_id").annotate(
        count=Count("id", filter=STANDING), last_at=Max("created_at")
    )
    return {supplier_id: Supply(count, last_at) for supplier_id, count, last_at in bought}


def last_payments(supplier_ids: Iterable[int]) -> dict[int, datetime]:
    """When money last changed hands with each of these suppliers; otherwise they are absent."""
    rows = Payment.objects.filter(supplier_id__in=list(supplier_ids)).order_by()
    return dict(rows.values_list("supplier_id").annotate(Max("created_at")))


def payable_of_each() -> Coalesce:
    """What the shop owes a supplier, as an expression over a query of suppliers."""
    dues = _open_dues().filter(supplier_id=OuterRef("pk")).order_by()
    owed = dues.values("supplier_id").annotate(owed=Sum("due_amount")).values("owed")
    amount = DecimalField(max_digits=14, decimal_places=2)
    return Coalesce(Subquery(owed), Value(ZERO), output_field=amount)


def last_transition_of_each() -> Coalesce:
    """When a supplier last sold or was paid, as an expression over a query of suppliers."""
    bought_at = _newest(Purchase.objects.filter(supplier_id=OuterRef("pk")))
    paid_at = _newest(Payment.objects.filter(supplier_id=OuterRef("pk")))
    # The greatest of anything and nothing is nothing, so each stands in for the other.
    latest = Greatest(Coalesce(bought_at, paid_at), Coalesce(paid_at, bought_at))
    return Coalesce(latest, F("created_at"))


def _newest(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by("-created_at").values("created_at")[:1])


def _open_dues() -> QuerySet[Any]:
    return SupplierDue.objects.filter(status=SupplierDue.Status.OPEN)


def _locked(supplier_id: int) -> Supplier:
    supplier = Supplier.objects.listed().select_for_update().filter(pk=supplier_id).first()
    if supplier is None:
        raise NotFound("Supplier not found")
    return supplier


def _require_no_open_balance(supplier: Supplier) -> None:
    owed = payables([supplier.pk]).get(supplier.pk, ZERO)
    if owed:
        raise Conflict(f"The supplier is still owed {owed}", payable=owed)
    ahead = advances.supplier_balance(supplier.pk)
    if ahead:
        text = f"Open balance: the supplier has been paid {ahead} in advance"
        raise Conflict(text, advance_balance=ahead)


def _deleted(supplier: Supplier) -> bool:
    """Delete the supplier if nothing refers to them; False if something does."""
    theirs = {"supplier_id": supplier.pk}
    if Purchase.objects.filter(**theirs).exists() or Payment.objects.filter(**theirs).exists():
        return False
    try:
        with transaction.atomic():
            drop_picture(supplier.image_public_id)
            supplier.delete()
    except (ProtectedError, IntegrityError):  # goods came in this very moment
        return False
    return True
