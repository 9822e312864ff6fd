"""Barcodes apart from the SKU: whichever of a product's codes is scanned, it is that product."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from catalog.codes import products_by_code
from catalog.models import Barcode, Product
from inventory.products import change_product, remove_product, restore_product
from pos_project.core.errors import Conflict
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import page_forms, shop

pytestmark = pytest.mark.django_db

UPC, EAN, GTIN = "036000291452", "0036000291452", "00036000291452"
ANOTHER = "4006381333931"


def give(product: Product, *codes: str) -> Product:
    return change_product(product.pk, {"barcodes": " ".join(codes)}, picture=PictureChange())


@pytest.mark.parametrize("scanned", [UPC, EAN, GTIN, "০৩৬০০০২৯১৪৫২", ANOTHER, "tea-1"])
def test_any_of_its_codes_is_the_product(scanned: str) -> None:
    tea = give(shop.a_product(sku="TEA-1"), UPC, ANOTHER)
    shop.a_product(sku="CUP-1")

    assert products_by_code([scanned]) == {scanned: tea}


def test_codes_are_looked_up_in_one_statement(queries: Any) -> None:
    tea = give(shop.a_product(sku="TEA-1"), UPC)
    cup = shop.a_product(sku=ANOTHER)
    found: dict[str, Product] = {}

    looked_up = queries(lambda: found.update(products_by_code([EAN, ANOTHER, "TEA-1", "no", None])))

    assert found == {EAN: tea, ANOTHER: cup, "TEA-1": tea}
    assert len(looked_up) == 1


@pytest.mark.parametrize("code", [UPC, EAN, GTIN])
def test_a_code_means_one_product_however_it_is_written(code: str) -> None:
    give(shop.a_product(name="Tea", sku="TEA-1"), EAN)
    with pytest.raises(Conflict, match="Tea has one of these codes already"):
        give(shop.a_product(sku="CUP-1"), ANOTHER, code)
    assert Barcode.objects.count() == 1


def test_a_barcode_is_no_other_products_sku_nor_the_other_way_round(as_staff: APIClient) -> None:
    tea = give(shop.a_product(name="Tea", sku="TEA-1"), EAN)
    cup = shop.a_product(name="Cup", sku=ANOTHER)

    with pytest.raises(Conflict, match="Cup has one of these codes"):
        give(tea, EAN, ANOTHER)
    new = as_staff.post("/api/products", {"name": "Pot", "sku": UPC, "price": 5})
    changed = as_staff.put(f"/api/products/{cup.pk}", {"sku": UPC})

    for answer in (new, changed):
        assert answer.status_code == 409
        assert answer.data["errors"] == {"sku": ["This SKU is the barcode of another product."]}
    assert Product.objects.count() == 2


def test_the_codes_of_a_removed_product_are_free_and_come_back_with_it() -> None:
    tea, by = give(shop.a_product(sku="TEA-1"), EAN), shop.a_cashier()
    shop.stock(tea, 1)
    remove_product(tea.pk, by=by)
    cup = give(shop.a_product(name="Cup", sku="CUP-1"), UPC)

    with pytest.raises(Conflict, match="Cup has one of these codes"):
        restore_product(tea.pk)
    give(cup)
    restore_product(tea.pk)

    assert products_by_code([UPC]) == {UPC: tea}


def test_a_product_with_nothing_but_barcodes_is_deleted() -> None:
    tea = give(shop.a_product(), EAN)
    remove_product(tea.pk, by=shop.a_cashier())
    assert not Product.objects.exists()


# --- The API ---


def test_a_till_finds_a_product_by_any_of_its_barcodes_and_is_told_them(
    as_staff: APIClient, queries: Any
) -> None:
    body = {"name": "Tea", "sku": "TEA-1", "price": 5, "barcodes": [UPC, ANOTHER, EAN]}
    made = as_staff.post("/api/products", body, format="json").data["data"]
    shop.a_product(name="Cup", sku="CUP-1")

    assert made["barcodes"] == [UPC, ANOTHER]
    for searched in (UPC, EAN, ANOTHER, "381333"):
        [row] = as_staff.get("/api/products", {"search": searched}).data["data"]
        assert (row["id"], row["barcodes"]) == (made["id"], [UPC, ANOTHER])
    [row] = as_staff.get("/api/products", {"search": UPC, "sort": "name"}).data["data"]
    assert row["barcodes"] == [UPC, ANOTHER]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([], []),
        ("", []),
        (None, []),
        (f"{UPC}, {ANOTHER}\n{EAN}", [UPC, ANOTHER]),
        ([4006381333931], [ANOTHER]),
        ("০৩৬০০০২৯১৪৫২", [UPC]),
    ],
)
def test_barcodes_are_changed_as_a_whole(sent: Any, kept: list[str], as_staff: APIClient) -> None:
    tea = give(shop.a_product(), "OLD-1", UPC)
    answer = as_staff.put(f"/api/products/{tea.pk}", {"barcodes": sent}, format="json")
    assert answer.status_code == 200
    assert answer.data["data"]["barcodes"] == kept
    assert Barcode.objects.count() == len(kept)


@pytest.mark.parametrize(
    "sent",
    [
        {"a": 1},
        [["1"]],
        [None],
        [True],
        ["x" * 65],
        ["1" * 60] * 1 + [f"{n}" * 60 for n in range(2, 7)],
    ],
)
def test_what_is_no_barcode_is_refused(sent: Any, as_staff: APIClient) -> None:
    tea = give(shop.a_product(), UPC)
    answer = as_staff.put(f"/api/products/{tea.pk}", {"barcodes": sent}, format="json")
    assert answer.status_code == 400
    assert list(answer.data["errors"]) == ["barcodes"]
    assert Barcode.objects.get().product == tea


def test_a_form_sends_barcodes_as_several_fields_or_none(as_staff: APIClient) -> None:
    tea = give(shop.a_product(), "OLD-1")
    as_staff.put(f"/api/products/{tea.pk}", {"name": "Tea"})
    assert Product.objects.get().barcodes == "OLD-1"
    as_staff.put(f"/api/products/{tea.pk}", {"barcodes": [UPC, ANOTHER]})
    assert Product.objects.get().barcodes == f"{UPC} {ANOTHER}"


# --- The back office ---


def test_the_page_takes_them_as_a_scanner_sends_them(office: Client) -> None:
    tea = shop.a_product(name="Tea")
    other = give(shop.a_product(name="Cup"), ANOTHER)
    page = f"/admin/catalog/product/{tea.pk}/change/"
    form = page_forms.opened(office, page)

    refused = office.post(page, {**form, "barcodes": f"{EAN}\n{ANOTHER}\n"})
    assert "Cup has one of these codes already." in refused.content.decode()
    give(other)
    office.post(page, {**form, "barcodes": f"{EAN}\n{ANOTHER}\n"})

    tea.refresh_from_db()
    assert tea.barcodes == f"{EAN} {ANOTHER}"
    listed = office.get("/admin/catalog/product/", {"q": ANOTHER}).content.decode()
    assert "Tea" in listed
    assert "Cup" not in listed
