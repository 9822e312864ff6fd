"""Ways of breaking stock, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    batch_of,
    change,
    change_first,
    first,
    named,
)

BROKEN: dict[str, list[Breaking]] = {
    "batches_made_by_hand_are_logged": [
        first("batches", "origin = 'opening'", "quantity = quantity + 1", "batch {} of product"),
        first(
            "batches",
            "origin = 'adjustment'",
            "received_on = '2001-01-01'",
            "batch {}, received_on",
        ),
    ],
    "remaining_is_within_quantity": [
        first("batches", "remaining > 0", "remaining = quantity + 1", "batch {} of product"),
    ],
    "log_rows_are_the_sum_of_their_batches": [
        lambda w: (
            change_first(
                "inventory_log_batches", f"log_id = {w.decrease.pk}", "quantity = quantity - 1"
            )
            and f"log row {w.decrease.pk} (adjustment of product {w.sugar.pk}), units"
        ),
        lambda w: (
            change_first("inventory_log_batches", f"log_id = {w.decrease.pk}", "cost = cost - 0.01")
            and f"log row {w.decrease.pk} (adjustment of product {w.sugar.pk}), cost"
        ),
        lambda w: (
            change_first(
                "inventory_log_batches",
                f"log_id = {w.increase.pk}",
                f"batch_id = {batch_of(w.tea)}",
            )
            and f"of log row {w.increase.pk} (adjustment)"
        ),
    ],
    "voids_mirror_their_adjustment": [
        named("inventory_log", "log row {} (void", lambda w: w.void.pk, "change_qty = 1"),
        lambda w: (
            change_first("inventory_log_batches", f"log_id = {w.void.pk}", "quantity = 1")
            and f"log row {w.void.pk} (void), units of batch"
        ),
        lambda w: (
            change("inventory_log", w.void.pk, f"voids_id = {w.decrease.pk}")
            and f"log row {w.void.pk} (void"
        ),
    ],
    "services_keep_no_stock": [
        lambda w: (
            change("products", w.sugar.pk, "keeps_stock = 0")
            and f"of service product {w.sugar.pk} (SUGAR-1)"
        ),
    ],
}
