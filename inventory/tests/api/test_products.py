"""Products over the wire: shown, and created with opening stock and picture."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Brand, Category, Product
from inventory.models import Batch, InventoryLog
from inventory.tests.api.conftest import SHIRT, URL, create, files, moved, picture, shelve
from ledger.journal_models import JournalLine

Make = Callable[..., Product]


# --- One product ---


def test_details_add_the_latest_purchase_cost_and_have_no_image_key(
    as_staff: APIClient, stocked: Make
) -> None:
    made = stocked(5, "8.50")
    shelve(made, 3, "9.25")
    shelve(made, 3, "1.00", origin="adjustment")
    body = as_staff.get(f"{URL}/{made.pk}").json()
    assert (body["success"], body["message"]) == (True, "Fetched")
    assert body["data"]["cost_price"] == 9.25
    assert body["data"]["stock"] == 11
    assert body["data"]["image_public_id"] is None
    assert "image" not in body["data"]


def test_a_product_that_was_never_bought_has_no_cost(as_staff: APIClient, product: Make) -> None:
    assert as_staff.get(f"{URL}/{product().pk}").json()["data"]["cost_price"] is None


@pytest.mark.parametrize(("row", "status"), [("999", 404), ("0", 400), ("x", 400), ("9" * 30, 400)])
def test_an_unknown_product_is_not_found_and_a_wrong_id_is_refused(
    row: str, status: int, as_staff: APIClient
) -> None:
    for answer in (
        as_staff.get(f"{URL}/{row}"),
        as_staff.put(f"{URL}/{row}", {"name": "A"}),
        as_staff.delete(f"{URL}/{row}"),
    ):
        assert answer.status_code == status
        assert answer.json()["message"] == (
            "Product not found" if status == 404 else "Invalid product id"
        )


def test_details_cost_the_same_however_long_the_history(
    as_staff: APIClient, stocked: Make, staff: User, queries: Callable[..., list[str]]
) -> None:
    made = stocked(1)
    short = len(queries(lambda: as_staff.get(f"{URL}/{made.pk}")))
    for _ in range(20):
        shelve(made, 2)
        moved(made, -1, staff)
    assert len(queries(lambda: as_staff.get(f"{URL}/{made.pk}"))) == short


# --- Creating ---


def test_a_created_product_is_answered_in_full(as_staff: APIClient, staff: User) -> None:
    brand, category = baker.make(Brand, name="Acme"), baker.make(Category, name="Apparel")
    answer = as_staff.post(
        URL, {**SHIRT, "brand_id": str(brand.pk), "category_id": category.pk, "price": "19.99"}
    )
    body = answer.json()
    made = Product.objects.get()
    assert answer.status_code == 201
    assert body["message"] == "Product created"
    assert body["product"] == {"id": made.pk, "name": "Blue T-Shirt", "image_url": None}
    assert body["data"]["price"] == 19.99
    assert body["data"]["brand_name"] == "Acme"
    assert body["data"]["status"] == "active"
    assert body["data"] == as_staff.get(f"{URL}/{made.pk}").json()["data"]
    assert made.created_by == staff


def test_opening_stock_makes_one_batch_one_log_row_and_one_entry(as_staff: APIClient) -> None:
    data = create(as_staff, stock=25, cost_price=8.5)
    assert data["stock"] == 25
    batch, entry = Batch.objects.get(), InventoryLog.objects.get()
    assert (batch.origin, batch.quantity, batch.unit_cost) == ("opening", 25, Decimal("8.5"))
    assert (entry.reason, entry.change_qty, entry.cost) == ("OPENING", 25, Decimal("212.50"))
    sums = JournalLine.objects.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    assert {Decimal(str(value)) for value in sums.values()} == {Decimal("212.5")}


def test_opening_stock_without_a_cost_is_worth_nothing(as_staff: APIClient) -> None:
    assert create(as_staff, stock="3")["stock"] == 3
    assert Batch.objects.get().unit_cost == 0
    assert JournalLine.objects.count() == 0


@pytest.mark.parametrize("stock", [0, "", None])
def test_no_stock_is_no_batch(stock: Any, as_staff: APIClient) -> None:
    assert create(as_staff, stock=stock)["stock"] == 0
    assert Batch.objects.count() == InventoryLog.objects.count() == 0


def test_a_service_product_keeps_no_stock(as_staff: APIClient) -> None:
    refused = as_staff.post(URL, {**SHIRT, "keeps_stock": False, "stock": 5})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["stock"]
    assert Product.objects.count() == 0
    assert create(as_staff, keeps_stock=False)["keeps_stock"] is False


def test_a_form_that_does_not_mention_it_makes_a_product_that_keeps_stock(
    as_staff: APIClient,
) -> None:
    answer = as_staff.post(URL, {**SHIRT, "stock": "5"}, format="multipart")
    assert answer.status_code == 201
    assert answer.json()["data"]["keeps_stock"] is True


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", None),
        ("name", "x" * 256),
        ("name", ["a"]),
        ("sku", ""),
        ("sku", "x" * 101),
        ("sku", "ﷺ" * 50),
        ("sku", {"a": 1}),
        ("price", None),
        ("price", ""),
        ("price", -1),
        ("price", "abc"),
        ("price", "NaN"),
        ("price", "Infinity"),
        ("price", "1e400"),
        ("price", 19.999),
        ("price", 100_000_000),
        ("price", True),
        ("price", [1]),
        ("brand_id", 999),
        ("brand_id", "x"),
        ("brand_id", 0),
        ("brand_id", 10**30),
        ("brand_id", [1]),
        ("category_id", 999),
        ("category_id", 1.5),
        ("description", "x" * 10_001),
        ("description", ["a"]),
        ("status", "gone"),
        ("status", ["active"]),
        ("status", {}),
        ("keeps_stock", "perhaps"),
        ("keeps_stock", []),
        ("stock", -1),
        ("stock", 2.5),
        ("stock", "many"),
        ("stock", 10**7),
        ("stock", True),
        ("cost_price", 5),
        ("image", "https://evil.example/a.png"),
        ("image", ["a"]),
        ("removeImage", "perhaps"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(
    field: str, value: Any, as_staff: APIClient
) -> None:
    answer = as_staff.post(URL, {**SHIRT, field: value})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert Product.objects.count() == 0
    assert files() == []


def test_a_wrong_cost_is_refused_with_the_stock(as_staff: APIClient) -> None:
    for cost in (-1, "abc", 8.555, 10**9):
        answer = as_staff.post(URL, {**SHIRT, "stock": 5, "cost_price": cost})
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["cost_price"]
    too_much = {**SHIRT, "stock": 1_000_000, "cost_price": 99_999_999}
    assert as_staff.post(URL, too_much).status_code == 400
    assert Product.objects.count() == Batch.objects.count() == 0


def test_what_a_client_may_not_set_is_ignored(as_staff: APIClient) -> None:
    data = create(
        as_staff,
        id=7777,
        image_public_id="../../etc/passwd",
        image_url="https://evil.example",
        created_at="2001-01-01T00:00:00Z",
        sold_last_30_days=99,
        archived_at="2001-01-01T00:00:00Z",
        created_by=5,
    )
    assert data["id"] != 7777
    assert data["image_public_id"] is None
    assert data["sold_last_30_days"] == 0
    assert Product.objects.get().archived_at is None


@pytest.mark.parametrize("sku", ["TS-001", "ts-001", "  Ts-001 ", "ＴＳ-001"])
def test_a_sku_is_used_once_however_it_is_spelled(sku: str, as_staff: APIClient) -> None:
    create(as_staff)
    answer = as_staff.post(URL, {**SHIRT, "sku": sku, "stock": 5}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 409
    assert list(answer.json()["errors"]) == ["sku"]
    assert Product.objects.count() == 1
    assert Batch.objects.count() == 0


def test_a_retried_creation_with_stock_has_one_effect_and_one_answer(as_staff: APIClient) -> None:
    key = {"Idempotency-Key": "create-1"}
    body = {**SHIRT, "stock": 5, "image": picture()}
    first = as_staff.post(URL, {**body, "image": picture()}, format="multipart", headers=key)
    again = as_staff.post(URL, {**body, "image": picture()}, format="multipart", headers=key)
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert Product.objects.count() == Batch.objects.count() == 1
    assert len(files()) == 1
    other = {**body, "image": picture(size=(9, 9))}
    assert as_staff.post(URL, other, format="multipart", headers=key).status_code == 422
    assert len(files()) == 1


def test_a_number_beyond_measure_in_an_unknown_field_is_no_crash(as_staff: APIClient) -> None:
    body = json.dumps(SHIRT)[:-1] + ', "x": 1e99999999}'
    answer = as_staff.post(
        URL, body, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 201


# --- How ---


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--BoUnDaRyStRiNg",
        b'--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; name="name"\r\n\r\nA',
        b'--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; name="image";'
        b" filename*=bogus''a.png\r\n\r\nA\r\n--BoUnDaRyStRiNg--\r\n",
        b'--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; name="sku"\r\n\r\n\xff\xfe\r\n'
        b"--BoUnDaRyStRiNg--\r\n",
    ],
)
def test_a_broken_form_is_refused(body: bytes, as_staff: APIClient) -> None:
    type_ = "multipart/form-data; boundary=BoUnDaRyStRiNg"
    answer = as_staff.post(URL, body, content_type=type_)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"


def test_another_content_type_is_refused(as_staff: APIClient) -> None:
    answer = as_staff.post(URL, "<product/>", content_type="application/xml")
    assert answer.status_code == 415
    assert as_staff.patch(f"{URL}/1", {}).status_code == 405
