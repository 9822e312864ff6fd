"""What was typed outlives the session: it is shown after the sign-in, and not booked unasked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Product
from conftest import CLOCK, at_the_office
from ledger.models import Expense
from pos_project.core.models import IdempotentRequest
from pos_project.tests import shop
from pos_project.tests.page_forms import Fields, form_of, opened
from purchasing.models import Purchase
from sales.models import Customer

pytestmark = pytest.mark.django_db

EXPENSE = "/admin/ledger/expense/add/"
RENT = {"title": "Rent", "amount": "60", "method": "cash"}
PASSWORD = "a-good-password"


def end_session(office: Client) -> None:
    Session.objects.all().delete()


def sign_in(office: Client, answer: Any, user: User) -> Any:
    """Through the door to which the page led, and on to where it leads."""
    assert answer.status_code == 302
    door = answer["Location"]
    assert door.startswith("/admin/login/?next=")
    let_in = office.post(door, {"username": user.email, "password": PASSWORD})
    assert let_in.status_code == 302, let_in.content
    return office.get(let_in["Location"])


def sent_late(office: Client, page: str, typed: Fields) -> Any:
    shown = opened(office, page)
    end_session(office)
    return office.post(page, {**shown, **typed})


def test_a_form_whose_session_ended_comes_back_as_it_was_typed(
    office: Client, manager: User
) -> None:
    shown = sign_in(office, sent_late(office, EXPENSE, RENT), manager)

    assert "You had been signed out, so nothing was saved." in shown.content.decode()
    assert not Expense.objects.exists()
    typed = form_of(shown)
    assert {name: typed[name] for name in RENT} == RENT
    assert office.post(EXPENSE, typed).status_code == 302
    assert Expense.objects.get().title == "Rent"


def test_it_comes_back_once(office: Client, manager: User) -> None:
    sign_in(office, sent_late(office, EXPENSE, RENT), manager)

    assert opened(office, EXPENSE)["title"] == ""


def test_the_lines_of_a_delivery_come_back(office: Client, manager: User) -> None:
    delta = shop.a_supplier()
    shop.a_product(sku="TS-1")
    page = reverse("admin:purchasing_purchase_add")
    line = {"form-6-sku": "TS-1", "form-6-quantity": "5", "form-6-cost_price": "8"}
    typed = {"supplier": str(delta.pk), "method": "cash", "paid": "40", **line}

    late = sent_late(office, page, {**typed, "form-TOTAL_FORMS": "7"})
    back = form_of(sign_in(office, late, manager))

    assert {name: back[name] for name in typed} == typed
    assert not Purchase.objects.exists()
    assert office.post(page, back).status_code == 302
    assert Purchase.objects.get().paid_amount == 40


def test_the_page_of_a_row_and_the_price_list_come_back(office: Client, manager: User) -> None:
    rahim, shirt = shop.a_customer(), shop.a_product("10")
    page = f"/admin/sales/customer/{rahim.pk}/change/"

    back = form_of(sign_in(office, sent_late(office, page, {"city": "Dhaka"}), manager))
    assert back["city"] == "Dhaka"
    assert not Customer.objects.filter(city="Dhaka").exists()
    assert office.post(page, back).status_code == 302
    assert Customer.objects.filter(city="Dhaka").exists()

    prices = "/admin/catalog/product/"
    late = sent_late(office, prices, {"form-0-price": "12", "_save": "1"})
    back = form_of(sign_in(office, late, manager))
    assert back["form-0-price"] == "12"
    assert Product.objects.get().price == shirt.price
    assert office.post(prices, {**back, "_save": "1"}).status_code == 302
    assert Product.objects.get().price == 12


def test_an_action_is_not_run_by_signing_in(office: Client, manager: User) -> None:
    shirt = shop.a_product("10")
    chosen = {"action": "take_off_the_list", "index": "0", "_selected_action": str(shirt.pk)}

    shown = sign_in(office, sent_late(office, "/admin/catalog/product/", chosen), manager)

    assert shown.status_code == 302
    assert Product.objects.get().status == "active"


def test_nobody_else_sees_what_was_typed(office: Client, admin: User) -> None:
    shown = sign_in(office, sent_late(office, EXPENSE, RENT), admin)

    assert form_of(shown)["title"] == ""


def test_it_is_kept_for_an_hour(office: Client, manager: User) -> None:
    late = sent_late(office, EXPENSE, RENT)
    with time_machine.travel(CLOCK + timedelta(hours=2)):
        assert form_of(sign_in(office, late, manager))["title"] == ""


def test_no_password_is_kept(admin: User) -> None:
    office = at_the_office(admin)
    typed = {"name": "Farid", "email": "f@shop.example", "new_password": "secret-secret"}

    sent_late(office, "/admin/accounts/user/add/", typed)

    [kept] = [session.get_decoded() for session in Session.objects.all()]
    assert "Farid" in str(kept)
    assert "secret-secret" not in str(kept)


def test_strangers_have_nothing_kept() -> None:
    Client().post(EXPENSE, {**RENT, "form_key": "1.made-up:by:somebody"})

    assert not Session.objects.exists()


def test_a_form_from_before_the_last_sign_in_is_shown_again_not_forbidden(manager: User) -> None:
    """In another tab: its token went with the sign-in."""
    office = Client(enforce_csrf_checks=True)
    office.force_login(manager)
    typed = {**opened(office, EXPENSE), **RENT}
    office.cookies["csrftoken"] = "a" * 32

    answer = office.post(EXPENSE, typed)

    assert answer.status_code == 302
    back = form_of(office.get(answer["Location"]))
    assert back["title"] == "Rent"
    assert not Expense.objects.exists()
    assert office.post(EXPENSE, back).status_code == 302
    assert Expense.objects.count() == IdempotentRequest.objects.count() == 1


def test_a_form_without_a_token_or_a_session_is_forbidden(manager: User) -> None:
    office = Client(enforce_csrf_checks=True)
    assert office.post(EXPENSE, RENT).status_code == 403
    office.force_login(manager)
    assert office.post(EXPENSE, RENT).status_code == 403
