"""What was dated back is seen: when it was entered, and what was known before."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalEntry
from ledger.models import CashCount, Expense
from pos_project.core.days import business_day, today
from pos_project.core.period import ONE_DAY, Period
from pos_project.tests import shop
from purchasing.models import Purchase
from purchasing.receive import Delivery, Line, receive_purchase
from reports.statements import financial_statements
from reports.statements.cash_counting import Counted, count_cash
from reports.summaries.building import build_missing

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def late_rent() -> Expense:
    """Entered today, dated a week ago."""
    rent = Spending("Rent", Decimal(150), category="Rent", expense_date=today() - WEEK)
    return record_expense(rent, by=shop.a_cashier())


def statement(client: APIClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/ledger/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_a_rent_dated_back_says_when_it_was_entered(late_rent: Expense) -> None:
    entry = JournalEntry.objects.get(event="expense")
    for row in (late_rent, entry):
        assert row.business_date == business_day(row.created_at) == today() - WEEK
        assert business_day(row.entered_at) == today()
    assert entry.entered_at == late_rent.entered_at


def test_goods_worth_nothing_and_a_count_that_agrees_say_it_without_an_entry() -> None:
    day, by = today() - ONE_DAY, shop.a_cashier()
    gift = shop.a_product("1.00", name="Sample")
    delivery = Delivery(shop.a_supplier().pk, [Line(gift.pk, Decimal(3), Decimal(0))], None, day)
    receive_purchase(delivery, shop.on_credit(), by=by)
    count_cash(Counted(Decimal(0), day=day), by=by)
    assert not JournalEntry.objects.exists()
    for row in (Purchase.objects.get(), CashCount.objects.get()):
        assert row.business_date == day
        assert business_day(row.entered_at) == today()


def test_a_till_cannot_say_when_it_was_entered(as_manager: APIClient) -> None:
    lie = {"entered_at": "2020-01-01T00:00:00Z", "created_at": "2020-01-01T00:00:00Z"}
    body = {"title": "Tea", "amount": 5, "payment_method": "cash", **lie}
    answer = as_manager.post("/api/expenses", body)
    assert answer.status_code == 201, answer.content
    assert business_day(JournalEntry.objects.get().entered_at) == today()
    assert answer.json()["data"]["entered_at"].startswith(str(today()))


def test_as_known_on_a_day_leaves_out_what_was_entered_later(
    as_manager: APIClient, late_rent: Expense
) -> None:
    day = today() - WEEK
    spent = {"fromDate": str(day), "toDate": str(day)}

    def rent(known_on: date | None = None) -> Any:
        asked = spent if known_on is None else {**spent, "known_on": str(known_on)}
        data = statement(as_manager, "profit-loss", **asked)
        assert data["known_on"] == (known_on and str(known_on))
        return data["operating_expenses"]["total"]

    assert rent() == rent(today()) == 150
    assert rent(today() - ONE_DAY) == rent(day) == 0
    before = {"as_of": str(today()), "known_on": str(today() - ONE_DAY)}
    assert statement(as_manager, "trial-balance", **before)["totals"]["debit"] == 0
    assert statement(as_manager, "balance-sheet", **before)["assets"]["total"] == 0
    assert statement(as_manager, "balance-sheet")["assets"]["total"] == -150


def test_what_was_entered_before_the_column_is_known_since_the_moment_it_says(
    as_manager: APIClient, guards_off: None, late_rent: Expense
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entries SET entered_at = NULL")
    asked = {"as_of": str(today()), "known_on": str(today() - ONE_DAY)}
    assert statement(as_manager, "balance-sheet", **asked)["assets"]["total"] == -150


def test_what_everybody_knew_is_the_same_from_the_entries_and_from_summaries() -> None:
    tea = shop.a_product("10.00", name="Tea")
    shop.buy((tea, 10, "4.00"), offered=shop.cash(40))
    shop.sell((tea, 2))
    with time_machine.travel(timezone.now() + timedelta(days=62), tick=False):
        shop.sell((tea, 1))
        assert build_missing()
        period = Period(today() - timedelta(days=90), today())
        for figures in (financial_statements.trial_balance, financial_statements.profit_loss):
            assert figures(period, known_on=today()) == figures(period)
            assert figures(period, known_on=today(), store_id=1) == figures(period)
            assert figures(period, known_on=today() - ONE_DAY) != figures(period)


@pytest.mark.parametrize("path", ["stock", "receivables-ageing", "tax", "general-ledger/CASH"])
def test_a_statement_that_cannot_say_what_was_known_refuses(
    path: str, as_manager: APIClient
) -> None:
    answer = as_manager.get(f"/api/ledger/{path}", {"known_on": str(today())})
    assert answer.status_code == 400
    assert "known_on" in answer.json()["errors"]


def test_no_day_to_have_known_on_is_refused(as_manager: APIClient) -> None:
    answer = as_manager.get("/api/ledger/balance-sheet", {"known_on": "yesterday"})
    assert answer.status_code == 400
    assert "known_on" in answer.json()["errors"]


def test_the_page_of_an_entry_and_of_its_document_say_when_it_was_entered(
    client: Client, manager: User, late_rent: Expense
) -> None:
    client.force_login(manager)
    entry = JournalEntry.objects.get()
    entered = timezone.localtime(late_rent.entered_at)
    for page in (
        reverse("admin:ledger_expense_change", args=[late_rent.pk]),
        reverse("admin:ledger_journalentry_change", args=[entry.pk]),
    ):
        said = f"{entered:%d-%m-%Y %I:%M %p}, for {late_rent.business_date:%d-%m-%Y}"
        assert said in client.get(page).content.decode()
