"""Receiving goods over the wire (docs/api.md §21) and paying suppliers (8.13)."""

from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from catalog.models import Product
from inventory.models import Batch
from ledger.models import Payment
from purchasing.models import Purchase, Supplier, SupplierDue


@pytest.fixture
def supplier(db: None) -> Supplier:
    return baker.make(Supplier, name="Delta Textiles")


@pytest.fixture
def shirt(db: None) -> Product:
    return baker.make(Product, name="Blue T-Shirt", sku="TS-001", price=Decimal("19.99"))


@pytest.fixture
def documented(supplier: Supplier, shirt: Product) -> dict[str, Any]:
    return {
        "supplier_id": supplier.pk,
        "invoice_no": "PO-2026-001",
        "purchase_date": "2026-02-08",
        "items": [{"product_id": shirt.pk, "quantity": 10, "cost_price": 8.5}],
        "paid_amount": 50,
        "note": "Initial stock",
    }


def test_the_documented_purchase_is_answered_as_documented(
    as_staff: APIClient, documented: dict[str, Any], supplier: Supplier, shirt: Product
) -> None:
    answer = as_staff.post("/api/purchase", documented)

    assert answer.status_code == 201
    purchase = Purchase.objects.get()
    assert answer.json() == {
        "success": True,
        "message": "Purchase created",
        "purchase_id": purchase.pk,
        "data": {
            "id": purchase.pk,
            "invoice_no": "PO-2026-001",
            "supplier_id": supplier.pk,
            "purchase_date": "2026-02-08",
            "business_date": "2026-02-08",
            "total": 85,
            "total_amount": 85,
            "paid_amount": 50,
            "due_amount": 35,
            "payment_method": "cash",
            "note": "Initial stock",
        },
    }
    assert Batch.objects.stock([shirt.pk], store_id=1) == {shirt.pk: 10}


def test_the_list_shows_it_with_the_date_of_the_document(
    as_staff: APIClient, documented: dict[str, Any]
) -> None:
    as_staff.post("/api/purchase", documented)

    body = as_staff.get("/api/purchase/").json()

    [row] = body["data"]
    assert (row["total"], row["paid_amount"], row["due_amount"]) == (85, 50, 35)
    assert (row["purchase_date"], row["supplier"]) == ("2026-02-08", "Delta Textiles")
    assert (body["total"], body["page"], body["limit"]) == (1, 1, 50)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"supplier_id": 999}, "supplier_id"),
        ({"supplier_id": "abc"}, "supplier_id"),
        ({"items": []}, "items"),
        ({"items": "none"}, "items"),
        ({"items": [{"product_id": 999, "quantity": 1, "cost_price": 1}]}, "items[0].product_id"),
        ({"paid_amount": 85.01}, "paid_amount"),
        ({"paid_amount": -1}, "paid_amount"),
        ({"paid_amount": "NaN"}, "paid_amount"),
        ({"total_amount": 84}, "total_amount"),
        ({"purchase_date": "2026-02-30"}, "purchase_date"),
        ({"payment_method": "barter"}, "payment_method"),
        ({"invoice_no": "x" * 51}, "invoice_no"),
        ({"payments": [{"method": "cash", "amount": 1}]}, "payments"),
    ],
)
def test_a_wrong_purchase_names_its_field_and_writes_nothing(
    as_staff: APIClient, documented: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = as_staff.post("/api/purchase", documented | change)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Purchase.objects.exists()
    assert not Batch.objects.exists()


@pytest.mark.parametrize("line", [{"quantity": 2.5}, {"quantity": 0}, {"cost_price": 1.005}])
def test_a_wrong_line_is_named_by_its_place(
    as_staff: APIClient, documented: dict[str, Any], line: dict[str, Any]
) -> None:
    item = documented["items"][0] | line
    answer = as_staff.post("/api/purchase", documented | {"items": [item]})

    assert answer.status_code == 400
    assert f"items[0].{next(iter(line))}" in answer.json()["errors"]


def test_an_emptied_price_box_counts_as_nothing(
    as_staff: APIClient, documented: dict[str, Any]
) -> None:
    item = {"product_id": documented["items"][0]["product_id"], "quantity": "3", "price": ""}
    answer = as_staff.post("/api/purchase", documented | {"items": [item], "paid_amount": ""})

    assert answer.status_code == 201
    assert answer.json()["data"]["total"] == 0


def test_the_same_invoice_of_a_supplier_is_entered_once(
    as_staff: APIClient, documented: dict[str, Any]
) -> None:
    as_staff.post("/api/purchase", documented)

    answer = as_staff.post("/api/purchase", documented | {"invoice_no": " po-2026-001 "})

    assert answer.status_code == 409
    assert "invoice_no" in answer.json()["errors"]
    assert Purchase.objects.count() == 1


def test_several_tenders_pay_one_purchase_and_the_largest_names_it(
    as_staff: APIClient, documented: dict[str, Any]
) -> None:
    del documented["paid_amount"]
    tenders = [{"method": "cash", "amount": 20}, {"method": "bkash", "amount": "65"}]

    answer = as_staff.post("/api/purchase", documented | {"payments": tenders})

    assert answer.status_code == 201, answer.json()
    assert answer.json()["data"]["payment_method"] == "bkash"
    assert answer.json()["data"]["due_amount"] == 0
    assert Payment.objects.count() == 2


def test_a_supplier_is_paid_oldest_purchase_first_and_the_rest_is_an_advance(
    as_staff: APIClient, documented: dict[str, Any], supplier: Supplier
) -> None:
    first = as_staff.post("/api/purchase", documented).json()["purchase_id"]
    later = documented | {"invoice_no": "PO-2", "purchase_date": "2026-02-09", "paid_amount": 80}
    second = as_staff.post("/api/purchase", later).json()["purchase_id"]

    answer = as_staff.post(f"/api/suppliers/{supplier.pk}/due-payment", {"amount": "36.5"})

    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "Supplier due payment recorded",
        "data": {
            "success": True,
            "applied_amount": 36.5,
            "advance_amount": 0,
            "remaining_due": 3.5,
            "allocations": [
                {
                    "purchase_id": first,
                    "invoice": "PO-2026-001",
                    "amount": 35,
                    "remaining_due": 0,
                },
                {"purchase_id": second, "invoice": "PO-2", "amount": 1.5, "remaining_due": 3.5},
            ],
        },
    }
    assert sorted(SupplierDue.objects.values_list("status", flat=True)) == ["open", "paid"]


