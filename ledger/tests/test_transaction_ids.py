"""A wallet's transaction pays once."""

from decimal import Decimal

import pytest
from django.db import connection

from ledger.models import Payment, TransactionId
from ledger.payments import Tender, TendersOffered
from pos_project.core.errors import Conflict
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import at_once
from sales.models import Sale

pytestmark = pytest.mark.django_db


def by_wallet(number: str | None, amount: str = "5.00", method: str = "bkash") -> TendersOffered:
    return TendersOffered((Tender(method, Decimal(amount), number),), method=method)


def test_a_number_that_has_paid_is_refused_however_it_is_spelt() -> None:
    postage = shop.a_service()
    shop.sell((postage, 1), offered=by_wallet("8N7A6K2"))
    before = shop.everything()
    with shop.refused(Conflict, "reference") as refusal:
        shop.sell((postage, 1), offered=by_wallet(" 8n7a6k2 "))
    assert "8n7a6k2" in refusal.value.message
    assert shop.everything() == before


def test_dues_and_deliveries_are_paid_once_by_a_number_too() -> None:
    customer, tea = shop.a_customer(), shop.a_product()
    shop.sell((shop.a_service(), 1), offered=by_wallet("8N7A6K2"))
    shop.sell((shop.a_service(), 2), customer=customer, offered=shop.on_credit())
    with pytest.raises(Conflict):
        shop.pay_dues(customer, "10.00", "bkash", "8N7A6K2")
    with pytest.raises(Conflict):
        shop.buy((tea, 1, "5.00"), offered=by_wallet("8N7A6K2"))
    shop.pay_dues(customer, "10.00", "bkash", "8N7A6K3")
    books_agree()


def test_another_wallet_gives_numbers_of_its_own_and_tills_may_send_none() -> None:
    postage = shop.a_service()
    for offered in (
        by_wallet("8N7A6K2"),
        by_wallet("8N7A6K2", method="nagad"),
        *[by_wallet(None)] * 2,
        *[by_wallet("last digits 1234", method="card")] * 2,
    ):
        shop.sell((postage, 1), offered=offered)
    assert TransactionId.objects.count() == 2


def test_dues_of_many_sales_are_paid_by_one_number() -> None:
    customer = shop.a_customer()
    for _ in range(3):
        shop.sell((shop.a_service(), 1), customer=customer, offered=shop.on_credit())
    shop.pay_dues(customer, "15.00", "bkash", "8N7A6K2")
    assert TransactionId.objects.count() == 1


def test_a_payment_that_was_taken_back_frees_its_number() -> None:
    customer = shop.a_customer()
    shop.sell((shop.a_service(), 2), customer=customer, offered=shop.on_credit())
    shop.pay_dues(customer, "5.00", "bkash", "8N7A6K2")
    shop.undo_payment(Payment.objects.latest("id"))
    shop.pay_dues(customer, "10.00", "bkash", "8N7A6K2")


def test_a_delivery_that_was_undone_frees_its_number() -> None:
    tea = shop.a_product()
    shop.undo_purchase(shop.buy((tea, 1, "5.00"), offered=by_wallet("8N7A6K2")))
    shop.buy((tea, 1, "5.00"), offered=by_wallet("8N7A6K2"))


def test_it_is_one_statement_and_none_without_a_number() -> None:
    postage = shop.a_service()
    shop.sell((postage, 1), offered=by_wallet(None))
    without = shop.statements(lambda: shop.sell((postage, 1), offered=by_wallet(None)))
    with_one = shop.statements(lambda: shop.sell((postage, 1), offered=by_wallet("8N7A6K2")))
    assert len(with_one) == len(without) + 1


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_of_fifty_tills_with_one_number_one_is_paid() -> None:
    postage, cashier = shop.a_service(), shop.a_cashier()

    def sell() -> str | None:
        try:
            return shop.sell((postage, 1), offered=by_wallet("8N7A6K2"), by=cashier).sale.invoice_no
        finally:
            connection.close()

    answers = at_once(*[sell] * 50)
    assert [type(answer) for answer in answers].count(Conflict) == 49
    assert Sale.objects.completed().count() == Payment.objects.count() == 1
    books_agree()
