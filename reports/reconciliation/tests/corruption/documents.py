"""Ways of breaking the entries of documents, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    entry_of,
    line_of_entry,
    row_of,
)
from reports.tests.a_shops_week import Week


def _sale_without_entry(week: Week) -> str:
    change("journal_entries", entry_of("sale", week.cash_sale), "event = 'gift'")
    return f"sale {week.cash_sale.pk}, sale entry, debit less credit on CASH"


def _wrong_account(week: Week) -> str:
    line = line_of_entry("sale", week.split_sale, "SALES")
    change("journal_lines", line, "account_id = 'RENT'")
    return f"sale {week.split_sale.pk}, sale entry, debit less credit on RENT"


def _wrong_amount(event: str, attribute: str, account: str) -> Breaking:
    def breaking(week: Week) -> str:
        document = getattr(week, attribute)
        line = line_of_entry(event, document, account)
        change(
            "journal_lines",
            line,
            "debit = CASE WHEN debit > 0 THEN debit + 0.01 ELSE 0 END,"
            " credit = CASE WHEN credit > 0 THEN credit + 0.01 ELSE 0 END",
        )
        return f" {document.pk}, {event} entry, debit less credit on {account}"

    return breaking


def _due_payment_on_the_wrong_account(week: Week) -> str:
    line = row_of(
        "SELECT l.id FROM journal_lines l JOIN journal_entries e ON e.id = l.entry_id"
        " WHERE e.event = 'customer_payment' AND l.account_id = 'CASH' ORDER BY l.id"
    )
    change("journal_lines", line, "account_id = 'NAGAD'")
    return "customer_payment entry, debit less credit on CASH"


def _wrong_credit(week: Week) -> str:
    change("due_credits", week.bad_debt.pk, "kind = 'allowance'")
    entry_id = week.bad_debt.entry_id
    return f"credit entry {entry_id}, due_credit entry, debit less credit on BAD_DEBTS"


BROKEN: dict[str, list[Breaking]] = {
    "documents_posted_what_they_say": [
        _sale_without_entry,
        _wrong_account,
        _wrong_amount("sale", "split_sale", "TAX_PAYABLE"),
        _wrong_amount("sale", "advance_sale", "CUSTOMER_ADVANCES"),
        _wrong_amount("sale", "credit_sale", "RECEIVABLES"),
        _wrong_amount("sale", "cash_sale", "COST_OF_GOODS_SOLD"),
        _wrong_amount("refund", "part_refund", "SALES_RETURNS"),
        _wrong_amount("refund", "due_refund", "RECEIVABLES"),
        _wrong_amount("refund", "full_refund", "INVENTORY"),
        _wrong_amount("purchase", "owed_purchase", "PAYABLES"),
        _wrong_amount("purchase", "advance_purchase", "SUPPLIER_ADVANCES"),
        _wrong_amount("adjustment", "increase", "INVENTORY_GAIN"),
        _wrong_amount("adjustment", "decrease", "INVENTORY_LOSS"),
        _wrong_amount("void", "void", "INVENTORY_LOSS"),
        _wrong_amount("expense", "expense", "CASH"),
        _wrong_amount("opening_receivable", "opening_due", "RECEIVABLES"),
        _wrong_amount("opening_payable", "opening_payable", "OPENING_BALANCE_EQUITY"),
        _due_payment_on_the_wrong_account,
        _wrong_credit,
    ],
    "entries_are_of_their_document_s_day": [
        lambda w: "entry {} of sale".format(
            change("journal_entries", entry_of("sale", w.cash_sale), "business_date = '2001-01-01'")
        ),
    ],
    "entries_have_their_document": [
        lambda w: "entry {} (refund)".format(
            change("journal_entries", entry_of("refund", w.part_refund), "document_id = 98765")
        ),
        lambda w: "entry {} (sale)".format(
            change("journal_entries", entry_of("sale", w.part_refund.sale), "document_id = NULL")
        ),
        lambda w: "entry {}, event".format(
            change("journal_entries", entry_of("expense", w.expense), "event = 'gift'")
        ),
        lambda w: "entry {} (manual)".format(
            change("journal_entries", w.by_hand.pk, "document_id = 1")
        ),
    ],
}
