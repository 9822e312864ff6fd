"""Ways of breaking the replay of every batch, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    batch_of,
    change,
    change_first,
    first,
    row_of,
    use_of,
)
from reports.tests.a_shops_week import Week


def _younger_batch(week: Week) -> str:
    use = use_of(week.cash_sale, week.tea)
    change("sale_item_batches", use, f"batch_id = {batch_of(week.tea, 1)}")
    return f"batch use {use} (log row"


def _other_lot_back(week: Week) -> str:
    """Returned tea went back to the oldest batch it was taken from, not to the newest."""
    back = row_of(
        "SELECT u.id FROM sale_item_batches u JOIN refund_items r ON r.id = u.refund_item_id"
        f" WHERE r.refund_id = {week.part_refund.pk} ORDER BY u.id"
    )
    change("sale_item_batches", back, f"batch_id = {batch_of(week.tea)}")
    return f"batch use {back} (log row"


BROKEN: dict[str, list[Breaking]] = {
    "stock_is_the_sum_of_the_log": [
        lambda w: (
            change_first(
                "inventory_log",
                f"product_id = {w.tea.pk} AND kind = 'sale'",
                "change_qty = change_qty - 1",
            )
            and f"stock of product {w.tea.pk} in store 1"
        ),
    ],
    "remaining_is_quantity_less_uses": [
        first("batches", "remaining > 1", "remaining = remaining - 1", "batch {} of product"),
        first("inventory_log_batches", "quantity < 0", "quantity = quantity - 1", "of product"),
    ],
    "stored_costs_telescope": [
        lambda w: (
            change("sale_item_batches", use_of(w.cash_sale, w.tea), "cost = cost + 0.01")
            and f"batch {batch_of(w.tea)} of product {w.tea.pk}, value left"
        ),
        first("batches", "origin = 'opening'", "unit_cost = 1.0000", "batch {} of product"),
    ],
    "logged_costs_are_the_stock_value": [
        lambda w: (
            change_first("inventory_log", f"product_id = {w.rice.pk}", "cost = cost + 0.01")
            and f"logged costs of product {w.rice.pk}"
        ),
    ],
    "log_rows_are_what_was_moved": [
        first(
            "inventory_log",
            "kind = 'sale'",
            "reference = 'INV-S999999'",
            "log row {}, sale of product",
        ),
        first(
            "inventory_log",
            "kind = 'refund'",
            "change_qty = change_qty + 1",
            "log row {}, refund of product",
        ),
        first(
            "inventory_log",
            "kind = 'purchase'",
            "cost = cost + 0.01",
            "log row {}, purchase of product",
        ),
    ],
    "stock_moves_first_in_first_out": [_younger_batch, _other_lot_back],
    "a_movement_costs_the_change_of_value": [
        lambda w: (
            change("sale_item_batches", use_of(w.cash_sale, w.tea), "cost = cost + 0.01")
            and f"batch use {use_of(w.cash_sale, w.tea)} on batch"
        ),
        first(
            "inventory_log_batches",
            "quantity < 0",
            "cost = cost - 0.01",
            "batch movement {} on batch",
        ),
    ],
}
