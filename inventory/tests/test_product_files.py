"""The file of products: the API's CSV or XLSX, nothing in it runs, and it comes back as it went."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from catalog.models import Product
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/product/"
HEADER = (
    "sku,name,price,brand,category,unit,description,status,keeps_stock,barcodes,tax_rate,supplier,"
    "reorder_level,reorder_quantity,stock,cost"
)
CSV, XLSX = "0", "1"


@pytest.fixture
def office(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def exported(office: Client, file_format: str) -> bytes:
    fields = {f"productresource_{name}": "on" for name in HEADER.split(",")}
    answer = office.post(f"{LIST}export/", {"format": file_format, "resource": "0", **fields})
    assert answer.status_code == 200
    return answer.content


def test_a_csv_is_written_as_the_apis_is(office: Client) -> None:
    shop.a_product("9.50", name="রহিম চা", sku="X-1")
    shop.a_product("9.50", name='=HYPERLINK("http://evil","x")', sku="+X-2")

    header, first, second = exported(office, CSV).decode().splitlines()

    assert header == "\ufeff" + HEADER
    assert first.startswith('\'+X-2,"\'=HYPERLINK(""http')
    assert second.startswith("X-1,রহিম চা,9.50,")


def test_in_a_workbook_no_text_is_a_formula_and_prices_are_numbers(office: Client) -> None:
    shop.a_product("9.50", name="=1+1", sku="\t=X", description=" @SUM(A1)")

    sheet = load_workbook(BytesIO(exported(office, XLSX))).active
    [row] = sheet.iter_rows(min_row=2)

    assert "f" not in {cell.data_type for cell in row}
    assert [cell.value for cell in row[:3]] == ["'\t=X", "'=1+1", 9.5]
    assert row[6].value == "' @SUM(A1)"


@pytest.mark.parametrize(("file_format", "ending"), [(CSV, "csv"), (XLSX, "xlsx")])
def test_what_was_exported_is_imported_as_it_was(
    office: Client, file_format: str, ending: str
) -> None:
    shop.a_product("9.50", name="=1+1", sku="+880-1", description="'quoted'")
    before = Product.objects.values().get()
    file = exported(office, file_format)
    Product.objects.update(name="Changed meanwhile", price=Decimal("1.00"))

    uploaded = SimpleUploadedFile(f"products.{ending}", file)
    page = office.post(f"{LIST}import/", {"import_file": uploaded, "format": "0"})
    office.post(f"{LIST}process_import/", page.context["confirm_form"].initial)

    after = Product.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
