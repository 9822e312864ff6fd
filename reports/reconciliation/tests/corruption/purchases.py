"""Ways of breaking purchases, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    batch_of,
    change,
    first,
    named,
    row_of,
)

BROKEN: dict[str, list[Breaking]] = {
    "line_subtotals_are_quantity_times_cost": [
        first("purchase_items", "1 = 1", "subtotal = subtotal + 0.01", "purchase line {} of"),
    ],
    "totals_are_lines_and_paid_or_due": [
        named(
            "purchases",
            "purchase {} (PUR-",
            lambda w: w.owed_purchase.pk,
            "total_amount = total_amount + 1, due_amount = due_amount + 1",
        ),
        named(
            "purchases",
            "purchase {} (PUR-",
            lambda w: w.owed_purchase.pk,
            "due_amount = due_amount + 1",
        ),
    ],
    "lines_became_batches": [
        lambda w: "purchase line {} of purchase".format(
            row_of(
                "SELECT purchase_item_id FROM batches WHERE id = {}".format(
                    change("batches", batch_of(w.tea), "unit_cost = unit_cost + 0.01")
                )
            )
        ),
        first("batches", "origin = 'purchase'", "origin = 'opening'", "purchase line"),
    ],
    "batches_stand_by_purchase_date": [
        first(
            "batches", "origin = 'purchase'", "received_on = '2001-01-01'", "batch {} of purchase"
        ),
    ],
}
