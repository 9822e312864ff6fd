"""Files that `import_retail` refuses as a whole, and those that other programs wrote."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from catalog.models import Product
from inventory.models import Batch
from pos_project.core.days import today
from pos_project.core.models import IdempotentRequest
from pos_project.tests.invariants import books_agree
from pos_project.tests.retail.files import (
    HEADER,
    LANTERN,
    rows_by_fate,
    run,
    written,
)
from pos_project.tests.shop import everything
from purchasing.models import PurchaseItem
from sales.models import Customer, Refund, Sale, SaleItem

# --- Bad files ---


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,71053,LANTERN,six,1/12/2010,3.39,,UK", "Row 3: Quantity is 'six'"),
        ("1,71053,LANTERN,2.5,1/12/2010,3.39,,UK", "Row 3: Quantity is '2.5'"),
        ("1,71053,LANTERN,1000001,1/12/2010,3.39,,UK", "Row 3: Quantity"),
        (f"1,71053,LANTERN,{'9' * 5000},1/12/2010,3.39,,UK", "Row 3: Quantity"),
        ("1,71053,LANTERN,6,1/12/2010,,,UK", "Row 3: UnitPrice is ''"),
        ('1,71053,LANTERN,6,1/12/2010,"3,39",,UK', "Row 3: UnitPrice is '3,39'"),
        ("1,71053,LANTERN,6,1/12/2010,NaN,,UK", "Row 3: UnitPrice is 'NaN'"),
        ("1,71053,LANTERN,6,1/12/2010,1e9,,UK", "Row 3: UnitPrice is '1e9'"),
        ("1,71053,LANTERN,6,1/12/2010,100000000,,UK", "Row 3: UnitPrice"),
        ("1,71053,LANTERN,6,31/2/2011,3.39,,UK", "Row 3: InvoiceDate is '31/2/2011'"),
        ("1,71053,LANTERN,6,1/12/1999,3.39,,UK", "Row 3: InvoiceDate"),
        (",71053,LANTERN,6,1/12/2010,3.39,,UK", "Row 3: InvoiceNo is ''"),
        ("é1,71053,LANTERN,6,1/12/2010,3.39,,UK", "Row 3: InvoiceNo"),
        ("1,,LANTERN,6,1/12/2010,3.39,,UK", "Row 3: StockCode is ''"),
        (f"1,71053,{'x' * 256},6,1/12/2010,3.39,,UK", "Row 3: Description"),
        ("1,71053,LAN\u200bTERN,6,1/12/2010,3.39,,UK", "Row 3: Description"),
        ("1,71053,LANTERN,6,1/12/2010,3.39,UK", "Row 3 has 7 cells, the header has 8"),
        ('1,71053,"LANTERN,6,1/12/2010,3.39,,UK', "Row 3 has a quotation mark"),
        (
            "536365,71053,LANTERN,6,2/12/2010,3.39,17850,UK",
            "Row 3: invoice 536365 has another date or customer in row 2",
        ),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_imported(file: Path, row: str, says: str) -> None:
    written(file, LANTERN, row)
    before = everything()

    with pytest.raises(CommandError) as caught:
        run(file)

    assert says in str(caught.value)
    assert "Nothing was imported" in str(caught.value)
    assert everything() == before


def test_a_day_that_has_not_come_is_refused(file: Path) -> None:
    tomorrow = today() + timedelta(days=1)
    written(file, f"1,71053,LANTERN,6,{tomorrow:%d/%m/%Y},3.39,,UK")

    with pytest.raises(CommandError, match="Row 2: InvoiceDate"):
        run(file)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (HEADER.encode(), "no rows"),
        (
            f"{HEADER.replace(',UnitPrice', '')}\n1,2,3,4,5,6,7".encode(),
            "no column for the UnitPrice",
        ),
        (f"{HEADER},Price\n{LANTERN},1".encode(), "Two columns mean the UnitPrice"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08", "cannot be opened"),
    ],
)
def test_a_file_of_another_kind_is_refused(file: Path, raw: bytes, says: str) -> None:
    file.write_bytes(raw)

    with pytest.raises(CommandError, match=says):
        run(file)


def test_a_missing_file_and_a_folder_are_refused(file: Path, tmp_path: Path) -> None:
    for path in (file, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            run(path)


def test_blank_lines_and_stray_spaces_do_no_harm(file: Path) -> None:
    out = run(written(file, "", LANTERN.replace("WHITE METAL", " WHITE   METAL"), "", ""))

    assert rows_by_fate(out)["Rows"] == 1
    assert SaleItem.objects.get().product_name == "WHITE METAL LANTERN"


def test_a_dry_run_writes_nothing(file: Path) -> None:
    written(file, LANTERN, "C2,D,Discount,-1,1/12/2010,27.5,14527,UK")
    before = everything()

    out = run(file, dry_run=True)

    assert everything() == before
    assert "2 rows: 1 documents of 1 days" in out
    assert "row 3: C2 D" in out


# --- Files of others ---


def test_a_second_file_of_a_day_buys_what_its_own_invoices_sell(file: Path) -> None:
    run(written(file, LANTERN))
    run(written(file, "536366,71053,LANTERN,4,1/12/2010,3.39,,UK", "9,71053,x,-1,1/12/2010,0,,UK"))
    again = run(file)

    assert [row.quantity for row in PurchaseItem.objects.order_by("id")] == [6, 5]
    assert Sale.objects.count() == 2
    assert not Batch.objects.filter(is_open=True).exists()
    assert rows_by_fate(again) == {
        "Sold": 1,
        "Returned": 0,
        "Corrected": 1,
        "Skipped": 0,
        "Rows": 2,
    }
    books_agree()


def test_goods_bought_before_it_was_noted_for_what_are_not_bought_again(file: Path) -> None:
    run(written(file, LANTERN))
    bought = IdempotentRequest.objects.get(body__contains='"for"')
    body = json.dumps({"received": {"71053": 6}, "total": "12.18"})
    IdempotentRequest.objects.filter(pk=bought.pk).update(body=body)

    run(written(file, LANTERN, "536366,71053,LANTERN,4,1/12/2010,3.39,,UK"))

    assert [row.quantity for row in PurchaseItem.objects.order_by("id")] == [6, 4]


def test_numbers_that_a_program_made_floats_of_are_the_numbers(file: Path) -> None:
    run(
        written(
            file,
            "536365.0,71053.0,LANTERN,6.0,1/12/2010,3.39,17850.0,UK",
            "536366,71053,LANTERN,1,1/12/2010,3.39,17850,UK",
        )
    )

    assert Customer.objects.get().name == "Customer 17850"
    assert Product.objects.get().sku == "71053"
    assert [sale.note.split()[-1] for sale in Sale.objects.order_by("id")] == ["536365", "536366"]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (["12/1/2010", "12/2/2010"], "Row 2: InvoiceDate is '12/1/2010'.* Say --dates day-first"),
        (["1/12/2010"], "could be read day first or month first"),
        (["12/1/2010", "12/13/2010"], "Row 3: .* writes the month first"),
    ],
)
def test_days_that_can_be_read_both_ways_are_asked_about(
    file: Path, days: list[str], says: str
) -> None:
    written(file, *(f"{n},71053,LANTERN,1,{day},3.39,,UK" for n, day in enumerate(days, 1)))

    with pytest.raises(CommandError, match=says):
        run(file, dates=None)
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("day", "options"),
    [
        ("12/13/2010", {"dates": "month-first"}),
        ("13/12/2010", {"dates": None}),
        ("13/12/2010 8:26", {"dates": None}),
        ("12/13/2010 08:26 AM", {"dates": "month-first"}),
        ("2010-12-13 08:26:00", {"dates": None}),
    ],
)
def test_days_are_read_as_the_file_writes_them(
    file: Path, day: str, options: dict[str, Any]
) -> None:
    run(written(file, f"1,71053,LANTERN,1,{day},3.39,,UK"), **options)

    assert Sale.objects.get().business_date == date(2010, 12, 13)


WORDS = [f"{n},{code},{code},2,1/12/2010,5.00,,UK" for n, code in enumerate(["MUG", "TEA", "CUP"])]


def test_codes_without_digits_are_asked_about_where_most_are_so(file: Path) -> None:
    written(file, *WORDS, "9,POST,Postage,1,1/12/2010,3.00,,UK")

    with pytest.raises(CommandError, match=r"3 of 4 codes have no digit \(CUP, MUG, TEA\)"):
        run(file)
    assert not Product.objects.exists()

    run(file, services="post")
    assert set(Product.objects.filter(keeps_stock=False).values_list("sku", flat=True)) == {"POST"}
    assert PurchaseItem.objects.count() == 3
    books_agree()


def test_no_code_need_be_a_service(file: Path) -> None:
    run(written(file, *WORDS), services="none")
    assert Product.objects.filter(keeps_stock=True).count() == 3


def test_method_tax_and_cost_are_taken_where_the_file_has_them(file: Path) -> None:
    run(
        written(
            file,
            "1,71053,LANTERN,2,1/12/2010,10.00,17850,UK,Card,1.50,4.25",
            "1,22752,BOXES,1,1/12/2010,5.00,17850,UK,Card,0.25,",
            "2,71053,LANTERN,1,1/12/2010,10.00,,UK,,,",
            "C3,71053,LANTERN,-2,1/12/2010,10.00,17850,UK,card,,",
            header=f"{HEADER},Payment Method,Tax,Unit cost",
        )
    )

    by_card, in_cash = Sale.objects.order_by("id")
    assert (by_card.total_amount, by_card.tax) == (Decimal("26.75"), Decimal("1.75"))
    assert (by_card.payment_method, in_cash.payment_method) == ("card", "cash")
    costs = dict(PurchaseItem.objects.values_list("product__sku", "cost_price"))
    assert costs == {"71053": Decimal("4.25"), "22752": Decimal("3.00")}
    back = Refund.objects.get()
    assert (back.refund_method, back.refund_amount) == ("card", Decimal("21.40"))
    books_agree()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("cheque,,", "Row 2: PaymentMethod is 'cheque'; expected a payment method of the shop: "),
        (",-1,", "Row 2: Tax is '-1'; expected an amount from 0"),
        (",,0.125", "Row 2: UnitCost is '0.125'"),
        (",,x", "Row 2: UnitCost is 'x'"),
    ],
)
def test_a_method_tax_or_cost_that_cannot_be_is_refused(file: Path, more: str, says: str) -> None:
    written(file, f"{LANTERN},{more}", header=f"{HEADER},PaymentMethod,Tax,UnitCost")
    with pytest.raises(CommandError, match=says):
        run(file)


def test_an_invoice_is_paid_by_one_method(file: Path) -> None:
    written(file, f"{LANTERN},cash", f"{LANTERN},card", header=f"{HEADER},PaymentMethod")
    with pytest.raises(CommandError, match="another payment method in row 2"):
        run(file)


def test_the_file_is_read_however_it_was_written_and_says_what_it_leaves_out(file: Path) -> None:
    header = HEADER.replace("CustomerID", "Customer ID").lower().replace(",", ";")
    row = LANTERN.replace("WHITE METAL", "Café").replace(",", ";")
    file.write_bytes(f"{header};till\r\n{row};7\r\n".encode("cp1252"))

    out = run(file)

    assert SaleItem.objects.get().product_name == "Café LANTERN"
    assert "it was read as Windows-1252" in out
    assert "Left out: the columns till." in out
