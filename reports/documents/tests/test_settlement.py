"""From a sale's total to what is still due, on the document itself; in the words of then."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Store
from catalog.models import TaxRate
from ledger.chart_models import PaymentMethod
from ledger.models import Payment
from pos_project.tests import shop
from reports.documents import html, sale_and_purchase
from reports.documents.document import Document, Sum

pytestmark = pytest.mark.django_db


def sums_of(sale: Any) -> list[Sum]:
    return list(sale_and_purchase.receipt(sale.pk).tables[0].sums)


def amounts(sums: list[Sum], *beginnings: str) -> Decimal:
    return sum((each.amount for each in sums if each.label.startswith(beginnings)), Decimal(0))


def on_credit(total: int, paid: int) -> Any:
    rahim = shop.a_customer()
    return shop.sell((shop.a_service(total), 1), customer=rahim, offered=shop.cash(paid)).sale


@pytest.mark.parametrize(
    ("paid", "cancelled", "out", "due"),
    [
        (0, "-100", "0", "0"),
        (30, "-70", "-30", "0"),
        (100, "0", "-100", "0"),
    ],
)
def test_a_refund_says_what_it_cancelled_of_the_due_and_what_it_paid_out(
    paid: int, cancelled: str, out: str, due: str
) -> None:
    sale = on_credit(100, paid)
    refund = shop.take_back(sale)

    sums = sums_of(sale)

    assert amounts(sums, f"Refund {refund.pk}") == Decimal("-100")
    assert amounts(sums, "of it due cancelled") == Decimal(cancelled)
    assert amounts(sums, "of it paid out, Cash") == Decimal(out)
    assert [each.amount for each in sums if each.label == "Still due"] == [Decimal(due)]


def test_what_is_paid_and_what_is_cancelled_lead_from_the_total_to_what_is_due() -> None:
    rahim, tea = shop.a_customer(), shop.a_product("10.00")
    shop.stock(tea, 20)
    shop.an_advance(rahim, 15)
    sale = shop.sell(
        (tea, 10), customer=rahim, offered=shop.cash(20, use_advance=True), tax=Decimal("5.00")
    ).sale
    shop.take_back(sale, shop.units_of(sale.items.get(), 2))
    shop.pay_dues(rahim, 12)
    shop.undo_payment(Payment.objects.get(amount=12))
    shop.pay_dues(rahim, 7)
    shop.take_back(sale, shop.units_of(sale.items.get(), 7))

    sums = sums_of(sale)

    settled = amounts(sums, "Paid") - amounts(sums, "of it due cancelled")
    assert amounts(sums, "Total") - settled == amounts(sums, "Still due")
    assert amounts(sums, "Refund") == amounts(sums, "of it")
    sale.refresh_from_db()
    assert amounts(sums, "Still due") == sale.due_amount


def test_what_was_tendered_and_the_change_stand_on_the_receipt() -> None:
    sale = shop.sell((shop.a_service("80.00"), 1), offered=shop.cash(100)).sale

    sums = {each.label: each.amount for each in sums_of(sale)}

    assert (sums["Paid, Cash"], sums["Tendered"], sums["Change"]) == (80, 100, 20)
    exact = shop.sell((shop.a_service("80.00"), 1), offered=shop.cash(80)).sale
    assert "Tendered" not in {each.label for each in sums_of(exact)}


def test_a_reprint_is_in_the_words_of_the_sale() -> None:
    vat = TaxRate.objects.create(name="VAT", rate=Decimal("7.50"))
    rahim = shop.a_customer(name="Rahim Uddin")
    sale = shop.sell((shop.a_service("100.00"), 1), customer=rahim, tax=Decimal("7.50")).sale

    TaxRate.objects.filter(pk=vat.pk).update(name="Other", rate=Decimal("9.00"))
    Store.objects.update(currency_sign="Tk")
    PaymentMethod.objects.filter(code="cash").update(name="Notes")
    rahim.name = "Renamed Traders"
    rahim.save(update_fields=["name"])

    document: Document = sale_and_purchase.receipt(sale.pk)
    labels = [each.label for each in document.tables[0].sums]
    assert "Tax, VAT (7.5 %)" in labels
    assert "Paid, Cash" in labels
    assert dict(document.facts)["Customer"] == "Rahim Uddin"
    assert "৳ 107.50" in html.render(document, pdf_url="/x")
