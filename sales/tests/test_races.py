"""Tills that want the same thing at the same moment, where row locks exist.

Each race runs twice: with its guard, and as a control without it, where it goes wrong. A green
guard proves something only because its control does go wrong.
"""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import shelf
from inventory.fifo import InsufficientStock
from inventory.models import Batch, BatchQuerySet
from ledger import dues
from ledger.journal_models import JournalLine
from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from pos_project.tests.races import Meeting, at_once, kinds, unguarded, until_a_till_waits
from purchasing import receive
from sales import checkout, completion, holds, refunds
from sales.models import CustomerDue, Refund, Sale

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


# --- The last unit ---


@pytest.fixture
def last_unit(meeting, monkeypatch, tills):
    """Two tills have both read the shelf that holds one unit."""
    mug = shop.a_product("5.00", name="Mug")
    shop.stock(mug, 1, "2.00")
    meeting.after(monkeypatch, BatchQuerySet, "locked")
    return mug, [lambda till=till: shop.sell((mug, 1), by=till) for till in tills]


def test_the_last_unit_is_sold_once(last_unit, meeting):
    mug, selling = last_unit
    assert kinds(at_once(*selling)) == ["InsufficientStock", "Sold"]
    assert not meeting.met
    assert (shop.stock_of(mug), Sale.objects.count()) == (0, 1)
    books_agree()


def test_control_without_locks_the_last_unit_is_sold_twice(last_unit, meeting, monkeypatch):
    _, selling = last_unit
    assert kinds(unguarded(monkeypatch, *selling)) == ["Sold", "Sold"]
    assert meeting.met
    the_books_do_not_agree()


def test_many_tills_sell_exactly_what_there_is():
    mug, cup = shop.a_product("5.00"), shop.a_product("3.00")
    for product in (mug, cup):
        for _ in range(5):
            shop.stock(product, 1, "2.00")
    tills = [shop.a_cashier(f"till-{number}") for number in range(8)]
    orders = [(mug, cup) if number % 2 else (cup, mug) for number in range(8)]

    outcomes = at_once(
        *(
            lambda first=first, second=second, till=till: shop.sell(
                (first, 1), (second, 1), by=till
            )
            for (first, second), till in zip(orders, tills, strict=True)
        )
    )
    assert kinds(outcomes) == ["InsufficientStock"] * 3 + ["Sold"] * 5
    assert (shop.stock_of(mug), shop.stock_of(cup)) == (0, 0)
    assert len(set(Sale.objects.values_list("invoice_no", flat=True))) == 5
    books_agree()


# --- One held sale, completed twice ---


@pytest.fixture
def one_held_sale(meeting, monkeypatch, tills):
    mug = shop.a_product("5.00")
    shop.stock(mug, 10, "2.00")
    held = shop.hold((mug, 1))
    meeting.after(monkeypatch, holds, "_locked_pending")
    return mug, [lambda till=till: shop.complete(held, by=till) for till in tills]


def test_a_held_sale_is_completed_once(one_held_sale, meeting):
    mug, completing = one_held_sale
    assert kinds(at_once(*completing)) == ["Invalid", "Sold"]
    assert not meeting.met
    assert shop.stock_of(mug) == 9
    books_agree()


def test_control_without_locks_a_held_sale_takes_its_goods_twice(
    one_held_sale, meeting, monkeypatch
):
    # The entry is unique per document and the draft is flipped once: two more walls, taken down.
    monkeypatch.setattr(holds, "deliver", _stock_only)
    _, completing = one_held_sale
    assert kinds(unguarded(monkeypatch, *completing)) == ["Sale", "Sale"]
    assert meeting.met
    the_books_do_not_agree()


def _stock_only(sale, lines, item_ids, picks, settlement, context):
    completion._write_stock(lines, item_ids, picks, sale.invoice_no, context)
    return sale


def test_control_even_without_locks_a_held_sale_is_posted_once(one_held_sale, monkeypatch):
    """The unique entry per document stands behind the lock: one of the two is rolled back."""
    _, completing = one_held_sale
    assert kinds(unguarded(monkeypatch, *completing)) == ["IntegrityError", "Sold"]
    books_agree()


# --- One due, paid twice ---


@pytest.fixture
def one_due(meeting, monkeypatch, rahim, tills):
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    meeting.after(monkeypatch, dues, "locked")
    return [lambda till=till: shop.pay_dues(rahim, 30, by=till) for till in tills]


def test_a_due_is_paid_once(one_due, meeting, rahim):
    assert kinds(at_once(*one_due)) == ["DuePayment", "Invalid"]
    assert not meeting.met
    assert (shop.debt_of(rahim), balance("CASH")) == (0, 30)
    books_agree()


