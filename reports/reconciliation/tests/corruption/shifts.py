"""Ways of breaking a shift, by invariant."""

from accounts.models import Store
from ledger.till_models import CashMovement, Shift
from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    delete,
    entry_of,
    row_of,
)
from reports.tests.a_shops_week import Week


def _shift(z_number: int = 1) -> Shift:
    return Shift.objects.get(z_number=z_number)


def _in_shift(setting: str, words: str) -> Breaking:
    """Change a shift's row, and name it."""

    def breaking(_: Week) -> str:
        return words.format(change("shifts", _shift().pk, setting))

    return breaking


def _a_sale_that_slipped_in(week: Week) -> str:
    shift = _shift()
    change("journal_entries", entry_of("sale", week.cash_sale), f"shift_id = {shift.pk}")
    return f"shift {shift.pk} (Z 1), expected cash: expected"


def _a_drawer_s_move_that_was_not(_: Week) -> str:
    shift = _shift()
    delete(
        "cash_movements",
        row_of(
            f"SELECT id FROM cash_movements WHERE shift_id = {shift.pk} AND kind = 'from_drawer'"
        ),
    )
    return f"shift {shift.pk} (Z 1), expected cash: expected 135.00, found 140.00"


def _in_another_store_s_shift(week: Week) -> str:
    shift = _shift()
    other = Store.objects.create(name="Second")
    change("shifts", shift.pk, f"store_id = {other.pk}")
    return f"entry {row_of(f'SELECT id FROM journal_entries WHERE shift_id = {shift.pk}')} (sale)"


def _a_closing_in_its_shift(_: Week) -> str:
    shift = _shift()
    entry = change("journal_entries", entry_of("shift", shift), f"shift_id = {shift.pk}")
    return f"entry {entry} (shift), shift: expected"


def _an_entry_after_the_count(_: Week) -> str:
    shift = _shift()
    late = f"shift_id = {shift.pk} AND event = 'sale'"
    entry = change_first("journal_entries", late, "business_date = '2026-08-20'")
    return f"entry {entry} (sale), shift"


def _a_movement(kind: str, table: str, setting: str) -> Breaking:
    """Change the entry or expense of a movement of a shift."""

    def breaking(_: Week) -> str:
        shift = _shift()
        moved = CashMovement.objects.get(shift=shift, kind=kind)
        row: object = moved.expense_id
        if table == "journal_entries":
            row = (
                entry_of("expense", moved.expense)
                if moved.expense
                else entry_of("cash_movement", moved)
            )
        change(table, row, setting)
        return f"cash movement {moved.pk} ({kind})"

    return breaking


def _a_number_left_out(_: Week) -> str:
    change("shifts", _shift(2).pk, "z_number = 3")
    return "Z numbers of store 1: expected 1 to 2, found 1 to 3"


def _a_first_number_left_out(_: Week) -> str:
    change("shifts", _shift().pk, "z_number = 3")
    return "Z numbers of store 1: expected 1 to 2, found 2 to 3"


def _a_slip_too_little(_: Week) -> str:
    shift = _shift()
    slips = """'{"card": {"name": "Card", "expected": "90.00", "counted": "100"}}'"""
    change("shifts", shift.pk, f"slips = {slips}")
    return f"shift {shift.pk}, slips of card: expected 100.00, found 90.00"


def _open_at_another_till(_: Week) -> str:
    shift = _shift()
    change_first("shifts", f"id = {shift.pk}", "status = 'open'")
    return f"shift {shift.pk} at till {shift.till_id}: expected of the till's store"


BROKEN: dict[str, list[Breaking]] = {
    "shifts_expect_their_cash": [
        _in_shift("expected = expected + 1", "shift {} (Z 1), expected cash"),
        _in_shift("opening_float = opening_float - 1", "shift {} (Z 1), expected cash"),
        _a_sale_that_slipped_in,
        _a_drawer_s_move_that_was_not,
    ],
    "slips_were_compared_with_the_books": [
        _a_slip_too_little,
        _in_shift("slips = NULL", "shift {}, slips of card: expected 100.00, found None"),
        _in_shift("slips = '[1]'", "shift {}, slips: expected rows that can be read"),
    ],
    "entries_are_in_a_shift_of_their_store": [
        _in_another_store_s_shift,
        _a_closing_in_its_shift,
        _an_entry_after_the_count,
    ],
    "cash_movements_are_in_their_entry_s_shift": [
        _a_movement("to_bank", "journal_entries", "shift_id = NULL"),
        _a_movement("paid_out", "journal_entries", "shift_id = NULL"),
        _a_movement("paid_out", "expenses", "amount = amount + 1"),
        _a_movement("paid_out", "expenses", "payment_method = 'card'"),
    ],
    "shifts_are_of_their_till": [
        _open_at_another_till,
        _in_shift("store_id = 99", "shift {} at till"),
    ],
    "z_numbers_have_no_gaps": [_a_number_left_out, _a_first_number_left_out],
}
