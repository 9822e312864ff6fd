"""Part of a purchase goes back to its supplier: what is on the shelf, at what it cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db.models import Sum

from inventory.models import InventoryLog
from ledger.models import Payment
from ledger.reversals import PartOfDocument
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from purchasing import suppliers
from purchasing.models import Purchase, SupplierDue
from purchasing.payables import payables_ageing, supplier_statement
from purchasing.returns import Return, SentBack, return_goods

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal


@pytest.fixture
def mug():
    return shop.a_product("5.00", name="Mug")


def test_less_is_owed_for_what_went_back(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.cash(3))
    back = shop.send_back(bought, 2)

    assert (back.total_amount, back.paid_amount, back.due_reduced, back.note) == (
        -5,
        -5,
        5,
        "Broken",
    )
    assert shop.entry("purchase", back) == {"PAYABLES": 5, "INVENTORY": -5}
    assert (shop.stock_of(mug), shop.owed_to(delta)) == (2, 2)
    bought.refresh_from_db()
    assert (bought.paid_amount, bought.due_amount) == (8, 2)
    assert SupplierDue.objects.get(purchase=bought).due_amount == 2


def test_what_was_paid_for_it_stays_as_a_deposit_and_pays_the_next_purchase(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    back = shop.send_back(bought, 3)

    assert shop.entry("purchase", back) == {"SUPPLIER_ADVANCES": D("7.50"), "INVENTORY": D("-7.50")}
    again = shop.buy((mug, 2, "2.50"), supplier=delta, offered=shop.cash(0, use_advance=True))
    assert (again.advance_used, again.due_amount) == (5, 0)
    shop.pay_back(delta, "2.50")
    assert balance("SUPPLIER_ADVANCES") == 0


def test_or_it_comes_back_in_money(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.cash(8))
    back = shop.send_back(bought, 3, method="card")

    assert shop.entry("purchase", back) == {
        "PAYABLES": 2,
        "CARD": D("5.50"),
        "INVENTORY": D("-7.50"),
    }
    payment = Payment.objects.get(purchase=back)
    assert (payment.direction, payment.amount, payment.method_id) == ("in", D("5.50"), "card")
    assert back.payment_method == "card"
    with shop.refused(PartOfDocument) as refusal:
        shop.undo_payment(payment)
    assert f"goods returned by {back}" in refusal.value.message


def test_tax_goes_back_in_proportion_and_all_of_it_with_the_last_piece(delta, mug):
    tea = shop.a_product()
    bought = shop.buy(
        shop.for_all(mug, 3, 10),
        (tea, 3, "1.00"),
        supplier=delta,
        offered=shop.on_credit(),
        tax=D("1.00"),
        freight=D("1.00"),
        rounding=D("0.03"),
    )
    amounts = [shop.send_back(bought, *units) for units in ((1, 0), (0, 3), (2, 0))]

    assert [each.tax for each in amounts] == [D("-0.26"), D("-0.23"), D("-0.51")]
    of_all = Purchase.objects.filter(returns=bought).aggregate(amount=Sum("total_amount"))
    assert of_all["amount"] == -bought.total_amount
    assert (balance("INPUT_TAX"), balance("ROUNDING"), balance("INVENTORY")) == (0, 0, 0)
    assert shop.owed_to(delta) == 0


def test_goods_leave_at_what_their_own_batch_cost(delta, mug):
    shop.stock(mug, 2, "2.00", supplier=delta)
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    shop.stock(mug, 3, "2.70", supplier=delta)
    back = shop.send_back(bought, 3)

    assert shop.shelf(mug) == "2@2.00 1@2.50 3@2.70"
    log = InventoryLog.objects.latest("id")
    assert (log.reason, log.change_qty, log.cost) == ("RETURN", -3, D("-7.50"))
    assert log.reference == back.invoice_no


def test_units_that_were_sold_do_not_go_back(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    sale = shop.sell((mug, 3)).sale
    before = shop.everything()
    with shop.refused(Conflict, "items[0].quantity") as refusal:
        shop.send_back(bought, 2)
    assert refusal.value.message == "Mug: Only 1 of these are still on the shelf."
    assert shop.everything() == before
    shop.take_back(sale)
    shop.send_back(bought, 2)
    assert shop.stock_of(mug) == 2


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        (lambda line: [], "items"),
        (lambda line: [SentBack(line, D(0))], "items[0].quantity"),
        (lambda line: [SentBack(line, D(5))], "items[0].quantity"),
        (lambda line: [SentBack(line, D(1)), SentBack(line, D(1))], "items[1].purchase_item_id"),
        (lambda line: [SentBack(line + 999, D(1))], "items[0].purchase_item_id"),
    ],
)
def test_what_cannot_go_back_is_named(delta, mug, lines, field):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    wanted = Return(bought.pk, lines(bought.items.get().pk), "Broken")
    with shop.refused(Invalid, field):
        return_goods(wanted, by=shop.a_cashier())


def test_of_these_nothing_goes_back(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.on_credit())
    back = shop.send_back(bought, 1)
    reversal = shop.undo_purchase(shop.buy((mug, 1, "2.50"), supplier=delta))
    opening = shop.open_due(delta, "60.00")
    for document in (back, reversal, reversal.reverses, opening):
        line = next(iter(document.items.values_list("pk", flat=True)), 1)
        with shop.refused(Conflict):
            return_goods(Return(document.pk, [SentBack(line, D(1))], "No"), by=shop.a_cashier())
    with shop.refused(NotFound):
        return_goods(Return(98765, [SentBack(1, D(1))], "No"), by=shop.a_cashier())
    for document in (bought, back):
        with shop.refused(Conflict):
            shop.undo_purchase(document)
    shop.credit(delta, "allowance", "1.00", document_id=bought.pk)
    with shop.refused(Conflict):
        shop.send_back(bought, 1)


def test_it_is_no_delivery_and_its_units_are_off_what_was_supplied(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    shop.send_back(bought, 1)
    assert suppliers.supplies([delta.pk])[delta.pk].count == 1


def test_goods_that_cost_nothing_go_back_too(delta, mug):
    bought = shop.buy((mug, 4, "0.00"), supplier=delta, offered=shop.on_credit(), tax=D("0.40"))
    assert shop.send_back(bought, 1).tax == D("-0.10")
    assert shop.send_back(bought, 3).tax == D("-0.30")
    assert balance("INPUT_TAX") == 0


def test_a_return_costs_the_same_for_one_line_and_for_many(delta, transactional_db):
    costs = []
    for number in (1, 593):
        lines = [(product, 2, "1.25") for product in shop.many_products(number)]
        bought, by = shop.buy(*lines, supplier=delta, tax=D(3)), shop.a_cashier()
        units = [1] * number
        costs.append(
            len(shop.statements(lambda one=bought, by=by, n=units: shop.send_back(one, *n, by=by)))
        )
        books_agree()
    assert costs[0] == costs[1]


def test_what_was_owed_before_it_went_back_is_told_of_the_day_before(delta, mug):
    yesterday = today() - timedelta(days=1)
    with time_machine.travel(at_noon(yesterday)):
        bought = shop.buy((mug, 4, "2.50"), supplier=delta, offered=shop.on_credit())
    shop.send_back(bought, 3)

    [then], [now] = payables_ageing(yesterday), payables_ageing(today())
    assert (then.total, now.total) == (10, D("2.50"))
    lines = supplier_statement(delta.pk, yesterday, today()).every(D(0))
    assert [(line.kind, line.amount) for line in lines] == [
        ("purchase", 10),
        ("goods_returned", D("-7.50")),
    ]
