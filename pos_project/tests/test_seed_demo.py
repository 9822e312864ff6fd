"""`seed_demo`: a shop with a past that the books agree with, ready for the documented requests."""

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
from django.utils import timezone

from accounts.models import Store, User
from catalog.models import Product
from conftest import make_user
from inventory.models import Batch, InventoryLog
from inventory.store_product_models import StoreProduct
from inventory.suggestions import suggest
from inventory.transfer_models import Transfer
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from ledger.till_models import Shift
from pos_project.core.days import today
from pos_project.tests.invariants import books_agree
from pos_project.tests.shop import a_product, everything, stock_of
from pos_project.tools.demo.days import History
from pos_project.tools.demo.seeding import seed_shop
from pos_project.tools.trade.steps import Steps
from purchasing.models import Purchase, Supplier
from sales.models import Customer, Sale

pytestmark = pytest.mark.django_db


def seed(**options: Any) -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out, **{"days": 3, **options})
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


@pytest.mark.dear
@pytest.mark.parametrize("clock", ["00:03", "08:30", "23:59"])
def test_its_past_ends_today_and_nothing_is_in_the_future(clock: str) -> None:
    now = datetime.combine(today(), time.fromisoformat(clock), timezone.get_default_timezone())
    with time_machine.travel(now, tick=False):
        seed()

    days = set(Sale.objects.completed().values_list("business_date", flat=True))
    assert days == {today() - timedelta(days=back) for back in range(3)}
    assert not Sale.objects.filter(completed_at__gt=now).exists()
    assert not Payment.objects.filter(created_at__gt=now).exists()
    first_purchase = Purchase.objects.order_by("id")[0]
    assert first_purchase.purchase_date == today() - timedelta(days=2)
    assert not Customer.objects.filter(join_at__gt=first_purchase.created_at).exists()


@pytest.mark.parametrize("days", [1, 4])
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


@pytest.mark.dear
def test_the_same_seed_makes_the_same_past() -> None:
    now = timezone.now()
    first, again, other = (
        taken_back(lambda seed=seed: seed_shop(now=now, days=1, seed=seed)) for seed in (1, 1, 2)
    )

    assert again == first != other


@pytest.mark.dear
@pytest.mark.parametrize("stores", [False, True])
def test_a_run_that_was_stopped_after_any_step_ends_like_one_that_was_not(
    stores: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, once, done, stop_after = timezone.now(), Steps.once, 0, 10**6

    def stopped(*args: Any, **options: Any) -> Any:
        nonlocal done
        done += 1
        if done > stop_after:
            raise KeyboardInterrupt
        return once(*args, **options)

    def stop_and_go_on() -> None:
        nonlocal done, stop_after
        done = 0
        with pytest.raises(KeyboardInterrupt):
            seed_shop(now=now, days=2, seed=1, stores=stores)
        stop_after = 10**6
        seed_shop(now=now + timedelta(hours=1), days=2, seed=1, stores=stores)

    monkeypatch.setattr(Steps, "once", stopped)
    whole = taken_back(lambda: seed_shop(now=now, days=2, seed=1, stores=stores))
    steps = done
    for part in (2, steps // 2, steps - 20, steps - 1):
        stop_after = part
        assert taken_back(stop_and_go_on) == whole, part


@pytest.mark.dear
def test_a_run_that_was_stopped_is_continued_as_it_was_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trade = History.trade

    def stopped(history: History, number: int) -> None:
        if number == 1:
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
    assert len(days) == 3
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


def test_with_stores_a_month_of_transfers_and_shifts_stands_beside_it() -> None:
    """Received, on the way and asked for; shifts that were closed, and one that is open."""
    seed(days=4, stores=True)

    books_agree()
    assert set(Store.objects.values_list("name", "kind")) == {
        (Store.objects.get(pk=1).name, "shop"),
        ("Lake Road", "shop"),
        ("Warehouse", "warehouse"),
    }
    assert set(Transfer.objects.values_list("status", flat=True)) == {"received", "sent", "asked"}
    assert set(Transfer.objects.values_list("to_store__name", flat=True)) > {"Lake Road"}
    assert list(Shift.objects.order_by("id").values_list("status", flat=True)) == [
        *["closed"] * 3,
        "open",
    ]
    at_the_till = JournalEntry.objects.exclude(shift=None).filter(event="sale")
    assert at_the_till.count() == Sale.objects.completed().filter(store__name="Lake Road").count()
    assert stock_of(Product.objects.get(pk=101)) == 25
    # Everything in the warehouse has its place, and both shops lack some of it.
    depot = Store.objects.get(kind="warehouse")
    kept = set(Batch.objects.filter(store=depot).values_list("product_id", flat=True))
    placed = StoreProduct.objects.filter(store=depot).exclude(place="")
    assert set(placed.values_list("product_id", flat=True)) == kept
    found = suggest(depot, list(Store.objects.filter(kind="shop")), today=today())
    assert {each.store.name for each in found if each.place and each.units} == {
        Store.objects.get(pk=1).name,
        "Lake Road",
    }

    rows = everything()
    assert "nothing was changed" in seed(days=4, stores=True)
    assert everything() == rows


def test_whoever_has_the_demo_of_before_there_were_stores_sees_no_change() -> None:
    seed(days=1)
    rows = everything()
    assert "nothing was changed" in seed(days=1, stores=True)
    assert everything() == rows
    assert Store.objects.count() == 1
