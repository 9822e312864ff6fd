"""What a file of products writes: what it says, by the rules of the API, once, all or nothing."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry
from catalog.models import Brand, Product
from pos_project.tests import invariants, shop
from pos_project.tests.page_forms import Fields, form_of

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/product/"


def sent(office: Client, *rows: str) -> Any:
    file = SimpleUploadedFile("products.csv", "\n".join(rows).encode())
    return office.post(f"{LIST}import/", {"import_file": file, "format": "0"})


def confirmation(office: Client, *rows: str) -> Fields:
    """The form below a preview without errors."""
    typed = form_of(sent(office, *rows))
    assert "import_file_name" in typed, "the file has errors"
    return typed


def confirm(office: Client, typed: Fields) -> str:
    """What is said afterwards."""
    answer = office.post(f"{LIST}process_import/", typed, follow=True)
    assert answer.status_code == 200
    return " ".join(str(each) for each in messages.get_messages(answer.wsgi_request)) + (
        answer.content.decode()
    )


def imported(office: Client, *rows: str) -> str:
    return confirm(office, confirmation(office, *rows))


def state(product: Product) -> dict[str, Any]:
    columns = Product.objects.values().get(pk=product.pk)
    return {name: value for name, value in columns.items() if name != "updated_at"}


def test_a_price_list_changes_prices_and_nothing_else(office: Client) -> None:
    acme = Brand.objects.create(name="Acme")
    gone = shop.a_product("10", sku="G", status="inactive", unit="kg", brand=acme, description="x")
    haircut = shop.a_service()
    shop.sell((haircut, 1))
    before = {each.pk: state(each) for each in (gone, haircut)}

    imported(office, "sku,price", "G,12", f"{haircut.sku},6")

    assert state(gone) == {**before[gone.pk], "price": Decimal(12)}
    assert state(haircut) == {**before[haircut.pk], "price": Decimal(6)}


def test_an_empty_cell_leaves_what_is_there(office: Client) -> None:
    acme = Brand.objects.create(name="Acme")
    shirt = shop.a_product("10", sku="T", status="inactive", unit="kg", brand=acme, description="x")
    before = state(shirt)

    imported(
        office,
        "sku,name,price,brand,category,unit,description,status,keeps_stock",
        "T,, ,,,,,,",
        "N,New,5,,,,,,",
    )

    assert state(shirt) == before
    new = Product.objects.get(sku="N")
    assert (new.unit, new.status, new.keeps_stock) == ("pcs", "active", True)


def test_a_new_product_needs_a_name_and_a_price(office: Client) -> None:
    page = sent(office, "sku,name,price", "A,,5", "B,Lamp,", "C,,").content.decode()

    assert page.count("The name is missing.") == 2
    assert page.count("The price is missing.") == 2


@pytest.mark.parametrize("goods", [True, False])
def test_goods_in_stock_stay_goods_and_sold_services_services(office: Client, goods: bool) -> None:
    if goods:
        product = shop.a_product("5", sku="P")
        shop.stock(product, 7)
    else:
        product = shop.a_service()
        shop.sell((product, 1))

    page = sent(office, "sku,keeps_stock", f"{product.sku},{int(not goods)}").content.decode()

    assert "A product that was bought, sold or counted stays what it is." in page
    assert Product.objects.get().keeps_stock is goods
    invariants.books_agree()


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("price", "99999999999", "is no price"),
        ("price", "-1", "is no price"),
        ("status", "asleep", "is not a valid choice"),
        ("description", "x" * 10_001, "no more than 10000 characters"),
        ("name", "x" * 256, "at most 255 characters"),
        ("unit", "x" * 21, "at most 20 characters"),
        ("keeps_stock", "maybe", "maybe is neither yes nor no."),
    ],
)
def test_the_limits_are_those_of_the_api(office: Client, column: str, cell: str, said: str) -> None:
    shop.a_product("5", sku="P")

    page = sent(office, f"sku,{column}", f"P,{cell}").content.decode()

    assert said in page
    assert "catalog_product" not in page


def test_a_preview_writes_nothing(office: Client) -> None:
    shop.a_product("5", sku="P")
    before = shop.everything()

    confirmation(office, "sku,name,price", "P,Lamp,6", "Q,Rug,7")

    kept = {"django_session"}
    after = {name: rows for name, rows in shop.everything().items() if name not in kept}
    assert after == {name: rows for name, rows in before.items() if name not in kept}


def test_a_confirmed_import_counts_once_and_says_what_it_came_to(office: Client) -> None:
    shop.a_product("5", sku="P")
    typed = confirmation(office, "sku,name,price", "P,Lamp,6", "Q,Rug,7")

    first = confirm(office, typed)
    assert "Import finished: 1 new, 1 changed, 0 as they were." in first
    Product.objects.filter(sku="P").update(price=Decimal(8))
    second = confirm(office, typed)

    assert "This form was sent before; it counts once. Import finished: 1 new" in second
    assert dict(Product.objects.values_list("sku", "price")) == {"P": 8, "Q": 7}
    assert AuditEntry.objects.filter(changes__has_key="price").count() == 3


def test_a_file_that_is_gone_is_said(office: Client) -> None:
    typed = confirmation(office, "sku,name,price", "Q,Rug,7")
    confirm(office, typed)

    said = confirm(office, {**typed, "form_key": ""})

    assert "The file was imported already, or is not kept any more." in said


def test_a_row_that_fits_no_more_imports_nothing(office: Client) -> None:
    product = shop.a_product("5", sku="P")
    typed = confirmation(office, "sku,name,price,keeps_stock", "Q,Rug,7,1", "P,Lamp,6,0")
    shop.stock(product, 7)

    said = confirm(office, typed)

    assert "Row 3: A product that was bought, sold or counted stays what it is." in said
    assert "Nothing was imported." in said
    assert dict(Product.objects.values_list("sku", "price")) == {"P": 5}
    # The key stays free: the same form may be sent again once it fits.
    shop.adjust(product, -7)
    assert "stays what it is" in confirm(office, typed)
