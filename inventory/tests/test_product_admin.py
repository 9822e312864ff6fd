"""Products in the back office: what a manager does there is what a till's request would do."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry, Store, User
from catalog.models import Brand, Product
from pos_project.core.days import today
from pos_project.tests import page_forms, shop

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/product/"


def page_of(product: Product) -> str:
    return f"{LIST}{product.pk}/change/"


def form_of(product: Product, **changes: Any) -> dict[str, Any]:
    return {
        "name": product.name,
        "sku": product.sku,
        "price": product.price,
        "unit": product.unit,
        "status": product.status,
        "keeps_stock": "on",
        **changes,
    }


def test_the_list_shows_stock_and_costs_the_same_for_one_as_for_sixty(
    office: Client, queries: Any
) -> None:
    shirt = shop.a_product(name="Blue shirt")
    shop.stock(shirt, 25)
    assert "25 pcs" in office.get(LIST).content.decode()
    one = len(queries(lambda: office.get(LIST)))
    shop.many_products(60)
    assert len(queries(lambda: office.get(LIST))) == one


def test_a_scanned_barcode_finds_the_product(office: Client) -> None:
    shop.a_product(name="Blue shirt", sku="TS-001")
    shop.a_product(name="Red cap", sku="CP-009")

    page = office.get(LIST, {"q": "ts-001"}).content.decode()

    assert "Blue shirt" in page
    assert "Red cap" not in page


def test_a_new_product_brings_its_opening_stock_into_the_books(office: Client) -> None:
    answer = office.post(
        f"{LIST}add/",
        {
            "name": "Wool Scarf",
            "sku": "WS-003",
            "price": "40.10",
            "unit": "pcs",
            "status": "active",
            "keeps_stock": "on",
            "opening_stock": "4",
            "unit_cost": "22",
        },
    )

    assert answer.status_code == 302, answer.content
    scarf = Product.objects.get(sku="WS-003")
    assert shop.shelf(scarf) == "4@22.00"
    assert scarf.created_by is not None


def test_a_price_changed_on_the_page_stands_in_its_history(office: Client, manager: User) -> None:
    shirt = shop.a_product("19.99")

    assert office.post(page_of(shirt), form_of(shirt, price="21.50")).status_code == 302

    assert Product.objects.get().price == Decimal("21.50")
    page = office.get(page_of(shirt)).content.decode()
    assert manager.name in page
    assert "21.50" in page


def test_prices_are_changed_in_the_list(office: Client) -> None:
    shirt = shop.a_product("19.99")

    answer = office.post(
        LIST,
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": shirt.pk,
            "form-0-price": "18.00",
            "_save": "Save",
        },
    )

    assert answer.status_code == 302
    assert Product.objects.get().price == Decimal("18.00")
    assert AuditEntry.objects.filter(changes__has_key="price", action=1).count() == 1


def test_a_taken_sku_is_refused_beside_its_field(office: Client) -> None:
    shop.a_product(sku="TS-001")
    cap = shop.a_product(sku="CP-009")

    page = office.post(page_of(cap), form_of(cap, sku="ts-001"))

    assert page.status_code == 200
    assert "A product with this SKU exists." in page.content.decode()


def test_a_picture_is_checked_and_shown(office: Client) -> None:
    shirt = shop.a_product()
    drawn = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(drawn, "PNG")

    bad = office.post(page_of(shirt), form_of(shirt, picture=SimpleUploadedFile("x.png", b"no")))
    assert "not a readable" in bad.content.decode()
    good = SimpleUploadedFile("x.png", drawn.getvalue())
    assert office.post(page_of(shirt), form_of(shirt, picture=good)).status_code == 302

    assert Product.objects.get().image_public_id
    assert "/media/pictures/" in office.get(page_of(shirt)).content.decode()


def test_a_count_adjusts_by_the_difference_to_what_was_shown(office: Client) -> None:
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    url = f"{LIST}{shirt.pk}/count/"
    assert "10 expected" in office.get(url).content.decode()

    answer = office.post(url, {"expected": "10", "counted": "9", "reason": "COUNT"})

    assert answer.status_code == 302
    assert shop.stock_of(shirt) == 9


@pytest.mark.parametrize("sold", [True, False])
def test_a_count_is_compared_again_where_goods_moved_since_it_was_shown(
    office: Client, sold: bool
) -> None:
    """Nobody knows whether they were counted before they went, or after."""
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    url = f"{LIST}{shirt.pk}/count/"
    typed = {**page_forms.opened(office, url), "counted": "10"}

    shop.sell((shirt, 2)) if sold else shop.stock(shirt, 2)
    now = 8 if sold else 12
    refused = office.post(url, typed)

    assert f"Stock moved since you looked: {shirt.name} (had 10, now {now})" in (
        refused.content.decode()
    )
    assert shop.stock_of(shirt) == now
    again = page_forms.form_of(refused)
    assert (again["expected"], again["counted"]) == (str(now), "10")
    assert office.post(url, again).status_code == 302
    assert shop.stock_of(shirt) == 10


def test_many_prices_change_after_a_preview(office: Client) -> None:
    products = shop.many_products(3)
    chosen = {"action": "change_prices", "_selected_action": [each.pk for each in products]}
    rule = {"change": "percent", "by": "10", "step": "0.05", "seen": "", "from_day": str(today())}

    preview = office.post(LIST, {**chosen, **rule})
    assert preview.status_code == 200
    assert set(Product.objects.values_list("price", flat=True)) == {Decimal("2.50")}
    done = office.post(
        LIST,
        {**chosen, **rule, "seen": preview.context["seen"], "take": chosen["_selected_action"]},
    )

    assert done.status_code == 302
    assert set(Product.objects.values_list("price", flat=True)) == {Decimal("2.75")}


def test_where_only_admins_may_change_prices_a_manager_cannot(office: Client) -> None:
    Store.objects.update(price_changers="admins")
    shirt = shop.a_product("19.99")

    office.post(page_of(shirt), form_of(shirt, price="1"))
    office.post(
        LIST,
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": shirt.pk,
            "form-0-price": "1",
            "_save": "Save",
        },
    )
    office.post(
        LIST,
        {"action": "change_prices", "_selected_action": shirt.pk, "change": "to", "by": "1"},
    )

    assert Product.objects.get().price == Decimal("19.99")
    assert office.get(f"{LIST}import/").status_code == 403


HEADER = "sku,name,price,brand,category,unit,description,status,keeps_stock"


def sent(office: Client, *rows: str) -> Any:
    text = "\n".join([HEADER, *rows]).encode()
    return office.post(
        f"{LIST}import/", {"import_file": SimpleUploadedFile("products.csv", text), "format": "0"}
    )


def test_an_import_shows_every_bad_row_at_once_and_writes_nothing(office: Client) -> None:
    page = sent(
        office,
        "A-1,Lamp,12.50,,,pcs,,active,1",
        "A-2,,12.50,,,pcs,,active,1",
        "A-3,Rug,cheap,,,pcs,,active,1",
        "A-4,Vase,9.99,Nobody's,,pcs,,active,1",
    )

    shown = page.content.decode()
    assert "The name is missing." in shown
    assert "cheap is no number" in shown
    assert "There is no brand named Nobody" in shown
    assert Product.objects.count() == 0


def test_an_import_adds_and_changes_by_sku_and_stands_in_the_audit(
    office: Client, manager: User
) -> None:
    shop.a_product("19.99", sku="TS-001", name="Blue shirt")
    Brand.objects.create(name="Acme")
    page = sent(office, "ts-001,Blue shirt,21.50,ACME,,pcs,,active,1", "A-1,Lamp,12.50,,,,,,")
    assert page.status_code == 200
    fields = page.context["confirm_form"].initial

    answer = office.post(f"{LIST}process_import/", fields)

    assert answer.status_code == 302, answer.content
    shirt, lamp = Product.objects.order_by("id")
    assert (shirt.price, shirt.brand) == (Decimal("21.50"), Brand.objects.get())
    assert (lamp.name, lamp.status, lamp.created_by) == ("Lamp", "active", manager)
    assert AuditEntry.objects.filter(actor=manager, changes__has_key="price").count() == 2


def test_an_export_is_safe_in_a_spreadsheet_and_stands_in_the_audit(office: Client) -> None:
    shop.a_product(name="=HYPERLINK(1)", sku="X-1")

    answer = office.post(f"{LIST}export/", {"format": "0", **EXPORTED})

    assert answer.status_code == 200
    assert b",=HYPERLINK" not in answer.content
    assert AuditEntry.objects.latest("pk").object_repr == "1 products as csv"


EXPORTED = {f"productresource_{name}": "on" for name in HEADER.split(",")} | {"resource": "0"}