@pytest.mark.parametrize(
    "body", [{}, {"amount": 0}, {"amount": "x"}, {"amount": 1, "method": "due"}]
)
def test_a_wrong_payment_to_a_supplier_is_refused(
    as_staff: APIClient, documented: dict[str, Any], supplier: Supplier, body: dict[str, Any]
) -> None:
    as_staff.post("/api/purchase", documented)

    answer = as_staff.post(f"/api/suppliers/{supplier.pk}/due-payment", body)

    assert answer.status_code == 400
    assert Payment.objects.count() == 1


def test_paying_a_supplier_who_is_owed_nothing_is_refused(
    as_staff: APIClient, supplier: Supplier
) -> None:
    answer = as_staff.post(f"/api/suppliers/{supplier.pk}/due-payment", {"amount": 1})

    assert answer.status_code == 400
    assert as_staff.post("/api/suppliers/999/due-payment", {"amount": 1}).status_code == 404
    assert as_staff.post("/api/suppliers/x/due-payment", {"amount": 1}).status_code == 400


def test_a_retried_purchase_is_received_once_and_answered_alike(
    as_staff: APIClient, documented: dict[str, Any]
) -> None:
    first = as_staff.post("/api/purchase", documented, headers={"Idempotency-Key": "k-1"})
    again = as_staff.post("/api/purchase/", documented, headers={"Idempotency-Key": "k-1"})

    assert again.status_code == 201
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert Purchase.objects.count() == 1


def test_a_paper_with_all_that_papers_say(
    as_staff: APIClient, supplier: Supplier, shirt: Product
) -> None:
    line = {"product_id": shirt.pk, "quantity": 3, "line_total": "10.00"}
    paper = {"discount": 1, "freight": "2.50", "tax": 1.15, "rounding": "-0.15"}
    body = {"supplier_id": supplier.pk, "items": [line], **paper, "total_amount": 12.5}
    answer = as_staff.post("/api/purchase", {**body, "payment_method": "due"})

    assert answer.status_code == 201, answer.content
    said = answer.json()["data"]
    assert (said["total"], said["due_amount"]) == (12.5, 12.5)
    told = {name: said[name] for name in paper}
    assert told == {"discount": 1, "freight": 2.5, "tax": 1.15, "rounding": -0.15}
    path = f"/api/suppliers/{supplier.pk}/purchases/{said['id']}/items"
    [line] = as_staff.get(path).json()["data"]
    assert (line["cost_price"], line["subtotal"], line["landed_cost"]) == (3.33, 10, 11.5)
    [row] = as_staff.get("/api/purchase").json()["data"]
    assert {name: row[name] for name in paper} == told
    assert "returns" not in row


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({}, "items[0].cost_price"),
        ({"line_total": ""}, "items[0].cost_price"),
        ({"line_total": "1.005"}, "items[0].line_total"),
        ({"line_total": 10, "cost_price": 3}, "items[0].line_total"),
        ({"line_total": -1}, "items[0].line_total"),
    ],
)
def test_a_line_says_what_one_costs_or_all(
    as_staff: APIClient, supplier: Supplier, shirt: Product, line: dict[str, Any], field: str
) -> None:
    body = {"supplier_id": supplier.pk, "items": [{"product_id": shirt.pk, "quantity": 3, **line}]}
    answer = as_staff.post("/api/purchase", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Purchase.objects.exists()


def test_goods_go_back(as_admin: APIClient, documented: dict[str, Any]) -> None:
    purchase_id = as_admin.post("/api/purchase", documented).json()["purchase_id"]
    line = Purchase.objects.get().items.get()
    body = {
        "items": [{"purchase_item_id": line.pk, "quantity": 6}],
        "reason": "Torn",
        "method": "cash",
    }
    path = f"/api/purchase/{purchase_id}/returns"
    answer = as_admin.post(path, body, headers={"Idempotency-Key": "torn"})

    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert said["message"] == "Goods returned"
    shown = {name: said["data"][name] for name in ("total", "due_reduced", "returns", "note")}
    assert shown == {"total": -51, "due_reduced": 35, "returns": purchase_id, "note": "Torn"}
    again = as_admin.post(path, body, headers={"Idempotency-Key": "torn"})
    assert (again.status_code, again.json()) == (201, said)
    assert Payment.objects.get(direction="in").amount == 16
    supplier_id = said["data"]["supplier_id"]
    lines = f"/api/suppliers/{supplier_id}/purchases/{said['purchase_id']}/items"
    [back] = as_admin.get(lines).json()["data"]
    assert (back["quantity"], "landed_cost" in back) == (-6, False)
    first = next(
        row for row in as_admin.get("/api/purchase").json()["data"] if row["id"] == purchase_id
    )
    assert first["due_amount"] == 0
