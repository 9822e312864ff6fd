"""The stock log over the wire: listed, added to by hand, undone."""

from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Product
from inventory.models import Batch, InventoryLog
from inventory.tests.api.conftest import moved, shelve
from pos_project.core.days import at_noon, today
from pos_project.tests import shop

Make = Callable[..., Product]
URL = "/api/inventory"


def ids(client: APIClient, **query: Any) -> list[int]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["data"]]


def stock_of(client: APIClient, product: Product) -> int:
    return client.get(f"/api/products/{product.pk}").json()["data"]["stock"]


def adjust(client: APIClient, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, body)
    assert answer.status_code == 201, answer.content
    return answer.json()


# --- The list ---


def test_a_row_says_who_moved_what_and_why(as_staff: APIClient, product: Make, admin: User) -> None:
    shirt = product(name="Blue T-Shirt")
    row = moved(shirt, -2, admin, reference="INV-S005502")
    body = as_staff.get(URL).json()
    created_at = body["data"][0].pop("created_at")
    assert body["data"] == [
        {
            "id": row.pk,
            "product_id": shirt.pk,
            "product_name": "Blue T-Shirt",
            "change_qty": -2,
            "reason": "SALE",
            "reference": "INV-S005502",
            "note": None,
            "user_id": admin.pk,
            "user_name": admin.name,
        }
    ]
    assert created_at.endswith("+06:00")
    assert (body["total"], body["page"], body["limit"]) == (1, 1, 50)


def test_the_newest_movement_comes_first_unless_asked_otherwise(
    as_staff: APIClient, product: Make, staff: User
) -> None:
    rows = [moved(product(), -1, staff).pk for _ in range(3)]
    assert ids(as_staff) == rows[::-1]
    assert ids(as_staff, sort="id", order="asc") == rows
    assert ids(as_staff, sort="created_at", order="asc") == rows
    assert ids(as_staff, limit=2, page=2) == rows[:1]


def test_movements_are_found_by_product_reason_day_and_text(
    as_staff: APIClient, product: Make, staff: User
) -> None:
    shirt, cup = product(name="Shirt 100%"), product(name="Cup")
    sale = moved(shirt, -1, staff, days_ago=2, reference="INV-S000001").pk
    count = moved(cup, 5, staff, kind="adjustment", reason="Count", days_ago=1).pk
    bought = moved(cup, 5, staff, kind="purchase", reference="PUR-000001").pk
    day = today()
    assert ids(as_staff, product_id=shirt.pk) == [sale]
    assert ids(as_staff, product_id=999) == []
    assert ids(as_staff, reason="COUNT") == [count]
    assert ids(as_staff, reason="") == [bought, count, sale]
    assert ids(as_staff, fromDate=day) == [bought]
    assert ids(as_staff, toDate=day - timedelta(days=2)) == [sale]
    yesterday = day - timedelta(days=1)
    assert ids(as_staff, fromDate=yesterday, toDate=yesterday) == [count]
    assert ids(as_staff, fromDate="", toDate="") == [bought, count, sale]
    assert ids(as_staff, search="pur-0") == [bought]
    assert ids(as_staff, search="shirt 100%") == [sale]
    assert ids(as_staff, search="S_0") == []


@pytest.mark.parametrize(
    "query",
    [
        {"product_id": "x"},
        {"product_id": "-1"},
        {"fromDate": "2026-02-30"},
        {"toDate": "01-02-2026"},
        {"fromDate": "2026-02-02", "toDate": "2026-02-01"},
        {"sort": "user"},
        {"order": "up"},
        {"reason": "a\0b"},
    ],
)
def test_a_query_that_means_nothing_is_refused(query: dict[str, str], as_staff: APIClient) -> None:
    assert as_staff.get(URL, query).status_code == 400


def test_a_voided_entry_and_its_void_are_left_out(as_staff: APIClient, stocked: Make) -> None:
    made = stocked(0)
    kept = adjust(as_staff, product_id=made.pk, change_qty=3)["data"]["id"]
    undone = adjust(as_staff, product_id=made.pk, change_qty=4)["data"]["id"]
    assert as_staff.delete(f"{URL}/{undone}").status_code == 200
    body = as_staff.get(URL).json()
    assert [row["id"] for row in body["data"]] == [kept]
    assert body["total"] == 1
    assert InventoryLog.objects.count() == 3


def test_what_is_hidden_is_not_counted_on_any_day(as_staff: APIClient, stocked: Make) -> None:
    """The adjustment was made yesterday, its void today."""
    made, yesterday = stocked(0), today() - timedelta(days=1)
    with time_machine.travel(at_noon(yesterday).astimezone(UTC), tick=False):
        shop.adjust(made, 3)
        undone = shop.adjust(made, 4)
    assert as_staff.delete(f"{URL}/{undone.pk}").status_code == 200
    adjust(as_staff, product_id=made.pk, change_qty=5)

    for day, shown in (({}, 2), ({"toDate": yesterday}, 1), ({"fromDate": today()}, 1)):
        body = as_staff.get(URL, day).json()
        assert (len(body["data"]), body["total"]) == (shown, shown)
    assert as_staff.get(URL, {"search": "no such thing"}).json()["total"] == 0


