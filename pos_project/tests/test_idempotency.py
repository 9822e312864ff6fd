"""A retried request has one effect and gets the first one's own answer."""

import hashlib
import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from inventory import adjustments
from inventory.fifo import InsufficientStock
from ledger.chart_models import PaymentMethod
from ledger.expenses import Spending, record_expense
from ledger.models import Expense, Payment
from ledger.payments import METHODS
from pos_project.core.db import idempotency
from pos_project.core.db.idempotency import KeyInUse, KeyReused, Replayed, RequestKey, fingerprint
from pos_project.core.errors import Invalid
from pos_project.core.models import IdempotentRequest
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import Meeting, at_once, kinds, on_file
from purchasing.models import Purchase
from sales import holds
from sales.models import Refund, Sale

__all__ = ["on_file"]


@pytest.fixture
def mug(db):
    product = shop.a_product("5.00", name="Mug")
    shop.stock(product, 3, "2.00")
    return product


def replayed(act, *args, **kwargs):
    """The answer kept for a request that was answered before; nothing is written again."""
    before = shop.everything()
    with pytest.raises(Replayed) as kept:
        act(*args, **kwargs)
    assert shop.everything() == before
    return kept.value.status, kept.value.body


# --- One effect, one answer ---


def test_a_retry_sells_nothing_and_gets_the_first_answer_byte_for_byte(mug):
    body = '{"message":  "Sale completed", "total": 5.00, "name": "Mug ☕"}'
    key = replace(shop.a_key(), answer=lambda sold: (201, body))
    shop.sell((mug, 1), key=key)
    assert replayed(shop.sell, (mug, 1), key=key) == (201, body)
    assert Sale.objects.count() == 1
    books_agree()


def test_the_answer_is_kept_with_its_effect(mug):
    key = shop.a_key("till-1-receipt-7")
    sale = shop.sell((mug, 1), key=key).sale
    kept = IdempotentRequest.objects.get()
    assert (kept.status, kept.body) == (201, f'{{"id": {sale.pk}}}')
    assert kept.fingerprint == key.fingerprint


def test_a_key_is_kept_as_its_hash_only(mug):
    shop.sell((mug, 1), key=shop.a_key("till-1-receipt-7"))
    kept = IdempotentRequest.objects.get()
    assert kept.key_hash == hashlib.sha256(b"till-1-receipt-7").hexdigest()


def test_the_retry_of_the_sale_that_emptied_the_shelf_gets_its_answer(mug):
    sale = shop.sell((mug, 3), key=shop.a_key()).sale
    assert replayed(shop.sell, (mug, 3), key=shop.a_key()) == (201, f'{{"id": {sale.pk}}}')


def test_two_keys_are_two_sales(mug):
    for name in ("receipt-1", "receipt-2"):
        shop.sell((mug, 1), key=shop.a_key(name))
    assert Sale.objects.count() == 2


def test_without_a_key_a_retry_is_a_second_sale(mug):
    for _ in range(2):
        shop.sell((mug, 1))
    assert (Sale.objects.count(), IdempotentRequest.objects.count()) == (2, 0)


def test_two_users_may_use_the_same_key(mug):
    for name in ("till-1", "till-2"):
        till = shop.a_cashier(name)
        shop.sell((mug, 1), by=till, key=shop.a_key(by=till))
    assert Sale.objects.count() == 2


def test_a_key_used_for_something_else_is_refused(mug):
    shop.sell((mug, 1), key=shop.a_key(asks="one mug"))
    with shop.refused(KeyReused) as refused:
        shop.sell((mug, 2), key=shop.a_key(asks="two mugs"))
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")


def test_a_refusal_leaves_the_key_free(mug):
    for _ in range(2):
        with shop.refused(InsufficientStock):
            shop.sell((mug, 4), key=shop.a_key())
    shop.sell((mug, 3), key=shop.a_key(asks="a corrected cart"))
    assert IdempotentRequest.objects.count() == 1


def test_a_refusal_before_the_transaction_leaves_the_key_free_too(mug):
    with shop.refused(Invalid):
        shop.sell((mug, 1), key=shop.a_key(), discount=Decimal(6))
    shop.sell((mug, 1), key=shop.a_key())


def test_a_crash_while_the_answer_is_written_leaves_nothing_behind(mug):
    def crash(sold):
        raise RuntimeError("out of paper")

    before = shop.everything()
    with pytest.raises(RuntimeError):
        shop.sell((mug, 1), by=shop.a_cashier(), key=replace(shop.a_key(), answer=crash))
    assert shop.everything() == before
    shop.sell((mug, 1), key=shop.a_key())


