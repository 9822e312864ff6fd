"""A form of the back office is booked once, however often it is sent."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Store, User
from catalog.models import Brand
from conftest import at_the_office
from inventory.products import remove_product
from ledger import parties
from ledger.expenses import Spending, record_expense
from ledger.models import Expense, RepeatingExpense
from ledger.posting import Line
from ledger.till_models import Till
from pos_project.core.days import today
from pos_project.core.models import IdempotentRequest
from pos_project.tests import shop
from pos_project.tests.page_forms import Fields, form_of, opened
from reports.reconciliation.reconcile import reconcile
from sales.customer_payments import CUSTOMER_DUES

pytestmark = pytest.mark.django_db

RENT = {"title": "Rent", "amount": "60", "method": "cash"}


def said(office: Client) -> str:
    """What the next page says of what was done."""
    shown = office.get(reverse("admin:ledger_expense_changelist"))
    return " ".join(str(each) for each in messages.get_messages(shown.wsgi_request))


def dues() -> tuple[str, Fields]:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("50"), 1), customer=rahim, offered=shop.on_credit())
    page = reverse("admin:sales_customer_receive_payment", args=[rahim.pk])
    return page, {"amount": "20", "method": "cash"}


def pay_supplier() -> tuple[str, Fields]:
    delta, shirt = shop.a_supplier(), shop.a_product()
    shop.buy((shirt, 5, "8"), supplier=delta, offered=shop.on_credit())
    return reverse("admin:purchasing_supplier_pay", args=[delta.pk]), {
        "amount": "20",
        "method": "cash",
    }


def expense() -> tuple[str, Fields]:
    return reverse("admin:ledger_expense_add"), RENT


def delivery() -> tuple[str, Fields]:
    delta, shirt = shop.a_supplier(), shop.a_product(sku="TS-1")
    assert shirt
    return reverse("admin:purchasing_purchase_add"), {
        "supplier": delta.pk,
        "method": "cash",
        "paid": "10",
        "form-0-sku": "TS-1",
        "form-0-quantity": "5",
        "form-0-cost_price": "8",
    }


def manual_entry() -> tuple[str, Fields]:
    return reverse("admin:ledger_journalentry_add"), {
        "memo": "Owner",
        "form-0-account": "CASH",
        "form-0-debit": "5",
        "form-1-account": "LOANS",
        "form-1-credit": "5",
    }


def opening_balances() -> tuple[str, Fields]:
    return reverse("admin:ledger_journalentry_opening_balances"), {
        "form-0-account": "CASH",
        "form-0-debit": "5",
    }


def count_one() -> tuple[str, Fields]:
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    return reverse("admin:catalog_product_count_stock", args=[shirt.pk]), {"counted": "9"}


def refund() -> tuple[str, Fields]:
    sale = shop.sell((shop.a_service(), 3)).sale
    page = reverse("admin:sales_sale_refund_lines", args=[sale.pk])
    return page, {f"line_{sale.items.get().pk}": "1", "reason": "No", "method": "cash"}


def last_refund() -> tuple[str, Fields]:
    """Nothing is left to come back when the form comes a second time."""
    page, typed = refund()
    return page, {name: "3" if name.startswith("line") else value for name, value in typed.items()}


def completion() -> tuple[str, Fields]:
    held = shop.hold((shop.a_service(), 1))
    return reverse("admin:sales_sale_complete", args=[held.pk]), {"method": "cash", "paid": "5"}


def cancellation() -> tuple[str, Fields]:
    return reverse("admin:sales_sale_cancel", args=[shop.hold((shop.a_service(), 1)).pk]), {}


def expense_reversal() -> tuple[str, Fields]:
    assert at_the_office(User.objects.get(role="manager")).post(*expense()).status_code == 302
    page = reverse("admin:ledger_expense_reverse", args=[Expense.objects.get().pk])
    return page, {"reason": "Twice"}


def entry_reversal() -> tuple[str, Fields]:
    entry = shop.post_by_hand(Line("CASH", debit=Decimal(5)), Line("LOANS", credit=Decimal(5)))
    return reverse("admin:ledger_journalentry_reverse", args=[entry.pk]), {"reason": "Wrong"}


def adjustment_reversal() -> tuple[str, Fields]:
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    moved = shop.adjust(shirt, -1)
    return reverse("admin:inventory_inventorylog_reverse", args=[moved.pk]), {"reason": "Found"}


def purchase_reversal() -> tuple[str, Fields]:
    bought = shop.buy((shop.a_product(), 5, "8"))
    return reverse("admin:purchasing_purchase_reverse", args=[bought.pk]), {"reason": "Wrong"}


def lock() -> tuple[str, Fields]:
    day = today() - timedelta(days=40)
    return reverse("admin:ledger_periodlock_add"), {"locked_through": str(day), "reason": "Audit"}


def customer() -> tuple[str, Fields]:
    return reverse("admin:sales_customer_add"), {"name": "Karim", "status": "active"}


def supplier() -> tuple[str, Fields]:
    return reverse("admin:purchasing_supplier_add"), {"name": "Delta"}


def brand() -> tuple[str, Fields]:
    return reverse("admin:catalog_brand_add"), {"name": "Acme"}


def product() -> tuple[str, Fields]:
    return reverse("admin:catalog_product_add"), {
        "name": "Lamp",
        "sku": "L-1",
        "price": "5",
        "opening_stock": "3",
        "unit_cost": "2",
    }


def brand_removal() -> tuple[str, Fields]:
    return reverse("admin:catalog_brand_remove", args=[Brand.objects.create(name="Acme").pk]), {}


def product_removal() -> tuple[str, Fields]:
    """Archived, for it was in stock: what is left is written off once."""
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    return reverse("admin:catalog_product_remove", args=[shirt.pk]), {}


def product_return() -> tuple[str, Fields]:
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    remove_product(shirt.pk, by=User.objects.get(role="manager"))
    return reverse("admin:catalog_product_restore", args=[shirt.pk]), {}


def customer_removal() -> tuple[str, Fields]:
    return reverse("admin:sales_customer_remove", args=[shop.a_customer().pk]), {}


def customer_return() -> tuple[str, Fields]:
    rahim = shop.a_customer()
    shop.sell((shop.a_service(), 1), customer=rahim)
    parties.remove(CUSTOMER_DUES, rahim.pk, by=User.objects.get(role="manager"))
    return reverse("admin:sales_customer_restore", args=[rahim.pk]), {}


def till_removal() -> tuple[str, Fields]:
    till = Till.objects.create(store=Store.objects.get(), name="Front")
    return reverse("admin:ledger_till_remove", args=[till.pk]), {}


def ending() -> tuple[str, Fields]:
    manager = User.objects.get(role="manager")
    record_expense(Spending("Rent", Decimal(60), repeats=True), by=manager)
    return reverse(
        "admin:ledger_repeatingexpense_end_it", args=[RepeatingExpense.objects.get().pk]
    ), {}


def closing_days() -> tuple[str, Fields]:
    shop.sell((shop.a_service(), 1), at=timezone.now() - timedelta(days=3))
    shop.sell((shop.a_service(), 1))
    return reverse("admin:ledger_dayseal_close_days"), {}


def account() -> tuple[str, Fields]:
    return reverse("admin:ledger_ledgeraccount_add"), {
        "number": "6500",
        "name": "Car",
        "kind": "expense",
    }


FORMS = [
    *(dues, pay_supplier, expense, delivery, manual_entry, opening_balances, count_one),
    *(refund, last_refund, completion, cancellation, expense_reversal, entry_reversal),
    *(adjustment_reversal, purchase_reversal, lock),
    *(customer, supplier, brand, product, account, ending, closing_days),
    *(brand_removal, product_removal, product_return, customer_removal, customer_return),
    till_removal,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_form_sent_twice_is_booked_once_and_shows_the_first_result(
    office: Client, form: Callable[[], tuple[str, Fields]]
) -> None:
    page, typed = form()
    typed = {**opened(office, page), **typed}
    assert typed["form_key"]

    first = office.post(page, typed)
    assert first.status_code == 302, form_of(first)
    told = said(office)
    after = shop.everything()
    second = office.post(page, typed)

    assert second.status_code == 302
    assert second["Location"] == first["Location"] or "was added" in said(office)
    kept = {"django_session", "django_admin_log"}
    assert {name: rows for name, rows in shop.everything().items() if name not in kept} == {
        name: rows for name, rows in after.items() if name not in kept
    }
    assert told
    assert IdempotentRequest.objects.count() == 1


def test_the_second_sending_says_so_and_what_the_first_came_to(office: Client) -> None:
    page, typed = expense()
    typed = {**opened(office, page), **typed}
    office.post(page, typed)
    first = said(office)

    office.post(page, typed)

    assert said(office) == f"This form was sent before; it counts once. {first}"


def test_the_answer_that_a_form_keeps_is_one_that_reconcile_knows(office: Client) -> None:
    """It leads on, where an answer of the API says 2xx."""
    page, typed = expense()
    office.post(page, {**opened(office, page), **typed})
    assert IdempotentRequest.objects.get().status == 302
    [verdict] = reconcile(["I19"])
    assert verdict.holds


def test_a_form_opened_anew_is_another_one(office: Client) -> None:
    page, typed = expense()
    for _ in range(2):
        assert office.post(page, {**opened(office, page), **typed}).status_code == 302
    assert Expense.objects.count() == 2


def test_a_sent_form_that_was_changed_asks_before_it_is_a_second_one(office: Client) -> None:
    """Whoever goes back and changes the amount may mean to correct what is booked already."""
    page, typed = expense()
    typed = {**opened(office, page), **typed}
    office.post(page, typed)

    asked = office.post(page, {**typed, "amount": "70"})
    assert "This form was sent before, with something else" in asked.content.decode()
    assert Expense.objects.count() == 1

    again = form_of(asked)
    assert again["amount"] == "70"
    assert again["form_key"] != typed["form_key"]
    assert office.post(page, again).status_code == 302
    assert Expense.objects.count() == 2


def test_a_refused_form_is_sent_again_under_its_key(office: Client) -> None:
    page, typed = expense()
    typed = {**opened(office, page), **typed}

    refused = office.post(page, {**typed, "amount": "0"})
    assert not Expense.objects.exists()
    assert form_of(refused)["form_key"] == typed["form_key"]

    assert office.post(page, {**form_of(refused), "amount": "60"}).status_code == 302
    assert Expense.objects.count() == 1


def test_a_key_is_of_use_to_nobody_else(office: Client, admin: User) -> None:
    page, typed = expense()
    typed = {**opened(office, page), **typed}
    office.post(page, typed)

    at_the_office(admin).post(page, typed)

    assert Expense.objects.count() == 2
    assert IdempotentRequest.objects.count() == 1


def test_many_counted_products_are_adjusted_once(office: Client) -> None:
    shirt = shop.a_product(sku="TS-1")
    shop.stock(shirt, 10)
    page = reverse("admin:inventory_inventorylog_count_stock")
    typed = {**opened(office, page), "form-0-sku": "TS-1", "form-0-counted": "7", "reason": "C"}
    compared = form_of(office.post(page, typed))

    assert office.post(page, compared).status_code == 302
    assert office.post(page, compared).status_code == 302

    assert shop.stock_of(shirt) == 7
    assert "This form was sent before" in said(office)


def test_a_form_without_a_key_is_no_error(office: Client) -> None:
    """A page of before an upgrade may still be open."""
    page, typed = expense()
    shown = opened(office, page)
    del shown["form_key"]
    assert office.post(page, {**shown, **typed}).status_code == 302
    assert Expense.objects.count() == 1
