"""`seed_demo`: a shop with a past that the books agree with, ready for the documented requests."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Brand, Category, Product
from conftest import make_user
from inventory.models import InventoryLog
from ledger.models import Expense, Payment
from ledger.payments import METHODS
from pos_project.core.days import today
from pos_project.tests.invariants import books_agree
from pos_project.tests.shop import a_product, everything, stock_of
from pos_project.tools.demo.days import History
from pos_project.tools.demo.seeding import seed_shop
from pos_project.tools.trade.steps import Steps
from purchasing.models import Purchase, Supplier, SupplierDue
from sales.models import Customer, CustomerDue, RefundItem, Sale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_methods() -> None:
    METHODS.forget()


def seed(**options: Any) -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out, **{"days": 7, **options})
    return out.getvalue()


def past() -> list[list[Any]]:
    """What the demo did, without the ids that the database gave."""
    sales = Sale.objects.order_by("id")
    payments = Payment.objects.order_by("id")
    log = InventoryLog.objects.order_by("id")
    products = Product.objects.order_by("id")
    return [
        list(sales.values_list("total_amount", "due_amount", "customer", "user__email", "status")),
        list(payments.values_list("payment_type", "amount", "method", "direction", "created_at")),
        list(log.values_list("product", "kind", "change_qty", "cost", "business_date")),
        list(products.values_list("id", "name", "sku", "price", "brand", "category")),
    ]


def taken_back(act: Callable[[], object]) -> list[list[Any]]:
    """The past that `act` makes; afterwards it never was."""
    before = transaction.savepoint()
    act()
    made = past()
    transaction.savepoint_rollback(before)
    return made


def test_the_demo_shop_has_everything_and_its_books_agree() -> None:
    out = seed(days=30)

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
    assert "admin@gmail.com / admin123" in out
    books_agree()


@pytest.mark.parametrize("clock", ["00:03", "08:30", "14:00", "23:59"])
def test_its_past_ends_today_and_nothing_is_in_the_future(clock: str) -> None:
    now = datetime.combine(today(), time.fromisoformat(clock), timezone.get_default_timezone())
    with time_machine.travel(now, tick=False):
        seed()

    days = set(Sale.objects.completed().values_list("business_date", flat=True))
    assert days == {today() - timedelta(days=back) for back in range(7)}
    assert not Sale.objects.filter(completed_at__gt=now).exists()
    assert not Payment.objects.filter(created_at__gt=now).exists()
    first_purchase = Purchase.objects.order_by("id")[0]
    assert first_purchase.purchase_date == today() - timedelta(days=6)
    assert not Customer.objects.filter(join_at__gt=first_purchase.created_at).exists()


@pytest.mark.parametrize("days", [1, 4, 7])
def test_the_documented_rows_are_there(days: int) -> None:
    seed(days=days)

    shirt = Product.objects.get(pk=101)
    assert (shirt.name, shirt.sku, shirt.price) == ("Blue T-Shirt", "TS-001", Decimal("19.99"))
    assert shirt.status == "active"
    assert shirt.brand is not None
    assert shirt.category is not None
    assert stock_of(shirt) == 25
    assert Supplier.objects.filter(pk=5).exists()
    assert Customer.objects.filter(pk=12).exists()


def test_the_documented_requests_run_verbatim() -> None:
    seed()
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


def test_every_role_can_sign_in_with_the_printed_password() -> None:
    out = seed(days=1)

    printed = re.findall(r"^  (\w+) +(\S+) / (\S+)$", out, re.MULTILINE)
    assert {role for role, _, _ in printed} == {"admin", "manager", "staff"}
    for role, email, password in printed:
        answer = APIClient().post("/api/auth/login", {"email": email, "password": password})
        assert answer.status_code == 200, (email, answer.content)
        assert answer.json()["user"]["role"] == role


def test_a_second_run_says_so_and_changes_nothing() -> None:
    seed()
    before = everything()

    out = seed(days=30, seed=9)

    assert "already there" in out
    assert everything() == before


@pytest.mark.parametrize("another_seed", [False, True])
def test_the_same_seed_makes_the_same_past(another_seed: bool) -> None:
    now = timezone.now()
    first = taken_back(lambda: seed_shop(now=now, days=3, seed=1))

    seed_shop(now=now, days=3, seed=2 if another_seed else 1)

    assert (past() == first) is not another_seed


@pytest.mark.parametrize("steps_done", [2, 200, 345, 386])
def test_a_run_that_was_stopped_after_any_step_ends_like_one_that_was_not(
    steps_done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    whole = taken_back(lambda: seed_shop(now=now, days=7, seed=1))
    once, count = Steps.once, 0

    def stopped(*args: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count > steps_done:
            raise KeyboardInterrupt
        return once(*args, **options)

    monkeypatch.setattr(Steps, "once", stopped)
    with pytest.raises(KeyboardInterrupt):
        seed_shop(now=now, days=7, seed=1)
    monkeypatch.undo()
    seed_shop(now=now + timedelta(hours=1), days=7, seed=1)

    assert past() == whole


def test_a_run_that_was_stopped_is_continued_as_it_was_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trade = History.trade

    def stopped(history: History, number: int) -> None:
        if number == 3:
            raise KeyboardInterrupt
        trade(history, number)

    monkeypatch.setattr(History, "trade", stopped)
    with pytest.raises(CommandError, match="Run it again"):
        seed()
    monkeypatch.undo()
    sold_before = Sale.objects.count()
    out = seed(days=2, seed=8)  # what it was begun with holds

    assert "admin@gmail.com / admin123" in out
    assert Sale.objects.count() > sold_before > 0
    days = set(Sale.objects.completed().values_list("business_date", flat=True))
    assert len(days) == 7
    assert stock_of(Product.objects.get(pk=101)) == 25
    books_agree()


def test_an_admin_who_was_there_keeps_their_password() -> None:
    make_user("admin", email="admin@gmail.com", password="a-good-password")

    out = seed(days=1)

    assert "admin@gmail.com with the password they had before" in out
    assert User.objects.get(email="admin@gmail.com").check_password("a-good-password")


def test_a_shop_with_goods_of_its_own_is_left_alone() -> None:
    a_product()
    before = everything()

    with pytest.raises(CommandError, match="products of its own"):
        seed()

    assert everything() == before


def test_production_is_refused(settings: Any) -> None:
    settings.PRODUCTION = True
    before = everything()

    with pytest.raises(CommandError, match="production"):
        seed()

    assert everything() == before


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_senseless_number_of_days_is_refused(days: int) -> None:
    with pytest.raises(CommandError, match="--days"):
        seed(days=days)
