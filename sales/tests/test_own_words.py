"""What a sale was told stays as it was, whatever is renamed, switched off or deleted later."""

from decimal import Decimal

import pytest

from accounts.models import Store, User
from catalog.models import TaxRate
from catalog.unique_names import change_named, remove_named
from ledger.chart_models import PaymentMethod
from ledger.models import Payment
from pos_project.core.days import today
from pos_project.tests import shop
from reports.statements.day_report import day_reports
from sales.models import Sale
from sales.tax_by_rate import tax_by_rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier() -> User:
    return shop.a_cashier()


def rate(name: str, percent: str) -> TaxRate:
    return TaxRate.objects.create(name=name, rate=Decimal(percent))


def a_sale(price: str = "100.00", **order: object) -> Sale:
    product = shop.a_service(price)
    return shop.sell((product, 1), **order).sale


def by_rate() -> dict[tuple[str | None, str], str]:
    """(name, percent) → tax collected."""
    rows = tax_by_rate(today(), today())
    return {(row.name, str(row.rate)): str(row.collected) for row in rows}


def test_two_rates_of_the_same_percentage_are_told_apart() -> None:
    food, books = rate("Food", "4"), rate("Books", "4")
    a_sale(tax_rate_id=food.pk)
    a_sale("50.00", tax_rate_id=books.pk)

    assert by_rate() == {("Food", "4.00"): "4.00", ("Books", "4.00"): "2.00"}


def test_a_sale_whose_tax_comes_to_nothing_is_of_its_rate_like_the_others() -> None:
    vat = rate("VAT", "15")
    a_sale(tax_rate_id=vat.pk)
    a_sale("0.03", tax_rate_id=vat.pk)

    [row] = tax_by_rate(today(), today())

    assert (row.name, row.sales, row.taxable, row.collected) == (
        "VAT",
        2,
        Decimal("100.03"),
        Decimal("15.00"),
    )


def test_a_rate_that_is_renamed_changed_or_deleted_moves_no_sale_of_before() -> None:
    vat, duty = rate("VAT", "15"), rate("Duty", "2.5")
    a_sale(tax_rate_id=vat.pk)
    a_sale(tax_rate_id=duty.pk)
    before = by_rate()
    change_named(TaxRate, vat.pk, {"name": "Value added tax", "rate": Decimal("17.50")})
    remove_named(TaxRate, duty.pk)

    assert by_rate() == before == {("VAT", "15.00"): "15.00", ("Duty", "2.50"): "2.50"}


def test_tax_sent_as_an_amount_keeps_the_rate_that_explains_it() -> None:
    """On whole numbers too, which one of the databases would divide as integers."""
    vat = rate("VAT", "15")
    whole, odd = a_sale("20.00", tax=Decimal("3.00")), a_sale("19.99", tax=Decimal("3.00"))
    by_hand = a_sale("20.00", tax=Decimal("1.23"))
    vat.delete()

    assert [each.tax_rate_name for each in (whole, odd, by_hand)] == ["VAT", "VAT", None]
    assert by_rate() == {("VAT", "15.00"): "6.00", (None, "None"): "1.23"}


def test_a_sale_of_no_tax_has_no_rate() -> None:
    rate("VAT", "15")
    a_sale()

    assert by_rate() == {(None, "0.00"): "0.00"}


def test_a_held_sale_keeps_the_rate_it_was_held_with() -> None:
    vat = rate("VAT", "15")
    held = shop.hold((shop.a_service("100.00"), 1), tax_rate_id=vat.pk)
    vat.delete()
    shop.complete(held, shop.cash(120))

    assert by_rate() == {("VAT", "15.00"): "15.00"}


def test_a_sale_keeps_who_bought_it_and_in_which_currency() -> None:
    rahim = shop.a_customer(name="Rahim")
    sale = a_sale(customer=rahim)
    rahim.name = "Rahim & Sons"
    rahim.save()
    Store.objects.update(currency_sign="€")
    sale.refresh_from_db()

    assert (sale.customer_name, sale.currency_sign) == ("Rahim", "৳")


def test_a_sale_keeps_what_was_laid_on_the_counter_and_given_back(cashier: User) -> None:
    product = shop.a_service("19.98")
    cash = shop.sell((product, 1), offered=shop.cash("50")).sale
    split = shop.sell((product, 1), offered=shop.split(card="10", cash="20")).sale
    held = shop.complete(shop.hold((product, 1)), shop.cash("20")).sale

    assert [
        (str(sale.tendered_amount), str(sale.change_amount))
        for sale in Sale.objects.filter(pk__in=[cash.pk, split.pk, held.pk]).order_by("id")
    ] == [("50.00", "30.02"), ("30.00", "10.02"), ("20.00", "0.02")]


def test_a_delivery_keeps_what_the_supplier_was_called() -> None:
    acme = shop.a_supplier(name="Acme")
    bought = shop.buy((shop.a_product(), 1, "5.00"), supplier=acme)
    acme.name = "Acme Ltd."
    acme.save()
    bought.refresh_from_db()

    assert bought.supplier_name == "Acme"


def test_payments_and_expenses_keep_what_their_method_was_called() -> None:
    shop.a_days_work()
    PaymentMethod.objects.filter(code="cash").update(name="Till")

    assert "Cash" in set(Payment.objects.values_list("method_name", flat=True))
    assert not Payment.objects.filter(method_name="Till").exists()


def test_the_day_is_reported_and_payments_are_reversed_when_cash_is_not_taken_any_more() -> None:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.pay_dues(rahim, 30)
    shop.retire("cash")
    shop.undo_payment(Payment.objects.get())
    [report] = day_reports(today(), today())

    assert (report.drawer.received, report.drawer.paid) == (30, 30)
    assert set(Payment.objects.values_list("method_name", flat=True)) == {"Cash"}
