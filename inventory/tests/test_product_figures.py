"""What is on the shelves: units, and their worth to the cent, as `fifo.value` says it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from inventory import fifo
from inventory.models import Batch
from inventory.product_figures import shelves
from inventory.receiving import BATCH_FIELDS
from pos_project.core.db.rows import insert_rows
from pos_project.core.posting_context import PostingContext
from pos_project.tests import shop
from pos_project.tests.examples import examples

COSTS = st.decimals(0, 10_000, places=4, allow_nan=False)
UNITS = st.one_of(
    st.integers(1, 10**6).map(Decimal), st.decimals("0.001", 5_000, places=3, allow_nan=False)
)


def on_the_shelves():
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT product_id, units, worth FROM ({shelves(worth=True)}) s ORDER BY product_id"
        )
        return [
            (product_id, Decimal(str(units)), Decimal(str(worth)))
            for product_id, units, worth in cursor.fetchall()
        ]


class Worth(TestCase):
    @examples(40)
    @given(st.lists(st.tuples(UNITS, COSTS), min_size=1, max_size=20))
    def test_stock_is_worth_its_batches_each_rounded_half_up(self, lots):
        product, context = shop.a_product(), PostingContext.claim(shop.a_cashier())
        insert_rows(
            Batch,
            BATCH_FIELDS,
            [
                (
                    1,
                    product.pk,
                    None,
                    None,
                    "adjustment",
                    date(2026, 2, 1),
                    cost,
                    units,
                    units,
                    context.at,
                )
                for units, cost in lots
            ],
        )
        assert on_the_shelves() == [
            (
                product.pk,
                sum(units for units, _ in lots),
                sum(fifo.value(units, cost) for units, cost in lots),
            )
        ]


@pytest.mark.django_db
def test_what_is_sold_out_is_not_on_the_shelves():
    shirt, scarf = shop.a_product(), shop.a_product()
    shop.stock(shirt, 3, "8.505")
    shop.stock(shirt, 2, "9.00")
    shop.stock(scarf, 1, "22.00")
    shop.sell((scarf, 1), (shirt, 1))
    assert on_the_shelves() == [(shirt.pk, 4, Decimal("35.01"))]
