"""Two people have the same form open: each writes what they changed, nobody what the other did."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from model_bakery import baker

from accounts import people
from accounts.models import Store, User
from catalog.models import Brand, Category, Product, TaxRate
from conftest import at_the_office, make_user
from ledger.chart_models import LedgerAccount, PaymentMethod
from pos_project.tests import shop
from pos_project.tests.page_forms import form_of, opened
from purchasing.models import Supplier
from sales.models import Customer

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/product/"


def a_row(model: type[Model]) -> Any:
    """A row of master data, with what its use case would have given it."""
    if model is User:
        return make_user("staff", name="Farid")
    if model in (Customer, Supplier, Product):
        made = {Customer: shop.a_customer, Supplier: shop.a_supplier, Product: shop.a_product}
        return made[model]()
    if model is Store:
        return Store.objects.get()
    if model in (LedgerAccount, PaymentMethod):
        return model._default_manager.get(pk="BANK" if model is LedgerAccount else "bkash")
    extra: dict[str, Any] = {"rate": Decimal(15)} if model is TaxRate else {}
    return baker.make(model, name="First", **extra)


def page_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


# model → what this person changes, and what somebody else changed meanwhile
CHANGES = [
    (Product, {"name": "Mine"}, {"price": Decimal("7.77"), "description": "Theirs"}),
    (Product, {"price": "7.77"}, {"status": "inactive", "brand": "brand"}),
    (Customer, {"phone": "01711000009"}, {"status": "banned", "notes": "Theirs"}),
    (Supplier, {"city": "Dhaka"}, {"name": "Theirs", "verify": True}),
    (Brand, {"description": "Mine"}, {"name": "Theirs"}),
    (Category, {"name": "Mine"}, {"is_active": False}),
    (TaxRate, {"name": "Mine"}, {"rate": Decimal("7.50")}),
    (User, {"phone": "01711000009"}, {"status": "banned", "role": "manager"}),
    (Store, {"phone": "01711000009"}, {"receipt_footer": "Theirs", "price_changers": "admins"}),
    (LedgerAccount, {"name": "Mine"}, {"number": "1999"}),
    (PaymentMethod, {"name": "Mine"}, {"is_active": False}),
]


@pytest.mark.parametrize(("model", "mine", "theirs"), CHANGES)
def test_saving_a_form_leaves_what_others_changed_meanwhile(
    admin: User, model: type[Model], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    office, row = at_the_office(admin), a_row(model)
    if theirs.get("brand"):
        theirs = {**theirs, "brand": baker.make(Brand, name="Acme")}
    typed = {**opened(office, page_of(row)), **mine}
    model._default_manager.filter(pk=row.pk).update(**theirs)

    assert office.post(page_of(row), typed).status_code == 302

    row.refresh_from_db()
    assert {name: getattr(row, name) for name in theirs} == theirs
    assert {name: str(getattr(row, name)) for name in mine} == mine


@pytest.mark.parametrize(
    ("model", "name", "mine", "theirs", "said"),
    [
        (Product, "price", "7.77", Decimal("21.00"), "was 19.99 when you opened it and is 21.00"),
        (Customer, "status", "inactive", "banned", "was Active when you opened it and is Banned"),
        (Supplier, "phone", "01711000009", "01811000008", "is 01811000008 by now"),
        (Brand, "name", "Mine", "Theirs", "was First when you opened it and is Theirs"),
        (Category, "name", "Mine", "Theirs", "is Theirs by now"),
        (TaxRate, "rate", "20", Decimal("7.50"), "was 15.00 when you opened it and is 7.50"),
        (User, "role", "manager", "admin", "was Staff when you opened it and is Admin"),
        (Store, "receipt_footer", "Mine", "Theirs", "is Theirs by now"),
        (LedgerAccount, "name", "Mine", "Theirs", "is Theirs by now"),
        (PaymentMethod, "name", "Mine", "Theirs", "is Theirs by now"),
    ],
)
def test_what_both_changed_is_refused_shows_both_and_goes_through_when_it_is_sent_again(
    admin: User, model: type[Model], name: str, mine: str, theirs: Any, said: str
) -> None:
    office, row = at_the_office(admin), a_row(model)
    typed = {**opened(office, page_of(row)), name: mine}
    model._default_manager.filter(pk=row.pk).update(**{name: theirs})

    refused = office.post(page_of(row), typed)

    assert said in refused.content.decode()
    row.refresh_from_db()
    assert getattr(row, name) == theirs
    again = form_of(refused)
    assert again[name] == mine
    assert office.post(page_of(row), again).status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, name)) in (mine, f"{mine}.00")


def test_what_both_changed_alike_is_no_clash(office: Client) -> None:
    shirt = shop.a_product("19.99")
    typed = {**opened(office, page_of(shirt)), "price": "21"}

    assert office.post(page_of(shirt), typed).status_code == 302
    assert office.post(page_of(shirt), typed).status_code == 302

    assert Product.objects.get().price == Decimal("21.00")


def test_a_brand_is_told_by_its_name(office: Client) -> None:
    acme, best = baker.make(Brand, name="Acme"), baker.make(Brand, name="Best")
    shirt = shop.a_product()
    typed = {**opened(office, page_of(shirt)), "brand": acme.pk}
    Product.objects.update(brand=best)

    page = office.post(page_of(shirt), typed).content.decode()

    assert "This was empty when you opened it and is Best by now." in page
    assert "to put yours in its place: Acme." in page


def test_line_breaks_and_blanks_around_a_text_are_no_change(office: Client) -> None:
    """A browser ends lines otherwise than the API does."""
    rahim = shop.a_customer(notes="  one\ntwo ")
    typed = {**opened(office, page_of(rahim)), "notes": "one\r\ntwo\r\nthree"}

    assert office.post(page_of(rahim), typed).status_code == 302

    rahim.refresh_from_db()
    assert rahim.notes == "one\r\ntwo\r\nthree"


def test_a_value_that_is_refused_today_does_not_keep_others_from_being_changed(
    office: Client,
) -> None:
    rahim = shop.a_customer(phone="ask his brother")

    typed = {**opened(office, page_of(rahim)), "city": "Dhaka"}
    assert office.post(page_of(rahim), typed).status_code == 302

    rahim.refresh_from_db()
    assert (rahim.city, rahim.phone) == ("Dhaka", "ask his brother")


def test_users_who_edit_each_other_at_once_are_told(admin: User) -> None:
    """A manager who was blocked meanwhile stays blocked."""
    farid = make_user("manager", name="Farid")
    office = at_the_office(admin)
    typed = {**opened(office, page_of(farid)), "phone": "01711000009"}
    people.change_user(farid.pk, {"status": "banned"}, by=admin, at=farid.created_at)

    assert office.post(page_of(farid), typed).status_code == 302

    farid.refresh_from_db()
    assert (farid.status, farid.phone) == ("banned", "01711000009")


# --- The list in which prices are typed ---


def prices(typed: dict[str, Any], **changes: str) -> dict[str, Any]:
    """The list as it was shown, with other prices for some SKUs."""
    rows = {str(each.pk): each.sku for each in Product.objects.all()}
    number = {rows[typed[name]]: name.split("-")[1] for name in typed if name.endswith("-id")}
    new = {f"form-{number[sku]}-price": price for sku, price in changes.items()}
    return {**typed, **new, "_save": "1"}


def test_the_list_writes_the_prices_that_were_typed_and_no_others(office: Client) -> None:
    for sku in ("A", "B"):
        shop.a_product("10", sku=sku)
    typed = opened(office, LIST)
    Product.objects.filter(sku="B").update(price=Decimal(12))

    assert office.post(LIST, prices(typed, A="11")).status_code == 302

    assert dict(Product.objects.values_list("sku", "price")) == {"A": 11, "B": 12}


def test_a_price_of_the_list_that_moved_meanwhile_is_shown_beside_what_was_typed(
    office: Client,
) -> None:
    for sku in ("A", "B"):
        shop.a_product("10", sku=sku)
    typed = opened(office, LIST)
    Product.objects.filter(sku="B").update(price=Decimal(12))

    refused = office.post(LIST, prices(typed, A="11", B="13"))

    assert "This was 10.00 when you opened it and is 12.00 by now." in refused.content.decode()
    assert dict(Product.objects.values_list("sku", "price")) == {"A": 11, "B": 12}
    assert office.post(LIST, {**form_of(refused), "_save": "1"}).status_code == 302
    assert dict(Product.objects.values_list("sku", "price")) == {"A": 11, "B": 13}


@pytest.mark.parametrize("price", ["-1", "100000000", "99999999999", "1.005", "abc"])
def test_the_list_keeps_the_limits_of_the_api(office: Client, price: str) -> None:
    shop.a_product("10", sku="A")

    refused = office.post(LIST, prices(opened(office, LIST), A=price))

    assert refused.status_code == 200
    assert "catalog_product" not in refused.content.decode().replace("admin:catalog_product", "")
    assert Product.objects.get().price == 10
    assert form_of(refused)["form-0-price"] == price
