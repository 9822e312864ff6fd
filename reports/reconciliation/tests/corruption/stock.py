"""Ways of breaking stock, by invariant."""

from inventory.models import InventoryLog, StockCount, StockCountLine
from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    batch_of,
    change,
    change_first,
    first,
    named,
)
from reports.tests.a_shops_week import Week


def _in_a_count(table: str, setting: str) -> Breaking:
    """A count that found what the week's adjustment took away, changed by hand."""

    def breaking(week: Week) -> str:
        log = InventoryLog.objects.get(pk=week.decrease.pk)
        alike = ("store_id", "user_id", "business_date", "created_at", "reason", "note")
        columns = {name: getattr(log, name) for name in alike}
        count = StockCount.objects.create(number=log.reference or "", **columns)
        line = StockCountLine.objects.create(
            count=count,
            product=week.sugar,
            product_name="Sugar",
            expected=50,
            counted=50 + log.change_qty,
            cost=log.cost,
            log=log,
        )
        row = count if table == "stock_counts" else line
        change(table, row.pk, setting.format(tea=week.tea.pk))
        return f"line {line.pk} of count"

    return breaking


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
    "counts_moved_what_differed": [
        _in_a_count("stock_count_lines", "counted = counted - 1"),
        _in_a_count("stock_count_lines", "cost = cost - 1"),
        _in_a_count("stock_count_lines", "product_id = {tea}"),
        _in_a_count("stock_counts", "number = 'COUNT-1'"),
        _in_a_count("stock_counts", "business_date = '2001-01-01'"),
    ],
    "services_keep_no_stock": [
        lambda w: (
            change("products", w.sugar.pk, "keeps_stock = 0")
            and f"of service product {w.sugar.pk} (SUGAR-1)"
        ),
    ],
}
