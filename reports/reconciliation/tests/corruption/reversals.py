"""Ways of breaking what was taken back, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    entry_of,
    named,
    row_of,
)

BROKEN: dict[str, list[Breaking]] = {
    "reversing_entries_mirror_the_first": [
        lambda w: (
            change_first("journal_lines", f"entry_id = {w.undone_by_hand.pk}", "account_id='NAGAD'")
            and f"entry {w.undone_by_hand.pk}, which reverses entry {w.by_hand.pk}, debit less"
        ),
        lambda w: (
            change("journal_entries", w.undone_by_hand.pk, "memo = NULL")
            and f"entry {w.undone_by_hand.pk}, which reverses entry {w.by_hand.pk}: expected an"
        ),
        lambda w: (
            change("journal_entries", w.undone_by_hand.pk, f"reverses_id = {w.undone_by_hand.pk}")
            and f"entry {w.undone_by_hand.pk}, which reverses entry {w.undone_by_hand.pk}"
        ),
    ],
    "reversing_payments_run_the_other_way": [
        named("payments", "payment {}, which", lambda w: w.undone_payment.pk, "amount = amount+1"),
        named("payments", "payment {}, which", lambda w: w.undone_payment.pk, "method = 'nagad'"),
        named("payments", "payment {}, which", lambda w: w.undone_payment.pk, "direction = 'in'"),
        lambda w: (
            change("payments", w.undone_payment.pk, "reverses_id = NULL")
            and f"entry {w.undone_payment.entry_id}, which reverses entry"
        ),
        lambda w: "payment {}, which".format(
            change_first(
                "payments", f"purchase_id = {w.undone_purchase.pk}", "purchase_id = purchase_id - 1"
            )
        ),
    ],
    "reversing_expenses_are_the_opposite": [
        named("expenses", "expense {}, which", lambda w: w.undone_expense.pk, "amount = -39"),
        named("expenses", "expense {}, which", lambda w: w.undone_expense.pk, "amount = 40"),
        named("expenses", "expense {}, which", lambda w: w.undone_expense.pk, "tax = -3"),
        named(
            "expenses",
            "expense {}, which reverses expense none",
            lambda w: w.undone_expense.pk,
            "reverses_id = NULL",
        ),
        lambda w: (
            change("journal_entries", entry_of("expense", w.undone_expense), "reverses_id = NULL")
            and f"expense {w.undone_expense.pk}, which"
        ),
    ],
    "reversing_purchases_are_the_opposite": [
        named(
            "purchases", "purchase {}, which", lambda w: w.undone_purchase.pk, "total_amount = -1"
        ),
        named(
            "purchases", "purchase {}, which", lambda w: w.undone_purchase.pk, "advance_used = -1"
        ),
        lambda w: (
            change("purchases", w.undone_purchase.reverses_id, "due_amount = 1")
            and f"purchase {w.undone_purchase.pk}, which"
        ),
        lambda w: (
            change_first("payments", f"purchase_id = {w.undone_purchase.pk}", "amount = amount - 1")
            and f"purchase {w.undone_purchase.reverses_id} and its reversal"
        ),
    ],
    "reversing_lines_emptied_their_batches": [
        lambda w: "purchase line {} of purchase".format(
            change_first(
                "purchase_items", f"purchase_id = {w.undone_purchase.pk}", "quantity = quantity + 1"
            )
        ),
        lambda w: "purchase line {} of purchase".format(
            change_first(
                "purchase_items", f"purchase_id = {w.undone_purchase.pk}", "reverses_id = NULL"
            )
        ),
        lambda w: "batch {} of purchase line".format(
            change(
                "batches",
                row_of(
                    "SELECT b.id FROM batches b JOIN purchase_items i ON i.id = b.purchase_item_id"
                    f" WHERE i.purchase_id = {w.undone_purchase.reverses_id} ORDER BY b.id"
                ),
                "remaining = 1",
            )
        ),
    ],
    "control_accounts_move_by_documents": [
        lambda w: "line {} of entry".format(
            change_first(
                "journal_lines", f"entry_id = {w.by_hand.pk}", "account_id = 'RECEIVABLES'"
            )
        ),
    ],
}
