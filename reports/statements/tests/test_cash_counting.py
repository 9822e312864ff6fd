"""The drawer is counted: the difference is booked, the rest goes to the bank or stays."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Product
from ledger import closing
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.models import CashCount
from ledger.period_lock import lock_through
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Conflict, Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from reports.reconciliation.reconcile import reconcile
from reports.statements.cash_counting import CashMoved, Counted, count_cash, expected_cash
from reports.statements.day_closing import close_until, last_closable_day
from reports.statements.day_report import day_reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(db: None) -> Product:
    return shop.a_service("100.00")


@pytest.fixture
def yesterday(service: Product) -> date:
    """A day that is over, with one sale of 100.00 in cash."""
    day = last_closable_day()
    shop.sell((service, 1), at=at_noon(day))
    return day


def count(amount: Any, by: User, **fields: Any) -> CashCount:
    return count_cash(Counted(Decimal(amount), **fields), by=by)


def test_what_is_short_is_booked_with_its_reason(manager: User, yesterday: date) -> None:
    counted = count(50, manager, day=yesterday, reason="Change given twice")

    assert (counted.expected, counted.difference, counted.left) == (100, -50, 50)
    assert shop.entry("cash_count") == {"CASH": -50, "CASH_OVER_SHORT": 50}
    entry = JournalEntry.objects.get(event="cash_count")
    assert (entry.business_date, entry.memo) == (yesterday, "Change given twice")
    books_agree()


def test_what_is_over_is_an_income_and_the_bank_gets_its_part(
    manager: User, yesterday: date
) -> None:
    counted = count("100.50", manager, day=yesterday, reason="A coin", banked=Decimal(80))

    assert counted.left == Decimal("20.50")
    assert shop.entry("cash_count") == {
        "CASH": Decimal("-79.50"),
        "CASH_OVER_SHORT": Decimal("-0.50"),
        "BANK": 80,
    }
    [report] = day_reports(yesterday, yesterday)
    [following] = day_reports(today(), today())
    assert (report.drawer.expected, report.drawer.counted) == (100, Decimal("100.50"))
    assert report.drawer.left == following.drawer.opening == Decimal("20.50")
    books_agree()


def test_what_agrees_books_nothing_but_is_kept(manager: User, yesterday: date) -> None:
    counted = count(100, manager, day=yesterday)

    assert counted.difference == 0
    assert not JournalEntry.objects.filter(event="cash_count").exists()
    [report] = day_reports(yesterday, yesterday)
    assert report.drawer.counted == 100


def test_where_nobody_counted_the_report_says_so(yesterday: date) -> None:
    [report] = day_reports(yesterday, yesterday)
    assert (report.drawer.counted, report.drawer.left) == (None, 100)


def test_a_slip_of_the_pen_is_counted_again(manager: User, yesterday: date) -> None:
    count(10, manager, day=yesterday, reason="?")
    again = count(100, manager, day=yesterday, reason="Miscounted")

    assert (again.expected, again.difference) == (10, 90)
    assert balance("CASH") == 100
    assert balance("CASH_OVER_SHORT") == 0
    [report] = day_reports(yesterday, yesterday)
    assert (report.drawer.counted, report.drawer.difference) == (100, 0)
    books_agree()


def test_notes_and_coins_add_up_to_what_was_counted(manager: User, yesterday: date) -> None:
    with shop.refused(Invalid, "denominations") as refusal:
        count(100, manager, day=yesterday, denominations={"50": 1, "0.5": 3})
    assert refusal.value.fields == {"denominations": ["They add up to 51.50."]}
    counted = count(100, manager, day=yesterday, denominations={"50": 1, "20": 2, "0.5": 20})
    assert counted.denominations == {"50": 1, "20": 2, "0.5": 20}


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"counted": Decimal("99.99")}, "reason"),
        ({"counted": Decimal("99.99"), "reason": "  "}, "reason"),
        ({"counted": Decimal(-1), "reason": "x"}, "counted"),
        ({"banked": Decimal("100.01")}, "banked"),
        ({"banked": Decimal(-1)}, "banked"),
        ({"banked": Decimal(1), "bank_account": "RECEIVABLES"}, "bank_account"),
        ({"banked": Decimal(1), "bank_account": "CASH"}, "bank_account"),
        ({"banked": Decimal(1), "bank_account": "RENT"}, "bank_account"),
        ({"banked": Decimal(1), "bank_account": "SHELLS"}, "bank_account"),
        ({"expected": Decimal(99)}, "expected"),
        ({"day": today() + timedelta(days=2)}, "day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    fields: dict[str, Any], at_fault: str, manager: User, yesterday: date
) -> None:
    counted = Counted(**{"counted": Decimal(100), "day": yesterday, **fields})
    error = CashMoved if at_fault == "expected" else Invalid
    with shop.refused(error, at_fault):
        count_cash(counted, by=manager)


def test_a_closed_or_locked_day_is_not_counted_any_more(
    manager: User, admin: User, yesterday: date
) -> None:
    lock_through(yesterday, reason="Reported", by=manager, role="manager")
    with shop.refused(Invalid, "day"):
        count(100, manager, day=yesterday)
    lock_through(None, reason="Too early", by=admin, role="admin")
    close_until(yesterday)
    with shop.refused(Invalid, "day"):
        count(100, manager, day=yesterday)


def test_a_day_before_one_that_was_counted_is_not(manager: User, yesterday: date) -> None:
    count(100, manager)
    with shop.refused(Invalid, "day"):
        count(100, manager, day=yesterday)


def test_each_store_has_its_own_drawer(manager: User, yesterday: date, service: Product) -> None:
    clerk = shop.a_cashier("uptown")
    clerk.store = type(clerk.store).objects.create(name="Uptown")
    clerk.save()
    shop.sell((service, 3), by=clerk)

    assert expected_cash(today(), store_id=clerk.store_id) == 300
    assert count(100, manager).expected == 100
    assert count(300, clerk).expected == 300


def test_the_seal_covers_the_count(manager: User, yesterday: date) -> None:
    count(90, manager, day=yesterday, reason="Short")
    close_until(yesterday)
    assert closing.head().row_counts["cash_counts"] == 1
    books_agree()


def test_counting_costs_the_same_after_one_sale_as_after_thirty(
    manager: User, service: Product, queries: Any
) -> None:
    shop.sell((service, 1))
    one = len(queries(lambda: count(100, manager)))
    for _ in range(29):
        shop.sell((service, 1))
    assert len(queries(lambda: count(3000, manager))) == one


def test_the_bank_may_be_archived_but_not_the_account_of_differences(manager: User) -> None:
    from ledger.accounts import AccountChanges, change_account

    with shop.refused(Conflict):
        change_account("CASH_OVER_SHORT", AccountChanges(archived=True))
    assert LedgerAccount.objects.get(pk="CASH_OVER_SHORT").kind == "expense"


def test_a_count_that_says_another_sum_than_it_booked_is_found(
    guards_off: None, manager: User, yesterday: date
) -> None:
    counted = count(90, manager, day=yesterday, reason="Short", banked=Decimal(5))
    assert all(verdict.holds for verdict in reconcile(["I15", "I18"]))
    QuerySet(CashCount).filter(pk=counted.pk).update(counted=Decimal(91))

    [broken] = [verdict for verdict in reconcile(["I15", "I18"]) if not verdict.holds]

    assert broken.invariant.name == "documents_posted_what_they_say"
    assert str(broken.violations[0]).startswith(f"cash count {counted.pk}, cash_count entry")


# --- Over the wire ---


def test_the_drawer_is_counted_over_the_wire(
    as_manager: APIClient, manager: User, yesterday: date
) -> None:
    asked = as_manager.get("/api/ledger/cash-counts/expected", {"day": yesterday.isoformat()})
    assert asked.json()["data"] == {"day": str(yesterday), "expected": 100}
    body = {
        "day": str(yesterday),
        "denominations": {"50": 1, "0.50": 4},
        "reason": "Change",
        "banked": 40,
        "expected": 100,
    }
    key = {"HTTP_IDEMPOTENCY_KEY": "close-1"}

    answer = as_manager.post("/api/ledger/cash-counts", body, **key)

    assert answer.status_code == 201, answer.json()
    data = answer.json()["data"]
    assert data.pop("created_at").endswith("+06:00")
    assert data.pop("entered_at").endswith("+06:00")
    assert data == {
        "id": CashCount.objects.get().pk,
        "day": str(yesterday),
        "store_id": 1,
        "expected": 100,
        "counted": 52,
        "difference": -48,
        "denominations": {"50.00": 1, "0.50": 4},
        "reason": "Change",
        "banked": 40,
        "bank_account": "BANK",
        "opening_next_day": 12,
        "user_id": manager.pk,
        "user_name": manager.name,
    }
    assert as_manager.post("/api/ledger/cash-counts", body, **key).content == answer.content
    assert as_manager.get("/api/ledger/cash-counts").json()["data"][0]["id"] == data["id"]
    entry = as_manager.get("/api/ledger/entries", {"event": "cash_count"}).json()["data"][0]
    assert entry["document"] == {"type": "cash_count", "id": data["id"]}
    books_agree()


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({}, "counted"),
        ({"counted": "NaN"}, "counted"),
        ({"denominations": {"fifty": 1}}, "denominations"),
        ({"denominations": {"50": -1}}, "denominations.50"),
        ({"denominations": [50]}, "denominations"),
        ({"counted": 99}, "reason"),
        ({"counted": 100, "amount": 5}, "amount"),
        ({"counted": 100, "day": "31-08-2026"}, "day"),
        ({"counted": 100, "banked": 5, "bank_account": "shells"}, "bank_account"),
    ],
)
def test_what_cannot_be_counted_is_400_over_the_wire(
    body: dict[str, Any], at_fault: str, as_manager: APIClient, yesterday: date
) -> None:
    answer = as_manager.post("/api/ledger/cash-counts", {"day": str(yesterday), **body})
    assert answer.status_code == 400, answer.json()
    assert any(name.startswith(at_fault) for name in answer.json()["errors"]), answer.json()
    assert not CashCount.objects.exists()


def test_cash_that_moved_meanwhile_is_a_conflict(as_manager: APIClient, yesterday: date) -> None:
    body = {"day": str(yesterday), "counted": 100, "expected": 90}
    answer = as_manager.post("/api/ledger/cash-counts", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "cash_moved")
    assert answer.json()["details"] == {"expected": 100}
