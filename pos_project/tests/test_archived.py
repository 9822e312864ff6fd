"""What was removed and kept for its history has a list, and comes back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import people
from accounts.models import User
from catalog.models import Product
from conftest import at_the_office, make_user
from pos_project.tests import shop
from purchasing.models import Supplier
from sales.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(admin: User) -> Client:
    return at_the_office(admin)


def a_traded_product() -> Product:
    shirt = shop.a_product(name="Blue T-Shirt", sku="TS-001", status="active")
    shop.stock(shirt, 1)
    return shirt


def a_customer_who_bought() -> Customer:
    rahim = shop.a_customer()
    shop.sell((shop.a_service(), 1), customer=rahim)
    return rahim


def a_supplier_who_brought() -> Supplier:
    delta = shop.a_supplier()
    shop.stock(shop.a_product(), 1, supplier=delta)
    return delta


def a_seller() -> User:
    seller = make_user("staff", email="sela@shop.example", username="sela", name="Sela")
    shop.buy((shop.a_product(), 1, 1), by=seller)
    return seller


KINDS = [
    ("catalog/product", a_traded_product),
    ("sales/customer", a_customer_who_bought),
    ("purchasing/supplier", a_supplier_who_brought),
    ("accounts/user", a_seller),
]
each_kind = pytest.mark.parametrize(("pages", "made"), KINDS, ids=[kind for kind, _ in KINDS])


@each_kind
def test_it_is_listed_and_comes_back_as_it_was(
    pages: str, made: Callable[[], Any], desk: Client
) -> None:
    row = made()
    columns = {"archived_at", "updated_at", "updated_by_id", "pin"}
    before = {name: value for name, value in vars(row).items() if name not in columns}
    listed = f"/admin/{pages}/archived/"
    assert "Nothing is archived" in desk.get(listed, follow=True).content.decode()
    desk.post(f"/admin/{pages}/{row.pk}/remove/", follow=True)
    assert row.name not in desk.get(f"/admin/{pages}/").content.decode()

    found = desk.get(listed, {"q": row.name.lower()}, follow=True).content.decode()
    assert f'href="/admin/{pages}/{row.pk}/restore/"' in found
    missed = desk.get(listed, {"q": "nobody"}, follow=True).content.decode()
    assert "Nothing is archived that is called" in missed
    answer = desk.post(f"/admin/{pages}/{row.pk}/restore/", follow=True)

    assert f"{row.name} is back." in answer.content.decode()
    again = type(row).objects.get(pk=row.pk)
    assert again.archived_at is None
    after = vars(again)
    assert {name: after[name] for name in before if not name.startswith("_")} == {
        name: value for name, value in before.items() if not name.startswith("_")
    }
    assert desk.get(f"/admin/{pages}/{row.pk}/restore/").status_code == 404


@pytest.mark.parametrize(
    ("pages", "made", "twin", "said"),
    [
        (
            "catalog/product",
            a_traded_product,
            lambda: shop.a_product(sku=" ts-001 "),
            "A product with this SKU exists.",
        ),
        (
            "accounts/user",
            a_seller,
            lambda: make_user("staff", email="SELA@shop.example"),
            "E-mail or username is taken",
        ),
        (
            "accounts/user",
            a_seller,
            lambda: make_user("staff", email="other@shop.example", username="Sela"),
            "E-mail or username is taken",
        ),
    ],
    ids=["SKU", "e-mail", "username"],
)
def test_it_stays_archived_while_another_has_its_name(
    pages: str, made: Callable[[], Any], twin: Callable[[], Any], said: str, desk: Client
) -> None:
    row = made()
    desk.post(f"/admin/{pages}/{row.pk}/remove/")
    twin()

    answer = desk.post(f"/admin/{pages}/{row.pk}/restore/")

    assert said in answer.content.decode()
    assert type(row).objects.get(pk=row.pk).archived_at is not None


def test_a_removal_that_is_sent_twice_says_that_it_was(desk: Client) -> None:
    page = f"/admin/catalog/product/{a_traded_product().pk}/remove/"
    desk.post(page)

    again = desk.post(page, follow=True).content.decode()

    assert "It was removed already." in again
    assert desk.get(page).status_code == 404
    assert desk.get("/admin/catalog/product/shirt/remove/").status_code == 404


def test_a_user_who_comes_back_signs_in_again_but_has_no_pin(admin: User) -> None:
    seller = a_seller()
    seller.role = "manager"
    seller.save()
    people.change_own_pin(seller, "a-good-password", "482913")
    people.remove_user(seller.pk, by=admin, at=seller.created_at)

    back = people.restore_user(seller.pk, by=admin)

    assert (back.is_active, back.pin, back.email_key) == (True, "", "sela@shop.example")
    assert User.objects.get_by_natural_key("Sela@shop.example") == back


def test_people_are_brought_back_by_admins_alone(office: Client, admin: User) -> None:
    seller = a_seller()
    people.remove_user(seller.pk, by=admin, at=seller.created_at)

    assert office.get("/admin/accounts/user/archived/", follow=True).status_code == 403
    assert office.post(f"/admin/accounts/user/{seller.pk}/restore/").status_code == 403
    seller.refresh_from_db()
    assert seller.archived_at is not None


def test_the_list_costs_the_same_for_one_row_as_for_thirty(desk: Client, queries: Any) -> None:
    def page() -> Any:
        return desk.get("/admin/sales/customer/archived/", follow=True)

    page()
    a_customer_who_bought().archive()
    one = len(queries(page))
    for _ in range(24):
        shop.a_customer().archive()
    assert len(queries(page)) == one
