"""Ways of breaking payments, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    entry_of,
    first,
    named,
    row_of,
)
from reports.tests.a_shops_week import Week


def _without_its_payment(week: Week) -> str:
    entry = row_of("SELECT MIN(id) FROM journal_entries WHERE event = 'customer_payment'")
    payment = row_of(f"SELECT id FROM payments WHERE entry_id = {entry}")
    change("payments", payment, f"entry_id = {entry + 1}")
    return f"entry {entry} (customer_payment): expected payments of one party, found 0"


BROKEN: dict[str, list[Breaking]] = {
    "sales_were_paid_by_payments": [
        lambda w: (
            change_first("payments", f"sale_id = {w.cash_sale.pk}", "amount = amount + 0.01")
            and f"sale {w.cash_sale.pk} (INV-S"
        ),
        named(
            "sales",
            "sale {} (INV-S",
            lambda w: w.advance_sale.pk,
            "advance_used = advance_used - 1",
        ),
    ],
    "purchases_were_paid_by_payments": [
        lambda w: (
            change_first("payments", f"purchase_id = {w.owed_purchase.pk}", "amount = amount - 1")
            and f"purchase {w.owed_purchase.pk} (PUR-"
        ),
    ],
    "refunds_were_paid_by_payments": [
        lambda w: (
            change_first("payments", f"refund_id = {w.full_refund.pk}", "amount = amount + 1")
            and f"refund {w.full_refund.pk} of sale"
        ),
    ],
    "payments_name_what_they_are_about": [
        first(
            "payments",
            "payment_type = 'refund'",
            "direction = 'in'",
            "payment {}: expected an amount",
        ),
        first(
            "payments", "payment_type = 'advance'", "amount = 0", "payment {}: expected an amount"
        ),
        first(
            "payments",
            "payment_type = 'due_payment'",
            "payment_type = 'tip'",
            "payment {}: expected an amount",
        ),
    ],
    "payments_are_of_their_document_s_party": [
        first(
            "payments",
            "sale_id IS NOT NULL AND customer_id IS NOT NULL",
            "customer_id = customer_id + 1",
            "payment {} of sale",
        ),
        lambda w: "payment {} of refund".format(
            change_first(
                "payments", f"refund_id = {w.full_refund.pk}", f"sale_id = {w.completed_hold.pk}"
            )
        ),
    ],
    "payments_belong_to_their_entry": [
        first(
            "payments",
            "payment_type = 'payment'",
            "business_date = '2001-01-01'",
            "payment {} (payment)",
        ),
        lambda w: "payment {} (payment)".format(
            change_first(
                "payments",
                f"sale_id = {w.cash_sale.pk}",
                f"entry_id = {entry_of('sale', w.split_sale)}",
            )
        ),
    ],
    "transaction_numbers_are_of_payments": [
        first("transaction_ids", "id > 0", "method = 'nagad'", "transaction number {}: expected"),
    ],
    "due_payments_are_of_one_party": [_without_its_payment],
}
