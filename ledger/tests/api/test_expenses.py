"""Expenses over the wire (docs/api.md §24)."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from ledger.models import Expense, JournalLine
from pos_project.core.days import today

RENT = {"title": "Shop rent February", "amount": 15000, "category": "Rent"}


def test_an_expense_is_recorded_shown_and_booked(as_staff: APIClient, staff: User) -> None:
    answer = as_staff.post("/api/expenses", RENT)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "Expense recorded")
    created_at = body["data"].pop("created_at")
    assert body["data"].pop("entered_at") == created_at
    assert body["data"] == {
        "id": Expense.objects.get().pk,
        "title": "Shop rent February",
        "amount": 15000,
        "category": "Rent",
        "description": None,
        "payment_method": "cash",
        "created_by": staff.pk,
        "created_by_name": staff.name,
        "business_date": str(today()),
        "reverses": None,
        "reversed_by": None,
    }
    assert created_at.endswith("+06:00")
    lines = JournalLine.objects.values_list("account_id", "debit", "credit")
    assert sorted(lines) == [("CASH", 0, 15000), ("RENT", 15000, 0)]


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"title": "x" * 256},
        {"title": None},
        {"amount": 0},
        {"amount": -5},
        {"amount": "1e400"},
        {"amount": 100000000},
        {"category": "x" * 101},
        {"payment_method": "due"},
        {"expense_date": "2026-13-01"},
        {"description": "paid with 4111 1111 1111 1111"},
    ],
)
def test_a_wrong_expense_is_refused_and_nothing_is_written(
    as_staff: APIClient, change: dict[str, Any]
) -> None:
    answer = as_staff.post("/api/expenses", RENT | change)

    assert answer.status_code == 400
    assert next(iter(change)) in answer.json()["errors"]
    assert not Expense.objects.exists()


def test_an_expense_of_an_earlier_day_is_found_on_that_day(as_staff: APIClient) -> None:
    as_staff.post("/api/expenses", RENT | {"expense_date": "2026-02-01"})
    as_staff.post("/api/expenses", RENT | {"title": "Tea", "category": "kitchen"})

    there = as_staff.get("/api/expenses?fromDate=2026-02-01&toDate=2026-02-01").json()

    assert [row["title"] for row in there["data"]] == ["Shop rent February"]
    assert there["data"][0]["created_at"].startswith("2026-02-01")
    assert as_staff.get("/api/expenses?category=KITCHEN").json()["total"] == 1
    assert as_staff.get("/api/expenses?search=tea&sort=amount&order=asc").json()["total"] == 1


@pytest.mark.parametrize(
    "query",
    ["fromDate=2026-02-30", "fromDate=2026-03-01&toDate=2026-02-01", "sort=title", "order=up"],
)
def test_a_senseless_filter_is_refused(as_staff: APIClient, query: str) -> None:
    assert as_staff.get(f"/api/expenses?{query}").status_code == 400


def test_expenses_are_never_edited_nor_deleted(as_admin: APIClient) -> None:
    expense = as_admin.post("/api/expenses", RENT).json()["data"]["id"]

    assert as_admin.put(f"/api/expenses/{expense}", RENT).status_code in (404, 405)
    assert as_admin.delete(f"/api/expenses/{expense}").status_code in (404, 405)
    assert Expense.objects.count() == 1
