"""Ways through the back office: search, history, the door, and the pages that say no."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Product
from conftest import at_the_office
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def search(office: Client, words: str) -> Any:
    return office.get(reverse("find"), {"s": words})


def suggested(office: Client, words: str) -> list[str]:
    """The titles that the window of Ctrl+K offers."""
    page = office.get(reverse("find"), {"s": words, "extended": 1}).content.decode()
    return re.findall(r'data-title="(.*?)"', page)


# --- The search ---


def test_a_code_opens_its_product(office: Client) -> None:
    mug = shop.a_product(name="Mug", sku="012345678905")

    for code in ("012345678905", "0012345678905", "০১২৩৪৫৬৭৮৯০৫"):
        answer = search(office, code)
        assert answer["Location"] == reverse("admin:catalog_product_change", args=[mug.pk]), code


def test_products_people_documents_and_pages_are_found(office: Client) -> None:
    rahim, mug = shop.a_customer(name="Rahim Uddin"), shop.a_product(name="Rahima mug")
    shop.buy((mug, 9, "1.00"), invoice="PO-77")
    sale = shop.sell((mug, 2), customer=rahim).sale

    assert suggested(office, "rahim") == ["Rahima mug", "Rahim Uddin"]
    assert suggested(office, "PO-77") == ["PO-77"]
    assert suggested(office, str(sale.invoice_no)) == [str(sale.invoice_no)]
    assert suggested(office, "trial bal") == ["Trial balance"]
    assert suggested(office, "unpaid") == ["Unpaid invoices", "Unpaid bills"]
    assert suggested(office, "no such thing") == []
    assert "Nothing is called" in search(office, "no such thing").content.decode()


def test_people_are_found_by_admins_alone(office: Client, admin: User, manager: User) -> None:
    assert manager.name not in suggested(office, manager.name)
    assert manager.name in suggested(at_the_office(admin), manager.name)


def test_the_search_costs_the_same_however_much_is_found(
    office: Client, queries: Callable[..., list[str]]
) -> None:
    shop.a_customer(name="Tea 1")
    address = {"s": "tea", "extended": 1}
    one = len(queries(lambda: office.get(reverse("find"), address)))
    for number in range(9):
        shop.a_customer(name=f"Tea {number + 2}")
        shop.a_product(name=f"Tea {number + 2}")
    assert len(queries(lambda: office.get(reverse("find"), address))) == one <= 10


def test_goods_of_a_line_come_with_their_last_cost_and_stock(
    office: Client, queries: Callable[..., list[str]]
) -> None:
    cup = shop.a_product(name="Tea cup", sku="TC-1")
    shop.buy((cup, 4, "2.50"))
    shop.a_product(name="Tea pot", sku="TP-1")

    def asked(words: str) -> Any:
        return office.get(reverse("find-products"), {"q": words}).json()

    exact, named = asked("tc-1"), asked("tea")

    assert exact == {
        "exact": True,
        "products": [
            {
                "sku": "TC-1",
                "name": "Tea cup",
                "keeps_stock": True,
                "last_cost": "2.50",
                "stock": "4",
            }
        ],
    }
    assert [each["sku"] for each in named["products"]] == ["TC-1", "TP-1"]
    assert named["products"][1]["last_cost"] is None
    assert asked("nothing") == {"exact": False, "products": []}
    assert len(queries(lambda: asked("tea"))) == len(queries(lambda: asked("pot")))


@pytest.mark.parametrize("name", ["find", "find-products"])
def test_nobody_else_searches(name: str, staff: User) -> None:
    for client in (Client(), at_the_office(staff)):
        assert client.get(reverse(name), {"s": "a", "q": "a"}).status_code == 302


# --- The history of a row ---


def test_the_history_of_a_row_says_before_and_after(office: Client, manager: User) -> None:
    cap = shop.a_product("9.00", name="Cap")
    form = {name: getattr(cap, name) for name in ("name", "sku", "unit", "status")}
    page = reverse("admin:catalog_product_change", args=[cap.pk])
    office.post(page, {**form, "price": "11.00", "keeps_stock": "on"})

    told = office.get(reverse("admin:catalog_product_history", args=[cap.pk])).content.decode()

    assert "9.00 → 11.00" in told
    assert manager.name in told
    assert (
        reverse("admin:catalog_product_history", args=[cap.pk]) in office.get(page).content.decode()
    )


def test_a_long_history_costs_no_more_than_a_short_one(
    office: Client, queries: Callable[..., list[str]]
) -> None:
    cap = shop.a_product(name="Cap")
    page = reverse("admin:catalog_product_history", args=[cap.pk])
    cap.name = "Hat"
    cap.save()
    office.get(page)
    short = len(queries(lambda: office.get(page)))
    for number in range(5):
        cap.name = f"Hat {number}"
        cap.save()
    assert len(queries(lambda: office.get(page))) == short


def test_documents_do_not_change_and_offer_no_history(office: Client) -> None:
    sale = shop.sell((shop.a_service(), 1)).sale
    page = office.get(reverse("admin:sales_sale_change", args=[sale.pk])).content.decode()
    assert reverse("admin:sales_sale_history", args=[sale.pk]) not in page


# --- Pages that say no ---


def test_staff_are_told_at_the_door_that_their_account_works_at_the_till(staff: User) -> None:
    door = reverse("admin:login")
    right = Client().post(door, {"username": staff.email, "password": "a-good-password"})
    wrong = Client().post(door, {"username": staff.email, "password": "wrong"})

    assert "works at the till" in right.content.decode()
    assert "works at the till" not in wrong.content.decode()


def test_what_is_not_there_or_not_for_one_is_said_by_a_page_of_the_shop(
    office: Client, manager: User
) -> None:
    for address, status, said in (
        ("/admin/nothing/here/", 404, "There is no such page"),
        ("/nothing", 404, "There is no such page"),
        (reverse("admin:accounts_user_changelist"), 403, "signed in as The manager (Manager)"),
    ):
        answer = office.get(address)
        assert answer.status_code == status, address
        assert said in answer.content.decode(), address
        assert reverse("admin:index") in answer.content.decode()


def test_a_crash_and_a_form_of_another_session_have_pages_too(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = Client(enforce_csrf_checks=True)
    refused = guarded.post(reverse("admin:login"), {"username": "a", "password": "b"})
    assert (refused.status_code, "Send it again" in refused.content.decode()) == (403, True)

    office.raise_request_exception = False
    monkeypatch.setattr("pos_project.back_office.find._fitting", lambda *_: 1 / 0)
    crashed = search(office, "tea")
    assert (crashed.status_code, "Something went wrong" in crashed.content.decode()) == (500, True)


def test_whoever_signs_out_is_told_so(office: Client) -> None:
    answer = office.post(reverse("admin:logout"))
    assert "You are signed out" in answer.content.decode()


def test_no_link_that_a_manager_is_shown_leads_to_a_closed_door(office: Client) -> None:
    shop.a_days_work()
    pages, seen = [reverse("admin:index")], set()
    closed: dict[str, str] = {}
    while pages:
        page = pages.pop(0)
        answer = office.get(page)
        if answer.status_code == 403:
            closed[page] = "shown"
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        for link in re.findall(r'href="(/admin/[^"?#]*)', answer.content.decode()):
            kind = re.sub(r"/\d+/", "/0/", link)
            if kind not in seen and "logout" not in link and "/explain/" not in link:
                seen.add(kind)
                pages.append(link)
    assert len(seen) > 60
    assert not closed


def test_each_page_begins_with_a_way_past_the_side_bar(office: Client) -> None:
    for page in ("admin:index", "reports", "admin:sales_sale_changelist"):
        told = office.get(reverse(page)).content.decode()
        assert told.index('href="#content"') < told.index('id="nav-sidebar"')
        assert 'id="content"' in told


def test_a_product_that_was_removed_keeps_its_history(office: Client) -> None:
    cap = shop.a_product(name="Cap")
    Product.objects.filter(pk=cap.pk).update(archived_at=cap.created_at)
    assert office.get(reverse("admin:catalog_product_history", args=[cap.pk])).status_code == 200
