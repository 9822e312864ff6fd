"""A customer's transactions and products: which rows, whose, what is refused (docs/api.md §20)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import refused
from catalog.models import Product
from ledger import parties
from pos_project.core.days import day_start, local_iso, today
from pos_project.tests import shop
from sales import holds
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer

pytestmark = pytest.mark.usefixtures("the_books_agree")

LISTS = ("transactions", "transactions/summary", "purchased_products", "products_summary")


@pytest.fixture
def shirt(db: None) -> Product:
    product = shop.a_product(name="Blue T-Shirt")
    shop.stock(product, 200)
    return product


def url(customer: Customer | int, rest: str) -> str:
    pk = customer if isinstance(customer, int) else customer.pk
    return f"/api/customers/{pk}/{rest}"


def rows(client: APIClient, customer: Customer, rest: str = "transactions", **query: Any) -> Any:
    answer = client.get(url(customer, rest), query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def kinds(client: APIClient, customer: Customer, **query: Any) -> list[str]:
    return [row["type"] for row in rows(client, customer, **query)]


# --- Which rows ---


def test_held_and_cancelled_sales_are_shown_with_their_status(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    shop.hold((shirt, 1), customer=rahim)
    holds.cancel(shop.hold((shirt, 2), customer=rahim).pk)

    cancelled, held = rows(as_admin, rahim)

    assert (held["status"], held["paid"], held["due"], held["method"]) == (
        "pending",
        0,
        19.99,
        None,
    )
    assert held["reference"].startswith("INV-P")
    assert cancelled["status"] == "cancelled"


def test_a_due_payment_and_what_it_leaves_over_are_two_rows(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    sold = shop.sell((shirt, 1), customer=rahim, offered=shop.on_credit()).sale
    shop.pay_dues(rahim, 30, "bkash")

    ahead, paid, sale = rows(as_admin, rahim)

    assert (ahead["type"], ahead["status"], ahead["amount"]) == ("Payment", "advance", 10.01)
    assert ahead["reference"] is None
    assert (paid["type"], paid["status"], paid["amount"]) == ("DuePayment", "due_payment", 19.99)
    assert (paid["reference"], paid["method"]) == (sold.invoice_no, "bkash")
    assert (sale["type"], sale["due"]) == ("Purchased", 0)
    assert kinds(as_admin, rahim, type="Payment") == ["Payment"]


def test_a_tenders_own_reference_is_not_shown_for_the_invoice(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    as_admin.post(
        "/api/sales/checkout",
        {
            "customer_id": rahim.pk,
            "items": [{"product_id": shirt.pk, "quantity": 1}],
            "payments": [{"method": "card", "amount": 19.99, "reference": "SLIP 7"}],
        },
        format="json",
    )
    payment = rows(as_admin, rahim, type="Payment")[0]
    sale = rows(as_admin, rahim, type="Sale")[0]
    assert payment["reference"] == sale["reference"]


def test_what_a_refund_pays_out_is_no_second_row(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    sold = shop.sell((shirt, 2), customer=rahim, offered=shop.cash(30)).sale
    shop.take_back(sold)

    refund, sale, payment = rows(as_admin, rahim)

    assert [refund["type"], sale["type"], payment["type"]] == ["Refund", "Purchased", "Payment"]
    # 39.98 came back: 9.98 were still owed, the rest was paid out.
    assert (refund["amount"], refund["paid"], refund["due"]) == (39.98, 30, None)


def test_each_word_narrows_the_list(as_admin: APIClient, rahim: Customer, shirt: Product) -> None:
    sold = shop.sell((shirt, 2), customer=rahim, offered=shop.cash(10)).sale
    shop.pay_dues(rahim, 5)
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))

    assert kinds(as_admin, rahim) == ["Refund", "DuePayment", "Purchased", "Payment"]
    for word in ("All", "all", ""):
        assert len(kinds(as_admin, rahim, type=word)) == 4
    for word in ("Purchased", "Payment", "DuePayment", "Refund"):
        assert kinds(as_admin, rahim, type=word) == [word]
    assert kinds(as_admin, rahim, type="Sale") == ["Purchased"]


def test_rows_of_one_moment_keep_one_order_over_pages(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    at = timezone.now() - timedelta(days=1)
    sold = [shop.sell((shirt, 1), customer=rahim, at=at).sale.pk for _ in range(3)]

    pages = [
        (row["type"], row["ref_id"])
        for page in range(1, 8)
        for row in rows(as_admin, rahim, page=page, limit=1)
    ]

    assert pages[:3] == [("Purchased", pk) for pk in reversed(sold)]
    assert [kind for kind, _ in pages[3:]] == ["Payment"] * 3
    assert [pk for _, pk in pages[3:]] == sorted((pk for _, pk in pages[3:]), reverse=True)
    assert len(set(pages)) == 6


def test_days_are_the_shops_and_both_ends_count(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    yesterday = today() - timedelta(days=1)
    first = day_start(yesterday)
    last = day_start(today()) - timedelta(microseconds=1)
    for at in (first - timedelta(microseconds=1), first, last):
        shop.sell((shirt, 1), customer=rahim, at=at)

    def found(**days: Any) -> list[str]:
        sales = rows(as_admin, rahim, type="Sale", **days)
        return [row["created_at"] for row in sales]

    both = [local_iso(last), local_iso(first)]
    assert found(fromDate=yesterday, toDate=yesterday) == both
    assert found(fromDate=yesterday) == both
    assert len(found(toDate=yesterday)) == 3
    assert found(fromDate=today()) == []
    assert [
        (row["total_quantity"], row["times_purchased"])
        for row in rows(as_admin, rahim, "purchased_products", fromDate=yesterday)
    ] == [(2, 2)]


def test_a_page_beyond_the_end_is_empty(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    shop.sell((shirt, 1), customer=rahim)
    body = as_admin.get(url(rahim, "transactions") + "?page=99999999999&limit=5").json()
    assert (body["data"], body["page"], body["total"]) == ([], 99999999999, 2)
    assert body["pagination"]["hasPrevPage"] is True


def test_another_customers_rows_are_not_among_them(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    shop.sell((shirt, 1), customer=shop.a_customer(name="Karim"))
    shop.sell((shirt, 1))
    assert rows(as_admin, rahim) == []
    assert rows(as_admin, rahim, "purchased_products") == []


# --- Products ---


def test_held_sales_are_not_bought_yet(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    held = shop.hold((shirt, 2), customer=rahim)
    assert rows(as_admin, rahim, "purchased_products") == []
    assert rows(as_admin, rahim, f"purchased_products/{shirt.pk}") == []

    shop.complete(held)

    assert rows(as_admin, rahim, "purchased_products")[0]["total_quantity"] == 2
    assert rows(as_admin, rahim, f"purchased_products/{shirt.pk}")[0]["sale_id"] == held.pk


def test_a_product_of_which_everything_came_back_is_not_listed(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    cap = shop.a_service("12.50")
    sold = shop.sell((shirt, 2), (cap, 1), (shirt, 1, "5.00"), customer=rahim).sale
    cheap = sold.items.order_by("id").last()
    shop.take_back(sold, shop.units_of(cheap, 1))
    [row, _] = rows(as_admin, rahim, "purchased_products")
    assert (row["total_quantity"], row["total_amount"], row["times_purchased"]) == (2, 39.98, 1)

    shop.take_back(sold, shop.units_of(sold.items.order_by("id").first(), 2))

    assert [each["product_id"] for each in rows(as_admin, rahim, "purchased_products")] == [cap.pk]
    assert rows(as_admin, rahim, "products_summary") == {
        "totalTimesPurchased": 1,
        "totalProductsPurchased": 1,
        "totalQuantity": 1,
        "totalAmount": 12.5,
    }
    shop.take_back(sold)
    assert set(rows(as_admin, rahim, "products_summary").values()) == {0}


def test_each_line_is_shown_as_it_was_sold(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    first = shop.sell((shirt, 1), (shirt, 3, "15.00"), customer=rahim).sale
    second = shop.sell((shirt, 2), customer=rahim).sale
    shop.take_back(second)
    shirt.name = "Navy T-Shirt"
    shirt.save()

    lines = rows(as_admin, rahim, f"purchased_products/{shirt.pk}")

    assert [(line["sale_id"], line["quantity"], line["price"]) for line in lines] == [
        (second.pk, 2, 19.99),
        (first.pk, 3, 15),
        (first.pk, 1, 19.99),
    ]
    assert {line["product_name"] for line in lines} == {"Blue T-Shirt"}
    assert rows(as_admin, rahim, "purchased_products")[0]["product_name"] == "Navy T-Shirt"


# --- Whose rows ---


def test_staff_see_what_they_recorded_and_managers_everything(
    as_staff: APIClient, as_manager: APIClient, staff: User, rahim: Customer, shirt: Product
) -> None:
    shop.sell((shirt, 1), customer=rahim, offered=shop.on_credit(), by=shop.a_cashier())
    mine = shop.sell((shirt, 4), customer=rahim, offered=shop.on_credit(), by=staff).sale
    shop.pay_dues(rahim, 50, by=shop.a_cashier())
    shop.pay_dues(rahim, 10, by=staff)
    shop.take_back(mine, shop.units_of(mine.items.get(), 1))

    assert kinds(as_manager, rahim) == [
        *("Refund", "DuePayment", "DuePayment", "DuePayment", "Purchased", "Purchased")
    ]
    assert [(row["type"], row["ref_id"]) for row in rows(as_staff, rahim, type="Sale")] == [
        ("Purchased", mine.pk)
    ]
    assert kinds(as_staff, rahim) == ["DuePayment", "Purchased"]
    assert as_staff.get(url(rahim, "transactions/summary")).json()["total_transactions"] == 2
    # Net of what came back, whoever took it.
    assert rows(as_staff, rahim, "purchased_products")[0]["total_quantity"] == 3
    assert rows(as_staff, rahim, "products_summary")["totalQuantity"] == 3
    assert rows(as_manager, rahim, "products_summary")["totalQuantity"] == 4
    assert len(rows(as_staff, rahim, f"purchased_products/{shirt.pk}")) == 1
    assert len(rows(as_manager, rahim, f"purchased_products/{shirt.pk}")) == 2


# --- What is refused ---


@pytest.mark.parametrize("rest", [*LISTS, "purchased_products/1"])
def test_nobodys_history_is_not_found(
    as_admin: APIClient, admin: User, rahim: Customer, shirt: Product, rest: str
) -> None:
    shop.sell((shirt, 1), customer=rahim)
    parties.remove(CUSTOMER_DUES, rahim.pk, by=admin)

    for customer in (rahim, 4711):
        answer = as_admin.get(url(customer, rest))
        refused(answer, 404)
        assert answer.json()["message"] == "Customer not found"
    refused(as_admin.get(f"/api/customers/abc/{rest}"), 400)


def test_an_unknown_product_is_not_found(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    answer = as_admin.get(url(rahim, "purchased_products/4711"))
    refused(answer, 404)
    assert answer.json()["message"] == "Product not found"
    refused(as_admin.get(url(rahim, "purchased_products/x")), 400)
    assert rows(as_admin, rahim, f"purchased_products/{shirt.pk}") == []  # known, never bought
    shop.sell((shirt, 1), customer=rahim)
    shirt.archive()
    assert len(rows(as_admin, rahim, f"purchased_products/{shirt.pk}")) == 1


@pytest.mark.parametrize("rest", [*LISTS, "purchased_products/1"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"fromDate": "2026-02-30"}, "fromDate"),
        ({"toDate": "yesterday"}, "toDate"),
        ({"fromDate": "1999-12-31"}, "fromDate"),
        ({"fromDate": "2026-02-02", "toDate": "2026-02-01"}, "fromDate"),
    ],
)
def test_days_that_are_none_are_refused(
    as_admin: APIClient, rahim: Customer, rest: str, query: dict[str, str], field: str
) -> None:
    refused(as_admin.get(url(rahim, rest), query), 400, field)


@pytest.mark.parametrize("rest", ["transactions", "transactions/summary"])
@pytest.mark.parametrize("word", ["Advance", "purchased", "Purchase", "0", "[]", "Payment,Refund"])
def test_a_word_for_no_kind_is_refused(
    as_admin: APIClient, rahim: Customer, rest: str, word: str
) -> None:
    refused(as_admin.get(url(rahim, rest), {"type": word}), 400, "type")
