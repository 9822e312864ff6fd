"""Refunds over the wire (docs/api.md §23)."""

from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Product
from ledger.payments import TendersOffered
from purchasing.models import Supplier
from purchasing.receive import Delivery, Line, receive_purchase
from sales.models import Customer, Refund


@pytest.fixture
def shirt(admin: User) -> Product:
    product = baker.make(Product, name="Blue T-Shirt", sku="TS-001", price=Decimal("19.99"))
    lines = [Line(product.pk, Decimal(25), Decimal("8.50"))]
    receive_purchase(Delivery(baker.make(Supplier).pk, lines), TendersOffered(), by=admin)
    return product


@pytest.fixture
def sale(as_staff: APIClient, shirt: Product) -> int:
    customer = baker.make(Customer, name="Rahim Uddin")
    body = {
        "customer_id": customer.pk,
        "items": [{"product_id": shirt.pk, "quantity": 2}],
        "paid_amount": 39.98,
    }
    return int(as_staff.post("/api/sales/checkout", body).json()["sale_id"])


def test_one_of_two_shirts_comes_back(
    as_staff: APIClient, sale: int, shirt: Product, staff: User
) -> None:
    answer = as_staff.post(
        "/api/refunds",
        {
            "sale_id": sale,
            "items": [{"product_id": shirt.pk, "quantity": 1}],
            "reason": "Wrong size",
        },
    )

    assert answer.status_code == 201, answer.json()
    body = answer.json()
    created_at = body["data"].pop("created_at")
    refund = Refund.objects.get()
    item = refund.items.get()
    assert created_at.endswith("+06:00")
    assert body == {
        "success": True,
        "message": "Refund recorded",
        "refund_id": refund.pk,
        "refund_amount": 19.99,
        "paid_out": 19.99,
        "due_reduced": 0,
        "data": {
            "id": refund.pk,
            "sale_id": sale,
            "invoice": f"INV-S{sale:06}",
            "customer_id": refund.customer_id,
            "customer": "Rahim Uddin",
            "refund_amount": 19.99,
            "paid_out": 19.99,
            "due_reduced": 0,
            "refund_method": "cash",
            "reason": "Wrong size",
            "user_id": staff.pk,
            "user_name": staff.name,
            "items": [
                {
                    "sale_item_id": item.sale_item_id,
                    "product_id": shirt.pk,
                    "product_name": "Blue T-Shirt",
                    "quantity": 1,
                    "amount": 19.99,
                    "restocked": True,
                }
            ],
        },
    }


def test_without_lines_everything_left_comes_back_once(as_staff: APIClient, sale: int) -> None:
    assert as_staff.post("/api/refunds", {"sale_id": sale}).json()["refund_amount"] == 39.98
    assert as_staff.post("/api/refunds", {"sale_id": sale}).status_code == 400
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("nothing", [None, ""])
def test_goods_come_back_to_the_shelf_unless_it_is_said_otherwise(
    as_staff: APIClient, sale: int, shirt: Product, nothing: str | None
) -> None:
    items = [{"product_id": shirt.pk, "quantity": 1, "restock": nothing}]
    body = {"sale_id": sale, "items": items, "restock": nothing}

    answer = as_staff.post("/api/refunds", body)

    assert answer.status_code == 201, answer.json()
    assert answer.json()["data"]["items"][0]["restocked"] is True


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"sale_id": 999}, 404),
        ({"sale_id": "x"}, 400),
        ({"items": []}, 400),
        ({"items": [{"quantity": 1}]}, 400),
        ({"items": [{"product_id": 999, "quantity": 1}]}, 400),
        ({"items": [{"sale_item_id": 999, "quantity": 1}]}, 400),
        ({"refund_method": "due"}, 400),
        ({"reason": "x" * 256}, 400),
        ({"reason": "card 4111-1111-1111-1111"}, 400),
        ({"restock": "perhaps"}, 400),
    ],
)
def test_a_wrong_refund_is_refused_and_nothing_is_written(
    as_staff: APIClient, sale: int, change: dict[str, Any], status: int
) -> None:
    answer = as_staff.post("/api/refunds", {"sale_id": sale} | change)

    assert answer.status_code == status
    assert not Refund.objects.exists()


def test_more_than_was_sold_does_not_come_back(
    as_staff: APIClient, sale: int, shirt: Product
) -> None:
    items = [{"product_id": shirt.pk, "quantity": 3}]

    answer = as_staff.post("/api/refunds", {"sale_id": sale, "items": items})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"items[0].quantity": ["Only 2 left to refund."]}


def test_a_held_sale_is_not_refunded(as_staff: APIClient, shirt: Product) -> None:
    items = [{"product_id": shirt.pk, "quantity": 1}]
    held = as_staff.post("/api/sales/pending", {"items": items}).json()["pending_id"]

    assert as_staff.post("/api/refunds", {"sale_id": held}).status_code == 400


def test_refunds_are_listed_of_all_and_of_one_sale(
    as_staff: APIClient, sale: int, shirt: Product, queries: Any
) -> None:
    items = [{"product_id": shirt.pk, "quantity": 1}]
    as_staff.post("/api/refunds", {"sale_id": sale, "items": items})
    one = len(queries(lambda: as_staff.get("/api/refunds")))
    second = as_staff.post("/api/refunds", {"sale_id": sale}).json()["refund_id"]

    listed = as_staff.get("/api/refunds").json()
    assert listed["data"][0]["id"] == second
    assert listed["total"] == 2
    assert len(queries(lambda: as_staff.get("/api/refunds"))) == one
    assert as_staff.get(f"/api/sales/{sale}/refunds").json()["total"] == 2
    assert as_staff.get(f"/api/refunds/{second}").json()["data"]["id"] == second
    assert as_staff.get(f"/api/refunds?sale_id={sale + 1}").json()["data"] == []
    assert as_staff.get("/api/refunds/999").status_code == 404
    assert as_staff.get("/api/sales/999/refunds").status_code == 404


def test_a_retried_refund_pays_out_once(as_staff: APIClient, sale: int, shirt: Product) -> None:
    body = {"sale_id": sale, "items": [{"product_id": shirt.pk, "quantity": 1}]}

    first = as_staff.post("/api/refunds", body, headers={"Idempotency-Key": "r"})
    again = as_staff.post("/api/refunds", body, headers={"Idempotency-Key": "r"})

    assert again.content == first.content
    assert Refund.objects.count() == 1
