"""The connection dies while a commit is under way: what was saved is told, nothing is done twice.

Each event meets both ends of it: the commit was done and only its answer was lost, or it never
happened. Either way the caller gets the result and the effect is there once, with and without a
key.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection

from catalog.models import Brand, Product
from inventory import adjustments, products
from inventory.models import InventoryLog
from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalEntry
from ledger.models import Expense
from pos_project.core.db import transactions
from pos_project.core.db.idempotency import Replayed, RequestKey
from pos_project.core.db.transactions import transact
from pos_project.core.errors import OutcomeUnknown
from pos_project.core.images.pictures import PictureChange
from pos_project.core.models import IdempotentRequest
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from purchasing.models import Purchase
from sales import carts, holds
from sales.models import Refund, Sale
from sales.pricing import Order

pytestmark = pytest.mark.django_db(transaction=True)

LOST = OperationalError(2013, "Lost connection to MySQL server during query")
AWAY = OperationalError(2002, "Can't connect to server")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions.time, "sleep", lambda seconds: None)


@pytest.fixture(params=["saved", "not saved", "saved, and the server away"])
def lose_commit(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """From when it is called, the next commit gets no answer: done or never done."""
    shop_s: Any = connection
    real, leave = shop_s._commit, shop_s.set_autocommit
    armed, away = threading.Event(), threading.Event()

    def commit() -> None:
        if armed.is_set():
            armed.clear()
            if request.param.startswith("saved"):
                real()
            if request.param.endswith("away"):
                away.set()
            raise LOST
        real()

    def set_autocommit(autocommit: bool, **more: Any) -> None:
        """Django's way out of a transaction; where the connection is gone, it connects anew."""
        leave(autocommit, **more)
        if autocommit and away.is_set():
            away.clear()
            raise AWAY

    monkeypatch.setattr(connection, "_commit", commit)
    monkeypatch.setattr(connection, "set_autocommit", set_autocommit)
    return armed.set


@dataclass(frozen=True)
class Event:
    """Something that moves money or stock, and how often it has happened."""

    happen: Callable[[RequestKey | None], Any]
    count: Callable[[], int]


def an_event(name: str) -> Event:
    """That event, ready to happen once."""
    mug, rahim, delta = shop.a_product("5.00"), shop.a_customer(), shop.a_supplier()
    by, postage = shop.a_cashier(), shop.a_service("20.00")
    shop.stock(mug, 9, "2.00")
    sold = shop.sell((mug, 1), customer=rahim, offered=shop.on_credit()).sale
    shop.buy((mug, 1, "9.00"), supplier=delta, offered=shop.on_credit())
    found = shop.adjust(mug, 1, "2.00")
    held = shop.hold((mug, 1))
    carts.add(by, mug.pk, Decimal(1))
    cup = {"name": "Cup", "sku": "CUP", "price": Decimal(3)}
    opening, no_picture = products.Opening(Decimal(4), Decimal(1)), PictureChange(None, False)
    correction, tea = adjustments.Adjustment(mug.pk, Decimal(2)), Spending("Tea", Decimal(5))
    happenings: dict[str, Callable[[RequestKey | None], Any]] = {
        "a sale": lambda key: shop.sell((mug, 1), customer=rahim, key=key),
        "a gift": lambda key: shop.sell((postage, 1, "0.00"), key=key),
        "a cart": lambda key: carts.check_out(Order([]), shop.cash(5), by=by, key=key),
        "a hold": lambda key: holds.hold(shop.an_order((mug, 1)), by=by, key=key),
        "a held sale": lambda key: holds.complete(held.pk, shop.cash(5), by=by, key=key),
        "a cancelled sale": lambda key: holds.cancel(held.pk, key=key),
        "a refund": lambda key: shop.take_back(sold, key=key),
        "a purchase": lambda key: shop.buy((mug, 1, "2.00"), supplier=delta, key=key),
        "a due payment": lambda key: shop.pay_dues(rahim, 3, key=key),
        "a supplier's payment": lambda key: shop.pay_the(delta, 1, key=key),
        "an expense": lambda key: record_expense(tea, by=by, key=key),
        "an adjustment": lambda key: adjustments.adjust(correction, by=by, key=key),
        "a void": lambda key: adjustments.void(found.pk, by=by, key=key),
        "a product": lambda key: products.create_product(
            cup, opening=opening, picture=no_picture, by=by, key=key
        ),
    }
    return Event(happenings[name], COUNTS[name])


