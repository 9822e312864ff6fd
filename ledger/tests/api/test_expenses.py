"""Expenses over the wire (docs/api.md §24)."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from inventory.tests.api.conftest import files, picture
from ledger.journal_models import JournalLine
from ledger.models import Expense
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
        "tax": None,
        "image_url": None,
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
        {"tax": 15000},
        {"tax": -1},
        {"image": "no file"},
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


def test_a_picture_of_the_paper_stays_with_the_expense(as_staff: APIClient) -> None:
    form = {**RENT, "tax": "150.50", "image": picture()}

    answer = as_staff.post("/api/expenses", form, format="multipart")

    told = answer.json()["data"]
    kept = Expense.objects.get()
    assert (kept.tax, files()) == (Decimal("150.50"), [kept.paper])
    assert told["tax"] == 150.5
    assert as_staff.get("/api/expenses").json()["data"][0]["image_url"] == told["image_url"]
    assert APIClient().get(told["image_url"]).status_code == 200


def test_a_refused_expense_leaves_no_file_behind(as_staff: APIClient) -> None:
    form = {**RENT, "tax": "15000", "image": picture()}

    assert as_staff.post("/api/expenses", form, format="multipart").status_code == 400
    assert files() == []


def test_a_retry_keeps_one_picture(as_staff: APIClient) -> None:
    for _ in range(2):
        form = {**RENT, "image": picture()}
        sent = as_staff.post(
            "/api/expenses", form, format="multipart", HTTP_IDEMPOTENCY_KEY="the-rent"
        )
        assert sent.status_code == 201
    assert files() == [Expense.objects.get().paper]


def test_the_page_of_the_back_office_asks_for_tax_and_paper(office: Client) -> None:
    page = "/admin/ledger/expense/add/"
    assert '<option value="Rent">Rent</option>' in office.get(page).content.decode()
    form = {"title": "Light", "amount": "115", "tax": "15", "category": "Utilities"}

    office.post(page, {**form, "method": "cash", "paper_file": picture()})

    kept = Expense.objects.get()
    assert (kept.tax, kept.category, files()) == (15, "Utilities", [kept.paper])
    shown = office.get(f"/admin/ledger/expense/{kept.pk}/change/").content.decode()
    assert f'<img src="/media/{kept.paper}"' in shown
    wrong = office.post(page, {**form, "tax": "115", "method": "cash"}).content.decode()
    assert "The tax is part of the amount." in wrong
