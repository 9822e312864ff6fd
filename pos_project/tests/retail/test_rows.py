"""`import_retail`: the rows of real tills become sales, refunds and corrections, each once."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.models import Product
from inventory.models import InventoryLog
from ledger.models import Payment
from pos_project.core.days import business_day
from pos_project.tests.invariants import books_agree
from pos_project.tests.retail.files import LANTERN, rows_by_fate, run, written
from pos_project.tests.shop import stock_of
from purchasing.models import Purchase, PurchaseItem
from sales.models import Customer, Refund, RefundItem, Sale, SaleItem

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