def test_every_event_that_moves_money_or_stock_happens_once_per_key(mug):
    """And its answer is given again although the shop would refuse the same request by now."""
    rahim, delta, by = shop.a_customer(), shop.a_supplier(), shop.a_cashier()
    postage = shop.a_service("20.00")
    sold = shop.sell((mug, 1), customer=rahim, offered=shop.on_credit()).sale
    shop.buy((mug, 1, "9.00"), supplier=delta, offered=shop.on_credit())
    found = shop.adjust(mug, 1, "2.00")
    held, unwanted = shop.hold((mug, 1)), shop.hold((mug, 1))
    spending, more = Spending("Tea", Decimal(5), payment_method="nagad"), mug.pk
    events = {
        "sell": lambda key: shop.sell((postage, 1), customer=rahim, key=key),
        "hold": lambda key: holds.hold(shop.an_order((postage, 1)), by=by, key=key),
        "complete": lambda key: holds.complete(held.pk, shop.cash(5), by=by, key=key),
        "cancel": lambda key: holds.cancel(unwanted.pk, key=key),
        "refund": lambda key: shop.take_back(sold, shop.units_of(sold.items.get(), 1), key=key),
        "buy": lambda key: shop.buy(
            (mug, 1, "2.00"), supplier=delta, invoice="PO-1", key=key, offered=shop.cash(1)
        ),
        "pay supplier": lambda key: shop.pay_the(delta, 1, key=key),
        "expense": lambda key: record_expense(spending, by=by, key=key),
        "adjust": lambda key: adjustments.adjust(
            adjustments.Adjustment(more, Decimal(2)), by=by, key=key
        ),
        "void": lambda key: adjustments.void(found.pk, by=by, key=key),
    }
    keys = {
        name: replace(shop.a_key(name.replace(" ", "-")), answer=lambda _, name=name: (200, name))
        for name in events
    }
    for name, event in events.items():
        event(keys[name])
    books_agree()

    mug.archive(keys=("sku_key",))
    postage.archive(keys=("sku_key",))
    rahim.archive()
    delta.archive()
    PaymentMethod.objects.update(is_active=False)
    METHODS.forget()
    for name, event in events.items():
        assert replayed(event, keys[name]) == (200, name)


def test_a_customers_payment_is_taken_once_per_key(db):
    rahim = shop.a_customer()
    shop.sell((shop.a_service("20.00"), 1), customer=rahim, offered=shop.on_credit())
    key = replace(shop.a_key(), answer=lambda paid: (200, str(paid.remaining_due)))
    shop.pay_dues(rahim, 20, key=key)
    assert replayed(shop.pay_dues, rahim, 20, key=key) == (200, "0.00")
    rahim.archive()
    assert replayed(shop.pay_dues, rahim, 20, key=key) == (200, "0.00")
    assert Payment.objects.count() == 1


def test_a_used_key_with_another_request_is_named_before_anything_else_is_judged(mug):
    shop.sell((mug, 1), key=shop.a_key(asks="one mug"))
    mug.archive(keys=("sku_key",))
    with shop.refused(KeyReused):
        shop.sell((mug, 1), key=shop.a_key(asks="another mug"))


# --- What is the same request ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"paid": 1}, {"paid": 1.0}),
        ({"paid": 1}, {"paid": Decimal("1.00")}),
        ({"paid": 39.98}, {"paid": Decimal("39.980")}),
        ({"paid": 100}, {"paid": Decimal("1E+2")}),
        ({"items": [{"id": 1, "q": 2}]}, {"items": [{"q": 2.0, "id": 1}]}),
    ],
)
def test_spelling_does_not_make_another_request(one, other):
    assert fingerprint("POST", "/api/sales", one) == fingerprint("POST", "/api/sales/", other)


@pytest.mark.parametrize(
    "other",
    [
        ("PUT", "/api/sales", {"a": 1}),
        ("POST", "/api/purchase", {"a": 1}),
        ("POST", "/api/sales", {"a": 2}),
        ("POST", "/api/sales", {"a": True}),
        ("POST", "/api/sales", {"a": None}),
        ("POST", "/api/sales", {"a": [1]}),
        ("POST", "/api/sales", {}),
        ("POST", "/api/sales", {"a": 1, "b": None}),
        ("POST", "/api/sales", {"a": Decimal("1.01")}),
        ("POST", "/api/sales", {"a": 10**40 + 1}),
    ],
)
def test_anything_else_makes_another_request(other):
    assert fingerprint(*other) != fingerprint("POST", "/api/sales", {"a": 1})


