"""Importing products: what the page shows before anything is written, in plain sentences."""

import base64
import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from catalog.models import Brand, Category, Product
from inventory.products import change_product
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

PAGE = "/admin/catalog/product/import/"


def shown(office: Client, raw: bytes, name: str = "products.csv") -> Any:
    answer = office.post(PAGE, {"import_file": SimpleUploadedFile(name, raw), "format": "0"})
    assert answer.status_code == 200
    text = answer.content.decode()
    for word in ("Traceback", "tmp/", "site-packages", "Exception", "encountered"):
        assert word not in text
    return answer


def text_of(page: Any) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.content.decode()).split())


def file_in(page: Any, name: str) -> str:
    found = re.search(rf'href="data:[^,]+,([^"]+)" download="{name}"', page.content.decode())
    assert found, name
    return base64.b64decode(found[1]).decode("utf-8-sig")


def test_a_file_in_the_shops_own_writing_is_imported(office: Client) -> None:
    page = shown(office, " SKU ;Name;PRICE\r\nA-1;Café;12.50\r\n;;\r\n;;\r\n".encode("cp1252"))
    office.post("/admin/catalog/product/process_import/", page.context["confirm_form"].initial)

    product = Product.objects.get()
    assert (product.sku, product.name, str(product.price)) == ("A-1", "Café", "12.50")
    assert "it was read as Windows-1252" in text_of(page)


def test_bengali_digits_are_taken_from_a_file(office: Client) -> None:
    page = shown(office, "sku,name,price\nA-1,চা,১২.৫০\n".encode())
    office.post("/admin/catalog/product/process_import/", page.context["confirm_form"].initial)

    assert str(Product.objects.get().price) == "12.50"


def test_wrong_cells_are_listed_by_the_row_of_the_spreadsheet_and_as_a_file(office: Client) -> None:
    page = shown(
        office,
        b'sku,name,price\n\nA-1,Tea,12\nA-2,Cup,"12,50"\n,,\n8.9E+12,Pot,5\nA-1,Jug,5\nA-5,,5\n',
    )

    assert [(row, column) for row, column, _ in page.context["errors"]] == [
        (4, "price"),
        (6, "sku"),
        (7, "sku"),
        (8, "name"),
    ]
    assert "stands in row 3 already" in text_of(page)
    assert file_in(page, "errors.csv").splitlines()[:2] == [
        "row,column,problem",
        '4,price,"12,50 has a decimal comma. Write 12.50."',
    ]
    assert not Product.objects.exists()
    assert "confirm_form" not in page.context


