"""A cart on the server (docs/api.md §26)."""

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
from sales.models import Cart, Sale


@pytest.fixture
def shirt(admin: User) -> Product:
    product = baker.make(Product, name="Blue T-Shirt", sku="TS-001", price=Decimal("19.99"))
    lines = [Line(product.pk, Decimal(25), Decimal("8.50"))]
    receive_purchase(Delivery(baker.make(Supplier).pk, lines), TendersOffered(), by=admin)
    return product


def add(client: APIClient, product: Product, quantity: Any = 1, **more: Any) -> Any:
    body = {"product_id": product.pk, "quantity": quantity, **more}
    return client.post("/api/cart/items", body)


def test_an_empty_cart_is_there_on_first_sight(as_staff: APIClient) -> None:
    body = as_staff.get("/api/cart").json()

    assert body["success"] is True
    assert (body["data"]["items"], body["data"]["item_count"], body["data"]["subtotal"]) == (
        [],
        0,
        0,
    )
    assert as_staff.get("/api/cart").json()["data"]["id"] == body["data"]["id"]


def test_the_same_product_at_the_same_price_adds_up(as_staff: APIClient, shirt: Product) -> None:
    add(as_staff, shirt)
    answer = add(as_staff, shirt)
    dearer = add(as_staff, shirt, 1, unit_price=25)

    assert answer.status_code == 201
    assert answer.json()["message"] == "Added to cart"
    [line] = answer.json()["data"]["items"]
    line.pop("id")
    assert line == {
        "product_id": shirt.pk,
        "name": "Blue T-Shirt",
        "sku": "TS-001",
        "image_url": None,
        "stock": 25,
        "quantity": 2,
        "unit_price": 19.99,
        "price": 19.99,
        "subtotal": 39.98,
    }
    assert dearer.json()["data"]["item_count"] == 3
    assert dearer.json()["data"]["subtotal"] == 64.98


def test_the_price_stays_as_it_was_when_added(as_staff: APIClient, shirt: Product) -> None:
    add(as_staff, shirt)
    Product.objects.filter(pk=shirt.pk).update(price=Decimal("99.00"))

    assert as_staff.get("/api/cart").json()["data"]["subtotal"] == 19.99


def test_a_line_is_changed_and_taken_out_by_its_owner_only(
    as_staff: APIClient, as_admin: APIClient, shirt: Product
) -> None:
    line = add(as_staff, shirt).json()["data"]["items"][0]["id"]

    changed = as_staff.put(f"/api/cart/items/{line}", {"quantity": 5})
    assert (changed.status_code, changed.json()["message"]) == (200, "Cart line updated")
    assert changed.json()["data"]["item_count"] == 5
    assert as_admin.put(f"/api/cart/items/{line}", {"quantity": 1}).status_code == 404
    assert as_admin.delete(f"/api/cart/items/{line}").status_code == 404
    assert as_staff.put(f"/api/cart/items/{line}", {"quantity": 0}).status_code == 400
    assert as_staff.put("/api/cart/items/x", {"quantity": 1}).status_code == 400
    removed = as_staff.delete(f"/api/cart/items/{line}")
    assert removed.json()["message"] == "Cart line removed"
    assert removed.json()["data"]["items"] == []


def test_more_than_in_stock_does_not_fit(as_staff: APIClient, shirt: Product) -> None:
    assert add(as_staff, shirt, 26).status_code == 400
    line = add(as_staff, shirt, 20).json()["data"]["items"][0]["id"]
    assert add(as_staff, shirt, 6, unit_price=1).status_code == 400
    assert as_staff.put(f"/api/cart/items/{line}", {"quantity": 26}).status_code == 400
    assert as_staff.get("/api/cart").json()["data"]["item_count"] == 20


@pytest.mark.parametrize("status", ["inactive", "banned"])
def test_what_is_not_sold_does_not_fit(as_staff: APIClient, shirt: Product, status: str) -> None:
    Product.objects.filter(pk=shirt.pk).update(status=status)

    assert add(as_staff, shirt).status_code == 400
    assert as_staff.post("/api/cart/items", {"product_id": 999}).status_code == 400


def test_clearing_empties_the_cart(as_staff: APIClient, shirt: Product) -> None:
    add(as_staff, shirt)

    answer = as_staff.delete("/api/cart")

    assert answer.json()["message"] == "Cart cleared"
    assert answer.json()["data"]["items"] == []


def test_a_cart_is_sold_and_closed_in_one_go(as_staff: APIClient, shirt: Product) -> None:
    add(as_staff, shirt, 2)
    cart = Cart.objects.get()

    answer = as_staff.post("/api/cart/checkout", {"paid_amount": 50})

    assert answer.status_code == 201, answer.json()
    assert answer.json()["cart_id"] == cart.pk
    assert (answer.json()["total"], answer.json()["change_amount"]) == (39.98, 10.02)
    assert Sale.objects.get().cart.pk == cart.pk
    assert as_staff.get("/api/cart").json()["data"]["id"] != cart.pk
    assert as_staff.post("/api/cart/checkout", {"paid_amount": 50}).status_code == 400


def test_a_refused_checkout_leaves_the_cart_open(as_staff: APIClient, shirt: Product) -> None:
    add(as_staff, shirt, 2)

    assert as_staff.post("/api/cart/checkout", {"paid_amount": 1}).status_code == 400
    assert as_staff.get("/api/cart").json()["data"]["item_count"] == 2
    assert not Sale.objects.exists()


def test_a_retried_cart_checkout_sells_once(as_staff: APIClient, shirt: Product) -> None:
    add(as_staff, shirt, 2)

    first = as_staff.post(
        "/api/cart/checkout", {"paid_amount": 50}, headers={"Idempotency-Key": "c"}
    )
    again = as_staff.post(
        "/api/cart/checkout", {"paid_amount": 50}, headers={"Idempotency-Key": "c"}
    )

    assert again.content == first.content
    assert Sale.objects.count() == 1
