"""The parts in which invariants look at a table: every row once, gaps left out, progress told."""

from datetime import timedelta

import pytest
from django.db import connection

from pos_project.core.days import today
from pos_project.tests import shop
from reports.reconciliation.rows import rows_of
from reports.reconciliation.scope import Scope
from sales.models import Customer

pytestmark = pytest.mark.django_db


def ids_of(scope: Scope, table: str) -> list[int]:
    sql = f"SELECT x.id FROM {table} x WHERE PART(x.id) ORDER BY x.id"
    return [row_id for (row_id,) in rows_of(scope.parts(table), sql)]


def test_an_empty_table_has_no_part() -> None:
    assert list(Scope().parts("sales")) == []


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_parts_hold_every_row_once(size: int) -> None:
    ids = [shop.a_customer(name=f"Customer {number}").pk for number in range(5)]
    assert ids_of(Scope(size=size), "customers") == ids


def test_a_gap_of_a_billion_ids_costs_one_part() -> None:
    first = shop.a_customer(name="Rahim").pk
    Customer.objects.create(pk=10**12, name="Karim")
    scope = Scope()
    assert len(list(scope.parts("customers"))) == 2
    assert ids_of(scope, "customers") == [first, 10**12]


def test_progress_ends_at_one() -> None:
    told: list[tuple[str, float]] = []
    for number in range(3):
        shop.a_customer(name=f"Customer {number}")
    list(Scope(on_part=lambda what, share: told.append((what, share)), size=1).parts("customers"))
    assert [what for what, _ in told] == ["customers"] * 3
    assert [round(share, 2) for _, share in told] == [0.33, 0.67, 1]


def test_every_table_with_a_business_day_is_cut_by_it() -> None:
    """A since-run must know how to reach the day of every row of the books."""
    mug = shop.a_product("5.00")
    shop.stock(mug, 9, "2.00")
    customer = shop.a_customer()
    sale = shop.sell((mug, 2), customer=customer, offered=shop.on_credit()).sale
    shop.take_back(sale, shop.units_of(sale.items.get(), 1))
    for table in (
        "sales",
        "sale_items",
        "sale_item_batches",
        "sale_cogs",
        "refunds",
        "refund_items",
        "customer_dues",
        "inventory_log",
        "journal_entries",
        "journal_lines",
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} ORDER BY id")
            everything = [row_id for (row_id,) in cursor.fetchall()]
        assert everything
        assert ids_of(Scope(today()), table) == everything, table
        assert ids_of(Scope(today() + timedelta(days=1)), table) == [], table
