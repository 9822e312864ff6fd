"""Checkout, hold and complete over the wire (docs/api.md §22)."""

from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Product, TaxRate
from inventory.models import Batch
from ledger.chart_models import PaymentMethod
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.payments import METHODS, Tender, TendersOffered
from purchasing.models import Supplier
from purchasing.receive import Delivery, Line, receive_purchase
from sales.models import Customer, CustomerDue, Sale


@pytest.fixture
def shirt(admin: User) -> Product:
    return baker.make(Product, name="Blue T-Shirt", sku="TS-001", price=Decimal("19.99"))


@pytest.fixture(autouse=True)
def _stock(shirt: Product, admin: User) -> None:
    delivery = Delivery(baker.make(Supplier).pk, [Line(shirt.pk, Decimal(25), Decimal("8.50"))])
    receive_purchase(delivery, TendersOffered((Tender("cash", Decimal(100)),), "cash"), by=admin)


def cart(product: Product, quantity: Any = 2, **more: Any) -> dict[str, Any]:
    return {"items": [{"product_id": product.pk, "quantity": quantity}], **more}


def stock(product: Product) -> Decimal:
    return Batch.objects.stock([product.pk], store_id=1).get(product.pk, Decimal(0))


def test_the_documented_checkout_is_answered_as_documented(
    as_staff: APIClient, shirt: Product, rahim: Customer
) -> None:
    answer = as_staff.post(
        "/api/sales/checkout",
        {
            "customer_id": rahim.pk,
            "payment_method": "cash",
            "paid_amount": 39.98,
            "items": [{"product_id": shirt.pk, "quantity": 2, "unit_price": 19.99}],
        },
    )

    assert answer.status_code == 201
    sale = Sale.objects.get()
    assert answer.json() == {
        "success": True,
        "message": "Sale completed",
        "sale_id": sale.pk,
        "invoice_no": f"INV-S{sale.pk:06}",
        "total": 39.98,
        "paid_amount": 39.98,
        "due_amount": 0,
        "change_amount": 0,
        "sale": {
            "id": sale.pk,
            "invoice_no": f"INV-S{sale.pk:06}",
            "customer_id": rahim.pk,
            "subtotal": 39.98,
            "tax": 0,
            "discount": 0,
            "total": 39.98,
            "paid_amount": 39.98,
            "due_amount": 0,
            "payment_method": "cash",
            "status": "completed",
            "note": None,
        },
    }
    assert stock(shirt) == 23


def test_what_the_published_client_sends_is_accepted(as_staff: APIClient, shirt: Product) -> None:
    answer = as_staff.post(
        "/api/sales/checkout/",
        {
            "customer_id": None,
            "items": [{"product_id": str(shirt.pk), "quantity": "3", "price": 19.99}],
            "subtotal": 59.970000000000006,
            "tax": 0,
            "discount": 0,
            "total_amount": 59.970000000000006,
            "paid_amount": 100,
            "payment_method": "cash",
            "confirm": "unknown keys are ignored",
        },
    )

    assert answer.status_code == 201, answer.json()
    assert answer.json()["change_amount"] == 40.03
    assert answer.json()["paid_amount"] == 59.97


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_sent_empty_is_not_given(
    as_staff: APIClient, shirt: Product, nothing: str | None
) -> None:
    optional = (
        "customer_id",
        "discount",
        "tax",
        "tax_rate_id",
        "subtotal",
        "total_amount",
        "note",
        "payment_method",
        "use_advance",
    )
    body = cart(shirt, paid_amount=39.98) | dict.fromkeys(optional, nothing)

    answer = as_staff.post("/api/sales/checkout", body)

    assert answer.status_code == 201, answer.json()
    assert answer.json()["total"] == 39.98


def test_credit_needs_a_customer_and_makes_a_due(
    as_staff: APIClient, shirt: Product, rahim: Customer
) -> None:
    walk_in = as_staff.post("/api/sales/checkout", cart(shirt, payment_method="due"))
    assert walk_in.status_code == 400
    assert stock(shirt) == 25

    body = cart(shirt, payment_method="due", paid_amount=39.98, customer_id=rahim.pk)
    answer = as_staff.post("/api/sales/checkout", body)

    assert answer.status_code == 201
    assert (answer.json()["paid_amount"], answer.json()["due_amount"]) == (0, 39.98)
    assert CustomerDue.objects.get().due_amount == Decimal("39.98")
    assert not Payment.objects.filter(direction="in").exists()