# --- Adjusting ---


def test_more_units_come_at_the_last_purchases_cost(
    as_staff: APIClient, stocked: Make, staff: User
) -> None:
    made = stocked(23, "8.50")
    body = adjust(as_staff, product_id=made.pk, change_qty=5, reason="COUNT", note="Shelf recount")
    assert (body["success"], body["message"], body["stock"]) == (True, "Inventory entry added", 28)
    data = body["data"]
    assert (data["change_qty"], data["reason"], data["reference"]) == (5, "COUNT", None)
    assert (data["note"], data["user_name"], data["product_name"]) == (
        "Shelf recount",
        staff.name,
        made.name,
    )
    batch = Batch.objects.get(origin="adjustment")
    assert (batch.quantity, batch.unit_cost) == (5, Decimal("8.5"))
    assert stock_of(as_staff, made) == 28


def test_a_given_cost_wins_and_without_any_it_is_0(as_staff: APIClient, product: Make) -> None:
    made = product()
    adjust(as_staff, product_id=made.pk, change_qty=1)
    adjust(as_staff, product_id=made.pk, change_qty=1, unit_cost="3.25")
    costs = Batch.objects.order_by("id").values_list("unit_cost", flat=True)
    assert list(costs) == [0, Decimal("3.25")]


def test_fewer_units_are_taken_from_the_oldest_batch(as_staff: APIClient, stocked: Make) -> None:
    made = stocked(2)
    younger = shelve(made, 5)
    assert adjust(as_staff, product_id=made.pk, change_qty="-3")["stock"] == 4
    younger.refresh_from_db()
    assert younger.remaining == 4


def test_an_entry_without_a_reason_is_an_adjustment(as_staff: APIClient, product: Make) -> None:
    body = adjust(as_staff, product_id=product().pk, change_qty=1, reason="  ")
    assert body["data"]["reason"] == "ADJUSTMENT"


@pytest.mark.parametrize(
    ("change_type", "quantity", "change", "reason"),
    [
        ("in", 4, 4, "ADJUSTMENT"),
        ("OUT", "4", -4, "ADJUSTMENT"),
        ("Damaged", -4, -4, "Damaged"),
        ("Found", 4, 4, "Found"),
    ],
)
def test_the_original_programs_form_is_understood(
    change_type: str,
    quantity: Any,
    change: int,
    reason: str,
    as_staff: APIClient,
    stocked: Make,
) -> None:
    made = stocked(10)
    body = adjust(as_staff, product_id=made.pk, change_type=change_type, quantity=quantity)
    assert body["stock"] == 10 + change
    assert (body["data"]["change_qty"], body["data"]["reason"]) == (change, reason)


@pytest.mark.parametrize(
    "form",
    [
        {"change_qty": 4, "quantity": 4, "change_type": "in"},
        {"change_qty": -4, "change_type": "out"},
        {"change_qty": 4, "quantity": 4},
        {"change_qty": 4, "change_type": "Found", "reason": "Found"},
    ],
)
def test_both_forms_together_may_say_the_same(
    form: dict[str, Any], as_staff: APIClient, stocked: Make
) -> None:
    assert as_staff.post(URL, {"product_id": stocked(10).pk, **form}).status_code == 201


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "change_qty"),
        ({"change_qty": 0}, "change_qty"),
        ({"change_qty": ""}, "change_qty"),
        ({"change_qty": None}, "change_qty"),
        ({"change_qty": 2.5}, "change_qty"),
        ({"change_qty": "abc"}, "change_qty"),
        ({"change_qty": True}, "change_qty"),
        ({"change_qty": [1]}, "change_qty"),
        ({"change_qty": 10**7}, "change_qty"),
        ({"change_qty": -(10**30)}, "change_qty"),
        ({"change_qty": -11}, "change_qty"),
        ({"quantity": 5}, "change_type"),
        ({"quantity": 0, "change_type": "in"}, "change_qty"),
        ({"quantity": -5, "change_type": "in"}, "quantity"),
        ({"quantity": 1.5, "change_type": "in"}, "quantity"),
        ({"change_type": "in"}, "change_qty"),
        ({"change_qty": 5, "quantity": 5, "change_type": "out"}, "change_qty"),
        ({"change_qty": 5, "change_type": "out"}, "change_qty"),
        ({"change_qty": 5, "change_type": "Found", "reason": "Lost"}, "reason"),
        ({"change_qty": 5, "reason": "x" * 101}, "reason"),
        ({"change_qty": 5, "reason": ["a"]}, "reason"),
        ({"change_qty": 5, "reference": "x" * 101}, "reference"),
        ({"change_qty": 5, "note": "x" * 1001}, "note"),
        ({"change_qty": 5, "unit_cost": -1}, "unit_cost"),
        ({"change_qty": 5, "unit_cost": 1.999}, "unit_cost"),
        ({"change_qty": 5, "product_id": 999}, "product_id"),
        ({"change_qty": 5, "product_id": "x"}, "product_id"),
        ({"change_qty": 5, "product_id": ""}, "product_id"),
        ({"change_qty": 5, "product_id": {}}, "product_id"),
    ],
)
def test_a_wrong_entry_names_its_field_and_moves_nothing(
    form: dict[str, Any], field: str, as_staff: APIClient, stocked: Make
) -> None:
    made = stocked(10)
    answer = as_staff.post(URL, {"product_id": made.pk, **form})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert InventoryLog.objects.count() == 0
    assert stock_of(as_staff, made) == 10


