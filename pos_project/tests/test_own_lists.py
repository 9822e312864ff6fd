"""A list as each person wants it: its columns, and filters under a name."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.models import User
from conftest import at_the_office
from pos_project.core.days import at_noon, today
from pos_project.core.kept_lists import MOST_FILTERS
from pos_project.core.models import KeptList
from pos_project.core.period import ONE_DAY
from pos_project.tests import shop
from pos_project.tests.test_lists import lines_of, totals_of

pytestmark = pytest.mark.django_db
SALES = "/admin/sales/sale/"
PRODUCTS = "/admin/catalog/product/"


def columns_of(office: Client, page: str = SALES) -> list[str]:
    return lines_of(office.get(page, {"as": "csv"}))[0]


def show(office: Client, *names: str, page: str = SALES) -> Any:
    return office.post(page, {"own_list": "columns", "column": names}, follow=True)


def keep(office: Client, name: str, query: str = "?due=open", page: str = SALES) -> str:
    asked = {"own_list": "filters", "name": name}
    return str(office.post(page + query, asked, follow=True).content.decode())


def kept_links(office: Client) -> dict[str, str]:
    page = office.get(SALES).content.decode()
    found = re.findall(r'<span class="shop-kept"><a href="([^"]*)">(.*?)</a>', page)
    return {unescape(name): unescape(link) for link, name in found}


def test_columns_that_are_unticked_are_neither_on_the_page_nor_in_its_files(
    office: Client,
) -> None:
    shop.sell((shop.a_service(), 1))
    assert "Cashier" in columns_of(office)

    page = show(office, "total_amount", "when").content.decode()

    assert columns_of(office) == ["Number", "When", "Total"]
    assert "column-user" not in page
    assert re.search(r'value="user"> Cashier', page)


def test_columns_are_kept_for_each_person(office: Client, admin: User) -> None:
    show(office)

    assert "Cashier" in columns_of(at_the_office(admin))
    assert columns_of(office) == ["Number"]


def test_a_column_that_is_edited_in_the_list_stays(admin: User) -> None:
    office, shirt = at_the_office(admin), shop.a_product("10")

    page = show(office, page=PRODUCTS)

    shown = page.content.decode()
    assert shirt.name in shown
    assert "form-0-price" in shown
    assert "column-sku" not in shown


def test_filters_are_kept_under_a_name(office: Client, admin: User) -> None:
    shop.sell((shop.a_service("5.00"), 1))
    shop.sell((shop.a_service("7.00"), 1), customer=shop.a_customer(), offered=shop.on_credit())

    assert "Kept as To collect &amp; call." in keep(
        office, "  To  collect & call ", "?due=open&p=2&o=1"
    )

    [(name, link)] = kept_links(office).items()
    assert (name, link) == ("To collect & call", "?due=open")
    assert totals_of(office.get(SALES + link).content.decode())["Total"] == "7.00"
    assert kept_links(at_the_office(admin)) == {}


def test_this_month_is_always_this_month(office: Client, manager: User) -> None:
    shop.sell((shop.a_service("5.00"), 1))
    own = f"?business_date_from={today():%Y-%m}-02&business_date_to={today():%Y-%m}-03"
    [month] = re.findall(
        r'<a href="(\?[^"]*)"[^>]*>This month</a>', office.get(SALES).content.decode()
    )
    keep(office, "Month", unescape(month))
    keep(office, "Own", own)

    before = kept_links(office)
    with travel(at_noon(today().replace(day=28) + 10 * ONE_DAY)):
        later, first = kept_links(at_the_office(manager)), today().replace(day=1)

    assert unescape(month) == before["Month"]
    assert later["Month"].startswith(f"?business_date_from={first}&business_date_to=")
    assert later["Own"] == before["Own"] == own


def test_a_name_means_the_latest_filters_and_can_be_forgotten(office: Client) -> None:
    keep(office, "Mine")
    keep(office, "Mine", "?status__exact=completed")
    assert kept_links(office) == {"Mine": "?status__exact=completed"}

    office.post(SALES, {"own_list": "forget", "name": "Mine"})

    assert kept_links(office) == {}


def test_columns_outlive_the_forgetting_of_filters(office: Client) -> None:
    show(office)

    office.post(SALES, {"own_list": "forget", "name": ""})

    assert columns_of(office) == ["Number"]


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        (" ", "?due=open", "A name has 1 to 60 letters."),
        ("x" * 61, "?due=open", "A name has 1 to 60 letters."),
        ("None", "?o=1", "Choose filters first"),
        ("Long", f"?q={'x' * 2001}", "too long to be kept"),
    ],
)
def test_what_cannot_be_kept_says_why(office: Client, name: str, query: str, said: str) -> None:
    assert said in keep(office, name, query)
    assert not KeptList.objects.exists()


def test_days_that_nobody_knows_are_no_range(office: Client) -> None:
    keep(office, "Odd", "?business_date_days=ides")

    assert kept_links(office) == {"Odd": "?business_date_days=ides"}


def test_so_many_names_are_kept_for_a_list(office: Client) -> None:
    for number in range(MOST_FILTERS):
        keep(office, f"No. {number}")

    assert "forget one first" in keep(office, "One more")
    assert "Kept as No. 3." in keep(office, "No. 3")
    assert len(kept_links(office)) == MOST_FILTERS


def test_nobody_keeps_what_they_may_not_see(manager: User, staff: User) -> None:
    people = reverse("admin:accounts_user_changelist")
    asked = {"own_list": "columns"}

    assert at_the_office(manager).post(people, asked).status_code == 403
    assert at_the_office(staff).post(people, asked).status_code == 302
    assert not KeptList.objects.exists()


def test_a_list_asks_once_for_what_is_kept(
    office: Client, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    keep(office, "Mine")
    office.get(SALES)

    assert len([sql for sql in queries(lambda: office.get(SALES)) if "kept_lists" in sql]) == 1
