"""Holding a sale for later, completing it, giving it up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from model_bakery import baker

from inventory.fifo import InsufficientStock
from inventory.models import InventoryLog
from ledger import parties
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from pos_project.core.days import today
from pos_project.core.errors import Invalid, NotFound
from pos_project.tests import shop
from sales import holds
from sales.customer_payments import CUSTOMER_DUES
from sales.models import CustomerDue, Sale, SaleCogs, SaleItemBatch
from sales.pricing import Line, Order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def shirt():
    product = shop.a_product("19.99", name="Blue T-Shirt")
    shop.stock(product, 5, "8.50")
    return product


def test_a_held_sale_moves_nothing(shirt):
    rahim = shop.a_customer()
    entries, log = JournalEntry.objects.count(), InventoryLog.objects.count()
    held = shop.hold((shirt, 2), customer=rahim, note="Hold for pickup")

    kept = Sale.objects.get(pk=held.pk)
    assert (kept.status, kept.invoice_no) == ("pending", f"INV-P{held.pk:06}")
    assert (kept.paid_amount, kept.due_amount) == (0, Decimal("39.98"))
    assert (kept.business_date, kept.completed_at, kept.note) == (None, None, "Hold for pickup")
    assert shop.stock_of(shirt) == 5
    assert not CustomerDue.objects.exists()
    assert not Payment.objects.filter(sale=held).exists()
    assert not SaleItemBatch.objects.exists()
    assert not SaleCogs.objects.exists()
    assert JournalEntry.objects.count() == entries
    assert InventoryLog.objects.count() == log


def test_only_what_is_there_can_be_held_but_it_stays_free(shirt):
    with shop.refused(InsufficientStock, "items[0].quantity", "items[1].quantity"):
        shop.hold((shirt, 3), (shirt, 3))
    shop.hold((shirt, 5))
    shop.hold((shirt, 5))
    shop.sell((shirt, 5))
    assert shop.stock_of(shirt) == 0


def test_a_service_is_held_without_stock():
    assert shop.hold((shop.a_service(), 99)).status == "pending"


def test_a_hold_refuses_what_a_checkout_refuses(shirt):
    with shop.refused(Invalid, "total_amount"):
        shop.hold((shirt, 1), total_amount=Decimal("1.00"))
    with shop.refused(Invalid, "items[0].product_id"):
        holds.hold(Order([Line(10**9, Decimal(1))]), by=shop.a_cashier())


def test_completing_a_held_sale_is_a_sale_of_today_under_its_old_number(shirt):
    seller, closer = shop.a_cashier("seller"), shop.a_cashier("closer")
    yesterday = timezone.now() - timedelta(days=1)
    held = holds.hold(shop.an_order((shirt, 2)), by=seller, at=yesterday)

    sold = shop.complete(held, shop.cash(50), by=closer)

    sale = Sale.objects.get(pk=held.pk)
    assert sold.change == Decimal("10.02")
    assert (sale.status, sale.invoice_no) == ("completed", held.invoice_no)
    assert (sale.created_at, sale.business_date) == (yesterday, today())
    assert sale.user == seller
    assert (sale.paid_amount, sale.due_amount) == (Decimal("39.98"), 0)
    payment = Payment.objects.get(sale=sale)
    assert (payment.user, payment.reference_no) == (closer, held.invoice_no)
    assert shop.shelf(shirt) == "3@8.50"
    assert SaleCogs.objects.get().total_cost == 17
    assert InventoryLog.objects.get(kind="sale").reference == held.invoice_no
    assert shop.entry("sale", sale) == {
        "CASH": Decimal("39.98"),
        "SALES": Decimal("-39.98"),
        "COST_OF_GOODS_SOLD": Decimal("17.00"),
        "INVENTORY": Decimal("-17.00"),
    }


def test_a_held_sale_may_be_completed_on_credit_by_a_customer(shirt):
    rahim = shop.a_customer()
    held = shop.hold((shirt, 1), customer=rahim)
    closer = shop.a_cashier("closer")
    shop.complete(held, shop.cash(5), by=closer)
    due = CustomerDue.objects.get()
    assert (due.due_amount, due.user) == (Decimal("14.99"), closer)
    assert shop.debt_of(rahim) == Decimal("14.99")


def test_a_held_sale_may_use_the_customers_advance(shirt):
    rahim = shop.a_customer()
    shop.an_advance(rahim, 15)
    held = shop.hold((shirt, 1), customer=rahim)
    sale = shop.complete(held, shop.cash("4.99", use_advance=True)).sale
    assert (sale.advance_used, sale.due_amount) == (15, 0)


def test_prices_discount_and_tax_stay_as_they_were_held(shirt):
    held = shop.hold((shirt, 1), discount=Decimal("0.99"), tax=Decimal("2.00"))
    shirt.price = Decimal("99.99")
    shirt.save()
    sale = shop.complete(held, shop.cash(21)).sale
    assert sale.total_amount == 21
    lines = shop.entry("sale", sale)
    assert (lines["DISCOUNTS_GIVEN"], lines["TAX_PAYABLE"]) == (Decimal("0.99"), Decimal(-2))


def test_a_sale_is_completed_once(shirt):
    held = shop.hold((shirt, 1))
    shop.complete(held)
    with shop.refused(Invalid):
        shop.complete(held)
    with shop.refused(Invalid):
        holds.cancel(held.pk)


def test_a_cancelled_sale_is_neither_completed_nor_cancelled_again(shirt):
    held = shop.hold((shirt, 1))
    assert holds.cancel(held.pk).status == "cancelled"
    assert Sale.objects.get(pk=held.pk).status == "cancelled"
    with shop.refused(Invalid):
        shop.complete(held)
    with shop.refused(Invalid):
        holds.cancel(held.pk)


def test_an_unknown_sale_is_neither_completed_nor_cancelled():
    with shop.refused(NotFound):
        holds.complete(10**9, shop.cash(1), by=shop.a_cashier())
    with shop.refused(NotFound):
        holds.cancel(10**9)


def test_goods_sold_meanwhile_are_missing_at_completion(shirt):
    held = shop.hold((shirt, 3))
    shop.sell((shirt, 3))
    with shop.refused(InsufficientStock, "items[0].quantity"):
        shop.complete(held)


def test_a_product_retired_meanwhile_is_not_sold(shirt):
    held = shop.hold((shop.a_service(), 1), (shirt, 1))
    shirt.status = "inactive"
    shirt.save()
    with shop.refused(Invalid, "items[1].product_id"):
        shop.complete(held)


def test_a_walk_in_completes_only_in_full_and_without_advance(shirt):
    held = shop.hold((shirt, 1))
    with shop.refused(Invalid, "paid_amount"):
        shop.complete(held, shop.cash("19.98"))
    with shop.refused(Invalid, "use_advance"):
        shop.complete(held, shop.cash("19.99", use_advance=True))


def test_goods_leave_the_store_that_held_them(shirt):
    held = shop.hold((shirt, 1))
    elsewhere = shop.a_cashier("elsewhere", store=baker.make("accounts.Store"))
    elsewhere.stores.add(1)
    shop.complete(held, by=elsewhere)
    assert shop.stock_of(shirt) == 4
    assert InventoryLog.objects.get(kind="sale").store_id == held.store_id


def test_a_customer_removed_meanwhile_pays_in_full(shirt):
    rahim = shop.a_customer()
    held = shop.hold((shirt, 1), customer=rahim)
    parties.remove(CUSTOMER_DUES, rahim.pk, by=shop.a_cashier())
    with shop.refused(Invalid, "paid_amount"):
        shop.complete(held, shop.on_credit())
    assert shop.complete(held, shop.cash("19.99")).sale.customer_id == rahim.pk
