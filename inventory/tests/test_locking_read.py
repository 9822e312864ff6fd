"""The one locking read of batches goes through its index, in the order locks are taken in.

InnoDB locks rows as it scans them: through another index, or sorted afterwards, two tills would
lock the same batches in different orders and wait for each other.
"""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from inventory import shelf
from inventory.models import Batch
from inventory.receiving import BATCH_FIELDS
from inventory.shelf import FIFO_INDEX
from pos_project.core.days import today
from pos_project.core.db.rows import insert_rows
from pos_project.core.posting_context import PostingContext
from pos_project.tests import shop

# ANALYZE commits on MySQL/MariaDB: no test of this file may rely on being rolled back.
pytestmark = pytest.mark.django_db(transaction=True)

PRODUCTS, BATCHES_EACH, OPEN_EACH = 200, 25, 5


@pytest.fixture
def full_shelves():
    """Thousands of batches, most of them sold out, and statistics that know it."""
    products, context = shop.many_products(PRODUCTS), PostingContext.claim(shop.a_cashier())
    rows = [
        (
            *(context.store_id, product.pk, None, None, "adjustment"),
            today() - timedelta(days=number % 7),
            *(Decimal("1.25"), Decimal(10), Decimal(10 if number < OPEN_EACH else 0), context.at),
        )
        for number in range(BATCHES_EACH)
        for product in products
    ]
    insert_rows(Batch, BATCH_FIELDS, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE batches" if connection.vendor == "mysql" else "ANALYZE")
        cursor.fetchall()
    return products


def locking_read(products, **kwargs):
    """The rows read and the SQL that read them, as a use case sends it."""
    rows = []

    def read():
        with transaction.atomic():
            ids = [product.pk for product in products]
            rows.extend(Batch.objects.all().locked(ids, store_id=1, **kwargs))

    [sql] = [each for each in shop.statements(read) if "FROM batches" in each]
    return rows, sql


def explained(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute(f"EXPLAIN FORMAT=JSON {sql}")
            return json.loads(cursor.fetchone()[0])
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[-1] for row in cursor.fetchall()]


def values_of(plan, name):
    """Every value of that name anywhere in a JSON plan."""
    found = []
    for key, value in plan.items() if isinstance(plan, dict) else enumerate(plan):
        if key == name:
            found.append(value)
        if isinstance(value, dict | list):
            found += values_of(value, name)
    return found


def test_open_batches_come_oldest_first_product_by_product(full_shelves):
    rows, _ = locking_read([full_shelves[7], full_shelves[3]])
    keys = [(row.product_id, row.received_on, row.id) for row in rows]
    assert keys == sorted(keys)
    assert len(rows) == 2 * OPEN_EACH
    assert all(row.remaining > 0 for row in rows)


@pytest.mark.parametrize("first", [1, 2, OPEN_EACH + 1])
def test_no_more_batches_of_a_product_are_read_than_asked_for(full_shelves, first):
    every, _ = locking_read(full_shelves[:3])
    rows, _ = locking_read(full_shelves[:3], first=first)
    oldest = [
        row
        for product in full_shelves[:3]
        for row in [each for each in every if each.product_id == product.pk][:first]
    ]
    assert sorted(rows) == sorted(oldest)


def test_the_batches_of_a_return_are_locked_open_or_not(full_shelves):
    product = full_shelves[0]
    ids = list(Batch.objects.filter(product=product).values_list("id", flat=True))
    rows, _ = locking_read([product], ids=ids)
    assert {row.id for row in rows} == set(ids)


def test_nothing_is_asked_when_nothing_is_kept_in_stock():
    assert shop.statements(lambda: Batch.objects.all().locked([], store_id=1)) == []


@pytest.mark.mariadb
@pytest.mark.parametrize(("count", "most"), [(1, 500), (3, 500), (190, 500), (190, 100)])
def test_the_locking_read_scans_the_fifo_index_without_sorting(
    full_shelves, count, most, monkeypatch
):
    monkeypatch.setattr(shelf, "MOST_PARTS", most)
    shelf._sql.cache_clear()
    _, sql = locking_read(full_shelves[:count], first=2)
    assert sql.count("FOR UPDATE") == 2 * (count if count <= most else 1)
    plan = explained(sql)
    assert set(values_of(plan, "key")) == {FIFO_INDEX}
    assert not re.search("filesort|temporary_table", json.dumps(plan)), plan
    for parts in values_of(plan, "used_key_parts"):
        assert parts[:3] == ["product_id", "store_id", "is_open"]
    shelf._sql.cache_clear()


@pytest.mark.mariadb
def test_the_locking_read_of_a_return_scans_the_same_index(full_shelves):
    products = full_shelves[:30]
    ids = list(Batch.objects.filter(product__in=products).values_list("id", flat=True))[:60]
    _, sql = locking_read(products, first=1, ids=ids)
    plan = explained(sql)
    assert set(values_of(plan, "key")) == {FIFO_INDEX, "PRIMARY"}
    assert not re.search("filesort|temporary_table", json.dumps(plan)), plan


@pytest.mark.mariadb
def test_no_other_index_of_batches_starts_with_the_product():
    with connection.cursor() as cursor:
        cursor.execute("SHOW INDEX FROM batches")
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    first = {
        row["Key_name"]
        for row in rows
        if row["Column_name"] == "product_id" and row["Seq_in_index"] == 1
    }
    assert first == {FIFO_INDEX}
    composite = [row["Column_name"] for row in rows if row["Key_name"] == FIFO_INDEX]
    assert composite == ["product_id", "store_id", "is_open", "received_on", "id"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's query plan")
@pytest.mark.parametrize("count", [1, 30])
def test_on_sqlite_the_read_goes_through_the_index_too(full_shelves, count):
    _, sql = locking_read(full_shelves[:count])
    plan = explained(sql)
    assert any(FIFO_INDEX in step for step in plan), plan
    assert not any("TEMP B-TREE" in step or "SCAN batches" in step for step in plan), plan


def rows_touched(action):
    """How many rows and index entries the server handled for `action`."""
    with connection.cursor() as cursor:

        def handled():
            cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
            return sum(int(count) for _, count in cursor.fetchall())

        before = handled()
        action()
        return handled() - before


@pytest.mark.mariadb
def test_a_sale_touches_as_many_rows_with_a_thousand_open_batches_as_with_three():
    costs = []
    for batches in (3, 1000):
        mug = shop.a_product("5.00")
        shop.buy(*((mug, 4, "1.25") for _ in range(batches)))
        shop.sell((mug, 1), by=shop.a_cashier())
        costs.append(rows_touched(lambda mug=mug: shop.sell((mug, 1), by=shop.a_cashier())))
    assert costs[0] == costs[1]
