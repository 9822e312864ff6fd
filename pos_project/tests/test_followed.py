"""What a process knows of best sellers and latest buyers is what the tables say, at any moment."""

from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inventory import product_figures
from inventory.best_sellers import UNITS_SOLD, units_sold
from inventory.models import InventoryLog
from inventory.movements import LOG_FIELDS
from pos_project.core.days import today
from pos_project.core.db import followed
from pos_project.core.db.followed import Ranking
from pos_project.core.db.rows import insert_rows
from pos_project.tests import shop
from pos_project.tests.examples import examples
from sales.latest_buyers import LAST_PURCHASES
from sales.models import Sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(db):
    mug = shop.a_product("5.00", name="Mug")
    shop.buy((mug, 100, "2.00"))
    return mug


def logged(product, units, *, row_id=None, days_ago=0, kind="sale"):
    """A row of the stock log, with an id that was taken earlier if there is one."""
    fields = [*LOG_FIELDS, *(["id"] if row_id else [])]
    row = [
        *(1, product.pk, kind, Decimal(-units), Decimal(0), "SALE", None, None, None),
        *(shop.a_cashier().pk, today() - timedelta(days=days_ago), timezone.now()),
        *([row_id] if row_id else []),
    ]
    return insert_rows(InventoryLog, fields, [row])[0]


def sold(product):
    """Units as the process knows them, which must be those of the stock log."""
    known = units_sold([product.pk], store_id=1)
    assert known == product_figures.units_sold([product.pk], store_id=1, today=today())
    return known.get(product.pk, 0)


def test_a_sale_counts_at_once(mug):
    assert sold(mug) == 0
    shop.sell((mug, 3))
    assert sold(mug) == 3
    shop.sell((mug, 2))
    assert sold(mug) == 5


def test_only_sales_of_the_last_thirty_days_count(mug):
    assert sold(mug) == 0
    logged(mug, 7, days_ago=31)
    logged(mug, 4, kind="adjustment")
    assert sold(mug) == 0
    logged(mug, 7, days_ago=30)
    assert sold(mug) == 7


def test_with_the_day_its_sales_leave_the_thirty(mug):
    logged(mug, 4, days_ago=30)
    logged(mug, 1)
    assert sold(mug) == 5
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert sold(mug) == 1


def test_a_row_that_shows_up_after_later_ones_is_not_missed(mug):
    """Ids are given before the commit: the till that took the lower one may commit last."""
    last = logged(mug, 1)
    assert sold(mug) == 1
    logged(mug, 10, row_id=last + 3)
    assert sold(mug) == 11
    logged(mug, 100, row_id=last + 1)
    assert sold(mug) == 111
    logged(mug, 1000, row_id=last + 2)
    assert sold(mug) == 1111


def test_nor_is_one_whose_id_was_taken_when_everything_was_read(mug):
    first = logged(mug, 1)
    logged(mug, 10, row_id=first + 2)
    assert sold(mug) == 11
    logged(mug, 100, row_id=first + 1)
    assert sold(mug) == 111


def test_many_missing_ids_are_looked_for_as_a_range(mug, monkeypatch):
    """Servers of a cluster give ids in turn, so most are never used."""
    monkeypatch.setattr(followed, "MOST_NAMED", 2)
    last = logged(mug, 1)
    assert sold(mug) == 1
    for step in range(1, 5):
        logged(mug, 10, row_id=last + 3 * step)
    assert sold(mug) == 41
    logged(mug, 100, row_id=last + 4)
    assert sold(mug) == 141


def test_of_many_missing_ids_old_ones_are_looked_for_now_and_then(mug, monkeypatch):
    """All rows between them are read for it: on a busy cluster thousands, with each request."""
    figures, ranges, now = UNITS_SOLD.get(), [], [followed.monotonic()]
    monkeypatch.setattr(followed, "MOST_NAMED", 2)
    monkeypatch.setattr(followed, "monotonic", lambda: now[0])
    monkeypatch.setattr(type(figures), "between", lambda _, *ids: ranges.append(ids) or [])
    figures._miss([900, 800, 700])
    for seconds in (0.1, 0.1, 10, 0.1, 0.1, 1):
        now[0] += seconds
        figures._late()
    # young ones with each read; then, old, once a second
    assert ranges == [(700, 900)] * 4


