"""A customer pays what is owed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.payments import Tender
from pos_project.core.errors import Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from sales.customer_payments import receive_due_payment
from sales.models import CustomerDue, Sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def owes(customer, amount, *, days_ago=0):
    at = timezone.now() - timedelta(days=days_ago)
    return shop.sell(
        (shop.a_service(amount), 1), customer=customer, offered=shop.on_credit(), at=at
    )


def test_a_payment_reaches_the_due_the_sale_the_till_and_the_books(rahim):
    sale = owes(rahim, "120.50").sale
    paid = shop.pay_dues(rahim, 100, "bkash", note="by phone")

    assert (paid.applied, paid.advance, paid.remaining_due) == (100, 0, Decimal("20.50"))
    sale.refresh_from_db()
    assert (sale.paid_amount, sale.due_amount) == (100, Decimal("20.50"))
    due = CustomerDue.objects.get()
    assert (due.due_amount, due.status) == (Decimal("20.50"), "open")
    payment = Payment.objects.get(sale=sale)
    assert (payment.payment_type, payment.direction) == ("due_payment", "in")
    assert (payment.method_id, payment.amount) == ("bkash", 100)
    assert (payment.reference_no, payment.note) == (sale.invoice_no, "by phone")
    assert shop.entry("customer_payment") == {"BKASH": Decimal(100), "RECEIVABLES": Decimal(-100)}
    assert payment.entry == JournalEntry.objects.get(event="customer_payment")


def test_the_last_cent_closes_the_due(rahim):
    owes(rahim, "120.50")
    shop.pay_dues(rahim, "120.49")
    assert CustomerDue.objects.get().status == "open"
    shop.pay_dues(rahim, "0.01")
    due = CustomerDue.objects.get()
    assert (due.due_amount, due.status) == (0, "paid")


def test_the_oldest_sale_is_paid_first(rahim):
    newest, oldest = owes(rahim, "30.00").sale, owes(rahim, "50.00", days_ago=5).sale
    middle = owes(rahim, "20.00", days_ago=2).sale
    paid = shop.pay_dues(rahim, 60)
    assert [(each.due.document_id, each.amount, each.remaining) for each in paid.allocations] == [
        (oldest.pk, 50, 0),
        (middle.pk, 10, 10),
    ]
    left = dict(Sale.objects.values_list("id", "due_amount"))
    assert left == {oldest.pk: 0, middle.pk: 10, newest.pk: 30}
    assert shop.debt_of(rahim) == 40
    assert Payment.objects.filter(payment_type="due_payment").count() == 2


def test_what_is_left_over_is_an_advance(rahim):
    owes(rahim, "30.00")
    paid = shop.pay_dues(rahim, 50)
    assert (paid.applied, paid.advance, paid.remaining_due) == (30, 20, 0)
    advance = Payment.objects.get(payment_type="advance")
    assert (advance.amount, advance.direction, advance.sale_id) == (20, "in", None)
    assert advance.customer == rahim
    assert shop.entry("customer_payment") == {
        "CASH": Decimal(50),
        "RECEIVABLES": Decimal(-30),
        "CUSTOMER_ADVANCES": Decimal(-20),
    }
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == -20


def test_a_terminals_reference_stays_with_the_advance(rahim):
    owes(rahim, "30.00")
    tender = Tender("card", Decimal(50), "TX-77")
    receive_due_payment(rahim.pk, tender, by=shop.a_cashier())
    assert Payment.objects.get(payment_type="advance").reference_no == "TX-77"
    assert JournalEntry.objects.get(event="customer_payment").reference == "TX-77"


def test_nobody_pays_the_dues_of_another(rahim):
    karim = shop.a_customer(name="Karim")
    owes(karim, "30.00")
    with shop.refused(Invalid):
        shop.pay_dues(rahim, 30)
    assert shop.debt_of(karim) == 30


def test_who_owes_nothing_pays_nothing(rahim):
    with shop.refused(Invalid):
        shop.pay_dues(rahim, 10)
    owes(rahim, "30.00")
    shop.pay_dues(rahim, 30)
    with shop.refused(Invalid):
        shop.pay_dues(rahim, 10)


def test_a_held_sale_is_not_owed(rahim):
    shop.hold((shop.a_service(), 1), customer=rahim)
    with shop.refused(Invalid):
        shop.pay_dues(rahim, 5)


def test_dues_are_not_paid_by_credit_or_shells(rahim):
    owes(rahim, "30.00")
    for method in ("due", "shells"):
        with shop.refused(Invalid, "method"):
            shop.pay_dues(rahim, 10, method)


def test_an_unknown_customer_pays_nothing(rahim):
    rahim.archive()
    for nobody in (rahim.pk, 10**9):
        with shop.refused(NotFound):
            receive_due_payment(nobody, Tender("cash", Decimal(1)), by=shop.a_cashier())