COUNTS: dict[str, Callable[[], int]] = {
    "a sale": lambda: Sale.objects.completed().count(),
    "a gift": lambda: Sale.objects.completed().count(),
    "a cart": lambda: Sale.objects.completed().count(),
    "a hold": lambda: Sale.objects.filter(status="pending").count(),
    "a held sale": lambda: Sale.objects.completed().count(),
    "a cancelled sale": lambda: Sale.objects.filter(status="cancelled").count(),
    "a refund": lambda: Refund.objects.count(),
    "a purchase": lambda: Purchase.objects.count(),
    "a due payment": lambda: JournalEntry.objects.filter(event="customer_payment").count(),
    "a supplier's payment": lambda: JournalEntry.objects.filter(event="supplier_payment").count(),
    "an expense": lambda: Expense.objects.count(),
    "an adjustment": lambda: InventoryLog.objects.filter(kind="adjustment").count(),
    "a void": lambda: InventoryLog.objects.filter(kind="void").count(),
    "a product": lambda: Product.objects.count(),
}


@pytest.mark.dear
@pytest.mark.parametrize("name", COUNTS)
def test_whatever_happens_without_a_key_happens_once(
    name: str, lose_commit: Callable[[], None]
) -> None:
    event = an_event(name)
    before = event.count()
    lose_commit()
    assert event.happen(None) is not None
    assert event.count() == before + 1
    books_agree()


@pytest.mark.dear
@pytest.mark.parametrize("name", COUNTS)
def test_whatever_happens_under_a_key_happens_once_and_is_kept(
    name: str, lose_commit: Callable[[], None]
) -> None:
    event = an_event(name)
    before, key = event.count(), shop.a_key()
    key = RequestKey(key.user_id, key.key, key.fingerprint, lambda _: (201, name))
    lose_commit()
    assert event.happen(key) is not None
    assert event.count() == before + 1
    assert IdempotentRequest.objects.get().body == name
    with pytest.raises(Replayed):
        event.happen(key)
    assert event.count() == before + 1
    books_agree()


def test_another_row_under_the_number_of_a_lost_one_is_not_taken_for_it() -> None:
    """A server that was killed may give the number of what was never saved once more."""
    kept = record_expense(Spending("Tea", Decimal(5)), by=shop.a_cashier())
    lost = Expense(pk=kept.pk, created_at=kept.created_at - timedelta(microseconds=1))
    assert transact(lambda: transactions._is_there(kept))
    assert not transact(lambda: transactions._is_there(lost))


def test_what_leaves_no_trace_of_its_own_is_not_guessed_at(
    lose_commit: Callable[[], None],
) -> None:
    lose_commit()
    with pytest.raises(OutcomeUnknown):
        transact(lambda: Brand.objects.update(name="Acme"))


def test_who_cannot_be_asked_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stays away after the lost commit: better no answer than a wrong one."""
    mug = shop.a_product("5.00")
    shop.stock(mug, 3)
    shop.a_cashier()
    asked = []

    def away(*_: Any) -> bool:
        asked.append(1)
        raise OperationalError(2003, "Can't connect to MySQL server")

    def lose() -> None:
        raise LOST

    with monkeypatch.context() as patch:
        patch.setattr(transactions, "_is_there", away)
        patch.setattr(transactions, "ASK_FOR_SECONDS", 0.1)
        patch.setattr(connection, "_commit", lose)
        with pytest.raises(OutcomeUnknown) as unknown:
            shop.sell((mug, 1))
    assert len(asked) > 1
    assert unknown.value.status == 503
