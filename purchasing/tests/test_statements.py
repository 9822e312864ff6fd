"""How many SQL statements a purchase and its payment cost: never a function of lines or dues."""

import pytest

from pos_project.tests import shop
from pos_project.tests.invariants import books_agree

pytestmark = pytest.mark.django_db


def test_a_purchase_costs_the_same_for_one_line_and_for_many():
    delta, by = shop.a_supplier(), shop.a_cashier()
    costs = []
    for number in (1, 593, 2000):
        lines = [(product, 2, "1.25") for product in shop.many_products(number)]
        received = shop.statements(lambda lines=lines: shop.buy(*lines, supplier=delta, by=by))
        costs.append(len(received))
    assert costs[0] == costs[1] == costs[2]
    books_agree()


def test_a_payment_costs_the_same_for_one_due_and_for_forty():
    delta, shirt, by = shop.a_supplier(), shop.a_product(), shop.a_cashier()
    costs = []
    for dues in (1, 40):
        for _ in range(dues):
            shop.buy((shirt, 1, "5.00"), supplier=delta, offered=shop.on_credit())
        costs.append(len(shop.statements(lambda: shop.pay_the(delta, 1000, by=by))))
    assert costs[0] == costs[1]
    books_agree()
