"""`reconcile --fix` recomputes derived columns, says what it changed, and never touches history."""

import json
from decimal import Decimal
from io import StringIO
from typing import Any
from unittest.mock import ANY

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AuditEntry
from ledger.models import Payment
from pos_project.tests import shop
from reports.reconciliation.checks import CHECKS, RECOMPUTED_BY
from reports.reconciliation.reconcile import examine
from reports.reconciliation.repair import Change, repair
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


MODELS = {model._meta.db_table: model for model in apps.get_models()}


def broken_invariants() -> set[str]:
    return {verdict.invariant.name for verdict in examine(CHECKS) if not verdict.holds}


def history() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but the audit and what may move."""
    tables = shop.everything()
    return {table: rows for table, rows in tables.items() if table != "audit_entries"}


def break_column(column: str) -> Any:
    """Move one derived column by itself; returns the row's id."""
    table, name = column.split(".")
    if name == "status":
        return change_first(table, "status = 'open'", "status = 'paid'")
    if name == "invoice_key":
        return change_first(table, "invoice_key IS NOT NULL", "invoice_key = 'another'")
    return change_first(table, f"{name} > 1", f"{name} = {name} - 1")


def test_nothing_to_repair_changes_nothing(week: Week) -> None:
    before = shop.everything()
    repaired = repair()
    assert (repaired.changes, repaired.left) == ([], [])
    assert shop.everything() == before


@pytest.mark.dear
@pytest.mark.parametrize("column", sorted(RECOMPUTED_BY))
def test_each_derived_column_is_made_anew(column: str, week: Week) -> None:
    table, name = column.split(".")
    before = history()
    with unguarded():
        row = break_column(column)
        assert RECOMPUTED_BY[column] in broken_invariants()
        repaired = repair()
        [made] = repaired.changes
        assert (made.table, made.row_id, made.column) == (table, row, name)
        assert repaired.left == []
        assert broken_invariants() == set()
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
        names = {(made.table, made.row_id, made.column) for made in repair().changes}
        assert names == {
            ("sales", sale.pk, "paid_amount"),
            ("sales", sale.pk, "due_amount"),
            ("sales", sale.pk, "refund_amount"),
            ("customer_dues", due, "due_amount"),
        }
        assert broken_invariants() == set()


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


@pytest.mark.dear
@pytest.mark.parametrize("what", HISTORY)
def test_history_is_never_repaired_nor_followed(what: str, week: Week) -> None:
    """Derived columns do not follow a row of history that another one contradicts."""
    with unguarded():
        HISTORY[what](week)
        before, broken = shop.everything(), broken_invariants()
        assert repair().changes == []
        assert shop.everything() == before
        assert broken_invariants() == broken != set()


def test_what_is_left_alone_is_named_with_the_reason(week: Week) -> None:
    with unguarded():
        change_first("payments", f"sale_id = {week.cash_sale.pk}", "amount = amount + 1")
        before = shop.everything()
        left = repair().left
        assert shop.everything() == before
    sale = week.cash_sale
    [paid, due] = left
    assert paid.startswith(
        f"sales {sale.pk}, paid_amount: {sale.paid_amount} → {sale.paid_amount + 1}: then sale"
    )
    assert due.startswith(f"sales {sale.pk}, due_amount: 0.00 → -1.00: then sale {sale.pk} (INV-S")


def test_what_the_database_refuses_is_left_alone(week: Week) -> None:
    change_first("payments", f"sale_id = {week.cash_sale.pk}", "amount = amount + 1")
    before = shop.everything()
    [_, due] = repair().left
    assert "sales_sale_amounts_not_negative" in due
    assert shop.everything() == before


def test_one_broken_row_does_not_keep_another_from_being_repaired(week: Week) -> None:
    with unguarded():
        change_first("payments", f"sale_id = {week.cash_sale.pk}", "amount = amount + 1")
        batch = batch_of(week.rice)
        held = row_of(f"SELECT remaining FROM batches WHERE id = {batch}")
        change("batches", batch, "remaining = remaining + 1")
        [made] = repair().changes
    assert (made.table, made.row_id, made.column) == ("batches", batch, "remaining")
    assert float(made.after) == float(held)