def test_control_without_locks_a_due_is_paid_twice(one_due, meeting, rahim, monkeypatch):
    assert kinds(unguarded(monkeypatch, *one_due)) == ["DuePayment", "DuePayment"]
    assert meeting.met
    assert balance("RECEIVABLES", customer=rahim) == -30
    the_books_do_not_agree()


def test_a_due_paid_twice_in_part_takes_both_parts(meeting, monkeypatch, rahim, tills):
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    meeting.after(monkeypatch, dues, "locked")
    at_once(*(lambda till=till: shop.pay_dues(rahim, 20, by=till) for till in tills))
    assert (shop.debt_of(rahim), balance("CUSTOMER_ADVANCES", customer=rahim)) == (0, -10)
    books_agree()


# --- One sale, refunded twice ---


@pytest.fixture
def two_refunds(meeting, monkeypatch):
    mug = shop.a_product("5.00")
    shop.stock(mug, 2, "2.00")
    sale = shop.sell((mug, 2)).sale
    shop.a_cashier()
    meeting.after(monkeypatch, refunds, "_refunded_units")
    return mug, [lambda: shop.take_back(sale)] * 2


def test_a_sale_is_refunded_once(two_refunds, meeting):
    mug, refunding = two_refunds
    assert kinds(at_once(*refunding)) == ["Invalid", "Refund"]
    assert not meeting.met
    assert (shop.stock_of(mug), balance("CASH")) == (2, -4)
    books_agree()


def test_control_without_locks_a_sale_is_refunded_twice(two_refunds, meeting, monkeypatch):
    _, refunding = two_refunds
    assert kinds(unguarded(monkeypatch, *refunding)) == ["Refund", "Refund"]
    assert meeting.met
    assert sum(Refund.objects.values_list("refund_amount", flat=True)) == 20
    the_books_do_not_agree()


def test_a_refund_and_a_due_payment_of_one_sale_share_what_is_open(
    meeting, monkeypatch, rahim, tills
):
    sale = shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit()).sale
    meeting.after(monkeypatch, dues, "locked")
    meeting.after(monkeypatch, refunds, "_refunded_units")
    at_once(lambda: shop.take_back(sale), lambda: shop.pay_dues(rahim, 30, by=tills[0]))
    assert not meeting.met
    assert CustomerDue.objects.get().status == "paid"
    books_agree()


# --- One advance, used twice ---


@pytest.fixture
def one_advance(meeting, monkeypatch, rahim, tills):
    shop.an_advance(rahim, 10)
    postage, offered = shop.a_service("10.00"), shop.on_credit(use_advance=True)
    meeting.after(monkeypatch, checkout.advances, "balance")
    return [
        lambda till=till: shop.sell((postage, 1), customer=rahim, offered=offered, by=till)
        for till in tills
    ]


def test_an_advance_is_used_once(one_advance, meeting, rahim):
    sales = [sold.sale for sold in at_once(*one_advance)]
    assert sorted(sale.advance_used for sale in sales) == [0, 10]
    assert not meeting.met
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 0
    books_agree()


def test_control_without_locks_an_advance_is_used_twice(one_advance, meeting, rahim, monkeypatch):
    sales = [sold.sale for sold in unguarded(monkeypatch, *one_advance)]
    assert [sale.advance_used for sale in sales] == [10, 10]
    assert meeting.met
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 10


def test_an_advance_to_a_supplier_is_used_once(meeting, monkeypatch, tills):
    delta, mug = shop.a_supplier(), shop.a_product()
    shop.an_advance_to(delta, 10)
    offered = shop.on_credit(use_advance=True)
    meeting.after(monkeypatch, receive.advances, "balance")
    bought = at_once(
        *(
            lambda till=till: shop.buy((mug, 1, "10.00"), supplier=delta, offered=offered, by=till)
            for till in tills
        )
    )
    assert sorted(purchase.advance_used for purchase in bought) == [0, 10]
    books_agree()


# --- What does not wait for each other ---


def test_two_credit_sales_of_one_customer_do_not_queue(meeting, monkeypatch, rahim, tills):
    """Both are half-way at the same moment: no row is shared by tills that share a customer."""
    goods = [shop.a_product("5.00") for _ in range(3)]
    for product in goods:
        shop.stock(product, 1)
    del goods[1]  # neighbours in the index may wait for each other a moment: not our subject
    meeting.after(monkeypatch, checkout, "insert_items")
    at_once(
        *(
            lambda till=till, product=product: shop.sell(
                (product, 1), customer=rahim, offered=shop.on_credit(), by=till
            )
            for till, product in zip(tills, goods, strict=True)
        )
    )
    assert meeting.met
    assert shop.debt_of(rahim) == 10
    books_agree()


