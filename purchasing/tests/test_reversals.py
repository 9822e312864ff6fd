"""Undoing a purchase: while its goods are all there, by its opposite, once."""

from decimal import Decimal

import pytest

from inventory.models import InventoryLog
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.reversals import AlreadyReversed
from pos_project.core.errors import Conflict, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from purchasing import suppliers
from purchasing.models import Purchase, SupplierDue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def mug():
    return shop.a_product("5.00", name="Mug")


def test_everything_is_where_it_was_before(delta, mug):
    tea = shop.a_product()
    shop.an_advance_to(delta, 10)
    before = {
        code: balance(code) for code in ("CASH", "INVENTORY", "PAYABLES", "SUPPLIER_ADVANCES")
    }
    bought = shop.buy(
        (mug, 4, "2.50"),
        (tea, 3, "3.33"),
        (mug, 2, "2.60"),
        supplier=delta,
        offered=shop.cash(5, use_advance=True),
        invoice="PO-7",
    )
    assert (bought.paid_amount, bought.due_amount) == (15, Decimal("10.19"))

    opposite = shop.undo_purchase(bought, reason="Wrong supplier")

    assert {code: balance(code) for code in before} == before
    assert (shop.stock_of(mug), shop.stock_of(tea), shop.owed_to(delta)) == (0, 0, 0)
    assert (opposite.total_amount, opposite.paid_amount, opposite.due_amount) == (
        Decimal("-25.19"),
        Decimal("-25.19"),
        0,
    )
    assert (opposite.advance_used, opposite.note) == (-10, "Wrong supplier")
    assert (opposite.reverses, opposite.status) == (bought, "received")
    assert opposite.invoice_no == f"PUR-{opposite.pk:06}"
    assert [line.quantity for line in opposite.items.order_by("id")] == [-4, -3, -2]
    bought.refresh_from_db()
    assert (bought.paid_amount, bought.due_amount) == (bought.total_amount, 0)
    assert SupplierDue.objects.get(purchase=bought).status == "paid"
    [back] = Payment.objects.filter(purchase=opposite)
    assert (back.direction, back.amount, back.method_id) == ("in", 5, "cash")
    mirror = JournalEntry.objects.get(event="purchase", document_id=opposite.pk)
    assert mirror.reverses == JournalEntry.objects.get(event="purchase", document_id=bought.pk)


def test_the_stock_log_says_both(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    opposite = shop.undo_purchase(bought)
    rows = InventoryLog.objects.order_by("id").values_list(
        "reason", "change_qty", "cost", "reference"
    )
    assert list(rows) == [
        ("PURCHASE", 4, 10, bought.invoice_no),
        ("REVERSAL", -4, -10, opposite.invoice_no),
    ]


def test_the_suppliers_number_is_free_for_the_right_entry(delta, mug):
    wrong = shop.buy((mug, 4, "2.50"), supplier=delta, invoice="PO-7")
    shop.undo_purchase(wrong)
    right = shop.buy((mug, 4, "2.05"), supplier=delta, invoice="po-7")
    assert right.invoice_no == "po-7"
    with shop.refused(Conflict, "invoice_no"):
        shop.buy((mug, 4, "2.05"), supplier=delta, invoice="PO-7")
    shop.undo_purchase(right)
    shop.buy((mug, 1, "2.05"), supplier=delta, invoice="PO-7")


def test_goods_that_are_gone_are_named(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    sale = shop.sell((mug, 1)).sale
    with shop.refused(Conflict) as refusal:
        shop.undo_purchase(bought)
    assert "Mug (3 of 4 left)" in refusal.value.message
    shop.take_back(sale)  # the mug is on its shelf again
    shop.undo_purchase(bought)
    assert shop.stock_of(mug) == 0


def test_goods_that_were_written_off_are_gone_until_that_is_voided(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    lost = shop.adjust(mug, -1)
    with shop.refused(Conflict):
        shop.undo_purchase(bought)
    shop.void(lost)
    shop.undo_purchase(bought)


def test_only_its_own_goods_leave(delta, mug):
    old = shop.stock(mug, 2, "2.00", supplier=delta)
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    shop.stock(mug, 3, "2.70", supplier=delta)
    shop.undo_purchase(bought)
    assert shop.shelf(mug) == "2@2.00 0@2.50 3@2.70"
    old.refresh_from_db()
    assert old.remaining == 2


def test_dues_paid_later_are_taken_back_first(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.on_credit())
    shop.pay_the(delta, 4)
    with shop.refused(Conflict) as refusal:
        shop.undo_purchase(bought)
    payment = Payment.objects.get()
    assert f"payment {payment.pk}" in refusal.value.message
    shop.undo_payment(payment)
    shop.undo_purchase(bought)
    assert (shop.owed_to(delta), balance("CASH")) == (0, 0)


def test_a_purchase_is_undone_once_and_an_undoing_never(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    opposite = shop.undo_purchase(bought)
    with shop.refused(AlreadyReversed):
        shop.undo_purchase(bought)
    with shop.refused(Conflict):
        shop.undo_purchase(opposite)
    with shop.refused(NotFound):
        shop.undo_purchase(Purchase(pk=98765))


def test_goods_that_cost_nothing_leave_too(delta, mug):
    bought = shop.buy((mug, 4, "0.00"), supplier=delta, offered=shop.on_credit())
    shop.undo_purchase(bought)
    assert (shop.stock_of(mug), JournalEntry.objects.count()) == (0, 0)


def test_an_advance_is_not_given_back_to_a_supplier_who_was_removed(delta, mug):
    shop.an_advance_to(delta, 10)
    bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.cash(0, use_advance=True))
    delta.archive()
    with shop.refused(Conflict):
        shop.undo_purchase(bought)


def test_counts_and_costs_forget_it(delta, mug):
    shop.buy((mug, 4, "2.00"), supplier=delta)
    shop.undo_purchase(shop.buy((mug, 4, "9.00"), supplier=delta))
    assert suppliers.supplies([delta.pk])[delta.pk].count == 1
    shop.adjust(mug, 1)
    assert shop.shelf(mug) == "4@2.00 0@9.00 1@2.00"


def test_undoing_costs_the_same_for_one_line_and_for_many(delta, transactional_db):
    costs = []
    for number in (1, 593):
        lines = [(product, 2, "1.25") for product in shop.many_products(number)]
        bought, by = shop.buy(*lines, supplier=delta), shop.a_cashier()
        costs.append(len(shop.statements(lambda one=bought, by=by: shop.undo_purchase(one, by=by))))
        books_agree()
    assert costs[0] == costs[1]