def test_several_tenders_pay_one_sale(as_staff: APIClient, shirt: Product) -> None:
    tenders = [
        {"method": "bkash", "amount": 30, "reference": "TX-9"},
        {"method": "cash", "amount": 20},
    ]

    answer = as_staff.post("/api/sales/checkout", cart(shirt, payments=tenders))

    assert answer.status_code == 201, answer.json()
    assert answer.json()["change_amount"] == 10.02
    assert answer.json()["sale"]["payment_method"] == "bkash"
    rows = Payment.objects.filter(direction="in").order_by("amount")
    assert list(rows.values_list("method", "amount", "reference_no")) == [
        ("cash", Decimal("9.98"), answer.json()["invoice_no"]),
        ("bkash", Decimal("30.00"), "TX-9"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"payments": [{"method": "card", "amount": 50}]},
        {"payments": [{"method": "due", "amount": 39.98}]},
        {"payments": [{"method": "cash", "amount": 0}]},
        {"payments": [{"method": "cash", "amount": 50}], "paid_amount": 50},
        {"payments": [{"method": "cash", "amount": 50}], "payment_method": "cash"},
        {"payments": "cash"},
        {"payments": []},
    ],
)
def test_senseless_tenders_are_refused(
    as_staff: APIClient, shirt: Product, change: dict[str, Any]
) -> None:
    answer = as_staff.post("/api/sales/checkout", cart(shirt) | change)

    assert answer.status_code == 400
    assert any(name.startswith("payments") for name in answer.json()["errors"])
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": []}, "items"),
        ({"items": None}, "items"),
        ({"items": [1]}, "items[0]"),
        ({"items": {"a": 1}}, "items"),
        ({"items": [{"quantity": 1}]}, "items[0].product_id"),
        ({"items": [{"product_id": 10**30, "quantity": 1}]}, "items[0].product_id"),
        ({"items": [{"product_id": True, "quantity": 1}]}, "items[0].product_id"),
        ({"customer_id": 4711}, "customer_id"),
        ({"customer_id": [1]}, "customer_id"),
        ({"discount": -1}, "discount"),
        ({"discount": 39.99}, "discount"),
        ({"tax": "1e400"}, "tax"),
        ({"tax": -0.01}, "tax"),
        ({"subtotal": 39.97}, "subtotal"),
        ({"total_amount": 40}, "total_amount"),
        ({"paid_amount": "lots"}, "paid_amount"),
        ({"paid_amount": 10}, "paid_amount"),
        ({"payment_method": "shells"}, "payment_method"),
        ({"tax_rate_id": 99}, "tax_rate_id"),
        ({"note": "x" * 1001}, "note"),
        ({"note": "4111111111111111"}, "note"),
        ({"note": "a", "notes": "b"}, "note"),
        ({"use_advance": True}, "use_advance"),
    ],
)
def test_a_wrong_checkout_names_its_field_and_writes_nothing(
    as_staff: APIClient, shirt: Product, change: dict[str, Any], field: str
) -> None:
    body = cart(shirt, paid_amount=39.98) | change

    answer = as_staff.post("/api/sales/checkout", body)

    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["errors"]
    assert answer.json()["message"] == answer.json()["error"]
    assert not Sale.objects.exists()
    assert stock(shirt) == 25


@pytest.mark.parametrize("quantity", [0, -1, 2.5, "2.5", "abc", None, True, 10**7, [2], "1e3"])
def test_a_wrong_quantity_is_named_by_its_line(
    as_staff: APIClient, shirt: Product, quantity: Any
) -> None:
    answer = as_staff.post("/api/sales/checkout", cart(shirt, quantity, paid_amount=99))

    assert answer.status_code == 400
    assert "items[0].quantity" in answer.json()["errors"]


@pytest.mark.parametrize("price", [19.999, -1, "x", 100000000, "1_0", "١٢"])
def test_a_wrong_unit_price_is_named_by_its_line(
    as_staff: APIClient, shirt: Product, price: Any
) -> None:
    items = [{"product_id": shirt.pk, "quantity": 1, "unit_price": price}]
    answer = as_staff.post("/api/sales/checkout", {"items": items, "paid_amount": 99})

    assert answer.status_code == 400
    assert "items[0].unit_price" in answer.json()["errors"]