def test_a_refused_till_leaves_the_goods_to_the_other(tills):
    mug = shop.a_product("5.00")
    shop.stock(mug, 2, "2.00")
    outcomes = at_once(
        lambda: shop.sell((mug, 3), by=tills[0]), lambda: shop.sell((mug, 2), by=tills[1])
    )
    assert isinstance(outcomes[0], InsufficientStock)
    assert shop.stock_of(mug) == 0
    books_agree()


def test_the_same_invoice_of_a_supplier_is_entered_once_by_two_tills(tills):
    delta, mug = shop.a_supplier(), shop.a_product()
    outcomes = at_once(
        *(
            lambda till=till: shop.buy((mug, 1, "2.00"), supplier=delta, invoice="PO-1", by=till)
            for till in tills
        )
    )
    assert kinds(outcomes) == ["Conflict", "Purchase"]
    assert shop.stock_of(mug) == 1
    books_agree()


def test_a_find_is_undone_once_by_two_tills(tills):
    mug = shop.a_product()
    found = shop.adjust(mug, 3, "2.00")
    assert kinds(at_once(*[lambda: shop.void(found)] * 2)) == ["InventoryLog", "NotFound"]
    assert (shop.stock_of(mug), Batch.objects.get().remaining) == (0, Decimal(0))
    assert JournalLine.objects.count() == 4
    books_agree()


def test_a_held_sale_is_completed_or_cancelled_but_not_both(tills):
    mug = shop.a_product("5.00")
    shop.stock(mug, 1)
    held = shop.hold((mug, 1))
    outcomes = at_once(lambda: shop.complete(held, by=tills[0]), lambda: holds.cancel(held.pk))
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 1
    books_agree()


# --- What happens on the shelf while a till waits for it ---


def waiting_till(first, meanwhile, then):
    """What `then` comes to: it waits for `first` to commit, and `meanwhile` happens in between.

    `first` is called with a key whose answer is written only when `meanwhile` is done.
    """
    working, done = threading.Event(), threading.Event()

    def answer_slowly(_):
        working.set()
        assert done.wait(10)
        return 201, "slow"

    def in_between():
        assert working.wait(10)
        until_a_till_waits()
        meanwhile()
        done.set()

    def afterwards():
        assert working.wait(10)
        return then()

    slow = replace(shop.a_key(), answer=answer_slowly)
    outcomes = at_once(lambda: first(slow), in_between, afterwards)
    assert not isinstance(outcomes[0], Exception)
    assert outcomes[1] is None
    return outcomes[2]


@pytest.fixture
def delivered_meanwhile(tills):
    """The last unit is being sold; while a second till waits for the shelf, one more arrives."""
    mug = shop.a_product("5.00")
    shop.stock(mug, 1, "2.00")
    shop.a_cashier()
    return lambda: waiting_till(
        lambda key: shop.sell((mug, 1), key=key),
        lambda: shop.stock(mug, 1, "3.00"),
        lambda: shop.sell((mug, 1), by=tills[1]),
    )


def test_goods_delivered_while_a_till_waits_are_sold(delivered_meanwhile):
    assert kinds([delivered_meanwhile()]) == ["Sold"]
    books_agree()


@pytest.fixture
def came_back_meanwhile(tills, monkeypatch):
    """A till waits for the oldest goods that are left, which a refund has locked; then the refund
    puts older ones back. What the till sells."""
    mug = shop.a_product("5.00")
    shop.stock(mug, 1, "2.00", on=today() - timedelta(days=1))
    sold = shop.sell((mug, 1)).sale
    shop.stock(mug, 5, "3.00")
    locked, waited, real = threading.Event(), threading.Event(), refunds._insert

    def insert_slowly(*args):
        locked.set()
        assert waited.wait(10)
        return real(*args)

    def in_between():
        assert locked.wait(10)
        until_a_till_waits()
        waited.set()

    def sell():
        assert locked.wait(10)
        return shop.sell((mug, 1), by=tills[1])

    monkeypatch.setattr(refunds, "_insert", insert_slowly)
    return lambda: at_once(lambda: shop.take_back(sold), in_between, sell)[2]


def test_a_till_that_waited_takes_the_older_goods_that_came_back(came_back_meanwhile):
    [line] = came_back_meanwhile().sale.items.all()
    assert line.cogs.get().total_cost == 2
    books_agree()


def test_control_a_till_that_does_not_ask_again_passes_over_older_goods(
    came_back_meanwhile, monkeypatch
):
    monkeypatch.setattr(shelf, "_heads", lambda found, part: {})
    [line] = came_back_meanwhile().sale.items.all()
    assert line.cogs.get().total_cost == 3
