"""Each invariant, broken in one row, names that row; each derived column is under one."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pos_project.core.days import FIRST_DAY, today
from pos_project.core.db.append_only import AppendOnly
from reports.reconciliation.checks import CHECKS, INVARIANTS, RECOMPUTED_BY
from reports.reconciliation.reconcile import examine
from reports.reconciliation.tests.corruption import BROKEN
from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    batch_of,
    change,
    change_first,
    entry_of,
    row_of,
    undone,
)
from reports.reconciliation.tests.verdicts import verdict_on
from reports.summaries.building import build_missing
from reports.tests.a_shops_week import Week

# Invariants that (also) look at what has no business day, in every run, since whatever day.
WHATEVER_THE_DAY = {
    "goods_in_transit_are_the_lots_on_the_way",
    "lots_are_what_was_sent",
    "stores_are_even",
    "what_was_sent_is_accounted_for",
    "keys_point_at_rows",
    "ids_are_positive",
    "unique_keys_fold_their_text",
    "barcodes_have_their_rows",
    "master_data_is_as_it_was_audited",
    "search_texts_spell_their_columns",
    "held_sales_moved_nothing",
    "no_document_is_left_a_draft",
    "line_subtotals_are_quantity_times_price",
    "completed_sales_are_numbered",
    "seals_are_a_chain",
    "nothing_is_before_the_first_seal",
    "the_kept_head_is_in_the_chain",
    "z_numbers_have_no_gaps",
    "document_numbers_have_no_gaps",
    "document_numbers_are_a_chain",
}
# Since a day, goods are set against the account by what they cost as they moved, not by what is
# there; that these costs add up to what is there is an invariant of its own.
BY_THEIR_MOVEMENTS_SINCE = {
    "inventory_account_is_the_stock_value",
    "inventory_of_each_store_is_its_batches",
}

# Rows are broken on purpose here, below the triggers that would not let them be touched.
pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db]


def build_it() -> None:
    """Let two months pass, so that all of the week's days and their month are frozen."""
    with time_machine.travel(timezone.now() + timedelta(days=62), tick=False):
        build_missing()


def test_a_week_of_honest_trade_breaks_no_invariant(week: Week) -> None:
    build_it()
    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []


def test_every_invariant_has_a_row_that_breaks_it_in_these_tests() -> None:
    of_rows = {invariant.name for check in CHECKS for invariant in check.invariants}
    assert of_rows == set(BROKEN)
    assert len(INVARIANTS) == len({invariant.name for invariant in INVARIANTS}), "names are unique"


@pytest.mark.dear
@pytest.mark.parametrize(
    ("name", "breaking"),
    [
        pytest.param(name, breaking, id=f"{name}-{number}")
        for name, ways in BROKEN.items()
        for number, breaking in enumerate(ways)
    ],
)
def test_a_broken_row_is_named_by_its_invariant(name: str, breaking: Breaking, week: Week) -> None:
    if name.startswith("summaries"):
        build_it()
    with undone():
        words = breaking(week)
        verdict = verdict_on(name)
        assert not verdict.holds
        assert any(words in str(violation) for violation in verdict.violations), (
            words,
            [str(violation) for violation in verdict.violations],
        )
        if name not in BY_THEIR_MOVEMENTS_SINCE:
            since_ever = verdict_on(name, since=FIRST_DAY)
            assert set(map(str, since_ever.violations)) == set(map(str, verdict.violations))
        if name not in WHATEVER_THE_DAY:
            assert verdict_on(name, since=today() + timedelta(days=90)).holds


@pytest.mark.dear
def test_whatever_is_broken_the_other_invariants_still_give_an_answer(week: Week) -> None:
    for name, ways in BROKEN.items():
        if name == "summaries_of_days_are_their_rows":
            build_it()
        for breaking in ways:
            with undone():
                breaking(week)
                assert not all(verdict.holds for verdict in examine(CHECKS))


