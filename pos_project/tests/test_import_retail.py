"""`import_retail`: the rows of real tills become sales, refunds and corrections, each once."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Product
from conftest import make_user
from inventory.models import Batch, InventoryLog
from ledger.models import Payment
from pos_project.core.days import business_day, today
from pos_project.core.models import IdempotentRequest
from pos_project.tests.invariants import books_agree
from pos_project.tests.shop import everything, stock, stock_of
from pos_project.tools.imports import retail_file, retail_plan
from pos_project.tools.imports.retail import RetailImport
from purchasing.models import Purchase, PurchaseItem
from sales.models import Customer, Refund, RefundItem, Sale, SaleItem

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
LANTERN = "536365,71053,WHITE METAL LANTERN,6,1/12/2010,3.39,17850,United Kingdom"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "retail.csv"


@pytest.fixture(autouse=True)
def importer(admin: User) -> User:
    return admin


def written(file: Path, *rows: str, header: str = HEADER) -> Path:
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8-sig")
    return file


def run(file: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_retail", str(file), stdout=out, **{"dates": "day-first", **options})
    return out.getvalue()


def read_day_first(file: Path) -> Sequence[retail_file.Row]:
    return retail_file.read(file, today=today(), dates=retail_file.Dates.DAY_FIRST).rows


def rows_by_fate(out: str) -> dict[str, int]:
    lines = [line.split() for line in out.splitlines()]
    fates = ("Sold", "Returned", "Corrected", "Skipped", "Rows")
    return {
        words[0]: int(words[1].replace(",", ""))
        for words in lines
        if len(words) > 1 and words[0] in fates
    }


# --- What becomes of the rows ---


def test_an_invoice_becomes_one_paid_sale_of_its_day_customer_and_prices(file: Path) -> None:
    out = run(
        written(file, LANTERN, "536365,22752,SET 7 BOXES,2,1/12/2010,7.65,17850,United Kingdom")
    )

    sale = Sale.objects.get()
    assert sale.customer.name == "Customer 17850"
    assert sale.business_date == date(2010, 12, 1)
    assert business_day(sale.completed_at) == date(2010, 12, 1)
    assert sale.total_amount == Decimal("35.64") == sale.paid_amount
    assert sale.payment_method == "cash"
    assert "536365" in sale.note
    lines = sale.items.order_by("id").values_list("product_name", "quantity", "unit_price")
    assert list(lines) == [
        ("WHITE METAL LANTERN", 6, Decimal("3.39")),
        ("SET 7 BOXES", 2, Decimal("7.65")),
    ]
    assert rows_by_fate(out) == {"Sold": 2, "Returned": 0, "Corrected": 0, "Skipped": 0, "Rows": 2}
    books_agree()


def test_a_row_without_a_customer_is_sold_to_a_walk_in(file: Path) -> None:
    run(written(file, "536370,71053,LANTERN,1,1/12/2010,3.39,,United Kingdom"))

    assert Sale.objects.get().customer is None
    assert not Customer.objects.exists()


def test_the_days_goods_are_bought_before_its_sales_at_60_percent_and_paid(file: Path) -> None:
    run(
        written(
            file,
            "536365,71053,LANTERN,6,1/12/2010,3.39,17850,United Kingdom",
            "536366,71053,LANTERN,4,1/12/2010,4.25,,United Kingdom",
            "536400,71053,LANTERN,1,2/12/2010,4.25,,United Kingdom",
        )
    )

    first, second = Purchase.objects.order_by("id")
    assert (first.purchase_date, second.purchase_date) == (date(2010, 12, 1), date(2010, 12, 2))
    bought = PurchaseItem.objects.order_by("id").values_list("quantity", "cost_price")
    assert list(bought) == [(10, Decimal("2.03")), (1, Decimal("2.55"))]  # 2.034 rounded; 2.55
    assert first.paid_amount == first.total_amount == Decimal("20.30")
    assert first.created_at < Sale.objects.order_by("id")[0].completed_at
    assert stock_of(Product.objects.get()) == 0


def test_codes_that_differ_only_in_case_are_one_product_named_by_its_first_description(
    file: Path,
) -> None:
    run(
        written(
            file,
            "536364,85123a,damages,-1,1/12/2010,0,,United Kingdom",
            "536365,85123A,WHITE HEART,6,1/12/2010,2.55,17850,United Kingdom",
            "536366,85123a,CREAM HEART,1,1/12/2010,2.95,,United Kingdom",
        )
    )

    product = Product.objects.get()
    assert (product.sku, product.name, product.price) == ("85123a", "WHITE HEART", Decimal("2.55"))


@pytest.mark.parametrize("code", ["POST", "C2", "BANK CHARGES", "D"])
def test_a_code_without_goods_behind_it_is_sold_as_a_service(file: Path, code: str) -> None:
    run(written(file, f"536370,{code},POSTAGE,3,1/12/2010,18.00,12583,France"))

    assert not Product.objects.get().keeps_stock
    assert Sale.objects.get().total_amount == Decimal("54.00")
    assert not Purchase.objects.exists()
    assert not InventoryLog.objects.exists()


def test_a_product_and_a_customer_that_the_shop_knows_are_used(file: Path) -> None:
    Customer.objects.create(name="Customer 17850")
    known = Product.objects.create(name="Lantern", sku="71053", price=Decimal("9.99"))

    run(written(file, LANTERN))

    assert SaleItem.objects.get().product_id == known.pk
    known.refresh_from_db()
    assert (known.name, known.price) == ("Lantern", Decimal("9.99"))
    assert Customer.objects.count() == 1


def test_documents_keep_the_order_of_the_file_within_their_day(file: Path) -> None:
    numbers = [536400 - offset for offset in range(40)]
    run(written(file, *(f"{n},71053,LANTERN,1,1/12/2010,3.39,,UK" for n in numbers)))

    sales = Sale.objects.order_by("completed_at", "id")
    assert [int(sale.note.split()[-1]) for sale in sales] == numbers
    assert {sale.business_date for sale in sales} == {date(2010, 12, 1)}


# --- Cancellations ---


def test_a_cancellation_refunds_the_newest_sale_with_enough_left_and_restocks(file: Path) -> None:
    out = run(
        written(
            file,
            "1,71053,LANTERN,6,1/12/2010,3.39,17850,UK",
            "2,71053,LANTERN,6,1/12/2010,3.39,17850,UK",
            "3,71053,LANTERN,2,2/12/2010,3.39,17850,UK",
            "C4,71053,LANTERN,-4,2/12/2010,3.39,17850,UK",
            "C5,71053,LANTERN,-3,2/12/2010,3.39,17850,UK",
        )
    )

    refunded = [refund.sale.note.split()[-1] for refund in Refund.objects.order_by("id")]
    assert refunded == ["2", "1"]  # 3 sold too few, and of 2 only 2 were left
    assert [refund.refund_amount for refund in Refund.objects.order_by("id")] == [
        Decimal("13.56"),
        Decimal("10.17"),
    ]
    assert {payment.method_id for payment in Payment.objects.filter(direction="out")} == {"cash"}
    assert stock_of(Product.objects.get()) == 7
    assert rows_by_fate(out)["Returned"] == 2
    books_agree()


def test_a_cancellation_of_two_sales_becomes_a_refund_of_each(file: Path) -> None:
    run(
        written(
            file,
            "1,71053,LANTERN,2,1/12/2010,3.39,17850,UK",
            "2,22752,BOXES,2,1/12/2010,7.65,17850,UK",
            "C3,71053,LANTERN,-1,1/12/2010,3.39,17850,UK",
            "C3,22752,BOXES,-2,1/12/2010,7.65,17850,UK",
        )
    )

    amounts = {refund.sale.note[-1]: refund.refund_amount for refund in Refund.objects.all()}
    assert amounts == {"1": Decimal("3.39"), "2": Decimal("15.30")}


def test_a_cancellation_takes_back_the_lines_of_its_own_price(file: Path) -> None:
    run(
        written(
            file,
            "1,71053,LANTERN,2,1/12/2010,3.39,17850,UK",
            "1,71053,LANTERN,5,1/12/2010,2.95,17850,UK",
            "1,71053,LANTERN,1,1/12/2010,3.39,17850,UK",
            "C2,71053,LANTERN,-3,1/12/2010,3.39,17850,UK",
        )
    )

    back = RefundItem.objects.order_by("sale_item_id")
    assert [(row.sale_item.unit_price, row.quantity) for row in back] == [
        (Decimal("3.39"), 2),
        (Decimal("3.39"), 1),
    ]


@pytest.mark.parametrize(
    "cancellation",
    [
        "C2,71053,LANTERN,-7,1/12/2010,3.39,17850,UK",  # more than was sold
        "C2,71053,LANTERN,-1,1/12/2010,3.38,17850,UK",  # at another price
        "C2,71053,LANTERN,-1,1/12/2010,3.39,17851,UK",  # to somebody else
        "C2,71053,LANTERN,-1,1/12/2010,3.39,,UK",  # to nobody known
        "C2,71054,LANTERN,-1,1/12/2010,3.39,17850,UK",  # of something else
        "C2,D,Discount,-1,1/12/2010,27.5,17850,UK",
    ],
)
def test_a_cancellation_without_its_sale_is_skipped_and_listed(
    file: Path, cancellation: str
) -> None:
    out = run(written(file, LANTERN, cancellation))

    assert not Refund.objects.exists()
    assert rows_by_fate(out) == {"Sold": 1, "Returned": 0, "Corrected": 0, "Skipped": 1, "Rows": 2}
    [listed] = [line for line in out.splitlines() if line.startswith("  row 3: C2 ")]
    assert "no earlier sale" in listed


def test_a_cancellation_that_comes_before_its_sale_is_skipped(file: Path) -> None:
    run(written(file, "C1,71053,LANTERN,-6,1/12/2010,3.39,17850,UK", LANTERN))

    assert not Refund.objects.exists()


# --- Rows without a price ---


def test_rows_without_a_price_correct_stock(file: Path) -> None:
    out = run(
        written(
            file,
            "1,71053,LANTERN,1,1/12/2010,5.00,17850,UK",
            "2,71053,damages,-3,1/12/2010,0,,UK",
            "3,71053,?,-1,1/12/2010,0.00,,UK",
            "4,71053,,10,1/12/2010,0,,UK",
        )
    )

    log = InventoryLog.objects.filter(kind="adjustment").order_by("id")
    assert [(row.reason, row.change_qty, row.cost) for row in log] == [
        ("damages", -3, Decimal("-9.00")),
        ("WRITE-OFF", -1, Decimal("-3.00")),
        ("FOUND", 10, Decimal("0.00")),
    ]
    assert PurchaseItem.objects.get().quantity == 5  # sold and written off
    assert stock_of(Product.objects.get()) == 10
    assert rows_by_fate(out)["Corrected"] == 3
    books_agree()


def test_a_row_without_a_price_in_a_priced_invoice_is_given_away(file: Path) -> None:
    run(written(file, LANTERN, "536365,22841,CAKE TIN,1,1/12/2010,0,17850,UK"))

    gift = SaleItem.objects.get(unit_price=0)
    assert gift.subtotal == 0
    assert not InventoryLog.objects.filter(kind="adjustment").exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,71053,LANTERN,0,1/12/2010,3.39,,UK", "no units"),
        ("2,B,Adjust bad debt,1,1/12/2010,-11062.06,,UK", "a price below 0"),
        ("2,71053,LANTERN,1,1/12/2010,0.001,,UK", "more than 2 decimals"),
        ("536365,71053,LANTERN,-1,1/12/2010,3.39,17850,UK", "no cancellation"),
        ("C2,71053,LANTERN,1,1/12/2010,3.39,17850,UK", "above 0 in a cancellation"),
        ("2,POST,,-1,1/12/2010,0,,UK", "a service keeps no stock"),
    ],
)
def test_a_row_that_cannot_be_traded_is_skipped_with_its_reason(
    file: Path, row: str, reason: str
) -> None:
    out = run(written(file, LANTERN, row))

    assert rows_by_fate(out) == {"Sold": 1, "Returned": 0, "Corrected": 0, "Skipped": 1, "Rows": 2}
    assert reason in next(line for line in out.splitlines() if line.startswith("  row 3: "))


def test_what_the_shop_refuses_is_skipped_with_the_shops_reason(file: Path) -> None:
    Product.objects.create(name="Old", sku="71053", price=Decimal(1), status="inactive")

    out = run(
        written(
            file,
            LANTERN,
            "1,22752,BOXES,1,1/12/2010,7.65,,UK",
            "C2,71053,LANTERN,-1,1/12/2010,3.39,17850,UK",
        )
    )

    assert rows_by_fate(out) == {"Sold": 1, "Returned": 0, "Corrected": 0, "Skipped": 2, "Rows": 3}
    assert "the shop refused: Some products cannot be sold." in out
    assert "its sale 536365 was not imported" in out


# --- Twice, halfway, by others ---


def test_a_second_run_imports_nothing_twice(file: Path) -> None:
    written(
        file,
        LANTERN,
        "C2,71053,LANTERN,-1,1/12/2010,3.39,17850,UK",
        "3,71053,damages,-1,2/12/2010,0,,UK",
    )
    first = run(file)
    before = everything()

    second = run(file)

    assert everything() == before
    assert rows_by_fate(second) == rows_by_fate(first)
    assert second.count("(1 of them by an earlier run)") == 3


@pytest.mark.parametrize("stop_after", [0, 1, 2, 3])
def test_a_run_that_was_stopped_is_continued(file: Path, admin: User, stop_after: int) -> None:
    written(
        file,
        LANTERN,
        "C2,71053,LANTERN,-1,1/12/2010,3.39,17850,UK",
        "3,71053,damages,-1,2/12/2010,0,,UK",
        "4,71053,LANTERN,9,2/12/2010,3.39,,UK",
    )
    work = RetailImport(retail_plan.plan(read_day_first(file)), by=admin)
    done = 0

    def traded() -> None:
        nonlocal done
        done += 1
        if done > stop_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work.trade(traded=traded)
    assert Sale.objects.count() < 2 or stop_after == 3
    out = run(file)

    assert Sale.objects.count() == 2
    assert Refund.objects.count() == 1
    assert Purchase.objects.count() == 2
    assert stock_of(Product.objects.get()) == 1
    assert rows_by_fate(out)["Skipped"] == 0
    books_agree()


def test_a_longer_file_of_the_same_day_buys_only_what_is_missing(file: Path) -> None:
    run(written(file, LANTERN))
    run(written(file, LANTERN, "536366,71053,LANTERN,4,1/12/2010,3.39,,UK"))
    run(file)

    purchases = Purchase.objects.order_by("id")
    bought = [(purchase.invoice_no, purchase.items.get().quantity) for purchase in purchases]
    assert bought == [("RETAIL-2010-12-01", 6), ("RETAIL-2010-12-01-2", 4)]
    assert Sale.objects.count() == 2
    assert not Batch.objects.filter(is_open=True).exists()


def test_an_invoice_that_changed_since_its_import_is_skipped(file: Path) -> None:
    run(written(file, LANTERN))

    out = run(written(file, LANTERN.replace("3.39", "3.49")))

    assert "imported before with other lines" in out
    assert Sale.objects.get().total_amount == Decimal("20.34")


def test_another_user_cannot_import_the_same_days_again(file: Path, manager: User) -> None:
    run(written(file, LANTERN))
    before = everything()

    with pytest.raises(CommandError, match="another user"):
        run(file, user=manager.email)

    assert everything() == before


def test_after_a_purge_of_its_keys_the_file_is_refused_instead_of_sold_twice(file: Path) -> None:
    run(written(file, LANTERN))
    IdempotentRequest.objects.all().delete()

    with pytest.raises(CommandError, match="purged"):
        run(file)

    assert Sale.objects.count() == 1


def test_goods_that_the_shop_has_of_its_own_do_not_stop_an_import(file: Path) -> None:
    product = Product.objects.create(name="Lantern", sku="71053", price=Decimal(4))
    stock(product, 3, "1.00")

    run(written(file, LANTERN))

    assert stock_of(product) == 3


# --- Who ---


def test_the_first_active_admin_imports_unless_somebody_is_named(
    file: Path, admin: User, manager: User
) -> None:
    run(written(file, LANTERN))
    assert Sale.objects.get().user_id == admin.pk

    run(
        written(file, "536399,71053,LANTERN,1,3/12/2010,3.39,,UK"),
        user=manager.email.upper(),
    )
    assert Sale.objects.latest("id").user_id == manager.pk


def test_without_an_admin_a_user_who_cannot_sign_in_imports_now_and_later(file: Path) -> None:
    User.objects.all().delete()
    run(written(file, LANTERN))
    importer = Sale.objects.get().user
    assert (importer.name, importer.is_active) == ("Retail import", False)
    assert not importer.has_usable_password()

    make_user("admin")
    run(file)

    assert Sale.objects.count() == 1


def test_an_unknown_user_is_refused(file: Path) -> None:
    with pytest.raises(CommandError, match="nobody@"):
        run(written(file, LANTERN), user="nobody@shop.example")


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


# --- Size ---


def statements_per_document(file: Path, by: User) -> list[int]:
    """How many statements each document cost, in order."""
    work = RetailImport(retail_plan.plan(read_day_first(file)), by=by)
    marks: list[int] = []
    with CaptureQueriesContext(connection) as captured:
        work.trade(traded=lambda: marks.append(len(captured)))
    return [after - before for before, after in pairwise(marks)]


def test_an_invoice_of_593_lines_costs_as_many_statements_as_one_of_a_line(
    file: Path, admin: User
) -> None:
    small = [f"{n},22752,BOXES,1,1/12/2010,7.65,17850,UK" for n in ("1", "2", "4")]
    large = [f"3,1{n:04},GIFT {n},2,1/12/2010,1.25,17850,UK" for n in range(593)]
    written(file, *small[:2], *large, small[2])

    second, of_593_lines, last = statements_per_document(file, admin)

    assert second == of_593_lines == last
