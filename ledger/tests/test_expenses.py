"""Spending money on running the shop."""

from datetime import timedelta
from decimal import Decimal

import pytest
from model_bakery import baker

from ledger.chart_models import LedgerAccount
from ledger.expenses import Spending, categories, record_expense
from ledger.models import Expense
from ledger.reversals import AlreadyReversed
from pos_project.core.days import today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from reports.dashboards.spending import sum_expenses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def spend(amount="150.00", **fields):
    spending = Spending("Shop rent February", Decimal(amount), **fields)
    return record_expense(spending, by=shop.a_cashier())


def test_rent_paid_in_cash_leaves_the_till_and_reaches_its_account():
    expense = spend(category="Rent", description="two months")
    kept = Expense.objects.get()
    assert kept == expense
    assert (kept.title, kept.amount, kept.category) == ("Shop rent February", 150, "Rent")
    assert (kept.business_date, kept.created_by) == (today(), shop.a_cashier())
    assert shop.entry("expense", expense) == {"RENT": 150, "CASH": -150}


@pytest.mark.parametrize(
    ("category", "account"),
    [
        ("Rent", "RENT"),
        ("rent", "RENT"),
        (" SALARY ", "SALARY"),
        ("utilities", "UTILITIES"),
        ("Tea", "OTHER_EXPENSES"),
        (None, "OTHER_EXPENSES"),
        ("Other expenses", "OTHER_EXPENSES"),
        # An asset, and what moves only with stock, are not to be spent on by name.
        ("Inventory", "OTHER_EXPENSES"),
        ("Cost of goods sold", "OTHER_EXPENSES"),
        ("Inventory loss", "OTHER_EXPENSES"),
    ],
)
def test_the_category_names_the_account(category, account):
    assert account in shop.entry("expense", spend(category=category))


def test_an_account_an_accountant_added_is_found_by_its_name():
    kind = LedgerAccount.Kind.EXPENSE
    baker.make(LedgerAccount, code="TEA", number="6400", name="Tea", kind=kind)
    assert "TEA" in shop.entry("expense", spend(category="tea"))


def test_tax_in_it_is_set_off_and_costs_nothing():
    expense = spend("115.00", category="Utilities", tax=Decimal(15))
    assert shop.entry("expense", expense) == {"UTILITIES": 100, "INPUT_TAX": 15, "CASH": -115}
    assert sum_expenses(Period(today(), today())).utilities == 100


def test_tax_comes_back_with_the_expense():
    expense = spend("115.00", tax=Decimal(15))
    opposite = shop.undo_expense(expense)
    assert (opposite.amount, opposite.tax) == (-115, -15)
    assert (balance("INPUT_TAX"), balance("CASH")) == (0, 0)


@pytest.mark.parametrize("tax", ["-0.01", "150.00", "151.00"])
def test_tax_is_part_of_the_amount(tax):
    with shop.refused(Invalid, "tax"):
        spend(tax=Decimal(tax))


def test_categories_are_the_accounts_on_which_one_spends():
    kind = LedgerAccount.Kind.EXPENSE
    baker.make(LedgerAccount, code="TEA", number="6001", name="Tea", kind=kind)
    offered = categories()
    assert {"Tea", "Rent", "Other expenses"} <= set(offered)
    assert not {"Cost of goods sold", "Inventory loss", "Cash"} & set(offered)
    for name in offered:
        account, _ = shop.entry("expense", spend(category=name))
        assert LedgerAccount.objects.get(code=account).name == name


def test_an_expense_may_be_paid_from_a_wallet():
    spend(payment_method="nagad")
    assert (balance("NAGAD"), balance("CASH")) == (-150, 0)


def test_an_expense_of_another_day_counts_on_that_day():
    yesterday = today() - timedelta(days=1)
    assert spend(expense_date=yesterday).business_date == yesterday
    assert spend(expense_date=today() + timedelta(days=1)).business_date == today()


@pytest.mark.parametrize("method", ["due", "shells"])
def test_an_expense_is_paid_at_once_by_a_known_method(method):
    with shop.refused(Invalid, "payment_method"):
        spend(payment_method=method)


def test_a_very_long_title_still_fits_the_journal():
    record_expense(Spending("x" * 255, Decimal(1)), by=shop.a_cashier())
    assert Expense.objects.get().title == "x" * 255


# --- Taking one back ---


def test_an_expense_taken_back_is_the_same_with_its_amount_below_zero():
    expense = spend(category="Rent", payment_method="nagad")
    opposite = shop.undo_expense(expense, reason="Private")
    assert (opposite.amount, opposite.reverses, opposite.description) == (-150, expense, "Private")
    assert (opposite.title, opposite.category) == (expense.title, "Rent")
    assert shop.entry("expense", opposite) == {"RENT": -150, "NAGAD": 150}
    assert (balance("RENT"), balance("NAGAD")) == (0, 0)
    assert sum(Expense.objects.values_list("amount", flat=True)) == 0


def test_it_comes_back_on_the_account_it_was_booked_on():
    expense = spend(category="Tea")
    kind = LedgerAccount.Kind.EXPENSE
    baker.make(LedgerAccount, code="TEA", number="6400", name="Tea", kind=kind)
    assert set(shop.entry("expense", shop.undo_expense(expense))) == {"OTHER_EXPENSES", "CASH"}


def test_an_expense_is_taken_back_once_and_a_taking_back_never():
    expense = spend()
    opposite = shop.undo_expense(expense)
    with shop.refused(AlreadyReversed):
        shop.undo_expense(expense)
    with shop.refused(Conflict):
        shop.undo_expense(opposite)
    with shop.refused(NotFound):
        shop.undo_expense(Expense(pk=98765))
