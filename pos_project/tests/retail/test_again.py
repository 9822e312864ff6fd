"""`import_retail` run twice, stopped, continued, and by whom."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Product
from conftest import make_user
from inventory.models import Batch
from pos_project.core.models import IdempotentRequest
from pos_project.tests.invariants import books_agree
from pos_project.tests.retail.files import LANTERN, read_day_first, rows_by_fate, run, written
from pos_project.tests.shop import everything, stock, stock_of
from pos_project.tools.imports import retail_plan
from pos_project.tools.imports.retail import RetailImport
from purchasing.models import Purchase
from sales.models import Refund, Sale


def test_a_second_run_imports_nothing_twice(file: Path) -> None:
    written(
        file,
        LANTERN,
        "C2,71053,LANTERN,-1,1/12/2010,3.39,17850,UK",
        "3,71053,damages,-1,2/12/2010,0,,UK",
    )
    first = run(file)
    before = everything()

    second = run(file)

    assert everything() == before
    assert rows_by_fate(second) == rows_by_fate(first)
    assert second.count("(1 of them by an earlier run)") == 3


@pytest.mark.parametrize("stop_after", [0, 1, 2, 3])
def test_a_run_that_was_stopped_is_continued(file: Path, admin: User, stop_after: int) -> None:
    written(
        file,
        LANTERN,
        "C2,71053,LANTERN,-1,1/12/2010,3.39,17850,UK",
        "3,71053,damages,-1,2/12/2010,0,,UK",
        "4,71053,LANTERN,9,2/12/2010,3.39,,UK",
    )
    work = RetailImport(retail_plan.plan(read_day_first(file)), by=admin)
    done = 0

    def traded() -> None:
        nonlocal done
        done += 1
        if done > stop_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work.trade(traded=traded)
    assert Sale.objects.count() < 2 or stop_after == 3
    out = run(file)

    assert Sale.objects.count() == 2
    assert Refund.objects.count() == 1
    assert Purchase.objects.count() == 2
    assert stock_of(Product.objects.get()) == 1
    assert rows_by_fate(out)["Skipped"] == 0
    books_agree()


def test_a_longer_file_of_the_same_day_buys_only_what_is_missing(file: Path) -> None:
    run(written(file, LANTERN))
    run(written(file, LANTERN, "536366,71053,LANTERN,4,1/12/2010,3.39,,UK"))
    run(file)

    purchases = Purchase.objects.order_by("id")
    bought = [(purchase.invoice_no, purchase.items.get().quantity) for purchase in purchases]
    assert bought == [("RETAIL-2010-12-01", 6), ("RETAIL-2010-12-01-2", 4)]
    assert Sale.objects.count() == 2
    assert not Batch.objects.filter(is_open=True).exists()


def test_an_invoice_that_changed_since_its_import_is_skipped(file: Path) -> None:
    run(written(file, LANTERN))

    out = run(written(file, LANTERN.replace("3.39", "3.49")))

    assert "imported before with other lines" in out
    assert Sale.objects.get().total_amount == Decimal("20.34")


def test_another_user_cannot_import_the_same_days_again(file: Path, manager: User) -> None:
    run(written(file, LANTERN))
    before = everything()

    with pytest.raises(CommandError, match="another user"):
        run(file, user=manager.email)

    assert everything() == before


def test_after_a_purge_of_its_keys_the_file_is_refused_instead_of_sold_twice(file: Path) -> None:
    run(written(file, LANTERN))
    IdempotentRequest.objects.all().delete()

    with pytest.raises(CommandError, match="purged"):
        run(file)

    assert Sale.objects.count() == 1


def test_goods_that_the_shop_has_of_its_own_do_not_stop_an_import(file: Path) -> None:
    product = Product.objects.create(name="Lantern", sku="71053", price=Decimal(4))
    stock(product, 3, "1.00")

    run(written(file, LANTERN))

    assert stock_of(product) == 3


# --- Who ---


def test_the_first_active_admin_imports_unless_somebody_is_named(
    file: Path, admin: User, manager: User
) -> None:
    run(written(file, LANTERN))
    assert Sale.objects.get().user_id == admin.pk

    run(
        written(file, "536399,71053,LANTERN,1,3/12/2010,3.39,,UK"),
        user=manager.email.upper(),
    )
    assert Sale.objects.latest("id").user_id == manager.pk


def test_without_an_admin_a_user_who_cannot_sign_in_imports_now_and_later(file: Path) -> None:
    User.objects.all().delete()
    run(written(file, LANTERN))
    importer = Sale.objects.get().user
    assert (importer.name, importer.is_active) == ("Retail import", False)
    assert not importer.has_usable_password()

    make_user("admin")
    run(file)

    assert Sale.objects.count() == 1


def test_an_unknown_user_is_refused(file: Path) -> None:
    with pytest.raises(CommandError, match="nobody@"):
        run(written(file, LANTERN), user="nobody@shop.example")


# --- Size ---


def statements_per_document(file: Path, by: User) -> list[int]:
    """How many statements each document cost, in order."""
    work = RetailImport(retail_plan.plan(read_day_first(file)), by=by)
    marks: list[int] = []
    with CaptureQueriesContext(connection) as captured:
        work.trade(traded=lambda: marks.append(len(captured)))
    return [after - before for before, after in pairwise(marks)]


def test_an_invoice_of_593_lines_costs_as_many_statements_as_one_of_a_line(
    file: Path, admin: User
) -> None:
    small = [f"{n},22752,BOXES,1,1/12/2010,7.65,17850,UK" for n in ("1", "2", "4")]
    large = [f"3,1{n:04},GIFT {n},2,1/12/2010,1.25,17850,UK" for n in range(593)]
    written(file, *small[:2], *large, small[2])

    second, of_593_lines, last = statements_per_document(file, admin)

    assert second == of_593_lines == last
