"""Ways of breaking dues, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    first,
    line_of_entry,
)

BROKEN: dict[str, list[Breaking]] = {
    "dues_and_refunds_know_their_sale_s_day": [
        first("customer_dues", "1 = 1", "sale_date = '2001-01-01'", "due {} of sale"),
        first("refunds", "1 = 1", "sale_date = '2001-01-01'", "refund {} of sale"),
    ],
    "opening_dues_are_of_opening_documents": [
        lambda w: "due {} of sale".format(
            change_first("customer_dues", f"sale_id = {w.opening_due.pk}", "is_opening = 0")
        ),
        lambda w: "due {} of sale".format(
            change_first("customer_dues", f"sale_id = {w.credit_sale.pk}", "is_opening = 1")
        ),
    ],
    "dues_are_those_of_sales": [
        lambda w: (
            change_first(
                "customer_dues", f"sale_id = {w.credit_sale.pk}", "due_amount = due_amount + 1"
            )
            and f"due of sale {w.credit_sale.pk} (INV-S"
        ),
        first("customer_dues", "status = 'open'", "status = 'paid'", "due {} of sale"),
        lambda w: "due {} of sale".format(
            change_first(
                "customer_dues",
                f"sale_id = {w.credit_sale.pk}",
                f"customer_id = {w.customer.pk + 1}",
            )
        ),
    ],
    "debts_are_the_receivables": [
        lambda w: (
            change_first(
                "customer_dues", f"sale_id = {w.credit_sale.pk}", "due_amount = due_amount + 1"
            )
            and f"customer {w.customer.pk}, open dues"
        ),
        lambda w: (
            change(
                "journal_lines",
                line_of_entry("sale", w.credit_sale, "RECEIVABLES"),
                "debit = debit + 1",
            )
            and f"customer {w.customer.pk}, lines on RECEIVABLES"
        ),
    ],
    "dues_are_those_of_purchases": [
        first("supplier_dues", "status = 'open'", "due_amount = due_amount + 1", "due of purchase"),
        first("supplier_dues", "status = 'paid'", "status = 'open'", "due {} of purchase"),
    ],
    "debts_are_the_payables": [
        lambda w: (
            change(
                "journal_lines",
                line_of_entry("purchase", w.owed_purchase, "PAYABLES"),
                "credit = credit + 1",
            )
            and f"supplier {w.supplier.pk}, lines on PAYABLES"
        ),
    ],
}