def test_the_preview_names_what_is_left_out_and_shows_old_and_new_values_in_whole(
    office: Client,
) -> None:
    shop.a_product("9.50", sku="A-1", name="Green tea")
    page = shown(office, b"sku,name,price,colour,stock\nA-1,Black tea,10.50,red,7\n")

    text = text_of(page)
    assert "nobody knows what they mean: colour" in text
    assert "Stock and cost are taken of new products alone" in text
    assert "Green tea → Black tea" in text
    assert "9.50 → 10.50" in text


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"name,price\nTea,5\n", "There is no column for the SKU"),
        (b"sku,sku,name\nA,B,Tea\n", "Two columns are called “sku”"),
        (b"", "The submitted file is empty"),
        (b"sku,name\n", "a header and no rows"),
        (b"\xd0\xcf\x11\xe0", "an old Excel file"),
        (b"PK\x03\x04", "cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_understood_says_so(office: Client, raw: bytes, says: str) -> None:
    page = shown(office, raw)

    assert says in text_of(page)
    assert "confirm_form" not in page.context


def test_a_workbook_whose_zeros_are_only_shown_is_a_row_error(office: Client) -> None:
    book, file = Workbook(), BytesIO()
    for row in (["sku", "name", "price"], [123, "Tea", 5]):
        book.active.append(row)
    book.active["A2"].number_format = "000000"
    book.save(file)

    page = shown(office, file.getvalue(), "products.xlsx")

    [(row, column, problem)] = page.context["errors"]
    assert (row, column) == (2, "sku")
    assert "the zeros of 000123 are only shown" in problem


def test_an_empty_file_to_fill_in_can_be_taken_from_the_page(office: Client) -> None:
    header = file_in(office.get(PAGE), "products.csv").strip()
    assert header == (
        "sku,name,price,brand,category,unit,description,status,keeps_stock,barcodes,tax_rate,"
        "supplier,reorder_level,reorder_quantity,stock,cost"
    )


# --- What a shop that changes its till brings along ---


def confirmed(office: Client, page: Any) -> Any:
    assert "confirm_form" in page.context, text_of(page)
    return office.post(
        "/admin/catalog/product/process_import/", page.context["confirm_form"].initial
    )


def test_a_new_product_comes_with_its_stock_and_what_it_cost(office: Client) -> None:
    known = shop.a_product("9.50", sku="A-1", name="Tea")
    shop.stock(known, 3, "2.00")
    page = shown(
        office,
        b"sku,name,price,barcode,stock,cost\n"
        b"A-1,Tea,9.50,,99,1\nA-2,Cup,5,4006381333931,12,2.50\nA-3,Pot,7,,,\n",
    )

    assert "12" in text_of(page)
    confirmed(office, page)

    cup = Product.objects.get(sku="A-2")
    assert (cup.barcodes, shop.shelf(cup)) == ("4006381333931", "12@2.50")
    assert shop.shelf(known) == "3@2.00"
    assert shop.shelf(Product.objects.get(sku="A-3")) == ""


def test_a_price_list_may_name_products_by_their_barcodes(office: Client) -> None:
    tea = shop.a_product("9.50", sku="TEA-1", name="Tea")
    change_product(tea.pk, {"barcodes": "4006381333931"}, picture=PictureChange())

    page = shown(office, b"ean,price\n4006381333931,10.50\n")
    assert "There is no column for the SKU" in text_of(page)
    page = shown(office, b"code,price\n4006381333931,10.50\n")
    assert "9.50 → 10.50" in text_of(page)
    confirmed(office, page)

    tea.refresh_from_db()
    assert (tea.sku, str(tea.price), tea.barcodes) == ("TEA-1", "10.50", "4006381333931")


def test_a_product_named_twice_by_two_codes_is_said(office: Client) -> None:
    tea = shop.a_product("9.50", sku="TEA-1")
    change_product(tea.pk, {"barcodes": "4006381333931"}, picture=PictureChange())

    page = shown(office, b"code,price\nTEA-1,1\n4006381333931,2\n")

    assert "stands in row 2 already" in text_of(page)


def test_brands_and_categories_are_made_where_that_is_asked_for(office: Client) -> None:
    Brand.objects.create(name="Acme")
    raw = b"sku,name,price,brand,category\nA-1,Tea,5,ACME,Drinks\nA-2,Cup,5,Bolt,drinks\n"
    assert "There is no brand named Bolt" in text_of(shown(office, raw))

    page = office.post(
        PAGE,
        {
            "import_file": SimpleUploadedFile("products.csv", raw),
            "format": "0",
            "make_missing": "on",
        },
    )
    assert Brand.objects.count() == 1, "a preview writes nothing"
    confirmed(office, page)

    assert set(Brand.objects.values_list("name", flat=True)) == {"Acme", "Bolt"}
    assert [each.name for each in Category.objects.all()] == ["Drinks"]
    assert Product.objects.get(sku="A-1").brand == Brand.objects.get(name="Acme")


def test_what_a_cell_says_of_the_rest_is_checked(office: Client) -> None:
    shop.a_supplier(name="Delta")
    shop.a_product(sku="B-1", name="Pot", barcodes="111")
    page = shown(
        office,
        b"sku,name,price,supplier,tax rate,reorder level,reorder quantity,stock,cost\n"
        b"A-1,Tea,5,delta,,10,,1.5,\nA-2,Cup,5,Nobody,VAT,-1,0,,3\n",
    )

    assert {(row, column) for row, column, _ in page.context["errors"]} == {
        (2, "stock"),
        (3, "cost"),
    }
    page = shown(
        office,
        b"sku,name,price,supplier,tax rate,reorder level,reorder quantity\n"
        b"A-2,Cup,5,Nobody,VAT,-1,0\n",
    )
    told = text_of(page)
    for says in (
        "Nobody is no supplier",
        "There is no tax rate named VAT",
        "-1 is no whole number",
    ):
        assert says in told


def test_a_file_costs_the_same_statements_a_row(office: Client, queries: Any) -> None:
    for number in range(12):
        shop.a_product("9.50", sku=f"A-{number}", name="Tea")

    def of(count: int) -> int:
        rows = "".join(f"A-{number},10.50\n" for number in range(count))
        return len(queries(lambda: shown(office, f"sku,price\n{rows}".encode())))

    two, four, twelve = of(2), of(4), of(12)
    assert (twelve - four) == (four - two) * 4
