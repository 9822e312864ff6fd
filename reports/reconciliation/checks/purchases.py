"""Purchases: their sums, and the batches they put on the shelf."""

from collections.abc import Iterator

from pos_project.core.money import money
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import amount, breaking, column, differing, exact, rows_of
from reports.reconciliation.scope import Scope


@invariant(
    "I9",
    "A purchase line's subtotal is its quantity times its cost, to the cent; where the paper has"
    " the total of a line, its cost is that by its units.",
)
def line_subtotals_are_quantity_times_cost(scope: Scope) -> Iterator[Violation]:
    for line_id, purchase_id, quantity, cost, subtotal in rows_of(
        scope.parts("purchase_items"),
        """
        SELECT id, purchase_id, quantity, cost_price, subtotal FROM purchase_items
        WHERE landed_cost IS NULL AND ABS(subtotal - quantity * cost_price) > 0.00001
            AND PART(id) ORDER BY id
        """,
    ):
        expected = money(exact(quantity) * exact(cost, 2))
        if amount(subtotal) != expected:
            yield Violation(
                f"purchase line {line_id} of purchase {purchase_id}, subtotal",
                str(expected),
                str(amount(subtotal)),
            )
    for line_id, purchase_id, quantity, cost, subtotal in rows_of(
        scope.parts("purchase_items"),
        """
        SELECT id, purchase_id, quantity, cost_price, subtotal FROM purchase_items
        WHERE landed_cost IS NOT NULL AND PART(id) ORDER BY id
        """,
    ):
        expected = money(exact(subtotal, 2) / exact(quantity))
        if amount(cost) != expected:
            yield Violation(
                f"purchase line {line_id} of purchase {purchase_id}, cost_price",
                str(expected),
                str(amount(cost)),
            )


@invariant(
    "I9",
    "A purchase's total is the sum of its lines, with what its paper adds, and was paid or is due.",
    derives=("purchases.due_amount",),
)
def totals_are_lines_and_paid_or_due(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT p.id, p.invoice_no, COALESCE(SUM(i.subtotal), 0) - COALESCE(p.discount, 0)
                + COALESCE(p.freight, 0) + COALESCE(p.tax, 0) + COALESCE(p.rounding, 0) AS expected,
            p.total_amount AS found
        FROM purchases p LEFT JOIN purchase_items i ON i.purchase_id = p.id
        WHERE p.status <> 'opening' AND PART(p.id)
        GROUP BY p.id, p.invoice_no, p.total_amount, p.discount, p.freight, p.tax, p.rounding
        """,
        "purchase {0} ({1}), total_amount",
        parts=scope.parts("purchases"),
    )
    yield from differing(
        """
        SELECT id, invoice_no, total_amount - paid_amount AS expected, due_amount AS found
        FROM purchases WHERE PART(id)
        """,
        "purchase {0} ({1}), due_amount",
        parts=scope.parts("purchases"),
        derives=column("purchases.due_amount"),
    )
    yield from breaking(
        """
        SELECT id, invoice_no, paid_amount, due_amount, advance_used FROM purchases
        WHERE reverses_id IS NULL AND returns_id IS NULL
            AND (paid_amount < 0 OR due_amount < 0 OR advance_used < 0
                OR advance_used > paid_amount + 0.004)
            AND PART(id)
        """,
        "purchase {0} ({1}), paid, due and advance used",
        expected="nothing negative, and no advance above what is paid",
        found="{2}, {3} and {4}",
        parts=scope.parts("purchases"),
    )


@invariant("I9", "Each purchase line became one batch of its product, units, cost and store.")
def lines_became_batches(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT i.id, i.purchase_id, i.product_id, i.quantity, i.cost_price, b.id, b.product_id,
            b.quantity, b.unit_cost
        FROM purchase_items i
        JOIN purchases p ON p.id = i.purchase_id
        LEFT JOIN batches b ON b.purchase_item_id = i.id
        WHERE i.reverses_id IS NULL AND i.returns_id IS NULL
            AND (b.id IS NULL OR b.product_id <> i.product_id OR b.store_id <> p.store_id
                OR b.origin <> 'purchase' OR ABS(b.quantity - i.quantity) > 0.0004
                OR (i.landed_cost IS NULL AND ABS(b.unit_cost - i.cost_price) > 0.00004))
            AND PART(i.id)
        """,
        "purchase line {0} of purchase {1}",
        expected="a batch of {3} of product {2} at {4}",
        found="batch {5}: {7} of product {6} at {8}",
        parts=scope.parts("purchase_items"),
    )
    yield from breaking(
        "SELECT id, product_id, origin FROM batches"
        " WHERE CASE WHEN origin = 'purchase' THEN purchase_item_id IS NULL"
        " ELSE purchase_item_id IS NOT NULL END AND PART(id)",
        "batch {0} of product {1} from {2}",
        expected="a purchase line exactly when it was bought",
        found="the opposite",
        parts=scope.parts("batches"),
    )


@invariant("I28", "A bought batch is ordered by the date of its purchase, but never in the future.")
def batches_stand_by_purchase_date(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT b.id, p.id, b.received_on, p.purchase_date, p.business_date
        FROM batches b
        JOIN purchase_items i ON i.id = b.purchase_item_id
        JOIN purchases p ON p.id = i.purchase_id
        WHERE b.received_on <> CASE WHEN p.purchase_date < p.business_date
            THEN p.purchase_date ELSE p.business_date END AND PART(i.id)
        """,
        "batch {0} of purchase {1}, received_on",
        expected="the earlier of {3} and {4}",
        found="{2}",
        parts=scope.parts("purchase_items"),
    )
