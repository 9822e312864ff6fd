"""A supplier's transactions and products: which rows, and what is refused (docs/api.md §28)."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import refused
from catalog.models import Product
from ledger import parties
from pos_project.core.days import today
from pos_project.tests import shop
from purchasing.models import Supplier
from purchasing.supplier_payments import SUPPLIER_DUES

pytestmark = pytest.mark.usefixtures("the_books_agree")

LISTS = ("transactions", "transactions/summary", "products", "products_summary")


@pytest.fixture
def shirt(db: None) -> Product:
    return shop.a_product(name="Blue T-Shirt")


def url(supplier: Supplier | int, rest: str) -> str:
    pk = supplier if isinstance(supplier, int) else supplier.pk
    return f"/api/suppliers/{pk}/{rest}"


def rows(client: APIClient, supplier: Supplier, rest: str = "transactions", **query: Any) -> Any:
    answer = client.get(url(supplier, rest), query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_payments_of_dues_and_advances_have_words_of_their_own(
    as_staff: APIClient, delta: Supplier, shirt: Product
) -> None:
    bought = shop.buy((shirt, 10, "8.50"), supplier=delta, offered=shop.cash(50), invoice="PO-1")
    shop.pay_the(delta, 40, "bkash")

    ahead, paid, purchase, at_once = rows(as_staff, delta)

    assert (ahead["type"], ahead["status"], ahead["amount"]) == ("Advance", "advance", 5)
    assert ahead["reference"] is None
    assert (paid["type"], paid["status"], paid["amount"]) == ("DuePayment", "due_payment", 35)
    assert (paid["reference"], paid["method"], paid["due"]) == ("PO-1", "bkash", None)
    assert (purchase["ref_id"], purchase["paid"], purchase["due"]) == (bought.pk, 85, 0)
    assert (at_once["type"], at_once["amount"]) == ("Payment", 50)
    for word in ("Purchase", "Payment", "DuePayment", "Advance"):
        assert [row["type"] for row in rows(as_staff, delta, type=word)] == [word]
    for word in ("All", ""):
        assert len(rows(as_staff, delta, type=word)) == 4
    summary = as_staff.get(url(delta, "transactions/summary"), {"limit": 3}).json()
    assert summary == {
        "success": True,
        "total_transactions": 4,
        "purchase_count": 1,
        "payment_count": 1,
        "duepayment_count": 1,
        "advance_count": 1,
        "pagination": {"totalPage": 2, "total": 4},
    }


def test_staff_see_what_others_recorded_too(
    as_staff: APIClient, delta: Supplier, shirt: Product, admin: User
) -> None:
    shop.buy((shirt, 1, "8.50"), supplier=delta, by=admin)
    assert {row["created_by"] for row in rows(as_staff, delta)} == {admin.name}
    assert rows(as_staff, delta, "products")[0]["total_quantity"] == 1


def test_products_go_by_the_day_on_the_document(
    as_staff: APIClient, delta: Supplier, shirt: Product
) -> None:
    cap, yesterday = shop.a_product(), today() - timedelta(days=1)
    shop.buy((shirt, 2, "8.50"), (cap, 9, "4"), (shirt, 3, "8"), supplier=delta, on=yesterday)
    shop.buy((shirt, 5, "9.00"), supplier=delta)
    shop.buy((shirt, 70, "9.00"), supplier=shop.a_supplier(name="Padma"))

    def found(**days: Any) -> list[tuple[Any, ...]]:
        return [
            (row["product_id"], row["times_supplied"], row["total_quantity"], row["total_amount"])
            for row in rows(as_staff, delta, "products", **days)
        ]

    assert found() == [(shirt.pk, 2, 10, 86), (cap.pk, 1, 9, 36)]
    assert found(toDate=yesterday) == [(cap.pk, 1, 9, 36), (shirt.pk, 1, 5, 41)]
    assert found(fromDate=today()) == [(shirt.pk, 1, 5, 45)]
    assert rows(as_staff, delta, "products_summary", toDate=yesterday) == {
        "totalTimesPurchased": 1,
        "totalProductsSupplied": 2,
        "totalQuantity": 14,
        "totalAmount": 77,
    }
    tomorrow = today() + timedelta(days=1)
    nothing = rows(as_staff, delta, "products_summary", fromDate=tomorrow)
    assert set(nothing.values()) == {0}


def test_an_undone_purchase_stays_in_the_history_but_supplied_nothing(
    as_staff: APIClient, delta: Supplier, shirt: Product
) -> None:
    first = shop.buy((shirt, 2, "8.50"), supplier=delta, offered=shop.cash(17))
    shop.undo_purchase(first)
    shop.buy((shirt, 3, "8.00"), supplier=delta, offered=shop.on_credit())

    amounts = [(row["type"], row["amount"], row["direction"]) for row in rows(as_staff, delta)]

    assert amounts == [
        ("Purchase", 24, None),
        ("Purchase", -17, None),
        ("Payment", 17, "in"),
        ("Purchase", 17, None),
        ("Payment", 17, "out"),
    ]
    [product] = rows(as_staff, delta, "products")
    assert (product["times_supplied"], product["total_quantity"]) == (1, 3)
    assert rows(as_staff, delta, "products_summary")["totalTimesPurchased"] == 1
    assert len(rows(as_staff, delta, f"supplied/{shirt.pk}")) == 1


def test_the_lines_of_a_product_are_shown_newest_first(
    as_staff: APIClient, delta: Supplier, shirt: Product
) -> None:
    yesterday = today() - timedelta(days=1)
    newer = shop.buy((shirt, 1, "8.50"), (shirt, 2, "8.00"), supplier=delta)
    older = shop.buy((shirt, 3, "7.00"), supplier=delta, on=yesterday)

    lines = rows(as_staff, delta, f"supplied/{shirt.pk}")

    assert [(line["purchase_id"], line["quantity"], line["subtotal"]) for line in lines] == [
        (newer.pk, 2, 16),
        (newer.pk, 1, 8.5),
        (older.pk, 3, 21),
    ]
    assert len(rows(as_staff, delta, f"supplied/{shirt.pk}", toDate=yesterday)) == 1
    assert rows(as_staff, delta, f"supplied/{shop.a_product().pk}") == []
    refused(as_staff.get(url(delta, "supplied/4711")), 404)
    refused(as_staff.get(url(delta, "supplied/x")), 400)


@pytest.mark.parametrize("rest", [*LISTS, "supplied/1"])
def test_nobodys_history_is_not_found(
    as_admin: APIClient, delta: Supplier, shirt: Product, rest: str
) -> None:
    shop.buy((shirt, 1, "8.50"), supplier=delta)
    parties.remove(SUPPLIER_DUES, delta.pk, by=shop.a_cashier())

    for supplier in (delta, 4711):
        answer = as_admin.get(url(supplier, rest))
        refused(answer, 404)
        assert answer.json()["message"] == "Supplier not found"
    refused(as_admin.get(f"/api/suppliers/abc/{rest}"), 400)


@pytest.mark.parametrize("rest", [*LISTS, "supplied/1"])
def test_days_that_are_none_are_refused(as_admin: APIClient, delta: Supplier, rest: str) -> None:
    refused(as_admin.get(url(delta, rest), {"fromDate": "2026-13-01"}), 400, "fromDate")
    inverted = {"fromDate": "2026-02-02", "toDate": "2026-02-01"}
    refused(as_admin.get(url(delta, rest), inverted), 400, "fromDate")


@pytest.mark.parametrize("rest", ["transactions", "transactions/summary"])
@pytest.mark.parametrize("word", ["Sale", "Purchased", "Refund", "advance"])
def test_a_word_for_no_kind_is_refused(
    as_admin: APIClient, delta: Supplier, rest: str, word: str
) -> None:
    refused(as_admin.get(url(delta, rest), {"type": word}), 400, "type")
