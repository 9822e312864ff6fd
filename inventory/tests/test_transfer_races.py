"""Two who do a step of one transfer, and transfers among tills that sell, where row locks exist.

Each race has its control, which shows what the lock prevents.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Store
from inventory import picking, receiving, transfer_receiving
from inventory.models import Batch
from inventory.transfer_models import Transfer
from ledger.journal_models import JournalEntry
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import Meeting, at_once, kinds, unguarded
from pos_project.tests.transfers import (
    MAIN,
    a_store,
    asked,
    cancelled,
    received,
    send_it,
    sent,
    shelf,
    somebody_at,
    turned_back,
)
from reports.reconciliation.reconcile import reconcile

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lake() -> Store:
    return a_store()


@pytest.fixture
def tea() -> Any:
    product = shop.a_product("9.00", name="Tea")
    shop.stock(product, 10, "2.00")
    return product


def all_is_well() -> None:
    books_agree()
    assert [str(broken) for each in reconcile() for broken in each.violations] == []


def test_of_two_who_receive_one_transfer_one_does_and_the_other_is_told(
    lake: Store, tea: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer, meeting = sent(lake, (tea, 4)), Meeting()
    somebody_at(lake.pk)
    meeting.after(monkeypatch, transfer_receiving, "lines_of")
    outcomes = at_once(lambda: received(transfer), lambda: received(transfer))

    assert not meeting.met
    assert kinds(outcomes) == ["Conflict", "Transfer"]
    assert shelf(tea, lake.pk) == "4@2.00"
    all_is_well()


def test_without_the_lock_both_take_the_goods(
    lake: Store, tea: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer, meeting = sent(lake, (tea, 4)), Meeting()
    somebody_at(lake.pk)
    meeting.after(monkeypatch, transfer_receiving, "lines_of")
    outcomes = unguarded(monkeypatch, lambda: received(transfer), lambda: received(transfer))

    assert meeting.met
    # Both came as far as the shelf; there the database takes each lot once.
    assert kinds(outcomes) == ["IntegrityError", "Transfer"]


@pytest.mark.parametrize(
    ("one", "other"), [(send_it, send_it), (send_it, cancelled), (cancelled, cancelled)]
)
def test_what_was_asked_for_is_sent_or_cancelled_once(
    one: Any, other: Any, lake: Store, tea: Any
) -> None:
    transfer = asked(lake, (tea, 4))
    sent(lake, (tea, 1))  # (the first one adds its accounts)
    outcomes = at_once(lambda: one(transfer), lambda: other(transfer))

    assert kinds(outcomes) == ["Conflict", "Transfer"]
    all_is_well()


def test_goods_are_received_or_turned_back_and_never_lost(lake: Store, tea: Any) -> None:
    transfer = sent(lake, (tea, 4))
    _, turned = at_once(
        lambda: transfer_receiving.receive(transfer.pk, by=somebody_at(lake.pk)),
        lambda: turned_back(transfer),
    )
    now = Transfer.objects.get(pk=transfer.pk)
    assert now.status == ("sent" if isinstance(turned, Transfer) else "received")
    if now.goes_back:
        received(now)
    assert shelf(tea, MAIN) in ("4@2.00 6@2.00", "6@2.00 4@2.00", "6@2.00")
    assert (shelf(tea, lake.pk) == "") == now.goes_back
    all_is_well()


def test_a_till_and_a_van_take_the_last_units_once(
    lake: Store, tea: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting()
    sent(lake, (tea, 1))  # (the first one adds its accounts)
    meeting.after(monkeypatch, picking, "_planned")
    outcomes = at_once(lambda: shop.sell((tea, 9)), lambda: sent(lake, (tea, 9)))

    assert not meeting.met
    assert "InsufficientStock" in kinds(outcomes)
    assert shelf(tea, MAIN) == ""
    all_is_well()


def test_no_till_passes_over_older_goods_that_just_arrive(
    lake: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrives is older than what lies there: a till waits for it, or was before it."""
    salt, by = shop.a_product(name="Salt"), somebody_at(lake.pk)
    shop.stock(salt, 4, "2.00", on=today() - timedelta(days=7))
    transfer = sent(lake, (salt, 4))
    shop.buy((salt, 5, "7.00"), by=by)
    meeting = Meeting()
    meeting.after(monkeypatch, receiving, "insert_rows")
    meeting.after(monkeypatch, picking, "_planned")
    at_once(lambda: received(transfer), lambda: shop.sell((salt, 5), by=by))

    assert not meeting.met
    all_is_well()


def test_stores_that_send_to_each_other_in_a_circle_wait_for_nobody(lake: Store, tea: Any) -> None:
    stores = [Store.objects.get(pk=MAIN), lake, a_store("Hill Street"), a_store("Mill Lane")]
    goods = [tea, shop.a_product(name="Salt"), shop.a_product(name="Rice")]
    people = {store.pk: somebody_at(store.pk) for store in stores}
    for store in stores:
        shop.buy(*((product, 60, "2.00") for product in goods), by=people[store.pk])
    sent(lake, (tea, 1))

    def circling(place: int) -> Any:
        def go_round() -> int:
            here, there = stores[place], stores[(place + 1) % len(stores)]
            order = goods[place % 3 :] + goods[: place % 3]
            for turn in range(6):
                transfer = sent(there, *((each, 2 + turn) for each in order), of=here.pk)
                received(transfer, (2 + turn, turn % 2), (2 + turn, 0), (3 + turn, 0))
                shop.sell(*((each, 1) for each in reversed(order)), by=people[here.pk])
            return place

        return go_round

    outcomes = at_once(*(circling(place) for place in range(len(stores))))
    assert outcomes == [0, 1, 2, 3]
    assert Transfer.objects.filter(status="received").count() == 24
    moved = JournalEntry.objects.filter(event="transfer_received")
    assert moved.values("store_id").distinct().count() == 4
    assert sum(batch.remaining for batch in Batch.objects.all()) == Decimal(
        10 + 4 * 180 - 24 * 3 + 24 - 12 - 1
    )
    all_is_well()
