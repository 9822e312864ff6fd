"""What people type otherwise is found, and what looks the same is the same, on every database."""

from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from catalog.codes import products_by_code
from catalog.models import Product
from conftest import at_the_office
from inventory.products import create_product
from ledger.expenses import Spending, record_expense
from pos_project.core.back_office.list_search import found
from pos_project.core.db.search_text import fill_search_text
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.images.pictures import PictureChange
from pos_project.core.written_text import searchable, visible
from pos_project.tests import shop
from pos_project.tests.examples import examples
from sales.models import Customer

COMPOSED, DECOMPOSED = "পাহাড\u09bcি কলা", "পাহাড়ি কলা".replace("\u09a1\u09bc", "\u09dc")
UPC, EAN = "012345678905", "0012345678905"


def names(api: APIClient, path: str, words: str) -> list[str]:
    answer = api.get(path, {"search": words, "sort": "name", "order": "asc"})
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["data"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        ("ÄPFEL", "äpfel"),
        ("ЧАЙ чёрный", "чай Чёр"),
        ("Café crème", "cafe CREME"),
        ("Cafe", "café"),
        ("Straße", "STRASSE"),
        ("৭ আপ ৫০০", "7 আপ 500"),
        ("7 Up", "৭ up"),
        ("Soft\u00adener", "softener"),
        ("Green  tea", "green tea"),
        ("ＦＵＬＬ width", "full WIDTH"),
        ("100% juice", "0%"),
        ("under_score", "r_s"),
    ],
)
def test_a_product_is_found_as_people_type_it(as_admin: APIClient, name: str, typed: str) -> None:
    assert COMPOSED != DECOMPOSED
    shop.a_product(name=name, sku="A")
    shop.a_product(name="Something else", sku="B")

    assert names(as_admin, "/api/products", typed) == [name]
    assert [p.name for p in found(Product.objects.all(), ["search_text"], typed)] == [name]


@pytest.mark.django_db
@pytest.mark.parametrize("held", [UPC, EAN, UPC.lstrip("0")])
@pytest.mark.parametrize("scanned", [UPC, EAN, "০১২৩৪৫৬৭৮৯০৫"])
def test_a_product_is_found_by_the_upc_and_by_the_ean_that_holds_it(
    as_admin: APIClient, held: str, scanned: str
) -> None:
    product = shop.a_product(name="Cola", sku=held)

    assert names(as_admin, "/api/products", scanned) == ["Cola"]
    if held != UPC.lstrip("0"):  # what a spreadsheet made of it is no code of a till
        assert products_by_code([scanned]) == {scanned: product}


@pytest.mark.django_db
def test_a_scanned_code_means_the_product_that_has_just_it() -> None:
    short, long = shop.a_product(sku=UPC), shop.a_product(sku=EAN)

    assert products_by_code([UPC, EAN, "4006381333931", None]) == {UPC: short, EAN: long}


