"""Taking back a payment: what it settled is owed again, and every balance is where it was."""

import pytest

from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.reversals import AlreadyReversed, PartOfDocument
from pos_project.core.db.idempotency import Replayed
from pos_project.core.errors import Conflict, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from sales.models import Sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def owes(customer, amount):
    return shop.sell((shop.a_service(amount), 1), customer=customer, offered=shop.on_credit()).sale


def last_payment(**of):
    return Payment.objects.filter(**of).latest("id")


def test_a_due_payment_taken_back_opens_its_dues_again(rahim):
    first, second = owes(rahim, "60.00"), owes(rahim, "30.00")
    shop.pay_dues(rahim, 80, "bkash", note="By phone")
    assert shop.debt_of(rahim) == 10

    opposite = shop.undo_payment(last_payment(sale=first), reason="Not received")

    assert [(row.payment_type, row.direction, row.amount, row.sale_id) for row in opposite] == [
        ("due_payment", "out", 60, first.pk),
        ("due_payment", "out", 20, second.pk),
    ]
    assert {(row.note, row.method_id, row.user) for row in opposite} == {
        ("Not received", "bkash", shop.a_cashier())
    }
    assert [row.reverses.sale_id for row in opposite] == [first.pk, second.pk]
    assert (shop.debt_of(rahim), balance("BKASH")) == (90, 0)
    first.refresh_from_db()
    assert (first.paid_amount, first.due_amount, first.due.status) == (0, 60, "open")
    mirror = JournalEntry.objects.get(reverses__isnull=False)
    assert (mirror.event, mirror.memo, mirror.reverses) == (
        "customer_payment",
        "Not received",
        Payment.objects.get(sale=first, direction="in").entry,
    )
    assert shop.entry("customer_payment") == {"RECEIVABLES": 90 - 10, "BKASH": -80}


def test_the_debt_can_be_paid_again(rahim):
    sale = owes(rahim, "60.00")
    shop.pay_dues(rahim, 60)
    shop.undo_payment(last_payment())
    shop.pay_dues(rahim, 60, "card")
    sale.refresh_from_db()
    assert (sale.paid_amount, sale.due_amount, sale.due.status) == (60, 0, "paid")
    assert (balance("CASH"), balance("CARD")) == (0, 60)


def test_what_was_paid_ahead_with_it_goes_back_too(rahim):
    owes(rahim, "10.00")
    shop.pay_dues(rahim, 50)
    shop.undo_payment(last_payment(payment_type="due_payment"))
    assert (balance("CUSTOMER_ADVANCES", customer=rahim), shop.debt_of(rahim)) == (0, 10)
    assert Payment.objects.filter(reverses__isnull=False).count() == 2


def test_an_advance_that_is_used_is_not_taken_back(rahim):
    owes(rahim, "10.00")
    shop.pay_dues(rahim, 50)
    shop.sell((shop.a_service("1.00"), 1), customer=rahim, offered=shop.cash(0, use_advance=True))
    with shop.refused(Conflict) as refusal:
        shop.undo_payment(last_payment(payment_type="due_payment"))
    assert "39.00" in str(refusal.value)


def test_an_advance_paid_back_is_not_taken_back_but_its_payback_is(rahim):
    shop.an_advance(rahim, 40)
    paid = last_payment(payment_type="advance")
    back = shop.pay_back(rahim, 15)
    assert (back.payment_type, back.direction, balance("CASH")) == ("advance", "out", 41 - 15)
    with shop.refused(Conflict):
        shop.undo_payment(paid)
    shop.undo_payment(back)
    shop.undo_payment(paid)
    assert (balance("CUSTOMER_ADVANCES"), balance("CASH"), shop.debt_of(rahim)) == (0, 0, 1)


def test_a_supplier_s_payment_taken_back_is_owed_again():
    delta = shop.a_supplier()
    bought = shop.buy((shop.a_product(), 2, "10.00"), supplier=delta, offered=shop.on_credit())
    shop.pay_the(delta, 25)
    shop.undo_payment(last_payment(purchase=bought))
    bought.refresh_from_db()
    assert (bought.paid_amount, bought.due_amount, shop.owed_to(delta)) == (0, 20, 20)
    assert (balance("SUPPLIER_ADVANCES"), balance("CASH")) == (0, 0)


def test_a_payment_is_taken_back_once_by_whichever_of_its_rows(rahim):
    first = owes(rahim, "60.00")
    owes(rahim, "30.00")
    shop.pay_dues(rahim, 90)
    shop.undo_payment(last_payment(sale=first))
    for row in Payment.objects.filter(direction="in"):
        with shop.refused(AlreadyReversed):
            shop.undo_payment(row)
    for row in Payment.objects.filter(direction="out"):
        with shop.refused(Conflict):
            shop.undo_payment(row)
    assert shop.debt_of(rahim) == 90


def test_a_payment_of_a_document_stands_and_falls_with_it(rahim):
    mug = shop.a_product("5.00")
    shop.stock(mug, 2, "1.00")
    sale = shop.sell((mug, 1), customer=rahim).sale
    shop.take_back(sale)
    for row in Payment.objects.all():
        with shop.refused(PartOfDocument):
            shop.undo_payment(row)


def test_an_unknown_payment_is_not_taken_back():
    with shop.refused(NotFound):
        shop.undo_payment(Payment(pk=98765))


def test_nothing_is_opened_again_for_a_customer_who_was_removed(rahim):
    owes(rahim, "60.00")
    shop.pay_dues(rahim, 60)
    rahim.archive()
    with shop.refused(Conflict):
        shop.undo_payment(last_payment())


def test_a_sale_that_was_refunded_meanwhile_is_owed_again_in_full(rahim):
    """The customer has the refund's cash and never paid: that is what they owe."""
    sale = owes(rahim, "60.00")
    shop.pay_dues(rahim, 60)
    paid = last_payment()
    shop.take_back(sale)
    shop.undo_payment(paid)
    assert (shop.debt_of(rahim), balance("CASH")) == (60, -60)
    shop.pay_dues(rahim, 25)
    assert shop.debt_of(rahim) == 35


def test_a_retired_method_is_still_given_back_by(rahim):
    owes(rahim, "60.00")
    shop.pay_dues(rahim, 60, "nagad")
    shop.retire("nagad")
    shop.undo_payment(last_payment())
    assert balance("NAGAD") == 0


def test_a_retry_takes_back_once(rahim):
    owes(rahim, "60.00")
    shop.pay_dues(rahim, 60)
    key = shop.a_key(asks="a reversal")
    [row] = shop.undo_payment(last_payment(), key=key)
    with pytest.raises(Replayed):
        shop.undo_payment(row.reverses, key=key)
    assert shop.debt_of(rahim) == 60


def test_taking_back_costs_the_same_for_one_due_and_for_forty(rahim, transactional_db):
    costs = []
    for dues in (1, 40):
        for _ in range(dues):
            owes(rahim, "2.00")
        shop.pay_dues(rahim, 1000)
        row, by = last_payment(), shop.a_cashier()
        costs.append(len(shop.statements(lambda row=row, by=by: shop.undo_payment(row, by=by))))
        assert shop.debt_of(rahim) == Sale.objects.count() * 2
    assert costs[0] == costs[1]