def test_the_first_violation_named_is_the_oldest_row(week: Week) -> None:
    with undone():
        for sale in (week.completed_hold, week.cash_sale, week.split_sale):
            change("sales", sale.pk, "refund_amount = refund_amount + 0.01")
        named = [violation.row for violation in verdict_on("sales_know_their_refunds").violations]
    numbers = [
        f"sale {sale.pk} ({sale.invoice_no}), refund_amount"
        for sale in (week.cash_sale, week.split_sale, week.completed_hold)
    ]
    assert list(dict.fromkeys(named)) == numbers


def test_a_one_cent_error_hidden_in_a_fractional_cost_is_found(week: Week) -> None:
    """Half cents round up in Python; a float of 1.005 would not."""
    with undone():
        batch = row_of("SELECT id FROM batches WHERE unit_cost = 1.0050")
        move = change_first("inventory_log_batches", f"batch_id = {batch}", "cost = cost - 0.01")
        [violation, *_] = verdict_on("a_movement_costs_the_change_of_value").violations
    assert violation.row.startswith(f"batch movement {move} on batch {batch}")
    assert (violation.expected, violation.found) == ("5.03", "5.02")


# --- Derived columns ---


def derived_columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{column}"
        for model in apps.get_models()
        if issubclass(model, AppendOnly)
        for column in model.MOVING_COLUMNS
    }


def test_every_moving_column_is_recomputed_by_an_invariant() -> None:
    assert set(RECOMPUTED_BY) == derived_columns()
    assert set(RECOMPUTED_BY.values()) <= {invariant.name for invariant in INVARIANTS}


@pytest.mark.parametrize("column", sorted(RECOMPUTED_BY))
def test_a_derived_column_changed_by_itself_breaks_its_invariant(column: str, week: Week) -> None:
    table, name = column.split(".")
    with undone():
        if name == "status":
            change_first(table, "status = 'open'", "status = 'paid'")
        elif name == "invoice_key":
            change_first(table, "invoice_key IS NOT NULL", "invoice_key = 'another'")
        else:
            change_first(table, f"{name} > 1", f"{name} = {name} - 1")
        assert not verdict_on(RECOMPUTED_BY[column]).holds


# --- Where the database itself says no ---


def refused(sql: str, *parameters: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_two_sales_cannot_have_one_number(week: Week) -> None:
    refused(
        "UPDATE sales SET invoice_no = %s WHERE id = %s",
        week.cash_sale.invoice_no,
        week.split_sale.pk,
    )


def test_a_document_cannot_have_two_entries(week: Week) -> None:
    refused(
        "UPDATE journal_entries SET document_id = %s WHERE id = %s",
        week.cash_sale.pk,
        entry_of("sale", week.split_sale),
    )


def test_a_purchase_line_cannot_have_two_batches_nor_a_sale_two_dues(week: Week) -> None:
    taken = row_of(f"SELECT purchase_item_id FROM batches WHERE id = {batch_of(week.tea)}")
    refused("UPDATE batches SET purchase_item_id = %s WHERE id = %s", taken, batch_of(week.tea, 1))
    refused(
        "UPDATE customer_dues SET sale_id = %s WHERE sale_id = %s",
        week.credit_sale.pk,
        week.paid_later_sale.pk,
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE batches SET remaining = quantity + 1",
        "UPDATE batches SET remaining = -1",
        "UPDATE journal_lines SET debit = 1, credit = 1",
        "UPDATE payments SET amount = 0",
        "UPDATE payments SET direction = 'up'",
        "UPDATE sales SET discount = subtotal + 1, total_amount = tax - 1",
        "UPDATE sales SET total_amount = total_amount + 0.01",
        "UPDATE sales SET invoice_no = NULL WHERE status = 'completed'",
        "UPDATE sales SET refund_amount = total_amount + 1",
        "UPDATE refunds SET paid_out = paid_out + 0.01",
        "UPDATE customer_dues SET status = 'paid' WHERE due_amount > 0",
        "UPDATE purchases SET due_amount = due_amount + 1",
        "UPDATE inventory_log SET change_qty = 0",
        "UPDATE sale_item_batches SET quantity = -quantity",
    ],
)
def test_the_database_itself_refuses(sql: str, week: Week) -> None:
    refused(sql)
