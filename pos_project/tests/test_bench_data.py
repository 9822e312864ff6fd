"""The made-up shop that the program is measured with obeys every law of a real one."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Max, Min
from django.utils import timezone

from inventory import fifo
from inventory.models import Batch
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tools.bench import generate
from pos_project.tools.bench.shelf import Lot, Shelf
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from sales.models import Customer, CustomerDue, Refund, Sale


@pytest.fixture
def filled(transactional_db: None) -> generate.Filled:
    return generate.fill(sales=1_200, now=timezone.now())


def test_the_made_up_shop_breaks_no_law(filled: generate.Filled) -> None:
    assert [str(v) for verdict in examine(CHECKS) for v in verdict.violations[:3]] == []


def test_it_is_as_large_as_asked_and_ends_today(filled: generate.Filled) -> None:
    completed = Sale.objects.completed()
    days = completed.aggregate(first=Min("business_date"), last=Max("business_date"))

    assert completed.count() == filled.sales == 1_200
    assert (days["last"] - days["first"]).days + 1 == filled.days == 3
    assert days["last"] == today()
    assert completed.filter(completed_at__gt=timezone.now()).count() == 0


def test_everything_that_happens_in_a_shop_happens_in_it(filled: generate.Filled) -> None:
    assert Refund.objects.exists()
    assert CustomerDue.objects.filter(status="open").exists()
    assert Sale.objects.filter(status="pending").exists()
    assert Batch.objects.filter(is_open=0).exists()
    assert Customer.objects.count() == 10_000


def test_a_shop_with_goods_of_its_own_is_left_alone(transactional_db: None) -> None:
    shop.a_product()
    with pytest.raises(generate.ShopInUse, match="products already"):
        generate.fill(sales=10, now=timezone.now())
    assert not Sale.objects.exists()


@pytest.mark.parametrize(("units", "cost"), [(3, "8.3333"), (7, "0.0050"), (10, "1.1150")])
def test_its_shelf_takes_and_costs_as_the_till_does(units: int, cost: str) -> None:
    """The whole numbers here and the decimals of `inventory.fifo` come to the same cents."""
    shelf = Shelf()
    whole = int(cost.replace(".", ""))
    for lot_id, quantity in ((1, 4), (2, 9)):
        shelf.add(Lot(lot_id, 1, "purchase", "2026-01-01", whole, quantity, ""))
    batches = [
        Batch(id=lot_id, product_id=1, unit_cost=Decimal(cost), remaining=Decimal(left))
        for lot_id, left in ((1, 4), (2, 9))
    ]

    [picks] = fifo.plan(batches, [fifo.Demand(1, "Tea", Decimal(units))])
    taken = shelf.take(1, units)

    assert [(t.lot.id, t.units, t.cost) for t in taken] == [
        (pick.batch_id, pick.quantity, pick.cost * 100) for pick in picks
    ]
    back = shelf.put_back(taken, units)
    assert sum(each.cost for each in back) == -sum(pick.cost * 100 for pick in picks)
    assert shelf.units[1] == 13


def bench(*words: str) -> str:
    out = StringIO()
    call_command("bench", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    "words",
    [
        ("data", "--sales", "0"),
        ("data", "--sales", "5", "--database", "the_shop", "--fresh"),
    ],
)
def test_a_command_that_makes_no_sense_changes_nothing(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        bench(*words)


def test_reports_are_timed_in_a_database_of_the_bench_s_own(tmp_path: Path) -> None:
    """As a command of its own: the databases lie beside the shop's."""
    environment = {**os.environ, "DB_HOST": "", "SQLITE_PATH": str(tmp_path / "shop.sqlite3")}
    words = ("bench", "reports", "--sales", "40", "--repeat", "1", "--only", "tax")

    def run(*more: str) -> str:
        done = subprocess.run(  # noqa: S603  (our own command)
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
