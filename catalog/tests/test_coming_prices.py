"""A price from a day on: it is planned, and holds from the first sale of that day."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from catalog.coming_prices import begin_prices, plan_prices
from catalog.models import ComingPrice, Product
from catalog.prices import Change, PriceRule, preview
from inventory.products import remove_product
from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)
LIST = "/admin/catalog/product/"


def plan(product: Product, price: str, *, in_days: int = 1) -> None:
    prices = preview([product], PriceRule(Change.TO, Decimal(price)))
    plan_prices(prices, today() + timedelta(days=in_days), by=shop.a_cashier())


def price_of(product: Product) -> str:
    return str(Product.objects.get(pk=product.pk).price)


def test_a_planned_price_waits_for_its_day() -> None:
    shirt = shop.a_product("19.99")
    plan(shirt, "17.99")

    assert begin_prices() == 0
    assert price_of(shirt) == "19.99"
    with time_machine.travel(datetime.now().astimezone() + TOMORROW):
        assert begin_prices() == 1
        assert begin_prices() == 0, "once"
    assert price_of(shirt) == "17.99"
    assert not ComingPrice.objects.exists()


def test_of_several_that_have_begun_the_latest_holds() -> None:
    shirt = shop.a_product("19.99")
    plan(shirt, "15.00", in_days=3)
    plan(shirt, "17.00", in_days=2)
    plan(shirt, "16.00", in_days=2)
    plan(shirt, "9.00", in_days=30)

    with time_machine.travel(datetime.now().astimezone() + 5 * TOMORROW):
        begin_prices()

    assert price_of(shirt) == "15.00"
    assert ComingPrice.objects.get().price == Decimal("9.00")


@pytest.mark.parametrize("in_days", [0, -1])
def test_a_price_is_planned_for_a_day_ahead(in_days: int) -> None:
    with pytest.raises(Invalid):
        plan(shop.a_product(), "1", in_days=in_days)


def test_a_removed_product_keeps_its_price_and_loses_its_plans() -> None:
    gone, sold = shop.a_product(), shop.a_product("19.99")
    shop.stock(sold, 1)
    for product in (gone, sold):
        plan(product, "1")
        remove_product(product.pk, by=shop.a_cashier())

    with time_machine.travel(datetime.now().astimezone() + TOMORROW):
        assert begin_prices() == 0
    assert price_of(sold) == "19.99"
    assert not ComingPrice.objects.exists()


def test_it_costs_the_same_to_look_for_one_as_for_thirty(queries: Any) -> None:
    plan(shop.a_product(), "1", in_days=9)
    one = queries(begin_prices)
    for product in shop.many_products(30):
        plan(product, "2", in_days=9)
    assert len(queries(begin_prices)) == len(one)


# --- When the day has come ---


def test_nightly_puts_it_into_effect() -> None:
    shirt = shop.a_product("19.99")
    plan(shirt, "17.99")
    with time_machine.travel(datetime.now().astimezone() + TOMORROW):
        call_command("nightly", stdout=StringIO())
    assert price_of(shirt) == "17.99"


def test_so_does_the_first_request_of_the_day_and_no_other_costs_a_statement(
    as_staff: APIClient, queries: Any
) -> None:
    shirt = shop.a_product("19.99")
    plan(shirt, "17.99")
    url = f"/api/products/{shirt.pk}"
    before = queries(lambda: as_staff.get(url))

    with time_machine.travel(datetime.now().astimezone() + TOMORROW):
        # (who signed in yesterday has to sign in again; the price is there all the same)
        as_staff.get(url)
        assert price_of(shirt) == "17.99"

    assert not [each for each in before if "coming_prices" in each]
    entry = AuditEntry.objects.filter(changes__has_key="price").latest("id")
    assert entry.changes["price"] == ["19.99", "17.99"]


# --- The page ---


def asked(*products: Product, **more: str) -> dict[str, Any]:
    chosen = {"action": "change_prices", "_selected_action": [each.pk for each in products]}
    rule = {"change": "percent", "by": "10", "step": "0.01", "seen": "", "from_day": str(today())}
    return {**chosen, **rule, **more}


def test_lines_can_be_left_out(office: Client) -> None:
    shirt, cap = shop.a_product("10.00", name="Shirt"), shop.a_product("20.00", name="Cap")
    seen = office.post(LIST, asked(shirt, cap)).context["seen"]

    office.post(LIST, {**asked(shirt, cap, seen=seen), "take": [str(cap.pk)]})

    assert (price_of(shirt), price_of(cap)) == ("10.00", "22.00")


def test_the_preview_has_the_change_and_the_margin(office: Client) -> None:
    shirt = shop.a_product("10.00")
    shop.stock(shirt, 3, "5.00")
    page = office.post(LIST, asked(shirt, ending="0.99")).content.decode()
    for shown in ("10.00", "10.99", "9.90%", "54.50%"):
        assert f">{shown}<" in page


def test_prices_are_planned_from_the_page_and_shown_on_the_products_own(office: Client) -> None:
    shirt = shop.a_product("10.00")
    tomorrow = str(today() + TOMORROW)
    seen = office.post(LIST, asked(shirt, from_day=tomorrow)).context["seen"]

    done = office.post(
        LIST, {**asked(shirt, from_day=tomorrow, seen=seen), "take": [str(shirt.pk)]}, follow=True
    )

    assert f"1 prices begin on {today() + TOMORROW:%d-%m-%Y}." in done.content.decode()
    assert price_of(shirt) == "10.00"
    page = office.get(f"{LIST}{shirt.pk}/change/").content.decode()
    assert f"from {today() + TOMORROW:%d-%m-%Y}" in page


def test_what_was_planned_can_be_forgotten(office: Client) -> None:
    shirt, cap = shop.a_product("10.00"), shop.a_product("20.00")
    plan(shirt, "1")
    plan(cap, "2")

    office.post(LIST, {"action": "forget_planned_prices", "_selected_action": [str(shirt.pk)]})

    assert ComingPrice.objects.get().product == cap


def test_with_no_line_ticked_nothing_is_done(office: Client) -> None:
    shirt = shop.a_product("10.00")
    seen = office.post(LIST, asked(shirt)).context["seen"]
    answer = office.post(LIST, asked(shirt, seen=seen))
    assert "No line is ticked." in answer.content.decode()
    assert price_of(shirt) == "10.00"
