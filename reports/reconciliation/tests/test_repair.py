"""`reconcile --fix` recomputes moving columns, says what it changed, and never touches history."""

import json
from collections.abc import Callable
from copy import deepcopy
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from pos_project.tests import shop
from reports.reconciliation.checks import CHECKS, RECOMPUTED_BY
from reports.reconciliation.reconcile import examine
from reports.reconciliation.repair import Change, mend
from reports.reconciliation.tests.corruption.by_hand import (
    batch_of,
    change,
    change_first,
    entry_of,
    line_of,
    row_of,
    unguarded,
    use_of,
)
from reports.tests.a_shops_week import Week

# Rows are broken on purpose here, below the triggers that would not let them be touched.
pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def traded(guards_off: None, standing: Callable[..., Week]) -> Week:
    return standing(Week)


@pytest.fixture
def week(traded: Week, db: None) -> Week:
    return deepcopy(traded)


MODELS = {model._meta.db_table: model for model in apps.get_models()}


def broken_laws() -> set[str]:
    return {verdict.law.name for verdict in examine(CHECKS) if not verdict.holds}


def history() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but the audit and what may move."""
    tables = shop.everything()
    return {table: rows for table, rows in tables.items() if table != "audit_entries"}


def break_column(column: str) -> Any:
    """Move one moving column by itself; returns the row's id."""
    table, name = column.split(".")
    if name == "status":
        return change_first(table, "status = 'open'", "status = 'paid'")
    if name == "invoice_key":
        return change_first(table, "invoice_key IS NOT NULL", "invoice_key = 'another'")
    return change_first(table, f"{name} > 1", f"{name} = {name} - 1")


def test_nothing_to_mend_changes_nothing(week: Week) -> None:
    before = shop.everything()
    mended = mend()
    assert (mended.changes, mended.left) == ([], [])
    assert shop.everything() == before


@pytest.mark.parametrize("column", sorted(RECOMPUTED_BY))
def test_each_moving_column_is_made_anew(column: str, week: Week) -> None:
    table, name = column.split(".")
    before = history()
    with unguarded():
        row = break_column(column)
        assert RECOMPUTED_BY[column] in broken_laws()
        mended = mend()
        [made] = mended.changes
        assert (made.table, made.row_id, made.column) == (table, row, name)
        assert mended.left == []
        assert broken_laws() == set()
        assert history() == before
        [entry] = AuditEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(MODELS[table]), object_pk=str(row)
        )
        assert entry.changes == {name: [made.before, made.after]}


def test_a_sale_whose_figures_all_moved_is_made_whole(week: Week) -> None:
    with unguarded():
        sale = week.credit_sale
        change("sales", sale.pk, "paid_amount = 3, due_amount = 9, refund_amount = 1")
        due = change_first("customer_dues", f"sale_id = {sale.pk}", "due_amount = 8")
        names = {(made.table, made.row_id, made.column) for made in mend().changes}
        assert names == {
            ("sales", sale.pk, "paid_amount"),
            ("sales", sale.pk, "due_amount"),
            ("sales", sale.pk, "refund_amount"),
            ("customer_dues", due, "due_amount"),
        }
        assert broken_laws() == set()


HISTORY = {
    "a payment at the till": lambda w: change_first(
        "payments", f"sale_id = {w.cash_sale.pk}", "amount = amount + 1"
    ),
    "a payment of dues": lambda w: change_first(
        "payments", f"payment_type = 'due_payment' AND customer_id = {w.customer.pk}", "amount = 9"
    ),
    "a payment to a supplier": lambda w: change_first(
        "payments", f"purchase_id = {w.owed_purchase.pk}", "amount = amount - 1"
    ),
    "a line of the receivables": lambda w: change(
        "journal_lines",
        row_of(
            f"SELECT id FROM journal_lines WHERE entry_id = {entry_of('sale', w.credit_sale)}"
            " AND account_id = 'RECEIVABLES'"
        ),
        "debit = debit + 1",
    ),
    "a refund": lambda w: change(
        "refunds", w.part_refund.pk, "refund_amount = refund_amount + 1, paid_out = paid_out + 1"
    ),
    "a use of a batch": lambda w: change(
        "sale_item_batches", use_of(w.cash_sale, w.tea), "quantity = quantity + 1"
    ),
    "a log row": lambda w: change_first(
        "inventory_log", f"product_id = {w.tea.pk}", "change_qty = change_qty - 1"
    ),
    "a sale's line": lambda w: change(
        "sale_items", line_of(w.cash_sale), "quantity = quantity + 1"
    ),
}


