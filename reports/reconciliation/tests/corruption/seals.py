"""Ways of breaking closed and locked days, by invariant."""

import json
import zlib
from typing import Any

from ledger import closing, kept_heads
from ledger.closing_models import DaySeal
from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    delete,
    first,
    row_of,
)
from reports.tests.a_shops_week import Week

NOTHING_PACKED = f"x'{zlib.compress(b'').hex()}'"


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


def _seal_says_less(week: Week) -> str:
    """A seal of the first form does not hash what it covers: an empty day could leave it out."""
    first = row_of("SELECT MIN(id) FROM day_seals WHERE day IS NOT NULL")
    change("day_seals", first, "form = 1, row_counts = '{\"payments\": 0}'")
    return "tables: expected all that were covered before, found not ['inventory_log'"


def _covers_less(week: Week) -> str:
    kept = DaySeal.objects.exclude(day=None).order_by("day")[1]
    counts = json.dumps({**kept.row_counts, "sales": kept.row_counts["sales"] + 1})
    change("day_seals", kept.pk, f"row_counts = '{counts}'")
    return f"seal of {kept.day}, row_counts"


def _kept_head_rewritten(week: Week) -> str:
    kept_heads.keep()
    head = closing.head()
    change("day_seals", head.pk, "seal = 'forged'")
    return f"head of {head.day}: expected {head.seal}, found forged: the chain was rewritten"


def _newest_seal_gone(week: Week) -> str:
    kept_heads.keep()
    head = closing.head()
    delete("day_seals", head.pk)
    return f"head of {head.day}: expected {head.seal}, found no seal of that day"


def _earlier_row(week: Week) -> str:
    """A line of a day before the first closed one: it has no day of its own that would tell."""
    sale = change("sales", week.cash_sale.pk, "business_date = '2001-01-01'")
    lines = row_of(f"SELECT COUNT(*) FROM sale_items WHERE sale_id = {sale}")
    sealed = sum(s.row_counts["sale_items"] for s in DaySeal.objects.exclude(day=None))
    return f": expected {sealed} rows, found {sealed + lines}"


def _into_the_locked_period(table: str, of_sale: str) -> Breaking:
    """A row of the sale that was made after the past was locked is dated back into it."""

    def breaking(week: Week) -> str:
        sale, day = week.sale_after_lock, week.lock.locked_through
        where = f"{of_sale.format(sale)} = {sale.pk}"
        change_first(table, where, f"business_date = '{day}'")
        return f"{table} of {day}, which lock {week.lock.pk} locked: expected "

    return breaking


def _locked_row_gone(week: Week) -> str:
    day = week.lock.locked_through
    payment = row_of(f"SELECT id FROM journal_entries WHERE business_date = '{day}'")
    delete("journal_entries", payment)
    return f"journal_entries of {day}, which lock {week.lock.pk} locked: expected 1 rows, found 0"


def _behind_an_older_lock(week: Week) -> str:
    """One that kept the newest ids, as locks did once."""
    newest = row_of("SELECT MAX(id) FROM payments WHERE sale_id IS NOT NULL") - 1
    kept = f"counted = NULL, last_ids = '{{\"payments\": {newest}}}'"
    change("period_locks", week.lock.pk, kept)
    day = week.lock.locked_through
    return "payments {}, business day: expected a day after {}".format(
        change_first("payments", f"id > {newest}", f"business_date = '{day}'"), day
    )


BROKEN: dict[str, list[Breaking]] = {
    "sealed_days_are_unchanged": [
        _sealed_line_edited,
        _sealed_payment_gone,
        _row_slipped_into_a_closed_day,
        lambda w: (
            change_first("day_seals", "day IS NOT NULL", "seal = 'forged'")
            and f"seal of {row_of('SELECT MIN(day) FROM day_seals')}: expected forged"
        ),
        _covers_less,
        lambda w: (
            change_first("day_seals", "day IS NOT NULL", f"checksums = {NOTHING_PACKED}")
            and ", checksums: expected those of its rows"
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
        _seal_says_less,
        lambda w: change_first("day_seals", "day IS NOT NULL", "earlier = '{}'") and "covered anew",
    ],
    "closed_days_have_as_many_rows_as_were_sealed": [_earlier_row],
    "the_kept_head_is_in_the_chain": [_kept_head_rewritten, _newest_seal_gone],
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
        _locked_row_gone,
        _behind_an_older_lock,
    ],
}
