"""Expenses that repeat, over the API: begun, listed, ended; by those who keep the books."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Store
from conftest import make_user, signed_in
from ledger.models import Expense, RepeatingExpense
from pos_project.core.days import today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

RENT = {"title": "Rent", "amount": 900, "tax": 100, "category": "Rent", "repeats": True}


def listed(client: APIClient, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(f"/api/expenses/repeating{query}").json()["data"]
    return rows


def test_what_repeats_is_listed_and_ended_once(as_manager: APIClient) -> None:
    first = as_manager.post("/api/expenses", RENT).json()["data"]
    [row] = listed(as_manager)
    assert (row["expense_id"], row["title"], row["amount"]) == (first["id"], "Rent", 900)
    assert (row["tax"], row["category"], row["payment_method"]) == (100, "Rent", "cash")
    assert row["next_on"] > str(today())
    assert row["ended_at"] is None

    url, key = f"/api/expenses/repeating/{row['id']}", {"Idempotency-Key": "end-1"}
    ended = as_manager.delete(url, headers=key)
    again = as_manager.delete(url, headers=key)

    assert (ended.status_code, again.status_code) == (200, 200)
    assert again.json() == ended.json()
    assert ended.json()["data"]["ended_at"]
    assert as_manager.delete(url).status_code == 409
    assert Expense.objects.count() == 1


def test_an_expense_repeats_only_when_it_is_said(as_manager: APIClient) -> None:
    for no in (False, None, ""):
        assert as_manager.post("/api/expenses", {**RENT, "repeats": no}).status_code == 201
    assert as_manager.post("/api/expenses", {**RENT, "repeats": "each month"}).status_code == 400
    assert not RepeatingExpense.objects.exists()


def test_staff_book_an_expense_but_let_none_repeat(as_staff: APIClient) -> None:
    refused = as_staff.post("/api/expenses", RENT)
    assert refused.status_code == 403
    assert refused.json()["errors"] == {"repeats": [refused.json()["message"]]}
    assert not Expense.objects.exists()
    assert as_staff.post("/api/expenses", {**RENT, "repeats": False}).status_code == 201


def test_what_repeats_in_a_store_is_that_stores(as_admin: APIClient) -> None:
    lake = Store.objects.create(name="Lake")
    assert as_admin.post("/api/expenses", {**RENT, "store_id": lake.pk}).status_code == 201
    row_id = RepeatingExpense.objects.get().pk
    here = signed_in(make_user("manager", email="here@shop.example"))
    there = signed_in(make_user("manager", email="there@shop.example", store=lake))

    assert listed(here) == []
    assert len(listed(there)) == len(listed(as_admin)) == 1
    assert here.delete(f"/api/expenses/repeating/{row_id}").status_code == 403
    assert RepeatingExpense.objects.get().ended_at is None
    assert there.delete(f"/api/expenses/repeating/{row_id}").status_code == 200
