"""What was paid ahead goes back."""

import pytest

from ledger.models import Payment
from pos_project.core.errors import Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from sales.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def test_a_customer_gets_back_what_they_paid_ahead():
    rahim = shop.a_customer()
    shop.an_advance(rahim, 40)
    row = shop.pay_back(rahim, 40, "card", note="Moves away")
    assert (row.direction, row.amount, row.method_id, row.note) == ("out", 40, "card", "Moves away")
    assert shop.entry("customer_payment") == {"CUSTOMER_ADVANCES": 40, "CARD": -40}
    assert balance("CUSTOMER_ADVANCES", customer=rahim) == 0


def test_a_supplier_gives_back_what_we_paid_ahead():
    delta = shop.a_supplier()
    shop.an_advance_to(delta, 40)
    row = shop.pay_back(delta, 30)
    assert (row.direction, row.payment_party, row.supplier) == ("in", "supplier", delta)
    assert shop.entry("supplier_payment") == {"CASH": 30, "SUPPLIER_ADVANCES": -30}
    assert balance("SUPPLIER_ADVANCES", supplier=delta) == 10


def test_no_more_goes_back_than_is_unused():
    rahim, karim = shop.a_customer(), shop.a_customer(name="Karim")
    shop.an_advance(rahim, 40)
    with shop.refused(Invalid, "amount"):
        shop.pay_back(rahim, "40.01")
    with shop.refused(Invalid, "amount"):
        shop.pay_back(karim, 1)
    assert not Payment.objects.filter(direction="out").exists()


def test_nobody_unknown_and_no_unknown_method():
    rahim = shop.a_customer()
    shop.an_advance(rahim, 40)
    with shop.refused(Invalid, "method"):
        shop.pay_back(rahim, 1, "shells")
    with shop.refused(NotFound):
        shop.pay_back(Customer(pk=98765), 1)
