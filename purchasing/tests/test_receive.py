"""Goods arrive from a supplier."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from inventory.models import Batch, InventoryLog
from ledger.models import Payment
from pos_project.core.days import today
from pos_project.core.errors import Conflict, Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from purchasing.models import Purchase, Supplier, SupplierDue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def shirt():
    return shop.a_product("19.99", name="Blue T-Shirt")


def test_ten_shirts_paid_in_part_are_on_the_shelf_and_the_rest_is_owed(delta, shirt):
    bought = shop.buy(
        (shirt, 10, "8.50"),
        supplier=delta,
        offered=shop.cash(50),
        on=date(2026, 2, 8),
        invoice="PO-2026-001",
        note="Initial stock",
    )

    kept = Purchase.objects.get()
    assert bought == kept
    assert (kept.status, kept.invoice_no, kept.note) == ("received", "PO-2026-001", "Initial stock")
    assert (kept.total_amount, kept.paid_amount, kept.due_amount) == (85, 50, 35)
    assert (kept.purchase_date, kept.business_date) == (date(2026, 2, 8), date(2026, 2, 8))
    item = kept.items.get()
    assert (item.quantity, item.cost_price, item.subtotal) == (10, Decimal("8.5"), 85)
    batch = Batch.objects.get()
    assert (batch.quantity, batch.remaining, batch.unit_cost) == (10, 10, Decimal("8.5"))
    assert (batch.purchase_item, batch.received_on) == (item, date(2026, 2, 8))
    log = InventoryLog.objects.get()
    assert (log.kind, log.change_qty, log.reason) == ("purchase", 10, "PURCHASE")
    assert log.reference == "PO-2026-001"

    payment = Payment.objects.get()
    assert (payment.payment_party, payment.payment_type) == ("supplier", "payment")
    assert (payment.direction, payment.amount, payment.method_id) == ("out", 50, "cash")
    assert (payment.supplier_id, payment.reference_no) == (delta.pk, "PO-2026-001")
    due = SupplierDue.objects.get()
    assert (due.due_amount, due.status, due.supplier_id) == (35, "open", delta.pk)
    assert shop.entry("purchase", kept) == {"INVENTORY": 85, "CASH": -50, "PAYABLES": -35}
    assert balance("PAYABLES", supplier=delta) == -35


def test_a_purchase_paid_in_full_leaves_no_due(delta, shirt):
    bought = shop.buy((shirt, 2, "8.50"), supplier=delta)
    assert (bought.due_amount, SupplierDue.objects.count()) == (0, 0)


def test_a_purchase_on_credit_leaves_no_payment(delta, shirt):
    bought = shop.buy((shirt, 2, "8.50"), supplier=delta, offered=shop.on_credit())
    assert (bought.payment_method, bought.due_amount) == ("due", 17)
    assert not Payment.objects.exists()


def test_a_purchase_may_be_paid_by_several_methods(delta, shirt):
    bought = shop.buy((shirt, 2, "8.50"), supplier=delta, offered=shop.split(cash=7, bkash=10))
    lines = shop.entry("purchase", bought)
    assert lines == {"INVENTORY": 17, "BKASH": -10, "CASH": -7}
    assert bought.payment_method == "bkash"


def test_an_advance_to_the_supplier_pays_for_goods(delta, shirt):
    shop.an_advance_to(delta, 60)
    offered = shop.cash(5, use_advance=True)
    bought = shop.buy((shirt, 10, "8.50"), supplier=delta, offered=offered)
    assert (bought.advance_used, bought.paid_amount, bought.due_amount) == (60, 65, 20)
    lines = shop.entry("purchase", bought)
    assert lines == {"INVENTORY": 85, "CASH": -5, "SUPPLIER_ADVANCES": -60, "PAYABLES": -20}
    assert balance("SUPPLIER_ADVANCES", supplier=delta) == 0


@pytest.mark.parametrize(
    ("offered", "field"),
    [
        (shop.cash("17.01"), "paid_amount"),
        (shop.split(cash="17.01"), "payments"),
        (shop.split(card=17, cash=1), "payments"),
    ],
)
def test_nobody_pays_a_supplier_more_than_the_total(delta, shirt, offered, field):
    with shop.refused(Invalid, field):
        shop.buy((shirt, 2, "8.50"), supplier=delta, offered=offered)


@pytest.mark.parametrize(
    ("offered", "field"),
    [
        (shop.cash(8, use_advance=True), "paid_amount"),
        (shop.split(cash=8, use_advance=True), "payments"),
    ],
)
def test_nobody_pays_again_what_the_advance_covers(delta, shirt, offered, field):
    shop.an_advance_to(delta, 10)
    with shop.refused(Invalid, field):
        shop.buy((shirt, 2, "8.50"), supplier=delta, offered=offered)


def test_goods_without_a_price_are_received_without_an_entry(delta, shirt):
    bought = shop.buy((shirt, 2, "0"), supplier=delta)
    assert (bought.total_amount, shop.stock_of(shirt)) == (0, 2)
    assert shop.entry("purchase", bought) == {}


def test_a_product_on_two_lines_makes_two_batches(delta, shirt):
    shop.buy((shirt, 2, "8.50"), (shirt, 3, "9.00"), supplier=delta)
    assert shop.shelf(shirt) == "2@8.50 3@9.00"


def test_the_selling_price_is_left_alone(delta, shirt):
    shop.buy((shirt, 2, "99.00"), supplier=delta)
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.99")


# --- Numbers and days ---


def test_a_purchase_without_an_invoice_number_gets_one(delta, shirt):
    bought = shop.buy((shirt, 1, "1.00"), supplier=delta)
    assert bought.invoice_no == f"PUR-{bought.pk:06}"
    assert Purchase.objects.get().invoice_no == bought.invoice_no
    assert InventoryLog.objects.get().reference == bought.invoice_no


def test_a_generated_number_steps_aside_for_the_suppliers_own(delta, shirt):
    first = shop.buy((shirt, 1, "1.00"), supplier=delta)
    theirs = [f"pur-{first.pk + 3:06}", f"PUR-{first.pk + 3:06}-2"]
    for invoice in theirs:
        shop.buy((shirt, 1, "1.00"), supplier=delta, invoice=invoice)
    clashing = shop.buy((shirt, 1, "1.00"), supplier=delta)
    assert clashing.pk == first.pk + 3
    assert clashing.invoice_no == f"PUR-{clashing.pk:06}-3"


@pytest.mark.parametrize("again", ["PO-1", "po-1", " PO-1 ", "ＰＯ-1"])
def test_a_suppliers_invoice_is_entered_once_however_it_is_spelled(delta, shirt, again):
    shop.buy((shirt, 1, "1.00"), supplier=delta, invoice="PO-1")
    with shop.refused(Conflict, "invoice_no"):
        shop.buy((shirt, 1, "1.00"), supplier=delta, invoice=again)


def test_two_suppliers_may_use_the_same_number(delta, shirt):
    for supplier in (delta, shop.a_supplier(name="Padma")):
        shop.buy((shirt, 1, "1.00"), supplier=supplier, invoice="PO-1")
    assert Purchase.objects.count() == 2


def test_goods_of_an_earlier_paper_are_sold_before_later_ones(delta, shirt):
    shop.buy((shirt, 1, "9.00"), supplier=delta)
    shop.buy((shirt, 1, "7.00"), supplier=delta, on=today() - timedelta(days=3))
    shop.sell((shirt, 1))
    assert shop.shelf(shirt) == "0@7.00 1@9.00"


def test_a_paper_of_tomorrow_is_booked_and_shelved_today(delta, shirt):
    tomorrow = today() + timedelta(days=1)
    bought = shop.buy((shirt, 1, "9.00"), supplier=delta, on=tomorrow)
    assert (bought.purchase_date, bought.business_date) == (tomorrow, today())
    assert Batch.objects.get().received_on == today()


# --- Refusals ---


def test_goods_from_nobody_are_refused(shirt, delta):
    delta.archive()
    for nobody in (delta, Supplier(pk=10**9)):
        with shop.refused(Invalid, "supplier_id"):
            shop.buy((shirt, 1, "1.00"), supplier=nobody)


def test_every_product_that_cannot_be_received_is_named(delta, shirt):
    gone, postage = shop.a_product(), shop.a_service()
    gone.archive(keys=("sku_key",))
    with shop.refused(Invalid, "items[0].product_id", "items[2].product_id"):
        shop.buy((gone, 1, "1.00"), (shirt, 1, "1.00"), (postage, 1, "1.00"), supplier=delta)


def test_a_total_that_does_not_match_is_refused(delta, shirt):
    with shop.refused(Invalid, "total_amount"):
        shop.buy((shirt, 2, "8.50"), supplier=delta, total_amount=Decimal("16.99"))


def test_a_purchase_too_large_for_the_books_is_refused(delta, shirt):
    with shop.refused(Invalid, "items"):
        shop.buy((shirt, 10**6, "99999999.99"), supplier=delta)
