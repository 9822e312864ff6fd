"""Stock by store: on a product's page and detail, and for whoever is refused."""

from typing import Any

import pytest
from django.urls import reverse
from model_bakery import baker

from accounts.models import Store, User
from catalog.models import Product
from conftest import at_the_office
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(db: None) -> Store:
    return baker.make(Store, name="Lake Road", currency_sign="৳")


@pytest.fixture
def shirt(admin: User, lake: Store) -> Product:
    """Two at home and five at Lake Road."""
    product = shop.a_product("20.00", name="Shirt")
    shop.buy((product, 2, "8.00"), by=admin)
    shop.buy((product, 5, "9.00"), by=admin.in_store(lake.pk, writing=True))
    return product


def sell(client: Any, product: Product, units: int, **body: Any) -> Any:
    lines = [{"product_id": product.pk, "quantity": units}]
    return client.post("/api/sales/checkout", {"items": lines, "paid_amount": 1000, **body})


def test_a_product_s_detail_and_page_show_every_store(
    admin: User, as_admin: Any, shirt: Product, lake: Store
) -> None:
    detail = as_admin.get(f"/api/products/{shirt.pk}").json()["data"]
    assert detail["stock"] == 2
    assert detail["stock_by_store"] == [
        {"store_id": 1, "store": "Main store", "stock": 2},
        {"store_id": lake.pk, "store": "Lake Road", "stock": 5},
    ]
    there = as_admin.get(f"/api/products/{shirt.pk}?store_id={lake.pk}").json()["data"]
    assert there["stock"] == 5
    page = at_the_office(admin).get(reverse("admin:catalog_product_change", args=[shirt.pk]))
    assert "Main store 2, Lake Road 5" in page.content.decode()


def test_whoever_is_refused_is_told_where_there_is_some(
    as_admin: Any, shirt: Product, lake: Store
) -> None:
    refused = sell(as_admin, shirt, 3)
    assert refused.status_code == 400
    answer = refused.json()
    assert answer["message"] == (
        "Not enough stock: Shirt (3 wanted, 2 in stock). Elsewhere: Shirt: 5 in Lake Road."
    )
    assert answer["errors"]["items[0].quantity"] == [
        "Only 2 in stock.",
        "Elsewhere: 5 in Lake Road.",
    ]
    elsewhere = [{"product_id": shirt.pk, "store_id": lake.pk, "stock": 5}]
    assert answer["details"]["elsewhere"] == elsewhere
    assert sell(as_admin, shirt, 3, store_id=lake.pk).status_code == 201

    in_cart = as_admin.post("/api/cart/items", {"product_id": shirt.pk, "quantity": 3})
    assert "Elsewhere: Shirt: 2 in Lake Road." in in_cart.json()["message"]
    lost = {"product_id": shirt.pk, "change_qty": -3, "reason": "lost"}
    assert "Elsewhere" in as_admin.post("/api/inventory", lost).json()["message"]


def test_where_no_other_store_has_any_nothing_is_added(as_admin: Any, lake: Store) -> None:
    product = shop.a_product(name="Cap")
    shop.buy((product, 1, "2.00"))
    assert sell(as_admin, product, 2).json()["message"] == (
        "Not enough stock: Cap (2 wanted, 1 in stock)."
    )


def test_with_one_store_nothing_speaks_of_stores(admin: User, as_admin: Any) -> None:
    product = shop.a_product(name="Cap")
    shop.buy((product, 1, "2.00"))
    assert "stock_by_store" not in as_admin.get(f"/api/products/{product.pk}").json()["data"]
    assert set(sell(as_admin, product, 2).json()["details"]) == {"lines"}
    page = at_the_office(admin).get(reverse("admin:catalog_product_change", args=[product.pk]))
    assert "stock by store" not in page.content.decode().lower()
