"""A count while tills sell: whoever is second sees what the first one left."""

from decimal import Decimal

import pytest

from inventory.counting import Adjusted, Counted, StockMoved, count_stock
from inventory.models import BatchQuerySet
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import Meeting, at_once, kinds, unguarded

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def race(monkeypatch):
    """A count that misses one of two mugs, and a sale of one, both having read the shelf."""
    mug, by = shop.a_product("5.00", name="Mug"), shop.a_cashier()
    shop.stock(mug, 2, "2.00")
    Meeting().after(monkeypatch, BatchQuerySet, "locked")
    counts = [Counted(mug.pk, Decimal(2), Decimal(1))]
    return mug, [
        lambda: count_stock(counts, reason="COUNT", by=by),
        lambda: shop.sell((mug, 1), by=by),
    ]


def test_a_count_and_a_sale_do_not_read_the_same_shelf(race):
    mug, both = race

    counted, _ = at_once(*both)

    assert isinstance(counted, Adjusted | StockMoved), counted
    assert shop.stock_of(mug) == (0 if isinstance(counted, Adjusted) else 1)
    books_agree()


def test_control_without_the_lock_both_read_it(race, monkeypatch):
    _, both = race

    assert kinds(unguarded(monkeypatch, *both)) == ["Adjusted", "Sold"]

    with pytest.raises(AssertionError):
        books_agree()
