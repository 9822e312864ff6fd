"""Ways of breaking sales, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    batch_of,
    change,
    change_first,
    entry_of,
    first,
    line_of,
    named,
    row_of,
    use_of,
)

BROKEN: dict[str, list[Breaking]] = {
    "lines_took_what_they_sold": [
        lambda w: (
            change("sale_items", line_of(w.cash_sale), "quantity = quantity + 1")
            and f"sale line {line_of(w.cash_sale)} of sale {w.cash_sale.pk}"
        ),
    ],
    "restocked_lines_put_units_back": [
        lambda w: "refund line {} of refund".format(
            change_first("refund_items", f"refund_id = {w.part_refund.pk}", "restocked = 0")
        ),
        lambda w: "refund line {} of refund".format(
            change_first("refund_items", "restocked = 0", "restocked = 1")
        ),
    ],
    "batches_are_of_the_line_s_product_and_store": [
        lambda w: "batch use {} of sale line".format(
            change(
                "sale_item_batches", use_of(w.cash_sale, w.tea), f"batch_id = {batch_of(w.rice)}"
            )
        ),
        lambda w: change("batches", batch_of(w.tea), "store_id = 2") and "in store 2",
    ],
    "held_sales_moved_nothing": [
        lambda w: (
            change_first("payments", "sale_id IS NOT NULL", f"sale_id = {w.held_sale.pk}")
            and f"sale {w.held_sale.pk} (pending): expected no payment"
        ),
        lambda w: (
            change(
                "journal_entries",
                entry_of("sale", w.cash_sale),
                f"document_id = {w.cancelled_sale.pk}",
            )
            and f"sale {w.cancelled_sale.pk} (cancelled): expected no journal entry"
        ),
        lambda w: (
            change_first(
                "inventory_log", "kind = 'sale'", f"reference = '{w.held_sale.invoice_no}'"
            )
            and f"sale {w.held_sale.pk} (pending): expected no log row"
        ),
        lambda w: (
            change("sales", w.cash_sale.pk, "status = 'pending'")
            and f"sale {w.cash_sale.pk} (pending): expected no batch use"
        ),
    ],
    "no_document_is_left_a_draft": [
        named("sales", "sale {}, status", lambda w: w.held_sale.pk, "status = 'draft'"),
        named("purchases", "purchase {}, status", lambda w: w.owed_purchase.pk, "status = 'draft'"),
    ],
    "line_subtotals_are_quantity_times_price": [
        lambda w: "sale line {} of sale".format(
            change("sale_items", line_of(w.held_sale), "subtotal = subtotal + 0.01")
        ),
    ],
    "subtotals_are_the_sum_of_lines": [
        named(
            "sales",
            "sale {} (INV-S",
            lambda w: w.cash_sale.pk,
            "subtotal = subtotal + 0.01, total_amount = total_amount + 0.01",
        ),
    ],
    "totals_add_up": [
        named("sales", "sale {} (INV-S", lambda w: w.split_sale.pk, "tax = tax + 0.01"),
        named(
            "sales",
            "sale {} (INV-S",
            lambda w: w.split_sale.pk,
            "discount = subtotal + 1, total_amount = tax - 1",
        ),
    ],
    "totals_are_paid_due_or_cancelled": [
        named("sales", "sale {} (INV-S", lambda w: w.credit_sale.pk, "due_amount = due_amount + 1"),
        named("sales", "sale {} (INV-S", lambda w: w.advance_sale.pk, "customer_id = NULL"),
    ],
    "costs_are_the_sum_of_uses": [
        lambda w: "sale line {} of sale".format(
            row_of(
                "SELECT sale_item_id FROM sale_cogs WHERE id = {}".format(
                    change_first(
                        "sale_cogs", "refund_item_id IS NULL", "total_cost = total_cost + 1"
                    )
                )
            )
        ),
        lambda w: "sale line {} of sale".format(
            row_of(
                "SELECT sale_item_id FROM sale_cogs WHERE id = {}".format(
                    change_first(
                        "sale_cogs", "refund_item_id IS NOT NULL", "quantity = quantity - 1"
                    )
                )
            )
        ),
    ],
    "cost_rows_are_averages": [
        first("sale_cogs", "quantity > 0", "unit_cost = unit_cost + 0.0001", "cost row {} of"),
        first("sale_cogs", "quantity < 0", "quantity = quantity - 1", "cost row {} of"),
    ],
    "buy_prices_are_the_batch_s_cost": [
        first("sale_item_batches", "1 = 1", "buy_price = buy_price + 0.0001", "batch use {} of"),
    ],
    "completed_sales_are_numbered": [
        named("sales", "sale {}: expected a number", lambda w: w.cash_sale.pk, "invoice_no = NULL"),
        named(
            "sales", "sale {}: expected a number", lambda w: w.cash_sale.pk, "business_date = NULL"
        ),
    ],
}
