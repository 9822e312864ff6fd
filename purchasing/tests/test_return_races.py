"""Goods that go back, and dues that are settled without money, while somebody else acts on them.

Each race has its control, which shows what the lock prevents.
"""

from decimal import Decimal

import pytest

from ledger import dues
from pos_project.core.errors import Conflict, Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from pos_project.tests.races import Meeting, at_once, unguarded
from purchasing import returns, reversals
from purchasing.models import Purchase
from sales import checkout

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

D = Decimal


@pytest.fixture
def meeting():
    return Meeting()


@pytest.fixture
def tills():
    return shop.a_cashier("till-1"), shop.a_cashier("till-2")


@pytest.fixture
def mug():
    return shop.a_product("5.00")


@pytest.fixture
def bought(delta, mug):
    """4 mugs at 2.50, owed."""
    return shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.on_credit())


def the_books_do_not_agree():
    with pytest.raises(AssertionError):
        books_agree()


def refusals(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


# --- Two returns of one purchase ---


@pytest.fixture
def two_returns(meeting, monkeypatch, tills, bought):
    meeting.after(monkeypatch, returns, "_require_returnable")
    return [lambda till=till: shop.send_back(bought, 3, by=till) for till in tills]


def test_units_go_back_once(two_returns, meeting, mug, delta):
    [refused] = refusals(at_once(*two_returns))
    assert isinstance(refused, Conflict)
    assert not meeting.met
    assert (shop.stock_of(mug), shop.owed_to(delta)) == (1, D("2.50"))
    books_agree()


def test_control_without_locks_they_go_back_twice(two_returns, meeting, monkeypatch):
    unguarded(monkeypatch, *two_returns)
    assert meeting.met
    assert Purchase.objects.filter(returns__isnull=False).count() == 2
    the_books_do_not_agree()


# --- A return and a payment of the same due ---


@pytest.fixture
def returned_and_paid(meeting, monkeypatch, tills, bought, delta):
    meeting.after(monkeypatch, returns, "_require_returnable")
    meeting.after(monkeypatch, dues, "_locked_documents")
    return [
        lambda: shop.send_back(bought, 4, by=tills[0]),
        lambda: shop.pay_the(delta, 10, by=tills[1]),
    ]


def test_what_is_paid_meanwhile_stays_as_a_deposit(returned_and_paid, meeting, delta):
    back, paid = at_once(*returned_and_paid)
    assert not meeting.met
    assert isinstance(back, Purchase)
    ahead = balance("SUPPLIER_ADVANCES")
    assert (isinstance(paid, Invalid), ahead) in ((True, 0), (False, 10))
    assert shop.owed_to(delta) == 0
    books_agree()


def test_control_without_locks_a_due_is_settled_twice(returned_and_paid, meeting, monkeypatch):
    unguarded(monkeypatch, *returned_and_paid)
    assert meeting.met
    the_books_do_not_agree()


# --- A return and a reversal ---


@pytest.fixture
def returned_and_reversed(meeting, monkeypatch, tills, bought):
    meeting.after(monkeypatch, returns, "_require_returnable")
    meeting.after(monkeypatch, reversals, "require_not_returned")
    return [
        lambda: shop.send_back(bought, 3, by=tills[0]),
        lambda: shop.undo_purchase(bought, by=tills[1]),
    ]


def test_goods_go_back_in_one_way(returned_and_reversed, meeting, mug):
    [refused] = refusals(at_once(*returned_and_reversed))
    assert isinstance(refused, Conflict)
    assert not meeting.met
    assert shop.stock_of(mug) in (0, 1)
    books_agree()


def test_control_without_locks_they_go_back_in_both(returned_and_reversed, meeting, monkeypatch):
    unguarded(monkeypatch, *returned_and_reversed)
    assert meeting.met
    the_books_do_not_agree()


# --- A return and a till that sells the same units ---


@pytest.fixture
def returned_and_sold(meeting, monkeypatch, tills, bought, mug):
    meeting.after(monkeypatch, returns, "_on_shelf")
    meeting.after(monkeypatch, checkout, "pick")
    return [
        lambda: shop.send_back(bought, 3, by=tills[0]),
        lambda: shop.sell((mug, 3), by=tills[1]),
    ]


def test_units_are_sold_or_go_back(returned_and_sold, meeting, mug):
    assert len(refusals(at_once(*returned_and_sold))) == 1
    assert not meeting.met
    assert shop.stock_of(mug) == 1
    books_agree()


def test_control_without_locks_they_are_sold_and_go_back(returned_and_sold, meeting, monkeypatch):
    unguarded(monkeypatch, *returned_and_sold)
    assert meeting.met
    the_books_do_not_agree()


# --- A credit and a payment of the same due ---


@pytest.fixture
def credited_and_paid(meeting, monkeypatch, tills, rahim):
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    meeting.after(monkeypatch, dues, "locked")
    return [
        lambda: shop.credit(rahim, "bad_debt", 30, by=tills[0]),
        lambda: shop.pay_dues(rahim, 30, by=tills[1]),
    ]


def test_a_due_is_written_off_or_paid(credited_and_paid, meeting, rahim):
    [refused] = refusals(at_once(*credited_and_paid))
    assert isinstance(refused, Invalid)
    assert not meeting.met
    assert shop.debt_of(rahim) == 0
    books_agree()


def test_control_without_locks_it_is_both(credited_and_paid, meeting, monkeypatch):
    unguarded(monkeypatch, *credited_and_paid)
    assert meeting.met
    the_books_do_not_agree()
