"""Ways of saying something else of who, when, how and under which number, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    entry_of,
    first,
    row_of,
)
from reports.tests.a_shops_week import Week


def _another_seller(week: Week) -> str:
    other = row_of(f"SELECT id FROM users WHERE id <> {week.cash_sale.user_id}")
    change("sales", week.cash_sale.pk, f"user_id = {other}")
    return f"journal_entries {entry_of('sale', week.cash_sale)}, person: expected {other}"


def _an_hour_earlier(week: Week) -> str:
    moment = "'2026-08-12 07:00:00'"
    entry = change("journal_entries", entry_of("sale", week.cash_sale), f"created_at = {moment}")
    return f"journal_entries {entry}, moment: expected"


def _another_letter(week: Week) -> str:
    """As little as the case of one."""
    entry = entry_of("sale", week.cash_sale)
    change("journal_entries", entry, f"reference = '{week.cash_sale.invoice_no.lower()}'")
    return f"journal_entries {entry}, number: expected"


def _negative_id(week: Week) -> str:
    change_first("carts", "1 = 1", "id = -5")
    return "carts -5: expected an id above zero"


BROKEN: dict[str, list[Breaking]] = {
    "ids_are_positive": [_negative_id],
    "rows_of_one_event_agree": [
        _another_seller,
        _an_hour_earlier,
        _another_letter,
        lambda w: (
            change("expenses", w.expense.pk, "title = 'Office'")
            and f"journal_entries {entry_of('expense', w.expense)}, title"
        ),
        first("supplier_dues", "1 = 1", "created_at = '2026-01-01 00:00:00'", "supplier_dues {}"),
        first("batches", "purchase_item_id > 0", "created_at = '2026-01-01 00:00:00'", "batches "),
    ],
    "movements_are_of_their_document": [
        first("inventory_log", "kind = 'sale'", "user_id = 1000000", "inventory_log {} of sale"),
        first("inventory_log", "kind = 'refund'", "reason = 'x'", "inventory_log {} of refund"),
        first("inventory_log", "kind = 'purchase'", "note = 'x'", "inventory_log {} of purchase"),
    ],
    "documents_name_how_they_were_paid": [
        lambda w: "sales {}, payment_method".format(
            change("sales", w.cash_sale.pk, "payment_method = 'card'")
        ),
        lambda w: "refunds {}, refund_method".format(
            change("refunds", w.full_refund.pk, "refund_method = 'cash'")
        ),
    ],
    "entries_say_when_they_were_entered": [
        lambda w: "entry {} (expense), entered".format(
            change("journal_entries", entry_of("expense", w.expense), "entered_at = NULL")
        ),
        lambda w: "entry {} (manual), entered".format(
            change_first("journal_entries", "event = 'manual'", "entered_at = '2020-01-01 00:00'")
        ),
    ],
    "tendered_less_change_is_paid": [
        lambda w: "sale {} (".format(
            change("sales", w.cash_sale.pk, "tendered_amount = tendered_amount + 1")
        ),
    ],
}
