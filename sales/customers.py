"""Customers come, change and go; what they owe, bought and paid ahead.

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
    Exists,
    Max,
    OuterRef,
    ProtectedError,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from ledger import advances
from ledger.models import Payment
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.images.pictures import PictureChange, drop_picture
from pos_project.core.money import ZERO, money
from pos_project.core.people import CONTACT_FIELDS
from pos_project.core.posting_context import Actor
from sales.models import Customer, CustomerDue, Sale

Row = dict[str, Any]

_ROW = ("id", "name", "email", "district", "city", "phone", "status", "image_public_id", "join_at")
_FILE = (
    *("id", "name", "email", "sector", "status", "verify", "notes", "image_public_id"),
    *CONTACT_FIELDS,
    *("join_at", "created_by__name", "updated_by__name", "updated_at"),
)

_DUE = (
    *("id", "sale_id", "due_amount", "created_at", "sale__invoice_no", "sale__user__name"),
    *("sale__payment_method", "sale__total_amount", "sale__paid_amount", "customer__name"),
)


@dataclass(frozen=True)
class Orders:
    """A customer's completed sales: how many, and when the last one was completed."""

    count: int
    last_at: datetime


def add_customer(fields: Mapping[str, Any], *, by: Actor, picture: PictureChange) -> Customer:
    """Enter a customer from columns."""

    def add() -> Customer:
        customer = Customer(**fields, created_by_id=by.pk)
        picture.put_on(customer)
        customer.save()
        return customer

    return transact(add)


def change_customer(
    customer_id: int, fields: Mapping[str, Any], *, by: Actor, picture: PictureChange
) -> Customer:
    """Change the given columns only. Raises NotFound."""

    def change() -> Customer:
        customer = _locked(customer_id)
        for name, value in fields.items():
            setattr(customer, name, value)
        customer.updated_by_id = by.pk
        picture.put_on(customer)
        customer.save()
        return customer

    return transact(change)


def remove_customer(customer_id: int, *, by: Actor) -> None:
    """Delete a customer without history, with the picture; archive one with sales or payments.

    Raises NotFound, or Conflict while money is open between the customer and the shop.
    """

    def remove() -> None:
        customer = _locked(customer_id)
        _require_no_open_balance(customer)
        if not _deleted(customer):
            customer.updated_by_id = by.pk
            customer.save(update_fields=["updated_by", "updated_at"])
            customer.archive()

    transact(remove)


def on_list() -> QuerySet[Any]:
    """Customers who have not been archived, each as a dict of what a list shows of them."""
    return Customer.objects.listed().values(*_ROW, "created_by__name")


def on_file() -> QuerySet[Any]:
    """Customers who have not been archived, each as a dict of everything written about them."""
    return Customer.objects.listed().values(*_FILE)


def with_figures(rows: Sequence[Row]) -> list[Row]:
    """Those dicts with `debt`, `total_orders` and `last_purchased`, at two queries in all."""
    ids = [row["id"] for row in rows]
    owed, bought = debts(ids), orders(ids)
    return [
        {
            **row,
            "debt": owed.get(row["id"], ZERO),
            "total_orders": bought[row["id"]].count if row["id"] in bought else 0,
            "last_purchased": bought[row["id"]].last_at if row["id"] in bought else None,
        }
        for row in rows
    ]


def with_account(row: Row) -> Row:
    """One such dict with its figures and `advance_balance`."""
    [known] = with_figures([row])
    return {**known, "advance_balance": advances.customer_balance(row["id"])}


def open_dues(customer: Customer) -> QuerySet[Any]:
    """What the customer owes, sale by sale, in the order in which a payment settles them."""
    rows = _open_dues().filter(customer=customer).order_by("sale__completed_at", "sale_id")
    return rows.values(*_DUE)


def debts(customer_ids: Iterable[int]) -> dict[int, Decimal]:
    """What each of these customers owes; whoever owes nothing is absent."""
    rows = _open_dues().filter(customer_id__in=list(customer_ids)).order_by()
    owed = rows.values_list("customer_id").annotate(owed=Sum("due_amount"))
    return {customer_id: money(amount) for customer_id, amount in owed}


def orders(customer_ids: Iterable[int]) -> dict[int, Orders]:
    """The completed sales of each of these customers; whoever never bought is absent."""
    rows = Sale.objects.completed().filter(customer_id__in=list(customer_ids)).order_by()
    bought = rows.values_list("customer_id").annotate(Count("id"), Max("completed_at"))
    return {customer_id: Orders(count, last_at) for customer_id, count, last_at in bought}


def owing() -> Q:
    """Customers who owe something."""
    return Q(Exists(_open_dues().filter(customer_id=OuterRef("pk"))))


def debt_of_each() -> Coalesce:
    """What a customer owes, as an expression over a query of customers."""
    dues = _open_dues().filter(customer_id=OuterRef("pk")).order_by()
    owed = dues.values("customer_id").annotate(owed=Sum("due_amount")).values("owed")
    amount = DecimalField(max_digits=14, decimal_places=2)
    return Coalesce(Subquery(owed), Value(ZERO), output_field=amount)


def last_purchase_of_each() -> Subquery:
    """When a customer last bought, as an expression over a query of customers."""
    bought = Sale.objects.completed().filter(customer_id=OuterRef("pk"))
    return Subquery(bought.order_by("-completed_at").values("completed_at")[:1])


def _open_dues() -> QuerySet[Any]:
    return CustomerDue.objects.filter(status=CustomerDue.Status.OPEN)


def _locked(customer_id: int) -> Customer:
    customer = Customer.objects.listed().select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("Customer not found")
    return customer


def _require_no_open_balance(customer: Customer) -> None:
    owed = debts([customer.pk]).get(customer.pk, ZERO)
    if owed:
        raise Conflict(f"Customer still owes {owed}", debt=owed)
    ahead = advances.customer_balance(customer.pk)
    if ahead:
        text = f"Open balance: the customer has paid {ahead} in advance"
        raise Conflict(text, advance_balance=ahead)


def _deleted(customer: Customer) -> bool:
    """Delete the customer if nothing refers to them; False if something does."""
    mine = {"customer_id": customer.pk}
    if Sale.objects.filter(**mine).exists() or Payment.objects.filter(**mine).exists():
        return False
    try:
        with transaction.atomic():
            drop_picture(customer.image_public_id)
            customer.delete()
    except (ProtectedError, IntegrityError):  # they bought something in this very moment
        return False
    return True
