"""Whatever was done and taken back, every balance, due and unit of stock is where it was."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Batch
from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalLine
from ledger.models import Payment
from ledger.payments import TendersOffered
from ledger.posting import Line
from pos_project.core.money import money
from pos_project.tests import shop
from pos_project.tests.examples import examples
from pos_project.tests.invariants import books_agree
from purchasing.models import Purchase, Supplier, SupplierDue
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from sales.models import CustomerDue, Sale

pytestmark = pytest.mark.django_db

AMOUNTS = st.decimals("0.01", "300.00", places=2)
METHODS = st.sampled_from(["cash", "card", "bkash"])


def figures():
    """What a shopkeeper would count: accounts by party, dues by document, goods by product."""
    lines = JournalLine.objects.values_list("account_id", "customer_id", "supplier_id")
    accounts = lines.annotate(debit=Sum("debit"), credit=Sum("credit")).order_by()
    goods = Batch.objects.values_list("product_id").annotate(units=Sum("remaining")).order_by()
    return {
        "accounts": {
            key: difference
            for *key, debit, credit in accounts
            if (difference := money(debit - credit))
            for key in [tuple(key)]
        },
        "goods": {product_id: units for product_id, units in goods if units},
        "sales": set(Sale.objects.values_list("id", "paid_amount", "due_amount")),
        "owed": set(Purchase.objects.filter(due_amount__gt=0).values_list("id", "due_amount")),
        "dues": set(CustomerDue.objects.values_list("id", "due_amount", "status")),
        "supplier dues": set(
            SupplierDue.objects.filter(status="open").values_list("id", "due_amount")
        ),
    }


@st.composite
def deliveries(draw):
    lines = draw(st.lists(st.tuples(st.integers(1, 9), AMOUNTS), min_size=1, max_size=4))
    total = sum(units * cost for units, cost in lines)
    paid = draw(st.decimals("0", min(total, Decimal(400)), places=2))
    return lines, paid, draw(METHODS), draw(st.booleans())


@pytest.fixture
def rahim():
    rahim, delta = shop.a_customer(), shop.a_supplier(name="Karnaphuli")
    shop.a_days_work()
    shop.an_advance_to(delta, 70)
    for amount in ("45.10", "0.99", "120.00"):
        shop.sell((shop.a_service(amount), 1), customer=rahim, offered=shop.on_credit())
        shop.buy((shop.a_product(), 3, amount), supplier=delta, offered=shop.on_credit())
    return rahim


# Each does something of that size and returns the way to take it back.


def pay_dues(rahim, amount, method):
    if not shop.debt_of(rahim):
        return lambda: None
    shop.pay_dues(rahim, amount, method)
    paid = Payment.objects.filter(customer=rahim).latest("id")
    return lambda: shop.undo_payment(paid)


def pay_the_supplier(rahim, amount, method):
    delta = Supplier.objects.get(name="Karnaphuli")
    if not shop.owed_to(delta):
        return lambda: None
    shop.pay_the(delta, amount, method)
    paid = Payment.objects.filter(supplier=delta).latest("id")
    return lambda: shop.undo_payment(paid)


def pay_back(rahim, amount, method):
    delta = Supplier.objects.get(name="Karnaphuli")
    paid = shop.pay_back(delta, min(amount, Decimal(20)), method)
    return lambda: shop.undo_payment(paid)


def spend(rahim, amount, method):
    spending = Spending("Tea", amount, category="Rent", payment_method=method)
    expense = record_expense(spending, by=shop.a_cashier())
    return lambda: shop.undo_expense(expense)


def post(rahim, amount, method):
    entry = shop.post_by_hand(
        Line("DRAWINGS", debit=amount), Line("CASH", credit=amount), reference=method
    )
    return lambda: shop.undo_entry(entry)


ACTS = [pay_dues, pay_the_supplier, pay_back, spend, post]
EXAMPLES = examples(15)


@EXAMPLES
@given(done=st.lists(st.tuples(st.sampled_from(ACTS), AMOUNTS, METHODS), min_size=1, max_size=3))
def test_what_is_taken_back_leaves_every_balance_where_it_was(rahim, done):
    """Several in a row, taken back in the opposite order."""
    before, take_back = figures(), []
    for act, amount, method in done:
        take_back.append(act(rahim, amount, method))
    for undo in reversed(take_back):
        undo()
    assert figures() == before
    books_agree()


@EXAMPLES
@given(delivery=deliveries())
def test_a_purchase_undone_leaves_every_balance_where_it_was(rahim, delivery):
    lines, paid, method, use_advance = delivery
    delta = Supplier.objects.get(name="Karnaphuli")
    before = figures()
    offered = shop.by_method(method, 0 if use_advance else paid, use_advance=use_advance)
    assert isinstance(offered, TendersOffered)
    goods = [(shop.a_product(), units, cost) for units, cost in lines]
    shop.undo_purchase(shop.buy(*goods, goods[0], supplier=delta, offered=offered))
    assert figures() == before
    books_agree()


def test_reconcile_finds_nothing_after_all_kinds_of_corrections(rahim):
    shop.a_days_corrections()
    for act in ACTS:
        act(rahim, Decimal("3.33"), "cash")()
    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []
