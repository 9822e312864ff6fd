"""Paying what the shop owes its suppliers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ledger.models import Payment
from ledger.payments import Tender
from pos_project.core.days import today
from pos_project.core.errors import Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from purchasing.models import Purchase, SupplierDue
from purchasing.supplier_payments import pay_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def shirt():
    return shop.a_product()


def owe(supplier, product, amount, *, days_ago=0):
    day = today() - timedelta(days=days_ago)
    return shop.buy((product, 1, amount), supplier=supplier, offered=shop.on_credit(), on=day)


def test_a_payment_reaches_the_due_the_purchase_the_till_and_the_books(delta, shirt):
    bought = owe(delta, shirt, "35.00")
    paid = shop.pay_the(delta, 20, "card", note="by terminal")

    assert (paid.applied, paid.advance, paid.remaining_due) == (20, 0, 15)
    bought.refresh_from_db()
    assert (bought.paid_amount, bought.due_amount) == (20, 15)
    due = SupplierDue.objects.get()
    assert (due.due_amount, due.status) == (15, "open")
    payment = Payment.objects.get()
    assert (payment.payment_party, payment.payment_type) == ("supplier", "due_payment")
    assert (payment.direction, payment.amount, payment.method_id) == ("out", 20, "card")
    assert (payment.reference_no, payment.note) == (bought.invoice_no, "by terminal")
    assert shop.entry("supplier_payment") == {"CARD": -20, "PAYABLES": 20}


def test_the_oldest_paper_is_paid_first_then_the_lower_id(delta, shirt):
    newest, second = owe(delta, shirt, "30.00"), owe(delta, shirt, "10.00", days_ago=2)
    third, oldest = owe(delta, shirt, "10.00", days_ago=2), owe(delta, shirt, "5.00", days_ago=9)
    paid = shop.pay_the(delta, 20)
    assert [(each.due.document_id, each.amount) for each in paid.allocations] == [
        (oldest.pk, 5),
        (second.pk, 10),
        (third.pk, 5),
    ]
    left = dict(Purchase.objects.values_list("id", "due_amount"))
    assert left == {oldest.pk: 0, second.pk: 0, third.pk: 5, newest.pk: 30}
    assert shop.owed_to(delta) == 35


def test_what_is_left_over_is_an_advance_to_the_supplier(delta, shirt):
    owe(delta, shirt, "30.00")
    paid = shop.pay_the(delta, 50)
    assert (paid.applied, paid.advance, paid.remaining_due) == (30, 20, 0)
    assert SupplierDue.objects.get().status == "paid"
    advance = Payment.objects.get(payment_type="advance")
    assert (advance.direction, advance.amount, advance.purchase_id) == ("out", 20, None)
    lines = shop.entry("supplier_payment")
    assert lines == {"CASH": -50, "PAYABLES": 30, "SUPPLIER_ADVANCES": 20}
    assert balance("SUPPLIER_ADVANCES", supplier=delta) == 20


def test_a_supplier_who_is_owed_nothing_gets_nothing(delta, shirt):
    owe(shop.a_supplier(name="Padma"), shirt, "30.00")
    with shop.refused(Invalid):
        shop.pay_the(delta, 10)


def test_suppliers_are_not_paid_by_credit_or_shells(delta, shirt):
    owe(delta, shirt, "30.00")
    for method in ("due", "shells"):
        with shop.refused(Invalid, "method"):
            shop.pay_the(delta, 10, method)


def test_an_unknown_supplier_gets_nothing(delta):
    delta.archive()
    for nobody in (delta.pk, 10**9):
        with shop.refused(NotFound):
            pay_supplier(nobody, Tender("cash", Decimal(1)), by=shop.a_cashier())
