"""The accountant's routes: the journal, entries by hand, opening balances, the chart, the lock."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from ledger.chart_models import LedgerAccount
from ledger.closing_models import PeriodLock
from ledger.journal_models import JournalEntry
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree

pytestmark = pytest.mark.django_db

BANKED: dict[str, Any] = {
    "memo": "To the bank",
    "reference": "SLIP 9",
    "lines": [{"account": "BANK", "debit": 100}, {"account": "cash", "credit": "100.00"}],
}


def test_an_entry_is_posted_shown_and_reversed(as_manager: APIClient, manager: User) -> None:
    answer = as_manager.post("/api/ledger/entries", BANKED)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "Entry posted")
    entry = body["data"]
    assert entry.pop("created_at") == entry.pop("entered_at")
    ids = [line.pop("id") for line in entry["lines"]]
    assert ids == sorted(ids)
    nobody = {"customer_id": None, "customer_name": None, "supplier_id": None}
    nobody["supplier_name"] = None
    assert entry == {
        "id": JournalEntry.objects.get().pk,
        "entry_date": today().isoformat(),
        "event": "manual",
        "document": None,
        "reference": "SLIP 9",
        "memo": "To the bank",
        "amount": 100,
        "reverses": None,
        "reversed_by": None,
        "store_id": 1,
        "user_id": manager.pk,
        "user_name": manager.name,
        "lines": [
            {
                "account": "BANK",
                "account_number": "1000",
                "account_name": "Bank",
                "debit": 100,
                "credit": 0,
                **nobody,
            },
            {
                "account": "CASH",
                "account_number": "1010",
                "account_name": "Cash",
                "debit": 0,
                "credit": 100,
                **nobody,
            },
        ],
        "payments": [],
    }
    undone = as_manager.post(f"/api/ledger/entries/{entry['id']}/reverse", {"reason": "Twice"})
    assert undone.status_code == 201
    assert undone.json()["message"] == "Entry reversed"
    mirror = undone.json()["data"]
    assert (mirror["reverses"], mirror["memo"]) == (entry["id"], "Twice")
    shown = as_manager.get(f"/api/ledger/entries/{entry['id']}").json()["data"]
    assert shown["reversed_by"] == mirror["id"]
    assert balance("BANK") == 0
    again = as_manager.post(f"/api/ledger/entries/{entry['id']}/reverse", {"reason": "Twice"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": BANKED["lines"][:1]}, "lines"),
        ({"lines": "BANK"}, "lines"),
        ({"lines": [*BANKED["lines"], {"account": "BANK", "debit": 0.01}]}, "lines"),
        ({"lines": [{"account": "BANK"}, {"account": "CASH", "credit": 1}]}, "lines[0].debit"),
        (
            {"lines": [{"account": "BANK", "debit": 1, "credit": 1}] * 2},
            "lines[0].debit",
        ),
        ({"lines": [{"account": "BANK", "debit": -1}] * 2}, "lines[0].debit"),
        ({"lines": [{"account": "BANK", "debit": "1e400"}] * 2}, "lines[0].debit"),
        ({"lines": [{"account": None, "debit": 1}] * 2}, "lines[0].account"),
        ({"lines": [{"account": {}, "debit": 1}] * 2}, "lines[0].account"),
        (
            {"lines": [{"account": "SHELLS", "debit": 1}, {"account": "CASH", "credit": 1}]},
            "lines[0].account",
        ),
        (
            {"lines": [{"account": "PAYABLES", "debit": 1}, {"account": "CASH", "credit": 1}]},
            "lines[0].account",
        ),
        ({"lines": [{"account": "BANK", "debit": 1}] * 501}, "lines"),
        ({"memo": None, "reference": ""}, "memo"),
        ({"memo": "card 4111 1111 1111 1111"}, "memo"),
        ({"entry_date": "2026-02-30"}, "entry_date"),
    ],
)
def test_a_wrong_entry_is_refused_and_nothing_is_written(
    as_admin: APIClient, change: dict[str, Any], field: str
) -> None:
    answer = as_admin.post("/api/ledger/entries", BANKED | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not JournalEntry.objects.exists()


def test_the_journal_is_filtered_and_names_its_documents(as_admin: APIClient) -> None:
    shop.a_days_work()
    as_admin.post("/api/ledger/entries", BANKED)

    def listed(query: str) -> list[dict[str, Any]]:
        answer = as_admin.get(f"/api/ledger/entries?limit=100&{query}")
        assert answer.status_code == 200, answer.json()
        return list(answer.json()["data"])

    everything = listed("")
    assert len(everything) == JournalEntry.objects.count()
    assert [row["id"] for row in everything] == sorted((r["id"] for r in everything), reverse=True)
    types = {(row["event"], (row["document"] or {}).get("type")) for row in everything}
    assert types == {
        ("manual", None),
        ("sale", "sale"),
        ("refund", "refund"),
        ("purchase", "purchase"),
        ("expense", "expense"),
        ("opening", "inventory"),
        ("adjustment", "inventory"),
        ("void", "inventory"),
        ("customer_payment", None),
        ("supplier_payment", None),
    }
    assert {row["event"] for row in listed("event=sale")} == {"sale"}
    assert {row["event"] for row in listed("account=bank")} == {"manual"}
    assert listed("account=SHELLS") == []
    assert [row["memo"] for row in listed("search=slip")] == ["To the bank"]
    day = today().isoformat()
    assert listed(f"fromDate={day}&toDate={day}&store_id=1") == everything
    assert listed(f"toDate={(today() - timedelta(days=1)).isoformat()}") == []
    [paid] = [row for row in everything if row["event"] == "customer_payment"][:1]
    shown = as_admin.get(f"/api/ledger/entries/{paid['id']}").json()["data"]
    assert shown["payments"]
    assert {line["customer_name"] for line in shown["lines"]} == {None, "Rahim Uddin"}


@pytest.mark.parametrize(
    "query", ["event=gift", "fromDate=2026-02-30", "store_id=x", "sort=memo", "order=up"]
)
def test_a_senseless_filter_is_refused(as_admin: APIClient, query: str) -> None:
    assert as_admin.get(f"/api/ledger/entries?{query}").status_code == 400


def test_posting_costs_the_same_for_two_lines_as_for_four_hundred(
    as_admin: APIClient, queries: Any
) -> None:
    two = len(queries(lambda: as_admin.post("/api/ledger/entries", BANKED)))
    many = BANKED | {"lines": BANKED["lines"] * 200}
    assert len(queries(lambda: as_admin.post("/api/ledger/entries", many))) == two


def test_an_entry_that_is_not_there(as_admin: APIClient) -> None:
    assert as_admin.get("/api/ledger/entries/98765").status_code == 404
    assert as_admin.get("/api/ledger/entries/x").status_code == 400


# --- Opening balances ---


def test_opening_balances_are_posted_once(as_manager: APIClient) -> None:
    day = (today() - timedelta(days=9)).isoformat()
    body = {
        "date": day,
        "balances": [{"account": "CASH", "debit": 500}, {"account": "LOANS", "credit": 200}],
    }
    answer = as_manager.post("/api/ledger/opening-balances", body)
    assert answer.status_code == 201
    assert answer.json()["message"] == "Opening balances posted"
    entry = answer.json()["data"]
    assert (entry["event"], entry["entry_date"], entry["amount"]) == ("opening_balance", day, 500)
    sides = [(line["account"], line["debit"], line["credit"]) for line in entry["lines"]]
    assert sides == [("CASH", 500, 0), ("LOANS", 0, 200), ("OPENING_BALANCE_EQUITY", 0, 300)]
    assert as_manager.post("/api/ledger/opening-balances", body).status_code == 409
    as_manager.post(f"/api/ledger/entries/{entry['id']}/reverse", {"reason": "Miscounted"})
    assert as_manager.post("/api/ledger/opening-balances", body).status_code == 201
    books_agree()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"date": None}, "entry_date"),
        ({"balances": []}, "balances"),
        ({"balances": [{"account": "RECEIVABLES", "debit": 5}]}, "balances[0].account"),
        ({"balances": [{"account": "RENT", "debit": 5}]}, "balances[0].account"),
        ({"balances": [{"account": "CASH", "debit": 0}]}, "balances[0].debit"),
    ],
)
def test_wrong_opening_balances_are_refused(
    as_admin: APIClient, change: dict[str, Any], field: str
) -> None:
    body = {"date": "2026-01-01", "balances": [{"account": "CASH", "debit": 5}]}
    answer = as_admin.post("/api/ledger/opening-balances", body | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not JournalEntry.objects.exists()


# --- The chart of accounts ---

TEA = {"number": "6400", "name": "Tea", "kind": "expense"}


def test_the_chart_is_read_whole_in_the_order_of_its_numbers(as_manager: APIClient) -> None:
    body = as_manager.get("/api/ledger/accounts").json()
    assert body["total"] == len(body["data"]) == LedgerAccount.objects.count()
    numbers = [row["number"] for row in body["data"]]
    assert numbers == sorted(numbers)
    by_code = {row["code"]: row for row in body["data"]}
    assert by_code["CASH"] == {
        "code": "CASH",
        "number": "1010",
        "name": "Cash",
        "kind": "asset",
        "is_control": False,
        "is_protected": True,
        "payment_method": "cash",
        "archived": False,
    }
    assert (by_code["RECEIVABLES"]["is_control"], by_code["BANK"]["is_protected"]) == (True, False)


def test_an_account_is_added_changed_and_archived(as_manager: APIClient) -> None:
    answer = as_manager.post("/api/ledger/accounts", TEA)
    assert answer.status_code == 201
    assert (answer.json()["message"], answer.json()["data"]["code"]) == ("Account created", "TEA")
    assert as_manager.post("/api/ledger/accounts", TEA).status_code == 409
    changed = as_manager.put("/api/ledger/accounts/TEA", {"name": "Tea, coffee", "archived": True})
    assert changed.status_code == 200
    assert changed.json()["data"] == {
        "code": "TEA",
        "number": "6400",
        "name": "Tea, coffee",
        "kind": "expense",
        "is_control": False,
        "is_protected": False,
        "payment_method": None,
        "archived": True,
    }
    active = as_manager.get("/api/ledger/accounts?active=true&kind=expense").json()["data"]
    assert "TEA" not in {row["code"] for row in active}
    found = as_manager.get("/api/ledger/accounts?search=coffee").json()["data"]
    assert [row["code"] for row in found] == ["TEA"]
    assert as_manager.put("/api/ledger/accounts/CASH", {"archived": True}).status_code == 409
    assert as_manager.put("/api/ledger/accounts/SHELLS", {"name": "x"}).status_code == 404
    assert as_manager.delete("/api/ledger/accounts/TEA").status_code == 405


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "12 4"}, "number"),
        ({"number": "12345678901"}, "number"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"kind": "money"}, "kind"),
        ({"code": "6TEA"}, "code"),
        ({"code": "TEA-TIME"}, "code"),
        ({"name": "চা"}, "code"),
    ],
)
def test_a_wrong_account_is_refused(
    as_admin: APIClient, change: dict[str, Any], field: str
) -> None:
    answer = as_admin.post("/api/ledger/accounts", TEA | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not LedgerAccount.objects.filter(number="6400").exists()


# --- The period lock ---


def test_the_books_are_locked_and_an_admin_takes_it_back(
    as_admin: APIClient, as_manager: APIClient, manager: User
) -> None:
    nothing = as_manager.get("/api/ledger/period-lock").json()
    assert (nothing["locked_through"], nothing["data"]) == (None, [])
    day = (today() - timedelta(days=3)).isoformat()
    answer = as_manager.post(
        "/api/ledger/period-lock", {"locked_through": day, "reason": "March is reported"}
    )
    assert answer.status_code == 201
    assert answer.json()["message"] == f"Books locked through {day}"
    row = answer.json()["data"]
    assert row.pop("created_at").endswith("+06:00")
    assert row == {
        "id": PeriodLock.objects.get().pk,
        "locked_through": day,
        "reason": "March is reported",
        "user_id": manager.pk,
        "user_name": manager.name,
    }
    spent = as_manager.post("/api/expenses", {"title": "Tea", "amount": 5, "expense_date": day})
    assert spent.json()["data"]["created_at"].startswith(today().isoformat())
    back = {"locked_through": None, "reason": "A late bill"}
    assert as_manager.post("/api/ledger/period-lock", back).status_code == 403
    taken_back = as_admin.post("/api/ledger/period-lock", back)
    assert (taken_back.status_code, taken_back.json()["message"]) == (201, "Lock taken back")
    shown = as_manager.get("/api/ledger/period-lock").json()
    assert shown["locked_through"] is None
    assert [line["locked_through"] for line in shown["data"]] == [None, day]
    assert as_admin.post("/api/ledger/period-lock", back).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "x"}, "locked_through"),
        ({"locked_through": "2026-02-30", "reason": "x"}, "locked_through"),
        ({"locked_through": "2026-01-31"}, "reason"),
        ({"locked_through": "2099-01-31", "reason": "x"}, "locked_through"),
    ],
)
def test_a_wrong_lock_is_refused(as_admin: APIClient, body: dict[str, Any], field: str) -> None:
    answer = as_admin.post("/api/ledger/period-lock", body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not PeriodLock.objects.exists()