def test_too_little_stock_names_every_short_line(as_staff: APIClient, shirt: Product) -> None:
    lines = [{"product_id": shirt.pk, "quantity": 13}, {"product_id": shirt.pk, "quantity": 13}]

    answer = as_staff.post("/api/sales/checkout", {"items": lines, "paid_amount": 999})

    assert answer.status_code == 400
    assert answer.json()["code"] == "insufficient_stock"
    assert set(answer.json()["errors"]) == {"items[0].quantity", "items[1].quantity"}
    assert "26 wanted, 25 in stock" in answer.json()["message"]


def test_a_sale_too_large_for_the_books_is_refused(as_staff: APIClient, shirt: Product) -> None:
    items = [{"product_id": shirt.pk, "quantity": 25, "unit_price": 99999999.99}]

    answer = as_staff.post("/api/sales/checkout", {"items": items, "paid_amount": 1})

    assert answer.status_code == 400


def test_five_hundred_lines_are_the_limit_of_a_request(as_staff: APIClient, shirt: Product) -> None:
    lines = [{"product_id": shirt.pk, "quantity": 1}] * 501

    answer = as_staff.post("/api/sales/checkout", {"items": lines, "paid_amount": 1})

    assert answer.status_code == 400
    assert "items" in answer.json()["errors"]


def test_a_tax_rate_is_applied_after_the_discount(as_staff: APIClient, shirt: Product) -> None:
    vat = baker.make(TaxRate, name="VAT 5%", rate=Decimal("5.00"))

    answer = as_staff.post(
        "/api/sales/checkout",
        cart(shirt, tax_rate_id=vat.pk, discount=9.98, paid_amount=100),
    )

    assert answer.status_code == 201, answer.json()
    assert (answer.json()["sale"]["tax"], answer.json()["total"]) == (1.5, 31.5)


def test_a_retried_checkout_sells_once_and_gets_its_own_answer(
    as_staff: APIClient, shirt: Product
) -> None:
    body = cart(shirt, 25, paid_amount=499.75)

    first = as_staff.post("/api/sales/checkout", body, headers={"Idempotency-Key": "till-1"})
    again = as_staff.post("/api/sales/checkout", body, headers={"Idempotency-Key": "till-1"})
    other = as_staff.post(
        "/api/sales/checkout", cart(shirt, 1), headers={"Idempotency-Key": "till-1"}
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Sale.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "schlüssel"])
def test_a_key_that_is_none_is_refused(as_staff: APIClient, shirt: Product, key: str) -> None:
    answer = as_staff.post(
        "/api/sales/checkout", cart(shirt, paid_amount=40), headers={"Idempotency-Key": key}
    )

    assert answer.status_code == 400
    assert not Sale.objects.exists()


def test_a_held_sale_moves_nothing_until_it_is_completed(
    as_staff: APIClient, shirt: Product, rahim: Customer
) -> None:
    body = cart(shirt, customer_id=rahim.pk, note="Hold for pickup")

    held = as_staff.post("/api/sales/pending", body)

    assert held.status_code == 201
    sale = Sale.objects.get()
    assert held.json() == {
        "success": True,
        "message": "Pending sale saved",
        "pending_id": sale.pk,
        "sale_id": sale.pk,
        "sale": {
            "id": sale.pk,
            "invoice_no": f"INV-P{sale.pk:06}",
            "customer_id": rahim.pk,
            "subtotal": 39.98,
            "tax": 0,
            "discount": 0,
            "total": 39.98,
            "paid_amount": 0,
            "due_amount": 39.98,
            "payment_method": None,
            "status": "pending",
            "note": "Hold for pickup",
        },
    }
    assert stock(shirt) == 25
    assert not JournalEntry.objects.filter(event="sale").exists()
    [row] = as_staff.get("/api/sales/pending").json()["data"]
    assert row["pending_id"] == sale.pk
    assert row["items"][0]["price"] == row["items"][0]["unit_price"] == 19.99
    assert as_staff.get("/api/sales").json()["total"] == 0


