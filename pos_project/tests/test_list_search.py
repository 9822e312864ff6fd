"""The search of the lists of the back office finds what a join would find, without one."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from conftest import at_the_office
from inventory.models import InventoryLog
from ledger.models import Payment
from pos_project.core.back_office import list_search
from pos_project.core.back_office.list_search import found
from pos_project.tests import shop
from sales.models import Customer, Sale

pytestmark = pytest.mark.django_db

OF_PAYMENTS = ("reference_no__istartswith", "customer__name", "supplier__name")


@pytest.fixture
def traded() -> None:
    for name in ("Rahim Uddin", "Karim Uddin", 'Anna "Q" Rahimova'):
        shop.sell((shop.a_service(), 1), customer=shop.a_customer(name=name))
    shop.buy((shop.a_product(name="Tea 100%"), 2, "1.00"), supplier=shop.a_supplier())


def parties(words: str) -> set[str]:
    rows = found(Payment.objects.all(), OF_PAYMENTS, words).select_related("customer", "supplier")
    return {str(row.customer or row.supplier) for row in rows}


@pytest.mark.parametrize("most", [0, 1_000], ids=["asked for", "named"])
def test_a_row_is_found_by_whose_it_is(
    traded: None, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more fit than are named in a question, it asks for them itself: to the same end."""
    monkeypatch.setattr(list_search, "MOST_NAMED", most)

    assert parties("rahim") == {"Rahim Uddin", 'Anna "Q" Rahimova'}
    assert parties("rahim uddin") == {"Rahim Uddin"}
    assert parties('"karim udd"') == {"Karim Uddin"}
    assert parties("DELTA") == {"Delta Textiles"}
    assert parties("nobody") == set()
    assert parties("%") == set()


def test_a_document_is_found_by_how_its_number_begins(traded: None) -> None:
    numbers = [sale.invoice_no for sale in Sale.objects.order_by("id")]
    fields = ("invoice_no__istartswith", "customer__name", "customer__phone")

    [one] = found(Sale.objects.all(), fields, str(numbers[1]).lower())
    assert one.invoice_no == numbers[1]
    assert not found(Sale.objects.all(), fields, str(numbers[1])[1:])


def test_goods_are_found_by_name_and_sku(traded: None) -> None:
    fields = ("product__name", "product__sku", "reference__istartswith")

    assert [log.product.name for log in found(InventoryLog.objects.all(), fields, "100%")] == [
        "Tea 100%"
    ]


def test_a_search_joins_no_history(traded: None, manager: User, queries: Any) -> None:
    client = at_the_office(manager)
    page = reverse("admin:ledger_payment_changelist")

    sent = queries(lambda: client.get(page, {"q": "rahim"}))

    assert not [sql for sql in sent if "JOIN" in sql and "customers" in sql]
    assert Customer.objects.count() == 3