@pytest.mark.parametrize("what", HISTORY)
def test_history_is_never_mended_nor_followed(what: str, week: Week) -> None:
    """Moving columns do not follow a row of history that another one contradicts."""
    with unguarded():
        HISTORY[what](week)
        before, broken = shop.everything(), broken_laws()
        assert mend().changes == []
        assert shop.everything() == before
        assert broken_laws() == broken != set()


def test_what_is_left_alone_is_named_with_the_reason(week: Week) -> None:
    with unguarded():
        change_first("payments", f"sale_id = {week.cash_sale.pk}", "amount = amount + 1")
        left = mend().left
    sale = week.cash_sale
    assert (
        f"sales {sale.pk}, paid_amount: {sale.paid_amount} → {sale.paid_amount + 1}: its"
        in (left[0])
    )


def test_one_broken_row_does_not_keep_another_from_being_mended(week: Week) -> None:
    with unguarded():
        change_first("payments", f"sale_id = {week.cash_sale.pk}", "amount = amount + 1")
        batch = batch_of(week.rice)
        held = row_of(f"SELECT remaining FROM batches WHERE id = {batch}")
        change("batches", batch, "remaining = remaining + 1")
        [made] = mend().changes
    assert (made.table, made.row_id, made.column) == ("batches", batch, "remaining")
    assert float(made.after) == float(held)


# --- The command ---


def fix(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile", "--fix", *arguments, stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_it_changed_and_that_all_holds(week: Week) -> None:
    with unguarded():
        batch = change("batches", batch_of(week.rice), "remaining = remaining + 1")
        code, text = fix()
    assert code == 0
    assert f"changed batches {batch}, remaining: " in text
    assert "1 columns recomputed, 0 left alone." in text


def test_the_command_tells_programs_what_it_changed(week: Week) -> None:
    with unguarded():
        batch = change("batches", batch_of(week.rice), "remaining = remaining + 1")
        code, text = fix("--json")
    [made] = json.loads(text)["fix"]["changes"]
    assert (code, made["table"], made["row_id"], made["column"]) == (
        0,
        "batches",
        batch,
        "remaining",
    )
    assert Change(**made)


def test_the_command_fails_where_history_is_broken(week: Week) -> None:
    with unguarded():
        change_first("payments", f"sale_id = {week.cash_sale.pk}", "amount = amount + 1")
        code, text = fix()
    assert code == 1
    assert "left    sales" in text
    assert "I10 sales_were_paid_by_payments: 1 row(s)" in text


def test_without_fix_nothing_is_written(week: Week) -> None:
    with unguarded():
        change("batches", batch_of(week.rice), "remaining = remaining + 1")
        before = shop.everything()
        with pytest.raises(SystemExit):
            call_command("reconcile", stdout=StringIO())
        assert shop.everything() == before


def test_an_unknown_law_or_date_is_said_before_anything_is_changed(week: Week) -> None:
    with unguarded():
        change("batches", batch_of(week.rice), "remaining = remaining + 1")
        before = shop.everything()
        for arguments in (["--only", "I99"], ["--since", "2026-02-30"], ["--since", "yesterday"]):
            with pytest.raises(CommandError) as refused:
                call_command("reconcile", "--fix", *arguments)
            assert refused.value.returncode == 2
            assert arguments[1].casefold() in str(refused.value)
        assert shop.everything() == before
