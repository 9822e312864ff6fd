"""What was reversed by its opposite row is in no figure beside it (I26)."""

from datetime import timedelta

import pytest
import time_machine

from conftest import signed_in
from ledger.expenses import Spending, record_expense
from ledger.models import Payment
from pos_project.core.days import today
from pos_project.tests import shop
from reports.tests.worked_dataset import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_eighth_of_february():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def ask(admin):
    """The `data` of a dashboard."""

    def data(path, **query):
        return signed_in(admin).get(f"/api/dashboard/{path}", query).json()["data"]

    return data


@pytest.fixture
def cash_of_today(ask):
    return lambda: ask("main")["key_metrics"]["today_cash"]


def test_a_payment_that_was_reversed_is_not_among_the_cash_of_today(cash_of_today):
    rahim = shop.a_customer()
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.sell((shop.a_service("5.00"), 1))
    shop.pay_dues(rahim, "35.00")  # 5.00 of it ahead
    assert cash_of_today() == 40
    shop.undo_payment(Payment.objects.filter(payment_type="due_payment").get())
    assert cash_of_today() == 5


def test_cash_that_was_paid_back_is_not_deducted_and_undoing_that_adds_none(cash_of_today):
    rahim = shop.a_customer()
    shop.an_advance(rahim, "8.00")
    received = cash_of_today()
    paid_back = shop.pay_back(rahim, "8.00")
    assert cash_of_today() == received == 9
    shop.undo_payment(paid_back)
    assert cash_of_today() == received


def test_an_expense_that_was_reversed_is_neither_the_largest_nor_a_category(ask):
    rent, tea = (
        record_expense(Spending(name, amount, category=name), by=shop.a_cashier())
        for name, amount in (("Rent", 60), ("Tea", 10))
    )
    with time_machine.travel(NOW + timedelta(days=1)):
        shop.undo_expense(rent)
        spent = ask("financial-analysis")["operating_expenses"]
        assert (spent["total_expenses"], spent["max_single_expense"]) == (10, tea.amount)
        assert (spent["expense_categories"], spent["categories_list"]) == (1, ["Tea"])
        yesterday = rent.business_date.isoformat()
        spent = ask("financial-analysis", toDate=yesterday)["operating_expenses"]
        assert (spent["max_single_expense"], spent["categories_list"]) == (60, ["Rent", "Tea"])
        spent = ask("financial-analysis", fromDate=today().isoformat())["operating_expenses"]
        assert (spent["total_expenses"], spent["max_single_expense"]) == (-60, 0)
        assert spent["expense_breakdown"]["salary_percent"] == "0.00"


def test_a_purchase_that_was_reversed_is_not_in_the_history_of_its_products(ask):
    tea = shop.a_product()
    shop.buy((tea, 10, "8.50"), invoice="A-1")
    shop.undo_purchase(shop.buy((tea, 3, "90.00"), invoice="A-2"))
    [row] = ask("inventory/detailed")["products"]
    assert row["stock_info"]["total_purchased"] == 10
    assert row["pricing"]["last_purchase"]["invoice_no"] == "A-1"
    assert [line["invoice_no"] for line in row["purchase_history"]] == ["A-1"]