def test_goods_worth_more_than_the_books_hold_are_refused(
    as_staff: APIClient, product: Make
) -> None:
    body = {"product_id": product().pk, "change_qty": 10**6, "unit_cost": 99_999_999}
    assert as_staff.post(URL, body).status_code == 400
    assert Batch.objects.count() == 0


def test_a_service_or_an_archived_product_is_not_adjusted(
    as_staff: APIClient, product: Make, stocked: Make
) -> None:
    service, gone = product(keeps_stock=False), stocked(5)
    gone.archive(keys=("sku_key",))
    for made in (service, gone):
        answer = as_staff.post(URL, {"product_id": made.pk, "change_qty": 1})
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["product_id"]


def test_a_retried_entry_moves_stock_once(as_staff: APIClient, stocked: Make) -> None:
    made, key = stocked(10), {"Idempotency-Key": "count-1"}
    body = {"product_id": made.pk, "change_qty": -10}
    first = as_staff.post(URL, body, headers=key)
    again = as_staff.post(URL, body, headers=key)
    assert first.status_code == 201
    assert first.json()["stock"] == 0
    assert again.content == first.content
    assert stock_of(as_staff, made) == 0
    assert as_staff.post(URL, {**body, "note": "x"}, headers=key).status_code == 422


# --- Undoing ---


@pytest.mark.parametrize("change", [5, -4])
def test_removing_an_entry_undoes_its_stock_effect(
    change: int, as_staff: APIClient, stocked: Make
) -> None:
    made = stocked(10)
    row = adjust(as_staff, product_id=made.pk, change_qty=change)["data"]["id"]
    answer = as_staff.delete(f"{URL}/{row}")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Inventory entry removed"}
    assert stock_of(as_staff, made) == 10
    assert as_staff.delete(f"{URL}/{row}").status_code == 404


def test_units_that_were_sold_cannot_be_taken_back(as_staff: APIClient, product: Make) -> None:
    made = product()
    row = adjust(as_staff, product_id=made.pk, change_qty=5)["data"]["id"]
    adjust(as_staff, product_id=made.pk, change_qty=-1)
    assert as_staff.delete(f"{URL}/{row}").status_code == 400
    assert stock_of(as_staff, made) == 4


@pytest.mark.parametrize("kind", ["sale", "purchase", "refund", "opening"])
def test_an_entry_that_a_document_wrote_stays(
    kind: str, as_admin: APIClient, product: Make, admin: User
) -> None:
    row = moved(product(), -1, admin, kind=kind)
    assert as_admin.delete(f"{URL}/{row.pk}").status_code == 409
    assert ids(as_admin) == [row.pk]


def test_a_void_is_no_entry_that_could_be_removed(as_staff: APIClient, stocked: Make) -> None:
    row = adjust(as_staff, product_id=stocked(0).pk, change_qty=5)["data"]["id"]
    as_staff.delete(f"{URL}/{row}")
    void = InventoryLog.objects.get(kind="void")
    assert as_staff.delete(f"{URL}/{void.pk}").status_code == 404


def test_a_retried_removal_gets_the_same_answer(as_staff: APIClient, stocked: Make) -> None:
    made, key = stocked(0), {"Idempotency-Key": "undo-1"}
    row = adjust(as_staff, product_id=made.pk, change_qty=5)["data"]["id"]
    first = as_staff.delete(f"{URL}/{row}", headers=key)
    again = as_staff.delete(f"{URL}/{row}", headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert stock_of(as_staff, made) == 0


@pytest.mark.parametrize(("row", "status"), [("999", 404), ("0", 400), ("x", 400), ("1e3", 400)])
def test_an_unknown_entry_is_not_found_and_a_wrong_id_refused(
    row: str, status: int, as_staff: APIClient
) -> None:
    answer = as_staff.delete(f"{URL}/{row}")
    assert answer.status_code == status
    assert answer.json()["message"] == (
        "Inventory entry not found" if status == 404 else "Invalid inventory entry id"
    )
