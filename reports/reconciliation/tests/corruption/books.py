"""Ways of breaking the books, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    delete,
    entry_of,
    first,
    line_of_entry,
    row_of,
)
from reports.tests.a_shops_week import Week


def _one_line_less(week: Week) -> str:
    line = row_of(
        f"SELECT id FROM journal_lines WHERE entry_id = {entry_of('expense', week.expense)}"
    )
    delete("journal_lines", line)
    return (
        f"entry {entry_of('expense', week.expense)} (expense), lines: expected 2 or more, found 1"
    )


BROKEN: dict[str, list[Breaking]] = {
    "entries_balance": [
        lambda w: "entry {} (sale), status".format(
            change("journal_entries", entry_of("sale", w.cash_sale), "status = 'draft'")
        ),
        lambda w: (
            change(
                "journal_lines",
                line_of_entry("sale", w.cash_sale, "SALES"),
                "credit = credit + 0.01",
            )
            and f"entry {entry_of('sale', w.cash_sale)} (sale), credits"
        ),
        _one_line_less,
    ],
    "lines_have_one_side": [
        first("journal_lines", "debit > 0", "credit = 1", "line {} of entry"),
    ],
    "trial_balance_is_zero": [
        first(
            "journal_lines",
            "debit > 0",
            "debit = debit + 0.01",
            "all accounts, debits less credits: expected 0.00, found 0.01",
        ),
    ],
    "control_lines_name_their_party": [
        first(
            "journal_lines", "account_id = 'RECEIVABLES'", "customer_id = NULL", "line {} of entry"
        ),
        lambda w: "line {} of entry".format(
            change_first("journal_lines", "account_id = 'SALES'", f"supplier_id = {w.supplier.pk}")
        ),
    ],
    "customer_advances_are_on_their_account": [
        lambda w: (
            change("sales", w.advance_sale.pk, "advance_used = advance_used - 1")
            and f"customer {w.customer.pk + 1}, lines on CUSTOMER_ADVANCES"
        ),
    ],
    "supplier_advances_are_on_their_account": [
        lambda w: (
            change("purchases", w.advance_purchase.pk, "advance_used = advance_used + 1")
            and f"supplier {w.supplier.pk}, lines on SUPPLIER_ADVANCES"
        ),
    ],
    "tender_accounts_are_their_payments": [
        lambda w: (
            change("expenses", w.expense.pk, "amount = amount + 1")
            and "lines on CASH, the account of cash"
        ),
        lambda w: (
            change_first("payments", "method = 'bkash'", "method = 'card'")
            and "lines on CARD, the account of card"
        ),
    ],
    "inventory_account_is_the_stock_value": [
        first("batches", "remaining > 1", "remaining = remaining - 1", "lines on INVENTORY"),
    ],
}
