"""The home page of the back office."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from ledger.expenses import Spending, record_expense
from pos_project.core.back_office.ranges import RANGES, before
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.report_pages import address, opened, rows_of

pytestmark = pytest.mark.django_db


def test_home_leads_to_lists_that_add_up_to_its_tiles(office: Client) -> None:
    yesterday = today() - timedelta(days=1)
    shirt = shop.a_product("20.00")
    shop.buy((shirt, 9, "8.00"), offered=shop.on_credit(), invoice="PO-3", on=yesterday)
    shop.sell((shirt, 2), at=at_noon(yesterday))
    shop.sell((shirt, 1), customer=shop.a_customer(), offered=shop.on_credit())
    shop.sell((shop.a_service("7.00"), 1), offered=shop.by_method("card", 7))
    record_expense(Spending("Tea", Decimal(12)), by=shop.a_cashier())
    home = office.get(reverse("admin:index"))
    tiles = {card.title: card for _, cards in home.context["groups"] for card in cards}

    expected = {
        "Sales today": ("27.00", 4),
        "Sales yesterday": ("40.00", 4),
        "Sales this month": ("67.00", 4),
        "Expected cash": ("28.00", -1),
        "To collect": ("20.00", -1),
        "To pay": ("72.00", -1),
        "Stock value": ("48.00", -1),
    }
    for title, (amount, cell) in expected.items():
        assert tiles[title].value.endswith(f"\u00a0{amount}"), tiles[title]
        assert rows_of(opened(office, tiles[title].link))[-1][cell] == amount, title
    profit = tiles["Operating profit this month"]
    [row] = [row for row in rows_of(opened(office, profit.link)) if "Operating profit" in row]
    assert profit.value.endswith(f"\u00a0{row[2]}")
    assert [row["name"] for row in home.context["takings"]] == ["Cash", "Card", "Total"]
    for row in home.context["takings"]:
        for amount, link in row["amounts"]:
            listed = office.get(link).context["cl"].queryset
            paid = sum(each.amount for each in listed)
            assert amount.endswith(f"\u00a0{paid:,.2f}")


def test_home_compares_the_month_with_the_same_days_of_the_last(office: Client) -> None:
    now = today()
    month = RANGES["this_month"].of(now)
    same_days = before(month, "this_month")
    shop.sell((shop.a_service("20.00"), 1), at=at_noon(same_days.first))
    shop.sell((shop.a_service("500.00"), 1), at=at_noon(same_days.first - timedelta(days=1)))
    shop.sell((shop.a_service("30.00"), 1))

    page = opened(office, reverse("admin:index"))

    assert f"+50.0 % on {same_days.first:%d %b} to {same_days.last:%d %b}" in page


def test_home_colours_what_needs_somebody(office: Client) -> None:
    def moods() -> dict[str, str]:
        groups = office.get(reverse("admin:index")).context["groups"]
        return {card.title: card.mood for _, cards in groups for card in cards if card.mood}

    assert moods() == {}
    shirt = shop.a_product()
    shop.hold((shop.a_service(), 1))
    for days in (1, 2):
        shop.sell((shop.a_service(), 1), at=at_noon(today() - timedelta(days=days)))

    assert moods() == {
        "Days not closed": "alarm",
        "Out of stock": "alarm",
        "Parked sales": "warning",
    }
    assert shop.stock_of(shirt) == 0


def test_thirty_days_are_thirty(office: Client) -> None:
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(today() - timedelta(days=30)))
    shop.sell((shop.a_service("7.00"), 1), at=at_noon(today() - timedelta(days=29)))

    home = office.get(reverse("admin:index"))

    assert home.context["days"] == 30
    assert [row["revenue"].split()[-1] for row in home.context["best"]] == ["7.00"]
    listed = rows_of(opened(office, address("sales-by-day"), range="last_30_days"))
    assert listed[-1][4] == "7.00"
