"""`PUT` and `DELETE /api/products/{id}`: what changes, what stays, what is archived."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from catalog.models import Brand, Category, Product
from inventory.models import InventoryLog
from inventory.tests.api.conftest import SHIRT, URL, create, files, picture

Make = Callable[..., Product]


# --- Changing ---


def test_only_sent_fields_change_and_stock_is_not_one_of_them(
    as_staff: APIClient, stocked: Make
) -> None:
    made = stocked(25, name="Blue", description="Soft")
    answer = as_staff.put(
        f"{URL}/{made.pk}",
        {"name": "Red", "price": "21.50", "stock": "0", "cost_price": 1, "id": 7},
        format="multipart",
    )
    assert answer.status_code == 200
    assert answer.json()["message"] == "Product updated"
    data = answer.json()["data"]
    assert (data["id"], data["name"], data["price"]) == (made.pk, "Red", 21.5)
    assert (data["stock"], data["description"], data["sku"]) == (25, "Soft", made.sku)
    assert data["keeps_stock"] is True
    assert InventoryLog.objects.count() == 0


def test_empty_means_none_for_brand_category_and_description(
    as_staff: APIClient, product: Make
) -> None:
    made = product(
        brand=baker.make(Brand, name="A"),
        category=baker.make(Category, name="B"),
        description="Soft",
    )
    body = {"brand_id": "", "category_id": "", "description": "", "price": "", "status": ""}
    data = as_staff.put(f"{URL}/{made.pk}", body, format="multipart").json()["data"]
    assert (data["brand_id"], data["category_name"], data["description"]) == (None, None, None)
    assert (data["price"], data["status"]) == (19.99, "active")


def test_an_empty_change_changes_nothing(as_staff: APIClient, product: Make) -> None:
    made = product()
    assert as_staff.put(f"{URL}/{made.pk}", {}).status_code == 200
    before = (made.name, made.sku, made.price)
    made.refresh_from_db()
    assert (made.name, made.sku, made.price) == (before[0], before[1], Decimal(before[2]))


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("name", "", 400),
        ("sku", " ", 400),
        ("price", -1, 400),
        ("brand_id", 999, 400),
        ("status", "gone", 400),
        ("sku", "TAKEN", 409),
        ("sku", "taken", 409),
    ],
)
def test_a_wrong_change_is_refused_and_changes_nothing(
    field: str, value: Any, status: int, as_staff: APIClient, product: Make
) -> None:
    product(sku="TAKEN")
    made = product(name="Blue")
    answer = as_staff.put(f"{URL}/{made.pk}", {"description": "new", field: value})
    assert answer.status_code == status
    assert list(answer.json()["errors"]) == [field]
    made.refresh_from_db()
    assert (made.name, made.description) == ("Blue", None)


@pytest.mark.parametrize("field", ["name", "sku"])
def test_a_form_cannot_blank_a_products_name_or_sku(
    field: str, as_staff: APIClient, product: Make
) -> None:
    made = product()
    answer = as_staff.put(f"{URL}/{made.pk}", {field: ""}, format="multipart")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_whether_a_product_keeps_stock_is_fixed_by_its_first_movement(
    as_staff: APIClient, product: Make, stocked: Make
) -> None:
    fresh, used = product(), stocked(0)
    assert as_staff.put(f"{URL}/{fresh.pk}", {"keeps_stock": False}).status_code == 200
    refused = as_staff.put(f"{URL}/{used.pk}", {"keeps_stock": False})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["keeps_stock"]
    assert as_staff.put(f"{URL}/{used.pk}", {"keeps_stock": True}).status_code == 200


# --- Removing ---


def test_a_product_without_history_is_deleted_with_its_picture(
    as_staff: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    as_staff.post(URL, {**SHIRT, "image": picture()}, format="multipart")
    made = Product.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_staff.delete(f"{URL}/{made.pk}")
    assert answer.json() == {"success": True, "message": "Product removed"}
    assert Product.objects.count() == 0
    assert files() == []


def test_a_product_with_history_is_archived_keeps_its_picture_and_frees_its_sku(
    as_staff: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    as_staff.post(URL, {**SHIRT, "stock": 5, "image": picture()}, format="multipart")
    made = Product.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert as_staff.delete(f"{URL}/{made.pk}").status_code == 200
    made.refresh_from_db()
    assert made.archived_at is not None
    assert (made.sku, made.sku_key) == ("TS-001", None)
    assert files() == [made.image_public_id]
    assert as_staff.get(URL).json()["data"] == []
    for answer in (
        as_staff.get(f"{URL}/{made.pk}"),
        as_staff.put(f"{URL}/{made.pk}", {"name": "A"}),
        as_staff.delete(f"{URL}/{made.pk}"),
    ):
        assert answer.status_code == 404
    assert create(as_staff)["id"] != made.pk


def test_a_product_in_a_cart_is_archived_too(as_staff: APIClient, product: Make) -> None:
    made = product()
    baker.make("sales.CartItem", product=made, quantity=1, unit_price=1)
    assert as_staff.delete(f"{URL}/{made.pk}").status_code == 200
    made.refresh_from_db()
    assert made.archived_at is not None
