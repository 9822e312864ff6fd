"""The shop that `seed_demo` makes: everything is in it, and the documented requests run there."""

import re
from collections.abc import Callable

import pytest
from django.db.models import Count
from rest_framework.test import APIClient

from catalog.models import Brand, Category, Product
from inventory.models import InventoryLog
from ledger.models import Expense, Payment
from pos_project.tests.invariants import books_agree
from pos_project.tests.shop import everything, stock_of
from pos_project.tests.test_seed_demo import seed
from purchasing.models import SupplierDue
from sales.models import CustomerDue, RefundItem, Sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded"), pytest.mark.dear]


@pytest.fixture(scope="module")
def seeded(standing: Callable[..., str]) -> str:
    """A month of the demo; what the command said."""
    return standing(lambda: seed(days=31))  # so that a first of a month is among them


def test_the_demo_shop_has_everything_and_its_books_agree(seeded: str) -> None:
    assert Product.objects.count() >= 200
    assert Category.objects.count() >= 12
    assert not Category.objects.filter(product=None).exists()
    assert not Brand.objects.filter(name="Acme").exists()
    assert Sale.objects.filter(status="completed").count() > 150
    assert Sale.objects.filter(status="pending").count() >= 3
    assert Sale.objects.completed().filter(customer=None).exists()
    assert Sale.objects.completed().filter(customer__isnull=False).exists()
    methods = set(Payment.objects.filter(direction="in").values_list("method_id", flat=True))
    assert methods == {"cash", "card", "bkash", "nagad"}
    tenders = Payment.objects.filter(payment_type="payment", sale__isnull=False)
    assert tenders.values("sale").annotate(n=Count("id")).filter(n__gt=1).exists()
    for column in ("discount", "tax", "due_amount"):
        assert Sale.objects.completed().filter(**{f"{column}__gt": 0}).exists(), column
    paid_later = Payment.objects.filter(payment_type="due_payment")
    assert paid_later.filter(payment_party="customer").exists()
    assert paid_later.filter(payment_party="supplier").exists()
    assert CustomerDue.objects.filter(status="open").exists()
    assert SupplierDue.objects.filter(status="open").exists()
    assert set(RefundItem.objects.values_list("restocked", flat=True)) == {True, False}
    assert {"Rent", "Salary", "Utilities"} <= set(
        Expense.objects.values_list("category", flat=True)
    )
    assert InventoryLog.objects.filter(kind="adjustment", change_qty__lt=0).exists()
    assert InventoryLog.objects.filter(kind="adjustment", change_qty__gt=0).exists()
    assert "admin@gmail.com / admin123" in seeded
    books_agree()


def test_the_documented_requests_run_verbatim() -> None:
    till = APIClient()
    signed = till.post("/api/auth/login", {"email": "admin@gmail.com", "password": "admin123"})
    assert signed.status_code == 200
    assert signed.json()["user"]["name"] == "superAdmin"
    till.credentials(HTTP_AUTHORIZATION=f"Bearer {signed.json()['accessToken']}")
    line = {"product_id": 101, "quantity": 2, "unit_price": 19.99}

    brand = till.post("/api/brands", {"name": "Acme"})
    purchase = till.post(
        "/api/purchase",
        {
            "supplier_id": 5,
            "invoice_no": "PO-2026-001",
            "purchase_date": "2026-02-08",
            "paid_amount": 50,
            "note": "First lot",
            "items": [{"product_id": 101, "quantity": 10, "cost_price": 8.5}],
        },
    )
    pending = till.post("/api/sales/pending", {"customer_id": 12, "note": "Hold", "items": [line]})
    sale = till.post(
        "/api/sales/checkout",
        {"customer_id": 12, "payment_method": "cash", "paid_amount": 39.98, "items": [line]},
    )

    assert brand.json()["data"]["name"] == "Acme"
    answers = [brand, purchase, pending, sale]
    assert [answer.status_code for answer in answers] == [201] * 4, [a.content for a in answers]
    assert (sale.json()["total"], sale.json()["due_amount"]) == (39.98, 0)
    assert stock_of(Product.objects.get(pk=101)) == 33


def test_every_role_can_sign_in_with_the_printed_password(seeded: str) -> None:
    printed = re.findall(r"^  (\w+) +(\S+) / (\S+)$", seeded, re.MULTILINE)
    assert {role for role, _, _ in printed} == {"admin", "manager", "staff"}
    for role, email, password in printed:
        answer = APIClient().post("/api/auth/login", {"email": email, "password": password})
        assert answer.status_code == 200, (email, answer.content)
        assert answer.json()["user"]["role"] == role


def test_a_second_run_says_so_and_changes_nothing() -> None:
    before = everything()

    out = seed(days=3, seed=9)

    assert "already there" in out
    assert everything() == before
