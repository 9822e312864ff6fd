"""The worked dataset behind the examples of users' and dashboards' figures.

Traded through the use cases, with the ids, names and moments of the examples; it is six o'clock in
the evening of 8 February 2026. Import the fixture into a `conftest.py` to use it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, models

from accounts.models import User
from catalog.models import Brand, Category, Product
from conftest import signed_in
from ledger.expenses import Spending, record_expense
from ledger.payments import Tender
from pos_project.tests import shop
from purchasing.models import Purchase, Supplier
from sales.customer_payments import receive_due_payment
from sales.models import Customer, Refund, Sale
from sales.refunds import Claim, Returned, refund

NOW = datetime.fromisoformat("2026-02-08T18:00:00+06:00")
PERIOD = {"fromDate": "2026-02-01", "toDate": "2026-02-08"}


@dataclass(frozen=True)
class WorkedDataset:
    """The rows that a test may want to point at."""

    admin: User
    seller: User
    rahim: Customer
    salma: Customer
    shirt: Product
    scarf: Product
    cap: Product
    supplier: Supplier

    def body(self, path: str, *, by: User | None = None, **query: Any) -> dict[str, Any]:
        """The whole answer to `GET /api/<path>`, asked by the admin unless `by` says otherwise."""
        answer = signed_in(by or self.admin).get(f"/api/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def data(self, path: str, **query: Any) -> Any:
        """Its `data`, for the period of the examples unless `query` has another."""
        return self.body(path, **{**PERIOD, **query})["data"]


@pytest.fixture
def worked_dataset(db: None) -> Iterator[WorkedDataset]:
    """The shop of the examples, at the moment of the examples."""
    with time_machine.travel(NOW, tick=False):
        yield trade()


def trade() -> WorkedDataset:
    with _at("2026-01-05T10:15:00+06:00"):
        rows = _people_and_goods()
    _january(rows)
    _february(rows)
    return rows


def _people_and_goods() -> WorkedDataset:
    admin = User.objects.create_user(
        id=1,
        name="superAdmin",
        email="admin@shop.example",
        role="admin",
        password="a-good-password",
    )
    seller = User.objects.create_user(
        id=3,
        name="Nusrat Jahan",
        username="nusrat",
        email="nusrat@shop.example",
        phone="01711000003",
        role="staff",
        password="a-good-password",
        created_by=admin,
    )
    supplier = Supplier.objects.create(id=5, name="Delta Textiles", phone="01811000005")
    rahim = Customer.objects.create(
        id=12, name="Rahim Uddin", phone="01911000012", created_by=admin
    )
    with _at("2026-02-03T09:30:00+06:00"):
        salma = Customer.objects.create(id=14, name="Salma Begum", created_by=admin)
    apparel = Category.objects.create(name="Apparel")
    accessories = Category.objects.create(name="Accessories")
    acme = Brand.objects.create(name="Acme")

    def product(pk: int, name: str, sku: str, price: str, **labels: Any) -> Product:
        return Product.objects.create(id=pk, name=name, sku=sku, price=Decimal(price), **labels)

    return WorkedDataset(
        admin,
        seller,
        rahim,
        salma,
        product(101, "Blue T-Shirt", "TS-001", "19.99", category=apparel, brand=acme),
        product(103, "Wool Scarf", "WS-003", "40.10", category=apparel, brand=acme),
        product(104, "Canvas Cap", "CP-004", "12.50", category=accessories),
        supplier,
    )


def _january(of: WorkedDataset) -> None:
    _next_id(Purchase, 2280)
    shop.buy((of.shirt, 18, "8.50"), supplier=of.supplier, on=date(2026, 1, 10), by=of.admin)
    _next_id(Purchase, 2290)
    shop.buy((of.scarf, 10, "22.00"), supplier=of.supplier, on=date(2026, 1, 15), by=of.admin)


def _february(of: WorkedDataset) -> None:
    rent = Spending("Shop rent", Decimal(60), category="Rent")
    record_expense(rent, by=of.admin, at=_moment("2026-02-01T10:00:00+06:00"))
    _next_id(Sale, 5490)
    shop.sell(
        (of.scarf, 5),
        customer=of.rahim,
        offered=shop.on_credit(),
        by=of.seller,
        at=_moment("2026-02-01T12:10:00+06:00"),
    )
    receive_due_payment(
        of.rahim.pk,
        Tender("cash", Decimal(80)),
        by=of.seller,
        at=_moment("2026-02-05T11:00:00+06:00"),
    )
    fare = Spending("Van to the depot", Decimal("12.50"), category="Transport")
    record_expense(fare, by=of.admin, at=_moment("2026-02-06T09:00:00+06:00"))
    _the_eighth(of)


def _the_eighth(of: WorkedDataset) -> None:
    with _at("2026-02-08T11:20:00+06:00"):
        _next_id(Purchase, 2301)
        shop.buy(
            (of.shirt, 10, "8.50"),
            supplier=of.supplier,
            offered=shop.cash(50),
            invoice="PO-2026-001",
            by=of.admin,
        )
    _next_id(Sale, 5502)
    sold = shop.sell(
        (of.shirt, 2),
        customer=of.rahim,
        by=of.seller,
        at=_moment("2026-02-08T15:04:05+06:00"),
    )
    _next_id(Sale, 5503)
    shop.sell(
        (of.scarf, 1),
        (of.shirt, 1),
        discount=Decimal("0.09"),
        by=of.admin,
        at=_moment("2026-02-08T16:00:00+06:00"),
    )
    _next_id(Refund, 61)
    refund(
        Claim(sold.sale.pk, [Returned(Decimal(1), product_id=of.shirt.pk)]),
        by=of.seller,
        at=_moment("2026-02-08T17:00:00+06:00"),
    )


def _next_id(model: type[models.Model], row_id: int) -> None:
    """Let the next row that is inserted into the model's table get this id."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            # For the next INSERT, whatever its table: a document's own row is its event's first.
            cursor.execute("SET insert_id = %s", [row_id])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, row_id - 1]
        )


def _at(moment: str) -> time_machine.travel:
    return time_machine.travel(_moment(moment), tick=False)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
