"""What a till waits for is found by keys, as MariaDB itself says."""

from functools import partial

import pytest
from django.db import connection

from conftest import signed_in
from inventory.tests.test_locking_read import explained, rows_touched, values_of
from pos_project.core.http import ranked_list
from pos_project.tests import shop
from sales.models import Customer


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", ["products", "customers"])
def test_a_page_is_read_by_keys_and_none_of_it_is_sorted(route: str) -> None:
    """Who asks, what is new, how many there are, and the page: four statements."""
    client = signed_in(shop.a_cashier())
    goods = shop.many_products(ranked_list.FEW + 100)
    people = Customer.objects.bulk_create(
        Customer(name=f"Customer {number}") for number in range(ranked_list.FEW + 100)
    )
    shop.buy(*((each, 9, "2.00") for each in goods[:60]))
    for number in range(30):
        shop.sell((goods[number], 1), customer=people[number])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE products, customers, batches, sales, inventory_log")
        cursor.fetchall()
    ask = partial(client.get, f"/api/{route}?limit=10")
    ask()
    sent = shop.statements(ask)
    assert len(sent) == 4
    for sql in sent:
        plan = explained(sql)
        assert not {"ALL", None} & set(values_of(plan, "access_type")), (sql, plan)
        assert "filesort" not in str(plan), (sql, plan)


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_a_product_costs_as_much_with_a_thousand_batches_as_with_one() -> None:
    client, costs = signed_in(shop.a_cashier()), []
    for batches in (1, 1000):
        mug = shop.a_product("5.00")
        shop.buy(*((mug, 4, "1.25") for _ in range(batches)))
        ask = partial(client.get, f"/api/products/{mug.pk}")
        ask()
        for sql in shop.statements(ask):
            plan = explained(sql)
            assert not {"ALL", None} & set(values_of(plan, "access_type")), (sql, plan)
            assert "filesort" not in str(plan), (sql, plan)
        costs.append(rows_touched(ask))
        assert ask().json()["data"]["stock"] == 4 * batches
    # The entries of one index are summed, which takes a fifth of a millisecond for a thousand.
    assert costs[1] <= costs[0] + 1000


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_what_a_checkout_reads_and_changes_is_found_by_keys() -> None:
    """The locking read of batches has a test of its own (`test_locking_read.py`)."""
    client, goods = signed_in(shop.a_cashier()), shop.many_products(100)
    people = [shop.a_customer() for _ in range(50)]
    shop.buy(*((each, 9, "2.00") for each in goods))
    lines = [{"product_id": each.pk, "quantity": 1, "unit_price": 1} for each in goods[:3]]
    body = {"customer_id": people[7].pk, "items": lines, "paid_amount": 3, "payment_method": "cash"}
    answers = []

    def sell() -> None:
        answers.append(client.post("/api/sales/checkout", body))

    sell()
    sent = [sql for sql in shop.statements(sell) if "FOR UPDATE" not in sql]
    assert answers[-1].status_code == 201, answers[-1].content
    looked_up = [sql for sql in sent if sql.startswith(("SELECT", "UPDATE"))]
    assert len(looked_up) == 6  # user, products, customer; batches, entry, sale
    for sql in looked_up:
        plan = explained(sql)
        assert set(values_of(plan, "key")) == {"PRIMARY"}, (sql, plan)


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_a_purchase_reads_as_much_whatever_its_supplier_delivered_before() -> None:
    supplier, mug = shop.a_supplier(), shop.a_product("5.00")
    buy = partial(shop.buy, (mug, 4, "1.25"), supplier=supplier)
    buy()
    costs = []
    for deliveries in (2, 60):
        for _ in range(deliveries):
            buy()
        costs.append(rows_touched(buy))
    assert costs[0] == costs[1]
