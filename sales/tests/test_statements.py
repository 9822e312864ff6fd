"""How many SQL statements a sale costs, BEGIN and COMMIT included: never a function of lines.

The payment methods are remembered (`shop.statements` warms them), as they are in a running shop.
"""

from decimal import Decimal

import pytest
from model_bakery import baker

from catalog.models import TaxRate
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree

pytestmark = pytest.mark.django_db

CHECKOUT = 16
LONG_INVOICE = 593  # lines of the longest real one


def goods(count, units=10):
    """So many products, each with `units` in stock, received together."""
    products = shop.many_products(count)
    shop.buy(*((product, units, "1.25") for product in products))
    return products


def wanted(products, units=2):
    return [(product, units) for product in products]


def checkout(products, **sale):
    return shop.statements(lambda: shop.sell(*wanted(products), by=shop.a_cashier(), **sale))


@pytest.fixture(autouse=True)
def cashier():
    return shop.a_cashier()


@pytest.fixture
def documented(rahim):
    """The statements of the documented checkout: a customer pays two of something in cash."""
    products = goods(1)
    cashier, order = shop.a_cashier(), wanted(products)
    return shop.statements(
        lambda: shop.sell(*order, customer=rahim, offered=shop.cash(5), by=cashier)
    )


def count(action):
    return len(shop.statements(action))


@pytest.mark.django_db(transaction=True)
def test_the_documented_checkout_costs_sixteen_statements(documented):
    assert len(documented) <= CHECKOUT
    assert documented[2].startswith("BEGIN"), "products and customer are read before it"
    assert documented[-1] == "COMMIT"


@pytest.mark.parametrize("lines", [LONG_INVOICE, 2000])
def test_a_long_invoice_costs_what_a_short_one_costs(documented, rahim, lines):
    order, cashier = wanted(goods(lines)), shop.a_cashier()
    assert count(lambda: shop.sell(*order, customer=rahim, by=cashier)) == len(documented)
    books_agree()


def test_lines_that_take_from_many_batches_look_at_the_shelf_thrice_at_most(documented, rahim):
    product, cashier = shop.a_product(), shop.a_cashier()
    shop.buy(*((product, 1, "1.25") for _ in range(200)))
    lines = [(product, 2) for _ in range(100)]
    assert count(lambda: shop.sell(*lines, customer=rahim, by=cashier)) == len(documented) + 2


def test_a_key_costs_two_more(documented, rahim):
    order, key, by = wanted(goods(3)), shop.a_key(), shop.a_cashier()
    sale = count(lambda: shop.sell(*order, customer=rahim, by=by, key=key))
    assert sale == len(documented) + 2


def test_a_due_costs_one_more(documented, rahim):
    order, by = wanted(goods(3)), shop.a_cashier()
    partly = count(lambda: shop.sell(*order, customer=rahim, by=by, offered=shop.cash(1)))
    assert partly == len(documented) + 1


def test_a_tax_rate_costs_one_more(documented, rahim):
    rate = baker.make(TaxRate, name="VAT", rate=Decimal(15))
    order, by = wanted(goods(3)), shop.a_cashier()
    sale = count(lambda: shop.sell(*order, customer=rahim, by=by, tax_rate_id=rate.pk))
    assert sale == len(documented) + 1


def test_an_advance_costs_two_more(documented, rahim):
    shop.an_advance(rahim, 1)
    order, by = wanted(goods(3)), shop.a_cashier()
    offered = shop.cash(100, use_advance=True)
    sale = count(lambda: shop.sell(*order, customer=rahim, by=by, offered=offered))
    assert sale == len(documented) + 2


def test_several_tenders_cost_no_more(documented, rahim):
    order, by = wanted(goods(3)), shop.a_cashier()
    offered = shop.split(card=1, bkash=1, nagad=1, cash=100)
    sale = count(lambda: shop.sell(*order, customer=rahim, by=by, offered=offered))
    assert sale == len(documented)


def test_holding_and_completing_cost_the_same_for_one_line_and_for_many(rahim):
    held = []
    for number in (1, LONG_INVOICE):
        order = wanted(goods(number))
        holding = count(lambda order=order: held.append(shop.hold(*order, customer=rahim)))
        completing = count(lambda: shop.complete(held[-1]))
        if number == 1:
            once = holding, completing
    assert (holding, completing) == once
    assert completing <= CHECKOUT


def test_a_refund_costs_the_same_for_one_line_and_for_many(rahim):
    costs = []
    for number in (1, LONG_INVOICE):
        sale = shop.sell(*wanted(goods(number)), customer=rahim).sale
        costs.append(count(lambda sale=sale: shop.take_back(sale)))
    assert costs[0] == costs[1]
    books_agree()


def test_a_due_payment_costs_the_same_for_one_due_and_for_forty(rahim):
    costs = []
    for dues in (1, 40):
        for _ in range(dues):
            shop.sell((shop.a_service("2.00"), 1), customer=rahim, offered=shop.on_credit())
        costs.append(count(lambda: shop.pay_dues(rahim, 1000)))
    assert costs[0] == costs[1]
    books_agree()