def test_completing_a_held_sale_is_a_checkout_at_its_prices(
    as_staff: APIClient, shirt: Product
) -> None:
    held = as_staff.post("/api/sales/pending", cart(shirt)).json()["pending_id"]
    Product.objects.filter(pk=shirt.pk).update(price=Decimal("50.00"))

    answer = as_staff.post(
        "/api/sales/complete_pending",
        {"sale_id": held, "paid_amount": 40, "payment_method": "card"},
    )

    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert body["message"] == "Pending sale completed"
    assert (body["pending_id"], body["invoice_no"]) == (held, f"INV-P{held:06}")
    assert (body["total"], body["change_amount"]) == (39.98, 0.02)
    assert Payment.objects.get(direction="in").amount == Decimal("39.98")
    assert stock(shirt) == 23
    again = as_staff.post("/api/sales/complete_pending", {"pending_id": held, "paid_amount": 40})
    assert again.status_code == 400
    assert as_staff.post("/api/sales/complete_pending", {"pending_id": 999}).status_code == 404
    assert as_staff.post("/api/sales/complete_pending", {}).status_code == 400


def test_a_held_sale_can_be_given_up_once(as_staff: APIClient, shirt: Product) -> None:
    held = as_staff.post("/api/sales/pending", cart(shirt)).json()["pending_id"]

    answer = as_staff.delete(f"/api/sales/pending/{held}")

    assert answer.json() == {"success": True, "message": "Pending sale cancelled"}
    assert Sale.objects.get().status == "cancelled"
    assert as_staff.delete(f"/api/sales/pending/{held}").status_code == 400
    assert as_staff.delete("/api/sales/pending/999").status_code == 404
    assert as_staff.delete("/api/sales/pending/abc").status_code == 400


def test_the_lists_cost_the_same_for_one_sale_as_for_ten(
    as_staff: APIClient, shirt: Product, rahim: Customer, queries: Any
) -> None:
    def one_more() -> None:
        body = cart(shirt, 1, paid_amount=5, customer_id=rahim.pk)
        as_staff.post("/api/sales/checkout", body)
        as_staff.post("/api/sales/pending", cart(shirt, 1, customer_id=rahim.pk))

    def cost() -> tuple[int, int]:
        return (
            len(queries(lambda: as_staff.get("/api/sales?sort=total&due=true&search=rahim"))),
            len(queries(lambda: as_staff.get("/api/sales/pending"))),
        )

    one_more()
    one = cost()
    for _ in range(9):
        one_more()

    assert cost() == one


def test_a_sale_is_shown_with_everything_that_belongs_to_it(
    as_staff: APIClient, shirt: Product, rahim: Customer
) -> None:
    body = cart(shirt, paid_amount=30, customer_id=rahim.pk)
    sale = as_staff.post("/api/sales/checkout", body).json()["sale_id"]
    as_staff.post(
        "/api/refunds", {"sale_id": sale, "items": [{"product_id": shirt.pk, "quantity": 1}]}
    )

    shown = as_staff.get(f"/api/sales/{sale}").json()["data"]

    assert (shown["customer"], shown["shopkeeper"]) == ("Rahim Uddin", "The staff")
    assert shown["items"][0]["refunded_quantity"] == 1
    assert [payment["payment_type"] for payment in shown["payments"]] == ["refund", "payment"]
    assert shown["refunds"][0]["due_reduced"] == 9.98
    assert shown["refunds"][0]["items"][0]["amount"] == 19.99
    assert as_staff.get("/api/sales/999").status_code == 404
    assert as_staff.get("/api/sales/0").status_code == 400


def test_a_retry_is_answered_as_before_although_the_product_is_gone(
    as_staff: APIClient, shirt: Product
) -> None:
    body = cart(shirt, paid_amount=40)
    first = as_staff.post("/api/sales/checkout", body, headers={"Idempotency-Key": "till-7"})
    shirt.archive(keys=("sku_key",))

    again = as_staff.post("/api/sales/checkout", body, headers={"Idempotency-Key": "till-7"})
    other = as_staff.post("/api/sales/checkout", body, headers={"Idempotency-Key": "till-8"})

    assert (again.status_code, again.content) == (201, first.content)
    assert other.status_code == 400


def test_a_retry_is_answered_as_before_although_the_method_is_gone(
    as_staff: APIClient, shirt: Product
) -> None:
    body, key = (
        cart(shirt, payment_method="bkash", paid_amount=39.98),
        {"Idempotency-Key": "till-9"},
    )
    first = as_staff.post("/api/sales/checkout", body, headers=key)
    PaymentMethod.objects.filter(code="bkash").update(is_active=False)
    METHODS.forget()

    again = as_staff.post("/api/sales/checkout", body, headers=key)
    other = as_staff.post("/api/sales/checkout", body)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 400)
    assert again.content == first.content
