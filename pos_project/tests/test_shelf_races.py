"""Older goods come to the shelf while a till that has not seen them takes newer ones."""

import threading
from datetime import timedelta

import pytest

from inventory.models import BatchQuerySet
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.races import MEET_SECONDS, at_once, kinds, until_a_till_waits
from reports.reconciliation.reconcile import reconcile

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mug():
    shop.a_supplier()
    return shop.a_product("5.00")


def the_till_has_decided(decided):
    assert decided.wait(10)


def the_till_waits_for_what_is_held(_):
    until_a_till_waits()


def while_newer_ones_are_sold(monkeypatch, mug, deliver, until):
    """Let `deliver` look at the shelf. Then two mugs are found there and a till sells two: the
    delivery goes on when it has decided so, the till when the delivery is through or waits."""
    looked, decided, delivered = threading.Event(), threading.Event(), threading.Event()
    till, delivering, real = shop.a_cashier(), threading.local(), BatchQuerySet.locked

    def locked(rows, *args, **kwargs):
        found = real(rows, *args, **kwargs)
        if not getattr(delivering, "here", False):
            decided.set()
            delivered.wait(MEET_SECONDS)
        elif not looked.is_set():
            looked.set()
            until(decided)
        return found

    def older():
        delivering.here = True
        deliver()
        delivered.set()

    def newer():
        assert looked.wait(10)
        shop.adjust(mug, 2, "3.00")
        return shop.sell((mug, 2), by=till)

    monkeypatch.setattr(BatchQuerySet, "locked", locked)
    assert kinds(at_once(older, newer)) == ["NoneType", "Sold"]


def nothing(mug):
    """The mug is new."""


def something_sold_out(mug):
    shop.stock(mug, 1, "2.50")
    shop.sell((mug, 1))


def something_older_still(mug):
    shop.stock(mug, 1, "2.50", on=today() - timedelta(days=2))


@pytest.mark.parametrize(
    ("on_the_shelf", "until"),
    [
        (nothing, the_till_has_decided),
        (something_sold_out, the_till_has_decided),
        (something_older_still, the_till_waits_for_what_is_held),
    ],
)
def test_a_delivery_of_yesterday_waits_for_the_till_that_did_not_see_it(
    mug, monkeypatch, on_the_shelf, until
):
    on_the_shelf(mug)
    yesterday = today() - timedelta(days=1)
    while_newer_ones_are_sold(
        monkeypatch, mug, lambda: shop.stock(mug, 5, "2.00", on=yesterday), until
    )
    assert [verdict.invariant.name for verdict in reconcile() if not verdict.holds] == []