def test_an_id_that_nobody_used_is_not_looked_for_for_ever(mug, monkeypatch):
    last = logged(mug, 1)
    assert sold(mug) == 1
    logged(mug, 10, row_id=last + 5)
    assert sold(mug) == 11
    figures = UNITS_SOLD.get()
    assert len(figures._missing) == 4
    monkeypatch.setattr(followed, "PATIENCE_SECONDS", -1)
    assert sold(mug) == 11
    assert not figures._missing


@pytest.mark.parametrize("is_first_read", [True, False])
def test_billions_of_ids_that_nobody_used_are_passed_over(mug, is_first_read):
    if not is_first_read:
        sold(mug)
    far = InventoryLog.objects.latest("id").pk + 2_000_000_000
    logged(mug, 2, row_id=far)
    assert sold(mug) == 2
    logged(mug, 1, row_id=far - 10)
    assert sold(mug) == 3


def test_more_new_rows_than_are_worth_taking_in_are_read_as_a_whole(mug, monkeypatch):
    assert sold(mug) == 0
    begun = UNITS_SOLD.get()
    monkeypatch.setattr(followed, "MOST_NEW", 1)
    logged(mug, 1)
    logged(mug, 2)
    assert sold(mug) == 3
    assert UNITS_SOLD.get() is not begun


def test_another_row_in_the_place_of_the_last_one_means_another_database(mug):
    logged(mug, 9)
    assert sold(mug) == 9
    begun = UNITS_SOLD.get()
    begun._place = begun._place._replace(created_at=timezone.now() - timedelta(days=1))
    logged(mug, 1)
    assert sold(mug) == 10
    assert UNITS_SOLD.get() is not begun


@pytest.mark.django_db(transaction=True)
def test_what_may_be_rolled_back_is_not_remembered(mug):
    assert sold(mug) == 0
    with transaction.atomic():
        logged(mug, 9)
        assert units_sold([mug.pk], store_id=1) == {mug.pk: 9}
        transaction.set_rollback(True)
    assert sold(mug) == 0


def test_each_store_has_its_own_best_sellers(mug):
    shop.sell((mug, 3))
    assert units_sold([mug.pk], store_id=2) == {}


def last_purchase(customer):
    """When they last bought, as the process knows it, which must be what the sales say."""
    known = LAST_PURCHASES.get().ranking.figures
    said = Sale.objects.completed().filter(customer=customer).order_by("-completed_at").first()
    assert known.get(customer.pk) == (said.completed_at if said else None)
    return known.get(customer.pk)


def test_a_held_sale_counts_from_when_it_is_completed(mug, rahim):
    held = shop.hold((mug, 1), customer=rahim)
    assert last_purchase(rahim) is None
    shop.sell((mug, 1))
    assert last_purchase(rahim) is None
    shop.complete(held)
    assert last_purchase(rahim) is not None


def test_a_sale_to_a_customer_is_known_at_once(mug, rahim):
    assert last_purchase(rahim) is None
    shop.sell((mug, 1), customer=rahim)
    first = last_purchase(rahim)
    shop.sell((mug, 1), customer=rahim)
    assert last_purchase(rahim) > first


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(-3, 9)), max_size=30),
    st.integers(0, 8),
    st.integers(0, 8),
    st.sampled_from([0, 200]),
)
@examples(80)
def test_a_ranking_is_what_sorting_would_say(changes, start, length, few):
    figures, ranking = {}, Ranking({})
    for each, figure in changes:
        figures[each] = figure
        ranking.put(each, figure)
    best = sorted(figures, key=lambda each: (figures[each], each), reverse=True)
    assert ranking.first(4) == best[:4]
    everybody = [*best, *sorted(set(range(1, 9)) - set(best), reverse=True)]
    stop = start + length
    with mock.patch.object(followed, "FEW_TO_SORT", few):
        assert ranking.page(range(1, 9), start, stop) == everybody[start:stop]
    assert len(ranking) == len(figures)


@pytest.mark.skipif(connection.vendor != "mysql", reason="reads MariaDB's plans")
def test_what_is_new_is_read_by_the_primary_key(mug):
    shop.sell((mug, 1))
    for figures in (UNITS_SOLD, LAST_PURCHASES):
        figures.get()
        [*sent] = shop.statements(figures.get)
        for sql in sent:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}")
                names = [column[0] for column in cursor.description]
                [plan] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            assert (plan["type"], plan["key"]) in {("range", "PRIMARY"), ("const", "PRIMARY")}, plan
