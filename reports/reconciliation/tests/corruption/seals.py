"""Ways of breaking closed and locked days, by invariant."""

from typing import Any

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    delete,
    first,
    row_of,
)
from reports.tests.a_shops_week import Week


def _first_sealed_row(table: str) -> Any:
    """A row under the first seal of a day."""
    return row_of(
        f"SELECT id FROM {table} WHERE business_date = (SELECT MIN(day) FROM day_seals) ORDER BY id"
    )


def _sealed_line_edited(week: Week) -> str:
    entry = _first_sealed_row("journal_entries")
    line = row_of(f"SELECT id FROM journal_lines WHERE entry_id = {entry} AND debit > 0")
    change("journal_lines", line, "debit = debit + 0.01")
    return f"journal_lines {line} of {row_of('SELECT MIN(day) FROM day_seals')}: expected the row"


def _sealed_payment_gone(week: Week) -> str:
    payment = _first_sealed_row("payments")
    delete("payments", payment)
    return f"payments {payment} of {row_of('SELECT MIN(day) FROM day_seals')}: expected the row"


def _row_slipped_into_a_closed_day(week: Week) -> str:
    first = row_of("SELECT MIN(day) FROM day_seals")
    log = change("inventory_log", week.increase.pk, f"business_date = '{first}'")
    return f"inventory_log {log} of {first}: expected no such row"


def _seal_missing(week: Week) -> str:
    first = row_of("SELECT MIN(day) FROM day_seals")
    seal = row_of(f"SELECT id FROM day_seals WHERE day > '{first}' ORDER BY day")
    delete("day_seals", seal)
    return "before it, found none"


def _into_the_locked_period(table: str, of_sale: str) -> Breaking:
    """A row of the sale that was made after the past was locked is dated back into it."""

    def breaking(week: Week) -> str:
        sale, day = week.sale_after_lock, week.lock.locked_through
        where = f"{of_sale.format(sale)} = {sale.pk}"
        row = change_first(table, where, f"business_date = '{day}'")
        return f"{table} {row}, business day: expected a day after {day}"

    return breaking


BROKEN: dict[str, list[Breaking]] = {
    "sealed_days_are_unchanged": [
        _sealed_line_edited,
        _sealed_payment_gone,
        _row_slipped_into_a_closed_day,
        lambda w: (
            change_first("day_seals", "day IS NOT NULL", "seal = 'forged'")
            and f"seal of {row_of('SELECT MIN(day) FROM day_seals')}: expected forged"
        ),
    ],
    "seals_are_a_chain": [
        _seal_missing,
        lambda w: (
            change_first("day_seals", "day IS NOT NULL", "previous = 'forged'")
            and f"seal of {row_of('SELECT MIN(day) FROM day_seals')}, the seal before"
        ),
        lambda w: (
            change_first("day_seals", "day IS NULL", "seal = 'forged'") and "genesis of the seals"
        ),
    ],
    "nothing_is_before_the_first_seal": [
        first(
            "inventory_log",
            "kind = 'sale'",
            "business_date = '2001-01-01'",
            "inventory_log {}, business day",
        ),
    ],
    "nothing_was_posted_into_a_locked_period": [
        _into_the_locked_period("journal_entries", "event = 'sale' AND document_id"),
        _into_the_locked_period("payments", "sale_id"),
        _into_the_locked_period("inventory_log", "reference = {0.invoice_no!r} AND {0.pk}"),
    ],
}
