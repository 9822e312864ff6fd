"""The result of a year goes to retained earnings, and its profit and loss stays readable."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Store
from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalEntry
from ledger.year_end import YearEnd, close_year
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from reports.statements.financial_statements import balance_sheet, profit_loss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal


def yesterday():
    return today() - timedelta(days=1)


def earned(amount, *, spent="0"):
    """So much was sold yesterday, and so much spent."""
    shop.sell((shop.a_service(amount), 1), at=at_noon(yesterday()))
    if D(spent):
        rent = Spending("Rent", D(spent), "rent", expense_date=yesterday())
        record_expense(rent, by=shop.a_cashier())


def closed(**fields):
    return close_year(YearEnd(yesterday(), **fields), by=shop.a_cashier())


def test_the_result_is_carried_and_the_profit_and_loss_reads_as_before():
    earned("100.00", spent="30.00")
    before = profit_loss(Period(yesterday(), yesterday())).result
    closed(note="2026")
    assert before == profit_loss(Period(yesterday(), yesterday())).result == 70
    sheet = balance_sheet(yesterday())
    assert (sheet.result, sheet.equity.total, sheet.balanced) == (0, 70, True)
    assert [line.account.code for line in sheet.equity.lines] == ["RETAINED_EARNINGS"]


def test_a_loss_is_carried_the_other_way_round():
    earned("10.00", spent="30.00")
    closed()
    assert balance("RETAINED_EARNINGS") == 20


def test_the_new_year_begins_at_nothing():
    earned("100.00")
    closed()
    shop.sell((shop.a_service("7.00"), 1))
    assert balance_sheet(today()).result == 7


def test_a_year_is_closed_once_and_once_more_for_what_came_late():
    earned("100.00")
    closed()
    with shop.refused(Conflict):
        closed()
    earned("5.00")
    closed()
    assert balance("RETAINED_EARNINGS") == -105


def test_a_closing_is_taken_back_like_every_entry_by_hand():
    earned("100.00")
    shop.undo_entry(*closed())
    assert balance_sheet(today()).result == 100
    closed()


def test_each_store_carries_its_own_result():
    earned("100.00")
    other = Store.objects.create(name="Branch")
    shop.sell(
        (shop.a_service("8.00"), 1),
        by=shop.a_cashier("other", store=other),
        at=at_noon(yesterday()),
    )
    assert len(closed()) == 2
    for store in Store.objects.all():
        sheet = balance_sheet(today(), store_id=store.pk)
        assert (sheet.result, sheet.balanced) == (0, True)


def test_a_year_is_closed_when_it_is_over():
    with shop.refused(Invalid, "through"):
        close_year(YearEnd(today()), by=shop.a_cashier())


def test_managers_close_it_over_the_api_and_on_a_page(as_manager, as_staff, office):
    earned("100.00")
    body = {"through": str(yesterday()), "note": "2026"}
    assert as_staff.post("/api/ledger/year-end", body).status_code == 403
    for _ in range(2):
        key = {"Idempotency-Key": "the-year-2026"}
        assert as_manager.post("/api/ledger/year-end", body, headers=key).status_code == 201
    assert JournalEntry.objects.filter(event="manual").count() == 1
    assert as_manager.post("/api/ledger/year-end", body).status_code == 409
    page = reverse("admin:ledger_journalentry_close_year")
    earned("5.00")
    assert office.post(page, {"through": str(yesterday())}).status_code == 302
    assert balance("RETAINED_EARNINGS") == -105


def test_a_year_of_many_entries_takes_as_many_statements_as_one_of_few(queries):
    earned("100.00")
    few = len(queries(closed))
    for amount in ("5.00", "6.00", "7.00"):
        earned(amount, spent="1.00")
    assert len(queries(closed)) == few
