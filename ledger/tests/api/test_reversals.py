"""Taking back over the wire: payments, expenses, purchases; once, and with a reason."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from ledger.models import Payment
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from sales.models import Customer

pytestmark = pytest.mark.django_db

REASON = {"reason": "Bounced"}


@pytest.fixture
def rahim() -> Customer:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    return rahim


@pytest.fixture
def paid(rahim: Customer) -> Payment:
    shop.pay_dues(rahim, 40, "bkash")
    return Payment.objects.get(payment_type="due_payment")


def test_a_payment_taken_back_shows_both_rows(
    as_manager: APIClient, manager: User, paid: Payment, rahim: Customer
) -> None:
    answer = as_manager.post(f"/api/payments/{paid.pk}/reverse", REASON)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "Payment reversed")
    due, ahead = body["data"]
    assert due.pop("created_at").endswith("+06:00")
    assert due == {
        "id": Payment.objects.get(reverses=paid).pk,
        "payment_party": "customer",
        "payment_type": "due_payment",
        "direction": "out",
        "amount": 30,
        "method": "bkash",
        "customer_id": rahim.pk,
        "customer_name": "Rahim Uddin",
        "supplier_id": None,
        "supplier_name": None,
        "sale_id": paid.sale_id,
        "purchase_id": None,
        "reference_no": paid.reference_no,
        "note": "Bounced",
        "reverses": paid.pk,
        "reversed_by": None,
        "user_id": manager.pk,
        "user_name": manager.name,
    }
    assert (ahead["payment_type"], ahead["direction"], ahead["amount"]) == ("advance", "out", 10)

    listed = as_manager.get(f"/api/customers/{rahim.pk}/payments").json()["data"]
    links = {row["id"]: (row["reverses"], row["reversed_by"]) for row in listed}
    assert links[paid.pk] == (None, due["id"])
    assert links[due["id"]] == (paid.pk, None)
    assert as_manager.get(f"/api/customers/{rahim.pk}/dues").json()["data"][0]["due_amount"] == 30
    books_agree()


def test_a_retry_with_its_key_gets_the_first_answer(as_admin: APIClient, paid: Payment) -> None:
    url, key = f"/api/payments/{paid.pk}/reverse", {"HTTP_IDEMPOTENCY_KEY": "undo-1"}
    first = as_admin.post(url, REASON, **key)
    again = as_admin.post(url, REASON, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert as_admin.post(url, {"reason": "Other"}, **key).status_code == 422


def test_twice_is_a_clash(as_admin: APIClient, paid: Payment) -> None:
    url = f"/api/payments/{paid.pk}/reverse"
    as_admin.post(url, REASON)
    answer = as_admin.post(url, REASON)
    assert answer.status_code == 409
    assert answer.json()["code"] == "already_reversed"
    assert "reversed already" in answer.json()["message"]


def test_an_expense_taken_back_shows_both_rows(as_admin: APIClient) -> None:
    spent = as_admin.post("/api/expenses", {"title": "Shoes", "amount": 40}).json()["data"]
    answer = as_admin.post(f"/api/expenses/{spent['id']}/reverse", {"reason": "Private"})
    assert answer.status_code == 201
    assert answer.json()["message"] == "Expense reversed"
    row = answer.json()["data"]
    assert (row["amount"], row["reverses"], row["description"]) == (-40, spent["id"], "Private")
    listed = as_admin.get("/api/expenses").json()["data"]
    assert [(line["amount"], line["reversed_by"]) for line in listed] == [
        (-40, None),
        (40, row["id"]),
    ]
    assert sum(line["amount"] for line in listed) == 0
    assert as_admin.post(f"/api/expenses/{spent['id']}/reverse", REASON).status_code == 409


def test_a_purchase_taken_back_shows_both_rows(as_manager: APIClient) -> None:
    delta, mug = shop.a_supplier(), shop.a_product(name="Mug")
    bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.cash(3), invoice="PO-7")
    answer = as_manager.post(f"/api/purchase/{bought.pk}/reverse", {"reason": "Wrong supplier"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["message"], body["purchase_id"]) == ("Purchase reversed", body["data"]["id"])
    row = body["data"]
    assert row["invoice_no"] == f"PUR-{row['id']:06}"
    assert (row["total"], row["paid_amount"], row["due_amount"]) == (-10, -10, 0)
    assert (row["note"], row["reverses"], row["reversed_by"]) == ("Wrong supplier", bought.pk, None)
    opposite, first = as_manager.get("/api/purchase").json()["data"]
    assert opposite == row
    assert (first["total"], first["due_amount"], first["reversed_by"]) == (10, 0, row["id"])
    log = as_manager.get("/api/inventory").json()["data"]
    assert [(line["change_qty"], line["reason"]) for line in log] == [
        (-4, "REVERSAL"),
        (4, "PURCHASE"),
    ]
    shown = as_manager.get(f"/api/suppliers/{delta.pk}/details").json()["data"]
    assert (shown["payable"], shown["total_supply"]) == (0, 0)
    assert as_manager.post(f"/api/purchase/{bought.pk}/reverse", REASON).status_code == 409
    books_agree()


def test_a_purchase_that_was_sold_from_is_a_clash(as_admin: APIClient) -> None:
    mug = shop.a_product(name="Mug")
    bought = shop.buy((mug, 4, "2.50"))
    shop.sell((mug, 1))
    answer = as_admin.post(f"/api/purchase/{bought.pk}/reverse", REASON)
    assert answer.status_code == 409
    assert answer.json()["message"] == "Goods of this purchase are gone: Mug (3 of 4 left)."


def test_an_advance_is_paid_back(as_staff: APIClient, rahim: Customer, paid: Payment) -> None:
    url = f"/api/customers/{rahim.pk}/advance-payback"
    answer = as_staff.post(url, {"amount": 4, "method": "card", "note": "Moves away"})
    assert answer.status_code == 201
    row = answer.json()["data"]
    assert (row["payment_type"], row["direction"], row["amount"]) == ("advance", "out", 4)
    details = as_staff.get(f"/api/customers/{rahim.pk}/details").json()
    assert details["advance_balance"] == 6
    too_much = as_staff.post(url, {"amount": 7})
    assert too_much.status_code == 400
    assert "amount" in too_much.json()["errors"]
    assert as_staff.post("/api/customers/98765/advance-payback", {"amount": 1}).status_code == 404
    books_agree()


def test_a_supplier_pays_back_an_advance(as_staff: APIClient) -> None:
    delta = shop.a_supplier()
    shop.an_advance_to(delta, 10)
    answer = as_staff.post(f"/api/suppliers/{delta.pk}/advance-payback", {"amount": 10})
    assert answer.status_code == 201
    assert answer.json()["data"]["direction"] == "in"
    assert balance("SUPPLIER_ADVANCES") == 0


@pytest.mark.parametrize("route", ["payments", "expenses", "purchase", "ledger/entries"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": None},
        {"reason": "  "},
        {"reason": True},
        {"reason": ["x"]},
        {"reason": "x" * 256},
        {"reason": "card 4111 1111 1111 1111"},
    ],
)
def test_a_reason_is_always_given(as_admin: APIClient, route: str, body: dict[str, Any]) -> None:
    answer = as_admin.post(f"/api/{route}/1/reverse", body)
    assert answer.status_code == 400
    assert "reason" in answer.json()["errors"]


@pytest.mark.parametrize("route", ["payments", "expenses", "purchase", "ledger/entries"])
def test_what_is_not_there_is_not_taken_back(as_admin: APIClient, route: str) -> None:
    assert as_admin.post(f"/api/{route}/98765/reverse", REASON).status_code == 404
    assert as_admin.post(f"/api/{route}/x/reverse", REASON).status_code == 400
    assert as_admin.post(f"/api/{route}/{10**25}/reverse", REASON).status_code == 400


def test_lists_cost_the_same_with_and_without_reversals(
    as_admin: APIClient, queries: Any, paid: Payment
) -> None:
    spent = as_admin.post("/api/expenses", {"title": "Shoes", "amount": 40}).json()["data"]
    shop.buy((shop.a_product(), 4, "2.50"))
    routes = ("payments", "expenses", "purchase")
    before = [len(queries(lambda route=route: as_admin.get(f"/api/{route}"))) for route in routes]
    as_admin.post(f"/api/payments/{paid.pk}/reverse", REASON)
    as_admin.post(f"/api/expenses/{spent['id']}/reverse", REASON)
    for _ in range(3):
        shop.undo_purchase(shop.buy((shop.a_product(), 4, "2.50")))
    after = [len(queries(lambda route=route: as_admin.get(f"/api/{route}"))) for route in routes]
    assert before == after