@pytest.mark.django_db
@pytest.mark.parametrize("held", ["+880 1711-223344", "01711223344", "8801711 223344"])
@pytest.mark.parametrize(
    "typed",
    [
        "01711-223344",
        "+8801711223344",
        "008801711223344",
        "8801711223344",
        "(+880) 1711 223344",
        "০১৭১১২২৩৩৪৪",
        "1711 22",
        "3344",
    ],
)
def test_a_phone_is_found_in_every_spelling(
    as_admin: APIClient, admin: User, held: str, typed: str
) -> None:
    shop.a_customer(name="Rahim", phone=held)
    shop.a_customer(name="Karim", phone="01811 556677")

    assert names(as_admin, "/api/customers", typed) == ["Rahim"]
    page = at_the_office(admin).get("/admin/sales/customer/", {"q": typed})
    assert [row.name for row in page.context["cl"].result_list] == ["Rahim"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "typed"),
    [
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        ("Чай для гостей", "ЧАЙ"),
        ("ÖL", "öl"),
        ("Rent 5", "rent ৫"),
    ],
)
def test_titles_of_history_are_found_too(
    as_admin: APIClient, admin: User, title: str, typed: str
) -> None:
    for each in (title, "Something else"):
        record_expense(Spending(each, Decimal(5)), by=admin)

    found_titles = as_admin.get("/api/expenses", {"search": typed}).json()["data"]
    assert [row["title"] for row in found_titles] == [title]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "field", "typed"),
    [
        ("/api/products", "price", "১২"),
        ("/api/products", "stock", "৫"),
        ("/api/customers", "phone", "০১৭১১২২৩৩৪৪"),
        ("/api/customers", "birthday", "১৯৮৫-১১-০৫"),
        ("/api/expenses", "amount", "৫"),
        ("/api/expenses", "expense_date", "২০২৬-০৮-০৩"),
    ],
)
def test_the_api_takes_digits_as_the_contract_has_them(
    as_admin: APIClient, path: str, field: str, typed: str
) -> None:
    body = {"name": "Tea", "sku": "A", "price": 1, "title": "Rent", "amount": 5, field: typed}
    answer = as_admin.post(path, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.django_db
def test_a_page_in_other_digits_is_no_page(as_admin: APIClient) -> None:
    for number in range(3):
        shop.a_customer(name=f"Rahim {number}")

    assert as_admin.get("/api/customers?limit=1&page=২").json()["page"] == 1
    assert as_admin.get("/api/customers?limit=২&page=1").json()["limit"] != 2
    assert as_admin.get("/api/customers/১/details").status_code in (400, 404)


@pytest.mark.django_db
def test_names_sort_alike_on_every_database(as_admin: APIClient, office: Any) -> None:
    in_order = ["apple", "Banana", "Éclair", "eclair 2", "Zebra", "আম", "কলা"]
    for name in reversed(in_order):
        shop.a_product(name=name, sku=name)
        shop.a_customer(name=name)

    assert names(as_admin, "/api/products?limit=20", "") == in_order
    assert names(as_admin, "/api/customers?limit=20", "") == in_order
    for page in ("/admin/catalog/product/", "/admin/catalog/product/?o=2"):
        shown = office.get(page).context["cl"].result_list
        assert [row.name for row in shown] == in_order


@pytest.mark.django_db
def test_what_is_searched_by_follows_every_way_to_save() -> None:
    customer = shop.a_customer(name="Rahim", phone="0171-22")
    assert customer.search_text == "rahim\n\n017122"

    customer.name = "Karim"
    customer.save(update_fields=["name"])
    customer.sector = "tea"
    customer.save(update_fields=["sector"])
    Customer.objects.bulk_create([Customer(name="Salma", email="S@x.example")])

    kept = Customer.objects.order_by("id").values_list("search_text", flat=True)
    assert list(kept) == ["karim\n\n017122", "salma\ns@x.example\n"]


# --- What nobody sees ---

INVISIBLE = ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200d", "\u202e", "\ufe0f", "\U000e0041"]


@pytest.mark.django_db
@pytest.mark.parametrize("unseen", INVISIBLE)
def test_invisible_characters_make_no_other_code(as_admin: APIClient, unseen: str) -> None:
    shop.a_product(sku="TEA-1")
    body = {"name": "Tea", "price": 1, "sku": f"TEA{unseen}-1"}
    assert as_admin.post("/api/products", body).status_code == 409

    nothing = as_admin.post("/api/products", {**body, "sku": unseen})
    assert (nothing.status_code, list(nothing.json()["errors"])) == (400, ["sku"])
    assert as_admin.post("/api/brands", {"name": unseen}).status_code == 400
    assert as_admin.post("/api/customers", {"name": unseen}).status_code == 400


@pytest.mark.django_db
def test_the_use_case_itself_refuses_a_code_that_nobody_sees(admin: User) -> None:
    fields = {"name": "Tea", "price": 1, "sku": "\u200b"}
    with pytest.raises(Invalid, match="nothing that is seen"):
        create_product(fields, opening=None, picture=PictureChange(), by=admin)
    create_product({**fields, "sku": "a\u200bb"}, opening=None, picture=PictureChange(), by=admin)
    with pytest.raises(Conflict):
        create_product({**fields, "sku": "AB"}, opening=None, picture=PictureChange(), by=admin)


# --- The spellings themselves ---


@examples(300)
@given(st.text(max_size=40))
def test_a_spelling_is_spelt_once(text: str) -> None:
    assert searchable(searchable(text)) == searchable(text)
    assert key_of(key_of(text)) == key_of(text)


@examples(200)
@given(st.text(st.characters(categories=["L", "M", "N", "P", "Zs"]), max_size=20))
def test_a_name_is_found_in_capitals_and_in_small_letters(text: str) -> None:
    for typed in (text.upper(), text.lower(), text.swapcase()):
        if typed.casefold() == text.casefold():
            assert searchable(typed) == searchable(text)


def test_what_is_seen_stays() -> None:
    assert visible("রহিম চা 5\u00a0kg – „Tee“ ☕") == "রহিম চা 5\u00a0kg – „Tee“ ☕"


# --- Shops that are there already ---


@pytest.mark.django_db
def test_a_migration_spells_what_is_there_and_tells_twins_apart() -> None:
    migration = import_module("catalog.migrations.0003_search_text")
    unseen, twin = shop.a_product(sku="A\u200bB"), shop.a_product(sku="C\u200bD")
    shop.a_product(sku="CD2")
    plain(twin, sku_key="c\u200bd")
    plain(unseen, sku_key="a\u200bb", search_text="")
    Product.objects.filter(sku="CD2").update(sku="CD", sku_key="cd")

    migration.without_what_nobody_sees(apps, None)
    fill_search_text("catalog", "product", of=("name", "sku")).code(apps, None)

    keys = dict(Product.objects.values_list("sku", "sku_key"))
    assert keys == {"A\u200bB": "ab", "C\u200bD": "c\u200bd", "CD": "cd"}
    assert set(Product.objects.values_list("search_text", flat=True)) == {
        f"{searchable(name)}\n{searchable(sku)}"
        for name, sku in Product.objects.values_list("name", "sku")
    }


def plain(product: Product, **columns: str) -> None:
    Product.objects.filter(pk=product.pk).update(**columns)
