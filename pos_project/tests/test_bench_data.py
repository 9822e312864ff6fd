"""The made-up shop that the program is measured with obeys every invariant of a real one."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Max, Min
from django.utils import timezone

from accounts.models import Store
from catalog.models import Product
from inventory.models import Batch, InventoryLog
from ledger.journal_models import JournalEntry
from ledger.models import Expense, Payment
from ledger.till_models import Shift
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tools.bench import generate
from pos_project.tools.bench.master_data import Size
from purchasing.models import Purchase
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from sales.models import CustomerDue, Refund, Sale

pytestmark = pytest.mark.dear

SMALL = Size(products=120, customers=80, suppliers=3, services=4)


def fill(sales: int, **more: Any) -> generate.Filled:
    """A small shop with few sales a day, so that most of its days are copies."""
    wanted = generate.Wanted(sales, per_day=4, size=SMALL, **more)
    return generate.fill(wanted, now=timezone.now())


def broken() -> list[str]:
    return [str(v) for verdict in examine(CHECKS) for v in verdict.violations[:3]]


@pytest.mark.parametrize("sales", [3, 40, 130])
def test_the_made_up_shop_breaks_no_invariant(transactional_db: None, sales: int) -> None:
    """One day; ten that are traded; 33, of which twenty are copies."""
    filled = fill(sales)
    completed = Sale.objects.completed()
    days = completed.aggregate(first=Min("business_date"), last=Max("business_date"))

    assert broken() == []
    assert completed.count() == filled.sales == sales
    assert (days["last"] - days["first"]).days + 1 == filled.days == -(-sales // 4)
    assert days["last"] == today()
    assert completed.filter(completed_at__gt=timezone.now()).count() == 0


def test_everything_that_happens_in_a_shop_happens_on_its_copied_days(
    transactional_db: None,
) -> None:
    fill(120)
    for since in (today() - timedelta(days=29), today() - timedelta(days=9)):
        days = (since, since + timedelta(days=9))
        for happened in (
            Refund.objects,
            Expense.objects,
            Payment.objects.filter(payment_type="due_payment"),
            InventoryLog.objects.filter(kind="adjustment"),
        ):
            assert happened.filter(business_date__range=days).exists(), (happened.model, days)
    assert CustomerDue.objects.filter(status="open").exists()
    assert {"pending", "cancelled"} <= set(Sale.objects.values_list("status", flat=True))
    assert Batch.objects.filter(is_open=0).exists()
    assert not Product.objects.filter(keeps_stock=True).exclude(batch__is_open=1).exists()


def test_products_and_customers_take_turns(transactional_db: None) -> None:
    """A copy sells the neighbours of what was sold, under their names, to other customers."""
    fill(80)
    old, new = Sale.objects.completed().exclude(customer=None).order_by("pk"), []
    half = old.count() // 2
    old, new = list(old[:half]), list(old[half:])
    assert [sale.total_amount for sale in old] == [sale.total_amount for sale in new]
    assert not [sale for sale, copy in zip(old, new, strict=True) if sale.customer == copy.customer]
    for sale in new:
        assert sale.customer_name in (None, sale.customer.name)
        assert sale.invoice_no.endswith(f"{sale.pk:06}")
        assert all(item.product_name == item.product.name for item in sale.items.all())


def test_today_can_be_busy_and_the_shelves_full_of_batches(transactional_db: None) -> None:
    usual = fill(80, today=100, open_batches=500)

    assert broken() == []
    assert Sale.objects.completed().filter(business_date=today()).count() >= 100
    assert usual.sales >= 180
    assert Sale.objects.filter(completed_at__gt=timezone.now()).count() == 0
    assert Batch.objects.filter(is_open=1).count() >= 500


def test_several_stores_share_the_sales_and_each_has_all_else(transactional_db: None) -> None:
    filled = fill(120, stores=3, today=20, open_batches=700)

    assert broken() == []
    stores = set(Store.objects.values_list("pk", flat=True))
    assert len(stores) == 3
    by_store = Counter(Sale.objects.completed().values_list("store_id", flat=True))
    assert by_store.keys() == stores
    assert sum(by_store.values()) == filled.sales
    assert max(by_store.values()) < 3 * min(by_store.values())  # some four a day: two, one and one
    for model in (Purchase, Expense, InventoryLog):
        assert set(model.objects.values_list("store_id", flat=True)) == stores, model
    products = Product.objects.filter(keeps_stock=True).count()
    for store_id in stores:
        there = Batch.objects.filter(is_open=1, store_id=store_id)
        assert there.values("product_id").distinct().count() == products
        shifts = Shift.objects.filter(store_id=store_id)
        assert set(shifts.values_list("status", flat=True)) == {"closed"}
        assert shifts.count() >= filled.days
    # What happens in one store stands between what happens in the others, copies too.
    ids = list(
        Sale.objects.filter(store_id=min(stores)).order_by("pk").values_list("pk", flat=True)
    )
    assert ids != list(range(ids[0], ids[0] + len(ids)))
    assert JournalEntry.objects.filter(event="shift").exists()
    assert JournalEntry.objects.exclude(shift=None).filter(event="sale").exists()


def test_one_store_has_no_till(transactional_db: None) -> None:
    fill(40)
    assert Store.objects.count() == 1
    assert not Shift.objects.exists()


def test_a_shop_with_products_of_its_own_is_left_alone(transactional_db: None) -> None:
    shop.a_product()
    with pytest.raises(generate.ShopInUse, match="products already"):
        fill(10)
    assert not Sale.objects.exists()


def bench(*words: str) -> str:
    out = StringIO()
    call_command("bench", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    "words",
    [
        ("data", "--sales", "0"),
        ("data", "--sales", "5", "--database", "the_shop", "--fresh"),
        ("data", "--sales", "5", "--stores", "0"),
    ],
)
def test_a_command_that_makes_no_sense_changes_nothing(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        bench(*words)


@pytest.mark.dear
def test_reports_are_timed_in_a_database_of_the_bench_s_own(tmp_path: Path) -> None:
    """As a command of its own: the databases lie beside the shop's."""
    environment = {**os.environ, "DB_HOST": "", "SQLITE_PATH": str(tmp_path / "shop.sqlite3")}
    words = ("bench", "reports", "--sales", "40", "--repeat", "1", "--only", "tax")

    def run(*more: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words, *more],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    shown = run()
    measured = [json.loads(line) for line in run("--json").splitlines()]

    assert "bench_40: 40 sales of 1 days" in shown
    assert "/dashboard/tax-summary" in shown
    assert (tmp_path / "bench_40.sqlite3").exists()
    assert {(row["endpoint"]["route"], row["status"]) for row in measured} == {
        ("/api/dashboard/tax-summary", 200),
        ("/api/ledger/tax", 200),
        ("/api/tax-rates", 200),
    }
    assert all(row["holds"] is not None for row in measured)
