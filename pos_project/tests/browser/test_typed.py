"""What people type is neither thrown away nor taken for something else: in a real browser."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Product
from ledger.models import Expense
from pos_project.tests import shop
from pos_project.tests.browser.back_office import Office, at_the_desk, needs_chromium
from purchasing.models import Purchase

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]


def back(office: Office) -> None:
    with office.page.expect_navigation():
        office.page.go_back()


def test_enter_in_a_price_of_the_list_saves_it(manager: User, live_server: Any) -> None:
    for sku in ("A", "B"):
        shop.a_product("10", sku=sku, name=f"Product {sku}")

    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/catalog/product/")
        office.page.locator("[name=_selected_action]").last.check()  # an action could be run now
        office.fill(**{"form-0-price": "12"})
        office.page.locator("[name=form-0-price]").press("Enter")
        office.reads("1 product was changed successfully.")
        expect(office.page.locator("[name=form-0-price]")).to_have_value("12.00")

    assert dict(Product.objects.values_list("sku", "price")) == {"A": 12, "B": 10}


def test_back_from_a_refusal_finds_what_was_typed(manager: User, live_server: Any) -> None:
    delta = shop.a_supplier(name="Delta")
    shop.a_product(sku="TS-1")
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/purchasing/purchase/add/")
        office.pick("supplier", "Delta")
        office.fill(paid="40", **{"form-0-sku": "TS-1", "form-0-quantity": "5"})
        office.fill(**{"form-0-cost_price": "8"})
        office.press("Add a line")
        office.fill(**{"form-5-sku": "NO-SUCH", "form-5-quantity": "1", "form-5-cost_price": "1"})
        office.press("Receive")
        office.reads("There is no product with this SKU.")
        back(office)
        expect(office.page.locator("[name=form-5-sku]")).to_have_value("NO-SUCH")
        expect(office.page.locator("[name=paid]")).to_have_value("40")
        office.reads("Delta", "Total 41.00")
        office.fill(**{"form-5-sku": "", "form-5-quantity": "", "form-5-cost_price": ""})
        office.press("Receive")
        office.reads("received.")

    assert (Purchase.objects.get().supplier, Purchase.objects.get().paid_amount) == (delta, 40)


def test_a_form_that_is_opened_anew_is_empty(manager: User, live_server: Any) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        page = f"{office.address}/admin/ledger/expense/add/"
        office.page.goto(page)
        office.fill(title="Rent", amount="60", description="4111 1111 1111 1111")
        office.press("Record")
        office.reads("No card numbers here, please")
        office.page.goto(page)
        expect(office.page.locator("[name=title]")).to_have_value("")


def test_back_to_a_booked_form_and_sending_it_again_books_nothing(
    manager: User, live_server: Any
) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/ledger/expense/add/")
        office.fill(title="Rent", amount="60")
        office.press("Record")
        office.reads("booked on")
        back(office)
        expect(office.page.locator("[name=title]")).to_have_value("Rent")
        office.press("Record")
        office.reads("This form was sent before; it counts once.")

    assert Expense.objects.get().amount == Decimal(60)


def test_a_session_that_ends_while_typing_loses_nothing(manager: User, live_server: Any) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/ledger/expense/add/")
        office.fill(title="Rent", amount="60")
        office.page.context.clear_cookies(name="sessionid")
        office.press("Record")
        office.fill(username=manager.email, password="a-good-password")
        office.page.keyboard.press("Enter")
        office.reads("You had been signed out, so nothing was saved.")
        expect(office.page.locator("[name=title]")).to_have_value("Rent")
        office.press("Record")
        office.reads("booked on")

    assert Expense.objects.get().title == "Rent"
    assert Session.objects.count() == 2
