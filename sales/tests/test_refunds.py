"""Goods or money come back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_bakery import baker

from inventory.models import InventoryLog
from ledger.models import Payment
from pos_project.core.days import today
from pos_project.core.errors import Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.examples import examples
from pos_project.tests.invariants import balance, books_agree
from sales.models import CustomerDue, Refund, RefundItem, Sale, SaleCogs, SaleItemBatch
from sales.refunds import Claim, Returned, refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def shirt():
    """3 Blue T-Shirts that cost 8.00 and 2 that cost 9.00, at 20.00."""
    product = shop.a_product("20.00", name="Blue T-Shirt")
    shop.stock(product, 3, "8.00", on=today() - timedelta(days=1))
    shop.stock(product, 2, "9.00")
    return product


def line_of(sale):
    return sale.items.get()


def test_one_of_two_comes_back_for_cash_and_goes_back_on_the_shelf(shirt, rahim):
    sale = shop.sell((shirt, 2), customer=rahim, offered=shop.cash(40)).sale
    back = shop.take_back(sale, shop.units_of(line_of(sale), 1), reason="Wrong size")

    assert (back.refund_amount, back.paid_out, back.due_reduced) == (20, 20, 0)
    assert (back.sale_id, back.customer_id, back.reason) == (sale.pk, rahim.pk, "Wrong size")
    item = RefundItem.objects.get()
    assert (item.quantity, item.amount, item.restocked) == (1, 20, True)
    sale.refresh_from_db()
    assert (sale.total_amount, sale.paid_amount, sale.refund_amount) == (40, 40, 20)

    assert shop.shelf(shirt) == "2@8.00 2@9.00"
    log = InventoryLog.objects.get(kind="refund")
    assert (log.change_qty, log.cost, log.reason) == (1, 8, "REFUND")
    assert log.reference == sale.invoice_no
    undone = SaleCogs.objects.get(refund_item=item)
    assert (undone.quantity, undone.unit_cost, undone.total_cost) == (-1, 8, -8)
    use = SaleItemBatch.objects.get(refund_item=item)
    assert (use.quantity, use.buy_price, use.cost) == (-1, 8, -8)

    payment = Payment.objects.get(payment_type="refund")
    assert (payment.direction, payment.method_id, payment.amount) == ("out", "cash", 20)
    assert (payment.reference_no, payment.refund_id) == (sale.invoice_no, back.pk)
    assert shop.entry("refund", back) == {
        "SALES_RETURNS": 20,
        "CASH": -20,
        "INVENTORY": 8,
        "COST_OF_GOODS_SOLD": -8,
    }


def test_what_is_owed_shrinks_first_and_only_the_rest_is_paid_out(shirt, rahim):
    sale = shop.sell((shirt, 3), customer=rahim, offered=shop.cash(30)).sale  # 30 open
    back = shop.take_back(sale, shop.units_of(line_of(sale), 2), method="bkash")

    assert (back.refund_amount, back.due_reduced, back.paid_out) == (40, 30, 10)
    sale.refresh_from_db()
    assert (sale.paid_amount, sale.due_amount, sale.refund_amount) == (30, 0, 40)
    due = CustomerDue.objects.get()
    assert (due.due_amount, due.status) == (0, "paid")
    assert Payment.objects.get(payment_type="refund").amount == 10
    lines = shop.entry("refund", back)
    assert (lines["RECEIVABLES"], lines["BKASH"]) == (-30, -10)
    assert balance("RECEIVABLES", customer=rahim) == 0


def test_a_due_larger_than_the_refund_stays_open_and_nothing_is_paid_out(shirt, rahim):
    sale = shop.sell((shirt, 3), customer=rahim, offered=shop.on_credit()).sale
    back = shop.take_back(sale, shop.units_of(line_of(sale), 1))
    assert (back.due_reduced, back.paid_out) == (20, 0)
    due = CustomerDue.objects.get()
    assert (due.due_amount, due.status) == (40, "open")
    assert not Payment.objects.filter(payment_type="refund").exists()


def test_after_a_refund_only_what_is_still_open_is_paid(shirt, rahim):
    sale = shop.sell((shirt, 3), customer=rahim, offered=shop.on_credit()).sale
    shop.take_back(sale, shop.units_of(line_of(sale), 1))
    paid = shop.pay_dues(rahim, 50)
    assert (paid.applied, paid.advance) == (40, 10)
    sale.refresh_from_db()
    assert (sale.paid_amount, sale.due_amount) == (40, 0)


def test_a_walk_in_gets_his_money_back(shirt):
    sale = shop.sell((shirt, 1)).sale
    back = shop.take_back(sale)
    payment = Payment.objects.get(payment_type="refund")
    assert (back.customer_id, payment.customer_id, payment.sale_id) == (None, None, sale.pk)


def test_without_a_list_everything_that_is_left_comes_back(shirt):
    sale = shop.sell((shirt, 3), (shop.a_service("5.00"), 2)).sale
    goods = sale.items.get(product=shirt)
    shop.take_back(sale, shop.units_of(goods, 1))
    back = shop.take_back(sale)
    assert back.refund_amount == 50
    sale.refresh_from_db()
    assert sale.refund_amount == sale.total_amount == 70
    assert shop.stock_of(shirt) == 5


# --- What goes back on the shelf ---


def test_goods_go_back_where_they_came_from_the_newest_use_first(shirt):
    sale = shop.sell((shirt, 5)).sale
    item = line_of(sale)
    for shelf in ("0@8.00 1@9.00", "0@8.00 2@9.00", "1@8.00 2@9.00", "2@8.00 2@9.00"):
        shop.take_back(sale, shop.units_of(item, 1))
        assert shop.shelf(shirt) == shelf
    assert balance("COST_OF_GOODS_SOLD") == 8


def test_goods_that_came_back_are_sold_again_at_their_own_cost(shirt):
    sale = shop.sell((shirt, 5)).sale
    shop.take_back(sale, shop.units_of(line_of(sale), 3))
    again = shop.sell((shirt, 2)).sale
    assert shop.shelf(shirt) == "0@8.00 1@9.00"
    assert shop.entry("sale", again)["COST_OF_GOODS_SOLD"] == 17


def test_lost_goods_are_refunded_without_going_back(shirt):
    sale = shop.sell((shirt, 2)).sale
    back = shop.take_back(sale, restock=False)
    assert back.refund_amount == 40
    assert shop.stock_of(shirt) == 3
    assert not InventoryLog.objects.filter(kind="refund").exists()
    assert shop.entry("refund", back) == {"SALES_RETURNS": 40, "CASH": -40}
    assert balance("COST_OF_GOODS_SOLD") == 16
    assert not RefundItem.objects.get().restocked


def test_one_line_is_restocked_and_another_is_lost(shirt):
    mug = shop.a_product("5.00")
    shop.stock(mug, 1, "2.00")
    sale = shop.sell((shirt, 1), (mug, 1)).sale
    lost = sale.items.get(product=mug)
    kept = sale.items.get(product=shirt)
    shop.take_back(sale, shop.units_of(kept, 1), shop.units_of(lost, 1, restock=False))
    assert (shop.stock_of(shirt), shop.stock_of(mug)) == (5, 0)


def test_after_lost_units_the_others_go_back_newest_first(shirt):
    sale = shop.sell((shirt, 5)).sale
    item = line_of(sale)
    shop.take_back(sale, shop.units_of(item, 2), restock=False)
    shop.take_back(sale, shop.units_of(item, 3))
    assert shop.shelf(shirt) == "1@8.00 2@9.00"


def test_one_refund_restocks_a_line_or_does_not(shirt):
    sale = shop.sell((shirt, 2)).sale
    item = line_of(sale)
    with shop.refused(Invalid, "items[1].restock"):
        shop.take_back(sale, shop.units_of(item, 1), shop.units_of(item, 1, restock=False))


def test_a_service_is_refunded_and_never_restocked():
    sale = shop.sell((shop.a_service("5.00"), 2)).sale
    back = shop.take_back(sale)
    assert (back.refund_amount, RefundItem.objects.get().restocked) == (10, False)


def test_a_service_that_became_a_product_meanwhile_is_refunded_all_the_same():
    postage = shop.a_service("5.00")
    sale = shop.sell((postage, 1)).sale
    postage.keeps_stock = True
    postage.save()
    shop.take_back(sale)
    assert shop.stock_of(postage) == 0
    postage.keeps_stock = False
    postage.save()


def test_goods_go_back_to_the_store_that_sold_them(shirt):
    sale = shop.sell((shirt, 1)).sale
    elsewhere = shop.a_cashier("elsewhere", store=baker.make("accounts.Store"))
    elsewhere.stores.add(1)
    refund(Claim(sale.pk), by=elsewhere)
    assert shop.stock_of(shirt) == 5
    assert InventoryLog.objects.get(kind="refund").store_id == sale.store_id


# --- Which lines ---


def test_a_product_on_two_lines_comes_back_in_their_order(shirt):
    sale = shop.sell((shirt, 2, 20), (shirt, 2, 15)).sale
    back = shop.take_back(sale, Returned(Decimal(3), product_id=shirt.pk))
    units = back.items.order_by("id").values_list("quantity", "amount")
    assert list(units) == [(2, 40), (1, 15)]


def test_a_line_named_twice_is_one_line_of_the_refund(shirt):
    sale = shop.sell((shirt, 3)).sale
    item = line_of(sale)
    back = shop.take_back(sale, shop.units_of(item, 1), shop.units_of(item, 2))
    assert back.items.get().quantity == 3


@pytest.mark.parametrize("units", [[3], [1, 2]])
def test_more_than_was_sold_does_not_come_back(shirt, units):
    sale = shop.sell((shirt, 2)).sale
    item = line_of(sale)
    with shop.refused(Invalid, f"items[{len(units) - 1}].quantity"):
        shop.take_back(sale, *(shop.units_of(item, each) for each in units))


def test_units_come_back_once(shirt):
    sale = shop.sell((shirt, 2)).sale
    item = line_of(sale)
    shop.take_back(sale, shop.units_of(item, 1))
    with shop.refused(Invalid, "items[0].quantity") as refused:
        shop.take_back(sale, shop.units_of(item, 2))
    assert refused.value.fields == {"items[0].quantity": ["Only 1 left to refund."]}
    shop.take_back(sale)
    with shop.refused(Invalid):
        shop.take_back(sale)


def test_a_line_of_another_sale_is_unknown(shirt):
    sale, other = shop.sell((shirt, 1)).sale, shop.sell((shirt, 1)).sale
    with shop.refused(Invalid, "items[0].sale_item_id"):
        shop.take_back(sale, shop.units_of(line_of(other), 1))


def test_a_refund_of_nothing_is_refused(shirt):
    sale = shop.sell((shirt, 1)).sale
    with shop.refused(Invalid):
        refund(Claim(sale.pk, lines=[]), by=shop.a_cashier())


def test_only_completed_sales_are_refunded(shirt):
    held = shop.hold((shirt, 1))
    with shop.refused(Invalid):
        shop.take_back(held)
    with shop.refused(NotFound):
        refund(Claim(10**9), by=shop.a_cashier())


def test_money_is_not_paid_out_by_credit_or_shells(shirt):
    sale = shop.sell((shirt, 1)).sale
    for method in ("due", "shells"):
        with shop.refused(Invalid, "refund_method"):
            shop.take_back(sale, method=method)


# --- What it is worth ---


def test_discount_and_tax_are_shared_out(shirt):
    sale = shop.sell((shirt, 2), discount=Decimal(10), tax=Decimal(6)).sale  # 36.00 for two
    back = shop.take_back(sale, shop.units_of(line_of(sale), 1))
    assert (back.refund_amount, back.tax_amount) == (18, 3)
    lines = shop.entry("refund", back)
    assert (lines["SALES_RETURNS"], lines["TAX_PAYABLE"], lines["CASH"]) == (15, 3, -18)


def test_the_last_refund_takes_what_is_left(shirt):
    sale = shop.sell((shirt, 3), discount=Decimal(50)).sale  # 10.00 for three
    worth = [shop.take_back(sale, shop.units_of(line_of(sale), 1)).refund_amount for _ in range(3)]
    assert worth == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]


def test_goods_that_were_free_go_back_without_money_or_a_sales_entry(shirt):
    sale = shop.sell((shirt, 1, 0)).sale
    back = shop.take_back(sale)
    assert (back.refund_amount, back.paid_out) == (0, 0)
    assert shop.stock_of(shirt) == 5
    assert not Payment.objects.filter(payment_type="refund").exists()
    assert shop.entry("refund", back) == {"INVENTORY": 8, "COST_OF_GOODS_SOLD": -8}


def test_a_worthless_refund_without_restock_posts_nothing(shirt):
    back = shop.take_back(shop.sell((shirt, 1, 0)).sale, restock=False)
    assert shop.entry("refund", back) == {}


def test_the_rest_of_the_tax_comes_back_even_where_the_last_units_are_worth_less():
    pin = shop.a_service("0.01")
    sale = shop.sell((pin, 5), tax=Decimal("0.02"), discount=Decimal("0.02")).sale
    for _ in range(4):
        shop.take_back(sale, shop.units_of(line_of(sale), 1))
    last = shop.take_back(sale)
    assert (last.refund_amount, last.tax_amount) == (Decimal("0.01"), Decimal("0.02"))
    assert balance("TAX_PAYABLE") == 0
    assert balance("SALES_RETURNS") + balance("SALES") + balance("DISCOUNTS_GIVEN") == 0


@examples(15)
@given(
    costs=st.lists(st.decimals("0", "5", places=4), min_size=1, max_size=3),
    prices=st.lists(st.decimals("0", "9", places=2), min_size=1, max_size=3),
    paid=st.decimals("0", "30", places=2),
    tax=st.decimals("0", "3", places=2),
    steps=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 2)), max_size=6),
)
def test_a_sale_and_its_full_refund_leave_every_balance_where_it_was(
    rahim, costs, prices, paid, tax, steps
):
    goods = shop.a_product()
    for cost in costs:
        shop.adjust(goods, 3, cost)
    accounts = ("INVENTORY", "COST_OF_GOODS_SOLD", "RECEIVABLES", "TAX_PAYABLE", "CASH")
    before = {account: balance(account) for account in accounts}
    shelf = shop.shelf(goods)

    lines = [(goods, len(costs), each) for each in prices]
    sale = shop.sell(*lines, customer=rahim, offered=shop.cash(paid), tax=tax).sale
    items = list(sale.items.order_by("id"))
    for position, units in steps:
        item = items[position % len(items)]
        left = item.quantity - sum(each.quantity for each in item.refund_items.all())
        if left >= units:
            shop.take_back(sale, shop.units_of(item, units))
    if Refund.objects.filter(sale=sale).count() == 0 or _units_left(sale):
        shop.take_back(sale)

    assert {account: balance(account) for account in accounts} == before
    assert shop.shelf(goods) == shelf
    sale = Sale.objects.get(pk=sale.pk)
    assert sale.refund_amount == sale.total_amount
    books_agree()


def _units_left(sale):
    sold = sum(item.quantity for item in sale.items.all())
    return sold - sum(row.quantity for row in RefundItem.objects.filter(refund__sale=sale))