# --- The command ---


# All but the triggers, which are not there in this module.
OF_ROWS = ",".join(sorted({each.id for check in CHECKS for each in check.invariants}))


def fix(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile", "--fix", "--only", OF_ROWS, *arguments, stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_it_changed_and_that_all_holds(week: Week) -> None:
    with unguarded():
        batch = change("batches", batch_of(week.rice), "remaining = remaining + 1")
        code, text = fix()
    assert f"changed batches {batch}, remaining: " in text
    assert "1 columns recomputed, 0 left alone." in text
    assert code == 1, "what was red is not green by itself"
    assert fix()[0] == 0


def test_the_command_tells_programs_what_it_changed(week: Week) -> None:
    with unguarded():
        batch = change("batches", batch_of(week.rice), "remaining = remaining + 1")
        code, text = fix("--json")
    [made] = json.loads(text)["fix"]["changes"]
    assert (code, made["table"], made["row_id"], made["column"]) == (
        1,
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
        noted = {"maintenance_runs": ANY}  # when it ran, and that it was red
        assert shop.everything() == before | noted


def test_an_unknown_invariant_or_date_is_said_before_anything_is_changed(week: Week) -> None:
    with unguarded():
        change("batches", batch_of(week.rice), "remaining = remaining + 1")
        before = shop.everything()
        for arguments in (["--only", "I99"], ["--since", "2026-02-30"], ["--since", "yesterday"]):
            with pytest.raises(CommandError) as refused:
                call_command("reconcile", "--fix", *arguments)
            assert refused.value.returncode == 2
            assert arguments[1].casefold() in str(refused.value)
        assert shop.everything() == before


# --- What vanished ---


def _without_the_payment_of_dues(week: Week) -> tuple[int, Decimal]:
    """A payment of dues is gone, with its entry and lines: history agrees that it never was."""
    payment = Payment.objects.filter(payment_type="due_payment", customer=week.customer)[0]
    with connection.cursor() as cursor:
        for sql in (
            "DELETE FROM payments WHERE entry_id = %s",
            "DELETE FROM journal_lines WHERE entry_id = %s",
            "DELETE FROM journal_entries WHERE id = %s",
        ):
            cursor.execute(sql, [payment.entry_id])
    assert payment.sale_id
    return payment.sale_id, payment.amount


def test_a_payment_that_was_deleted_with_its_entry_is_told_and_not_forgiven(week: Week) -> None:
    with unguarded():
        sale, amount = _without_the_payment_of_dues(week)
        code, text = fix()
        assert code == 1
        assert f"missing sales {sale}, paid_amount had counted payments of {amount}" in text
        assert "Find out what it was" in text


def test_programs_are_told_what_vanished(week: Week) -> None:
    with unguarded():
        sale, amount = _without_the_payment_of_dues(week)
        code, text = fix("--json")
    [missing, *_] = json.loads(text)["fix"]["missing"]
    assert (code, missing) == (
        1,
        f"sales {sale}, paid_amount had counted payments of {amount}",
    )


def test_a_movement_that_was_deleted_is_told(week: Week) -> None:
    """Goods written off, and every row of it gone: the batch alone still knows."""
    log = week.decrease.pk
    with unguarded(), connection.cursor() as cursor:
        batch = row_of(f"SELECT batch_id FROM inventory_log_batches WHERE log_id = {log}")
        units = -row_of(f"SELECT quantity FROM inventory_log_batches WHERE log_id = {log}")
        cursor.execute("DELETE FROM inventory_log_batches WHERE log_id = %s", [log])
        cursor.execute("DELETE FROM inventory_log WHERE id = %s", [log])
        missing = repair().missing
    told = f"batches {batch}, remaining had counted movements of {float(units):.3f} units out of it"
    assert told in missing


def test_a_column_that_said_less_than_history_tells_of_nothing_missing(week: Week) -> None:
    with unguarded():
        change("sales", week.cash_sale.pk, "paid_amount = paid_amount - 1")
        repaired = repair()
    assert [made.column for made in repaired.changes] == ["paid_amount"]
    assert repaired.missing == []
