"""What belongs to one customer: open dues, payments, lines of a sale (docs/api.md §20, §27)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import refused
from catalog.models import Product
from ledger.models import Payment
from pos_project.core.days import local_text
from pos_project.tests import shop
from sales.models import Customer, CustomerDue

pytestmark = pytest.mark.usefixtures("the_books_agree")


@pytest.fixture
def shirt(db: None) -> Product:
    product = shop.a_product(name="Blue T-Shirt")
    shop.stock(product, 50)
    return product


def url(customer: Customer | int, rest: str) -> str:
    pk = customer if isinstance(customer, int) else customer.pk
    return f"/api/customers/{pk}/{rest}"


# --- Dues ---


def test_open_dues_are_listed_oldest_first_with_the_whole_debt(
    as_staff: APIClient, rahim: Customer, shirt: Product
) -> None:
    seller = shop.a_cashier("Nusrat Jahan")
    newer = shop.sell((shirt, 1), customer=rahim, offered=shop.on_credit(), by=seller).sale
    earlier = timezone.now() - timedelta(days=9)
    older = shop.sell((shirt, 2), customer=rahim, offered=shop.cash(20), by=seller, at=earlier).sale
    shop.sell((shirt, 1), customer=rahim, offered=shop.on_credit(), at=earlier - timedelta(days=1))
    shop.pay_dues(rahim, "19.99")  # the oldest: no longer open
    shop.sell((shirt, 1), customer=shop.a_customer(name="Karim"), offered=shop.on_credit())

    body = as_staff.get(url(rahim, "dues")).json()

    assert (body["success"], body["message"], body["total"]) == (True, "Fetched", 2)
    assert [row["sale_id"] for row in body["data"]] == [older.pk, newer.pk]
    assert body["data"][0] == {
        "id": CustomerDue.objects.get(sale=older).pk,
        "sale_id": older.pk,
        "due_amount": 19.98,
        "created_at": local_text(earlier),
        "invoice": older.invoice_no,
        "seller": "Nusrat Jahan",
        "method": "cash",
        "total_amount": 39.98,
        "paid_amount": 20,
        "total_due": 39.97,
        "name": "Rahim Uddin",
    }
    assert body["data"][1]["method"] == "due"


def test_a_payment_settles_the_dues_in_the_order_of_the_list(
    as_staff: APIClient, rahim: Customer
) -> None:
    for days_ago in (1, 3, 2):
        at = timezone.now() - timedelta(days=days_ago)
        shop.sell((shop.a_service("10.00"), 1), customer=rahim, offered=shop.on_credit(), at=at)
    listed = [row["sale_id"] for row in as_staff.get(url(rahim, "dues")).json()["data"]]

    paid = shop.pay_dues(rahim, 30)

    assert [share.due.document_id for share in paid.allocations] == listed


def test_nothing_open_is_an_empty_list(as_staff: APIClient, rahim: Customer) -> None:
    body = as_staff.get(url(rahim, "dues")).json()
    assert (body["total"], body["data"]) == (0, [])


def test_dues_are_not_cut_into_pages_unless_asked(as_staff: APIClient, rahim: Customer) -> None:
    for _ in range(12):
        shop.sell((shop.a_service(), 1), customer=rahim, offered=shop.on_credit())

    whole = as_staff.get(url(rahim, "dues")).json()
    part = as_staff.get(url(rahim, "dues") + "?page=2&limit=5").json()

    assert (len(whole["data"]), whole["total"], whole["limit"]) == (12, 12, 500)
    assert part["data"] == whole["data"][5:10]
    assert part["total"] == 12
    assert as_staff.get(url(rahim, "dues") + "?limit=100000").json()["limit"] == 500


def test_dues_recorded_by_others_are_shown_to_whoever_takes_the_money(
    as_staff: APIClient, rahim: Customer
) -> None:
    shop.sell((shop.a_service(), 1), customer=rahim, offered=shop.on_credit(), by=shop.a_cashier())
    assert as_staff.get(url(rahim, "dues")).json()["total"] == 1


# --- Payments ---


def test_a_customers_payments_are_listed_newest_first(
    as_admin: APIClient, rahim: Customer, shirt: Product, admin: User
) -> None:
    sold = shop.sell((shirt, 2), customer=rahim, offered=shop.cash(30), by=admin).sale
    shop.pay_dues(rahim, 15, "bkash", by=admin, note="At the door")  # 9.98 and 5.02 ahead
    shop.sell((shirt, 1), by=admin)
    shop.sell((shirt, 1), customer=shop.a_customer(name="Karim"), by=admin)

    body = as_admin.get(url(rahim, "payments")).json()

    kinds = [(row["payment_type"], row["amount"]) for row in body["data"]]
    assert kinds == [("advance", 5.02), ("due_payment", 9.98), ("payment", 30)]
    assert (body["total"], body["limit"], body["pagination"]["pages"]) == (3, 50, 1)
    due_payment = body["data"][1]
    assert due_payment.pop("created_at").endswith("+06:00")
    assert due_payment == {
        "id": Payment.objects.get(payment_type="due_payment").pk,
        "payment_party": "customer",
        "payment_type": "due_payment",
        "direction": "in",
        "amount": 9.98,
        "method": "bkash",
        "customer_id": rahim.pk,
        "customer_name": "Rahim Uddin",
        "supplier_id": None,
        "supplier_name": None,
        "sale_id": sold.pk,
        "purchase_id": None,
        "reference_no": sold.invoice_no,
        "note": "At the door",
        "reverses": None,
        "reversed_by": None,
        "user_id": admin.pk,
        "user_name": admin.name,
    }


def test_staff_see_the_payments_that_they_took(
    as_staff: APIClient, as_manager: APIClient, staff: User, rahim: Customer, shirt: Product
) -> None:
    shop.sell((shirt, 1), customer=rahim, by=shop.a_cashier())
    mine = shop.sell((shirt, 1), customer=rahim, by=staff).sale

    own = as_staff.get(url(rahim, "payments")).json()

    assert ([row["sale_id"] for row in own["data"]], own["total"]) == ([mine.pk], 1)
    assert as_manager.get(url(rahim, "payments")).json()["total"] == 2


def test_a_customers_payments_can_be_narrowed(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    sold = shop.sell((shirt, 2), customer=rahim).sale
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))

    out = as_admin.get(url(rahim, "payments"), {"direction": "out"}).json()["data"]

    assert [row["payment_type"] for row in out] == ["refund"]
    refused(as_admin.get(url(rahim, "payments"), {"direction": "up"}), 400, "direction")


# --- Lines of a sale ---


def test_the_lines_of_a_sale_are_shown_last_first(
    as_admin: APIClient, rahim: Customer, shirt: Product, admin: User
) -> None:
    sold = shop.sell((shirt, 3), (shop.a_service(), 1), customer=rahim, by=admin).sale
    first, last = sold.items.order_by("id")
    shop.take_back(sold, shop.units_of(first, 1))

    body = as_admin.get(url(rahim, f"sales/{sold.pk}/items")).json()

    assert body["success"] is True
    assert [row["id"] for row in body["data"]] == [last.pk, first.pk]
    assert body["data"][1] == {
        "id": first.pk,
        "sale_id": sold.pk,
        "product_id": shirt.pk,
        "product_name": "Blue T-Shirt",
        "image": None,
        "quantity": 3,
        "refunded_quantity": 1,
        "price": 19.99,
        "unit_price": 19.99,
        "subtotal": 59.97,
        "total": 59.97,
        "invoice": sold.invoice_no,
        "created_at": local_text(sold.created_at),
        "user_name": admin.name,
        "customer": "Rahim Uddin",
    }


def test_the_lines_of_a_held_sale_are_shown_too(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    held = shop.hold((shirt, 2), customer=rahim)
    [line] = as_admin.get(url(rahim, f"sales/{held.pk}/items")).json()["data"]
    assert (line["quantity"], line["refunded_quantity"]) == (2, 0)


def test_customer_0_stands_for_a_walk_in(
    as_admin: APIClient, rahim: Customer, shirt: Product
) -> None:
    walk_in, named = shop.sell((shirt, 1)).sale, shop.sell((shirt, 1), customer=rahim).sale

    [line] = as_admin.get(url(0, f"sales/{walk_in.pk}/items")).json()["data"]

    assert line["customer"] == "Walk-in Customer"
    refused(as_admin.get(url(0, f"sales/{named.pk}/items")), 404)
    refused(as_admin.get(url(rahim, f"sales/{walk_in.pk}/items")), 404)


def test_a_sale_of_another_customer_or_colleague_is_not_found(
    as_staff: APIClient, as_manager: APIClient, staff: User, rahim: Customer, shirt: Product
) -> None:
    karim = shop.a_customer(name="Karim")
    colleagues = shop.sell((shirt, 1), customer=rahim, by=shop.a_cashier()).sale
    mine = shop.sell((shirt, 1), customer=rahim, by=staff).sale
    walk_in = shop.sell((shirt, 1), by=shop.a_cashier()).sale

    assert as_staff.get(url(rahim, f"sales/{mine.pk}/items")).status_code == 200
    assert as_manager.get(url(rahim, f"sales/{colleagues.pk}/items")).status_code == 200
    hidden = as_staff.get(url(rahim, f"sales/{colleagues.pk}/items"))
    refused(hidden, 404)
    assert hidden.json()["message"] == "Sale not found"
    refused(as_staff.get(url(0, f"sales/{walk_in.pk}/items")), 404)
    refused(as_manager.get(url(karim, f"sales/{mine.pk}/items")), 404)
    refused(as_manager.get(url(rahim, "sales/4711/items")), 404)
    refused(as_manager.get(url(rahim, "sales/abc/items")), 400)