def test_numbers_too_long_for_a_calculator_are_still_told_apart():
    one, other = ({"a": 10**40 + last} for last in (1, 2))
    assert fingerprint("POST", "/api/sales", one) != fingerprint("POST", "/api/sales", other)


# --- What is a key ---


@pytest.mark.parametrize("text", ["!", "~" * 255, "a/b:c", "0d3a6f1e-8c1e-4e0e-9b1f-2f1f3c1d7a55"])
def test_a_key_is_any_visible_ascii_text(text):
    assert len(RequestKey(1, text, "", lambda _: (200, "")).key_hash) == 64


@pytest.mark.parametrize("text", ["", " ", "a b", "a\n", "\x7f", "é", "ключ", "a" * 256, "\0"])
def test_anything_else_is_no_key(text):
    with pytest.raises(Invalid) as refused:
        RequestKey(1, text, "", lambda _: (200, ""))
    assert list(refused.value.fields) == ["Idempotency-Key"]


# --- At the same moment ---


@pytest.fixture
def twins(transactional_db, request, mug):
    """The same request twice at once, by one user with one key."""
    shop.a_cashier()
    request.getfixturevalue("on_file")
    return [lambda: shop.sell((mug, 1), key=shop.a_key())] * 2


def count_sales():
    books_agree()
    return Sale.objects.count(), IdempotentRequest.objects.count()


@pytest.mark.django_db(transaction=True)
def test_twins_have_one_effect(twins):
    assert kinds(at_once(*twins)) == ["Replayed", "Sold"]
    assert at_once(count_sales) == [(1, 1)]


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_the_second_twin_waits_for_the_first(twins, monkeypatch):
    meeting = Meeting()
    meeting.after(monkeypatch, idempotency, "_claim")
    first, second = at_once(*twins)
    assert not meeting.met
    kept, sold = (first, second) if isinstance(first, Replayed) else (second, first)
    assert kept.body == f'{{"id": {sold.sale.pk}}}'


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_control_twins_that_claim_nothing_are_two_sales(twins, monkeypatch):
    meeting = Meeting()
    monkeypatch.setattr(idempotency, "_claim", lambda key: IdempotentRequest())
    meeting.after(monkeypatch, idempotency, "_claim")
    assert kinds(at_once(*twins)) == ["Sold", "Sold"]
    assert meeting.met


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_a_twin_of_a_refused_request_does_the_work(mug, monkeypatch):
    """The first gives its key up when it is refused; the second, who waited for it, goes on."""
    shop.a_cashier()
    meeting = Meeting()
    meeting.after(monkeypatch, idempotency, "_claim")
    outcomes = at_once(
        lambda: shop.sell((mug, 4), key=shop.a_key()), lambda: shop.sell((mug, 3), key=shop.a_key())
    )
    # Either the refused one came first, or it was told that its key is taken.
    assert kinds(outcomes) in (["InsufficientStock", "Sold"], ["Replayed", "Sold"])
    assert shop.stock_of(mug) == 0


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_who_cannot_wait_any_longer_is_told_that_the_key_is_in_use(mug):
    shop.a_cashier()
    working, told = threading.Event(), threading.Event()

    def answer_slowly(sold):
        working.set()
        told.wait(10)
        return 201, "slow"

    def ask_again():
        working.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET innodb_lock_wait_timeout = 1")
        try:
            return shop.sell((mug, 1), key=shop.a_key())
        finally:
            told.set()

    slow = replace(shop.a_key(), answer=answer_slowly)
    _, second = at_once(lambda: shop.sell((mug, 1), key=slow), ask_again)
    assert isinstance(second, KeyInUse)
    assert (second.status, second.retry_after_seconds) == (409, 1)
    assert Sale.objects.count() == 1


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("twins_count", [5])
def test_many_twins_have_one_effect(mug, twins_count):
    shop.a_cashier()
    outcomes = at_once(*[lambda: shop.sell((mug, 1), key=shop.a_key())] * twins_count)
    assert kinds(outcomes) == ["Replayed"] * (twins_count - 1) + ["Sold"]
    assert (Sale.objects.count(), Refund.objects.count()) == (1, 0)


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_one_purchase_and_one_expense_per_key_whoever_comes_first():
    delta, by = shop.a_supplier(), shop.a_cashier()
    mug = shop.a_product()
    at_once(*[lambda: shop.buy((mug, 1, "2.00"), supplier=delta, key=shop.a_key("buy"))] * 2)
    tea = Spending("Tea", Decimal(5))
    at_once(*[lambda: record_expense(tea, by=by, key=shop.a_key("tea"))] * 2)
    assert (Purchase.objects.count(), Expense.objects.count()) == (1, 1)
    books_agree()
