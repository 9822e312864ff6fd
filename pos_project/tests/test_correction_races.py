"""Corrections that meet each other, or a till, at the same moment, where row locks exist.

Each race has its control, which shows what the lock prevents.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import BatchQuerySet
from ledger import (
    advance_repayments,
    dues,
    manual_entries,
    payment_reversals,
    period_lock,
    reversals,
)
from ledger.expenses import Spending, record_expense
from ledger.manual_entries import ManualEntry, open_balances
from ledger.models import Expense, Payment
from ledger.posting import Line
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from pos_project.tests.races import Meeting, at_once, kinds, unguarded
from purchasing import reversals as purchase_reversals
from sales import checkout

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def meeting():
    return Meeting()


@pytest.fixture
def tills():
    return shop.a_cashier("till-1"), shop.a_cashier("till-2")


def the_books_do_not_agree():
    with pytest.raises(AssertionError):
        books_agree()


# --- One row, reversed twice ---


def a_payment(rahim):
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.pay_dues(rahim, 30)
    return shop.undo_payment, Payment.objects.get()


def an_expense(rahim):
    return shop.undo_expense, record_expense(Spending("Tea", Decimal(5)), by=shop.a_cashier())


def a_purchase(rahim):
    return shop.undo_purchase, shop.buy((shop.a_product(), 3, "2.00"))


def an_entry(rahim):
    lines = Line("BANK", debit=Decimal(5)), Line("CASH", credit=Decimal(5))
    return shop.undo_entry, shop.post_by_hand(*lines)


@pytest.fixture(
    params=[a_payment, an_expense, a_purchase, an_entry], ids=lambda made: made.__name__
)
def two_reversals(request, meeting, monkeypatch, rahim, tills):
    undo, row = request.param(rahim)
    meeting.after(monkeypatch, reversals, "require_reversible")
    return [lambda till=till: undo(row, by=till) for till in tills]


def test_a_row_is_reversed_once(two_reversals, meeting):
    outcomes = at_once(*two_reversals)
    assert "AlreadyReversed" in kinds(outcomes)
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert not meeting.met
    assert (balance("CASH"), balance("INVENTORY")) in ((0, 0), (0, 6), (-6, 6))
    books_agree()


def test_control_without_locks_the_unique_key_still_lets_one_through(
    two_reversals, meeting, monkeypatch
):
    outcomes = unguarded(monkeypatch, *two_reversals)
    assert meeting.met
    assert {"IntegrityError", "Conflict"} & set(kinds(outcomes))  # as late as the other one came
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    books_agree()


# --- A due, paid and opened again ---


def test_a_due_is_paid_while_another_payment_of_it_is_taken_back(
    meeting, monkeypatch, rahim, tills
):
    sale = shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit()).sale
    shop.pay_dues(rahim, 20)
    first = Payment.objects.get()
    meeting.after(monkeypatch, dues, "_locked_documents")
    at_once(
        lambda: shop.undo_payment(first, by=tills[0]),
        lambda: shop.pay_dues(rahim, 10, by=tills[1]),
    )
    assert not meeting.met
    sale.refresh_from_db()
    assert (sale.paid_amount, sale.due_amount, shop.debt_of(rahim)) == (10, 20, 20)
    books_agree()


# --- An advance, used and taken back ---


@pytest.fixture
def one_advance(meeting, monkeypatch, rahim, tills):
    shop.an_advance(rahim, 10)
    advance = Payment.objects.get(payment_type="advance")
    postage, offered = shop.a_service("10.00"), shop.on_credit(use_advance=True)
    meeting.after(monkeypatch, payment_reversals, "_require_unused")
    meeting.after(monkeypatch, checkout.advances, "balance")
    return [
        lambda: shop.undo_payment(advance, by=tills[0]),
        lambda: shop.sell((postage, 1), customer=rahim, offered=offered, by=tills[1]),
    ]


def test_an_advance_is_used_or_taken_back(one_advance, meeting, rahim):
    undone, sold = at_once(*one_advance)
    assert isinstance(undone, list) != bool(sold.sale.advance_used)
    assert not meeting.met
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 0
    books_agree()


def test_control_without_locks_an_advance_is_used_and_taken_back(
    one_advance, meeting, rahim, monkeypatch
):
    undone, sold = unguarded(monkeypatch, *one_advance)
    assert isinstance(undone, list)
    assert sold.sale.advance_used == 10
    assert meeting.met
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 10, "the customer owes us an advance"


@pytest.fixture
def two_paybacks(meeting, monkeypatch, rahim, tills):
    shop.an_advance(rahim, 10)
    meeting.after(monkeypatch, advance_repayments.payments, "account_of")
    return [lambda till=till: shop.pay_back(rahim, 10, by=till) for till in tills]


def test_an_advance_is_paid_back_once(two_paybacks, meeting, rahim):
    assert kinds(at_once(*two_paybacks)) == ["Invalid", "Payment"]
    assert not meeting.met
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 0
    books_agree()


def test_control_without_locks_an_advance_is_paid_back_twice(
    two_paybacks, meeting, rahim, monkeypatch
):
    assert kinds(unguarded(monkeypatch, *two_paybacks)) == ["Payment", "Payment"]
    assert meeting.met
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 10


# --- A purchase, undone while a till sells it or its dues are paid ---


@pytest.fixture
def goods_in_demand(meeting, monkeypatch, tills):
    mug = shop.a_product("5.00")
    bought = shop.buy((mug, 2, "2.00"))
    meeting.after(monkeypatch, BatchQuerySet, "locked")
    return mug, [
        lambda: shop.undo_purchase(bought, by=tills[0]),
        lambda: shop.sell((mug, 1), by=tills[1]),
    ]


def test_goods_are_sold_or_their_purchase_is_undone(goods_in_demand, meeting):
    mug, acts = goods_in_demand
    assert kinds(at_once(*acts)) in (["Conflict", "Sold"], ["InsufficientStock", "Purchase"])
    assert not meeting.met
    assert shop.stock_of(mug) in (0, 1)
    books_agree()


def test_control_without_locks_goods_are_sold_whose_purchase_is_undone(
    goods_in_demand, meeting, monkeypatch
):
    assert kinds(unguarded(monkeypatch, *goods_in_demand[1])) == ["Purchase", "Sold"]
    assert meeting.met
    the_books_do_not_agree()


@pytest.fixture
def a_purchase_to_pay(meeting, monkeypatch, tills):
    delta = shop.a_supplier()
    bought = shop.buy((shop.a_product(), 2, "2.00"), supplier=delta, offered=shop.on_credit())
    meeting.after(monkeypatch, purchase_reversals, "_require_dues_unpaid")
    meeting.after(monkeypatch, dues, "locked")
    return [
        lambda: shop.undo_purchase(bought, by=tills[0]),
        lambda: shop.pay_the(delta, 4, by=tills[1]),
    ]


def test_dues_are_paid_or_their_purchase_is_undone(a_purchase_to_pay, meeting):
    outcomes = kinds(at_once(*a_purchase_to_pay))
    assert outcomes in (["Conflict", "DuePayment"], ["Invalid", "Purchase"])
    assert not meeting.met
    books_agree()


def test_control_without_locks_dues_are_paid_of_a_purchase_that_is_undone(
    a_purchase_to_pay, meeting, monkeypatch
):
    assert kinds(unguarded(monkeypatch, *a_purchase_to_pay)) == ["DuePayment", "Purchase"]
    assert meeting.met
    the_books_do_not_agree()


# --- Opening balances ---


@pytest.fixture
def two_openings(meeting, monkeypatch, tills):
    opening = ManualEntry([Line("CASH", debit=Decimal(100))])
    meeting.after(monkeypatch, manual_entries, "_post")
    return [lambda till=till: open_balances(opening, by=till) for till in tills]


def test_an_account_is_opened_once(two_openings, meeting):
    assert kinds(at_once(*two_openings)) == ["Conflict", "JournalEntry"]
    assert not meeting.met
    assert balance("CASH") == 100


def test_control_without_locks_an_account_is_opened_twice(two_openings, meeting, monkeypatch):
    assert kinds(unguarded(monkeypatch, *two_openings)) == ["JournalEntry", "JournalEntry"]
    assert meeting.met
    assert balance("CASH") == 200


# --- Locking a period while a till writes into it ---


@pytest.fixture
def a_late_expense(meeting, monkeypatch, tills):
    yesterday = today() - timedelta(days=1)
    spending = Spending("Rent", Decimal(5), expense_date=yesterday)
    meeting.after(monkeypatch, period_lock, "locked_through")
    return yesterday, [
        lambda: record_expense(spending, by=tills[0]),
        lambda: period_lock.lock_through(yesterday, reason="Reported", by=tills[1], role="manager"),
    ]


def test_a_lock_waits_for_whoever_writes_or_is_seen_by_them(a_late_expense, meeting):
    _, acts = a_late_expense
    assert kinds(at_once(*acts)) == ["Expense", "PeriodLock"]
    assert not meeting.met


def test_control_without_locks_a_late_expense_is_written_behind_the_lock(
    a_late_expense, meeting, monkeypatch
):
    yesterday, acts = a_late_expense
    assert kinds(unguarded(monkeypatch, *acts)) == ["Expense", "PeriodLock"]
    assert meeting.met
    assert Expense.objects.get().business_date == yesterday
