"""Histories over the worked dataset (docs/histories.md), to the field."""

from typing import Any

import pytest

from ledger.models import Payment
from reports.tests.worked_dataset import WorkedDataset

pytestmark = pytest.mark.usefixtures("the_books_agree")

EIGHTH = {"fromDate": "2026-02-08", "toDate": "2026-02-08"}


def payment_of(**sale_or_purchase: int) -> int:
    return Payment.objects.exclude(payment_type="refund").get(**sale_or_purchase).pk


def kinds(body: dict[str, Any]) -> list[tuple[str, int]]:
    return [(row["type"], row["ref_id"]) for row in body["data"]]


# --- Customers ---


def test_a_customers_sale_and_its_payment(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("customers/12/transactions", **EIGHTH)

    paid = payment_of(sale_id=5502)
    assert kinds(body) == [("Refund", 61), ("Purchased", 5502), ("Payment", paid)]
    who = {
        "customer_id": 12,
        "customer_name": "Rahim Uddin",
        "user_id": 3,
        "seller_name": "Nusrat Jahan",
    }
    assert body["data"] == [
        {
            **who,
            "ref_id": 61,
            "type": "Refund",
            "reference": "INV-S005502",
            "amount": 19.99,
            "status": "refund",
            "paid": 19.99,
            "due": None,
            "method": "cash",
            "direction": "out",
            "created_at": "2026-02-08T17:00:00+06:00",
        },
        {
            **who,
            "ref_id": 5502,
            "type": "Purchased",
            "reference": "INV-S005502",
            "amount": 39.98,
            "status": "completed",
            "paid": 39.98,
            "due": 0,
            "method": "cash",
            "direction": None,
            "created_at": "2026-02-08T15:04:05+06:00",
        },
        {
            **who,
            "ref_id": paid,
            "type": "Payment",
            "reference": "INV-S005502",
            "amount": 39.98,
            "status": "payment",
            "paid": 39.98,
            "due": None,
            "method": "cash",
            "direction": "in",
            "created_at": "2026-02-08T15:04:05+06:00",
        },
    ]
    assert body["success"] is True
    assert (body["total"], body["page"], body["limit"]) == (3, 1, 10)
    assert body["pagination"] == {
        "total": 3,
        "page": 1,
        "limit": 10,
        "pages": 1,
        "totalPage": 1,
        "currentPage": 1,
        "pageSize": 10,
        "hasNextPage": False,
        "hasPrevPage": False,
    }


def test_a_customers_summary_counts_the_rows_of_the_list(worked_dataset: WorkedDataset) -> None:
    path = "customers/12/transactions/summary"

    assert worked_dataset.body(path, type="All", limit=10, fromDate="", toDate="") == {
        "success": True,
        "total_transactions": 5,
        "purchased_count": 2,
        "payment_count": 1,
        "duepayment_count": 1,
        "refund_count": 1,
        "pagination": {"totalPage": 1, "total": 5},
    }
    assert worked_dataset.body(path, limit=2)["pagination"] == {"totalPage": 3, "total": 5}
    assert worked_dataset.body(path, type="Sale", **EIGHTH) == {
        "success": True,
        "total_transactions": 1,
        "purchased_count": 1,
        "payment_count": 0,
        "duepayment_count": 0,
        "refund_count": 0,
        "pagination": {"totalPage": 1, "total": 1},
    }


def test_a_due_payment_names_the_invoice_it_pays(worked_dataset: WorkedDataset) -> None:
    [row] = worked_dataset.body("customers/12/transactions", type="DuePayment")["data"]
    assert (row["reference"], row["amount"], row["status"]) == ("INV-S005490", 80, "due_payment")
    [sale] = worked_dataset.body("customers/12/transactions", toDate="2026-02-04")["data"]
    assert (sale["ref_id"], sale["paid"], sale["due"]) == (5490, 80, 120.5)  # as it stands today
    assert (sale["method"], sale["status"]) == ("due", "completed")


def test_the_products_a_customer_bought_and_kept(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("customers/12/purchased_products")

    scarf = {
        "product_id": 103,
        "product_name": "Wool Scarf",
        "image": None,
        "times_purchased": 1,
        "total_quantity": 5,
        "total_amount": 200.5,
    }
    shirt = {
        "product_id": 101,
        "product_name": "Blue T-Shirt",
        "image": None,
        "times_purchased": 1,
        "total_quantity": 1,  # one of two came back
        "total_amount": 19.99,
    }
    assert body["data"] == [scarf, shirt]
    assert (body["success"], body["total"], body["page"], body["limit"]) == (True, 2, 1, 10)
    assert worked_dataset.body("customers/12/purchased_products", **EIGHTH)["data"] == [shirt]
    assert worked_dataset.body("customers/12/products_summary") == {
        "success": True,
        "data": {
            "totalTimesPurchased": 2,
            "totalProductsPurchased": 2,
            "totalQuantity": 6,
            "totalAmount": 220.49,
        },
    }


def test_the_lines_on_which_a_customer_bought_a_product(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("customers/12/purchased_products/101")

    assert {key: body[key] for key in ("success", "page", "limit", "total", "count")} == {
        "success": True,
        "page": 1,
        "limit": 10,
        "total": 1,
        "count": 1,
    }
    assert body["data"] == [
        {
            "product_id": 101,
            "sale_id": 5502,
            "invoice": "INV-S005502",
            "quantity": 2,
            "price": 19.99,
            "unit_price": 19.99,
            "subtotal": 39.98,
            "created_at": "08-02-2026 03:04 PM",
            "product_name": "Blue T-Shirt",
            "user_name": "Nusrat Jahan",
        }
    ]


# --- Suppliers ---


def test_a_purchase_and_its_payment(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("suppliers/5/transactions", **EIGHTH)

    shared = {
        "reference": "PO-2026-001",
        "supplier_id": 5,
        "supplier_name": "Delta Textiles",
        "user_id": 1,
        "paid": 50,
        "method": "cash",
        "created_by": "superAdmin",
        "created_at": "2026-02-08T11:20:00+06:00",
    }
    purchase = {
        "ref_id": 2301,
        "type": "Purchase",
        "amount": 85,
        "status": "purchase",
        "due": 35,
        "direction": None,
    }
    payment = {
        "ref_id": payment_of(purchase_id=2301),
        "type": "Payment",
        "amount": 50,
        "status": "payment",
        "due": None,
        "direction": "out",
    }
    assert body["data"] == [{**shared, **purchase}, {**shared, **payment}]
    assert (body["total"], body["page"], body["limit"]) == (2, 1, 10)
    assert body["pagination"]["hasNextPage"] is False


def test_a_suppliers_summary_counts_the_rows_of_the_list(worked_dataset: WorkedDataset) -> None:
    assert worked_dataset.body("suppliers/5/transactions/summary", type="All", **EIGHTH) == {
        "success": True,
        "total_transactions": 2,
        "purchase_count": 1,
        "payment_count": 1,
        "duepayment_count": 0,
        "advance_count": 0,
        "pagination": {"totalPage": 1, "total": 2},
    }


def test_the_products_a_supplier_brought(worked_dataset: WorkedDataset) -> None:
    row = {
        "product_id": 101,
        "product_name": "Blue T-Shirt",
        "image": None,
        "times_supplied": 1,
        "total_quantity": 10,
        "total_amount": 85,
    }
    body = worked_dataset.body("suppliers/5/products", **EIGHTH)
    assert body["data"] == [row]
    assert (body["success"], body["total"], body["page"], body["limit"]) == (True, 1, 1, 10)
    assert worked_dataset.body("suppliers/5/products_summary", **EIGHTH) == {
        "success": True,
        "data": {
            "totalTimesPurchased": 1,
            "totalProductsSupplied": 1,
            "totalQuantity": 10,
            "totalAmount": 85,
        },
    }
    assert [
        (each["product_id"], each["times_supplied"], each["total_quantity"], each["total_amount"])
        for each in worked_dataset.body("suppliers/5/products")["data"]
    ] == [(101, 2, 28, 238), (103, 1, 10, 220)]
    assert worked_dataset.body("suppliers/5/products_summary")["data"] == {
        "totalTimesPurchased": 3,
        "totalProductsSupplied": 2,
        "totalQuantity": 38,
        "totalAmount": 458,
    }


def test_the_lines_on_which_a_supplier_brought_a_product(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("suppliers/5/supplied/101")

    assert (body["success"], body["page"], body["limit"], body["total"]) == (True, 1, 10, 2)
    assert body["data"][0] == {
        "product_id": 101,
        "purchase_id": 2301,
        "invoice": "PO-2026-001",
        "quantity": 10,
        "price": 8.5,
        "cost_price": 8.5,
        "subtotal": 85,
        "created_at": "08-02-2026 11:20 AM",
        "product_name": "Blue T-Shirt",
        "user_name": "superAdmin",
    }
    assert body["data"][1]["purchase_id"] == 2280
    assert worked_dataset.body("suppliers/5/supplied/104")["data"] == []  # never brought


# --- Users and the shop ---


def test_what_a_user_recorded(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("users/3/transactions", limit=2)

    rahim = {
        "customer_id": 12,
        "customer_name": "Rahim Uddin",
        "user_id": 3,
        "seller_name": "Nusrat Jahan",
        "party_type": "customer",
        "supplier_id": None,
        "supplier_name": None,
    }
    assert body == {
        "success": True,
        "message": "Transactions",
        "data": [
            {
                **rahim,
                "ref_id": 61,
                "type": "Refund",
                "reference": "INV-S005502",
                "amount": 19.99,
                "status": "refund",
                "paid": 19.99,
                "due": None,
                "method": "cash",
                "direction": "out",
                "created_at": "2026-02-08T17:00:00+06:00",
            },
            {
                **rahim,
                "ref_id": 5502,
                "type": "Sale",
                "reference": "INV-S005502",
                "amount": 39.98,
                "status": "completed",
                "paid": 39.98,
                "due": 0,
                "method": "cash",
                "direction": None,
                "created_at": "2026-02-08T15:04:05+06:00",
            },
        ],
        "total": 5,
        "page": 1,
        "limit": 2,
        "pagination": {
            "total": 5,
            "page": 1,
            "limit": 2,
            "pages": 3,
            "totalPage": 3,
            "currentPage": 1,
            "pageSize": 2,
            "hasNextPage": True,
            "hasPrevPage": False,
        },
        "meta": {"timestamp": "2026-02-08T18:00:00+06:00", "userId": 3, "requestedBy": 1},
    }


@pytest.mark.parametrize("path", ["users/3/summary", "users/3/transactions/summary"])
def test_how_much_a_user_recorded(worked_dataset: WorkedDataset, path: str) -> None:
    assert worked_dataset.body(path) == {
        "success": True,
        "message": "Transaction summary",
        "total_transactions": 5,
        "sale_count": 2,
        "payment_count": 1,
        "duepayment_count": 1,
        "refund_count": 1,
        "pagination": {"totalPage": 1, "total": 5},
        "meta": {"timestamp": "2026-02-08T18:00:00+06:00", "userId": 3, "requestedBy": 1},
    }


def test_a_user_sees_their_own(worked_dataset: WorkedDataset) -> None:
    seller = worked_dataset.seller
    own = worked_dataset.body("users/me/transactions", by=seller)
    assert own["data"] == worked_dataset.body("users/3/transactions")["data"]
    assert own["meta"] == {
        "timestamp": "2026-02-08T18:00:00+06:00",
        "userId": 3,
        "requestedBy": 3,
    }
    for path in ("users/me/summary", "users/me/transactions/summary"):
        assert worked_dataset.body(path, by=seller)["total_transactions"] == 5


def test_the_whole_shops_transactions(worked_dataset: WorkedDataset) -> None:
    body = worked_dataset.body("dashboard/transactions", **EIGHTH)

    assert kinds(body) == [
        ("Refund", 61),
        ("Sale", 5503),
        ("Payment", payment_of(sale_id=5503)),
        ("Sale", 5502),
        ("Payment", payment_of(sale_id=5502)),
        ("Payment", payment_of(purchase_id=2301)),
    ]
    assert (body["message"], body["total"]) == ("Transactions", 6)
    assert body["meta"] == {"timestamp": "2026-02-08T18:00:00+06:00", "userId": 1}
    walk_in, to_supplier = body["data"][1], body["data"][5]
    assert (walk_in["customer_id"], walk_in["customer_name"]) == (None, "Walk-in Customer")
    assert walk_in["party_type"] == "customer"
    assert to_supplier["customer_name"] is None
    assert (to_supplier["direction"], to_supplier["party_type"]) == ("out", "supplier")
    assert (to_supplier["supplier_id"], to_supplier["supplier_name"]) == (5, "Delta Textiles")
    assert to_supplier["reference"] == "PO-2026-001"
    assert worked_dataset.body("dashboard/transactions")["total"] == 10
