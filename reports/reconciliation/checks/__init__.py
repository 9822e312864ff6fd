"""The laws of the shop that its tables can show, in the order in which they are checked.

A law is added by writing its check in the module of its subject; `CHECKS` finds it there.
"""

from reports.reconciliation.checks import (
    document_entries,
    dues,
    journal,
    payments,
    purchases,
    refunds,
    replay,
    reversals,
    sales,
    seals,
    stock,
    summaries,
    tables,
)
from reports.reconciliation.invariant import Check, Finding, Law, Violation

SUBJECTS = (
    tables,
    stock,
    replay,
    sales,
    refunds,
    purchases,
    dues,
    payments,
    journal,
    document_entries,
    reversals,
    summaries,
    seals,
)

CHECKS: tuple[Check, ...] = tuple(
    check for subject in SUBJECTS for check in vars(subject).values() if isinstance(check, Check)
)
LAWS: tuple[Law, ...] = tuple(law for check in CHECKS for law in check.laws)

# The only columns that ever change on a posted row, and the law that recomputes each.
RECOMPUTED_BY = {
    "batches.remaining": "remaining_is_quantity_less_uses",
    "sales.paid_amount": "sales_were_paid_by_payments",
    "sales.due_amount": "totals_are_paid_due_or_cancelled",
    "sales.refund_amount": "sales_know_their_refunds",
    "customer_dues.due_amount": "dues_are_those_of_sales",
    "customer_dues.status": "dues_are_those_of_sales",
    "purchases.paid_amount": "purchases_were_paid_by_payments",
    "purchases.due_amount": "totals_are_lines_and_paid_or_due",
    "purchases.invoice_key": "unique_keys_fold_their_text",
    "supplier_dues.due_amount": "dues_are_those_of_purchases",
    "supplier_dues.status": "dues_are_those_of_purchases",
}

__all__ = ["CHECKS", "LAWS", "RECOMPUTED_BY", "Check", "Finding", "Law", "Violation"]
