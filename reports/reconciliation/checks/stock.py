"""Stock: what lies on the shelf is what the log, the sales and the batches' own costs say."""

from collections.abc import Iterator

from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import breaking, differing
from reports.reconciliation.scope import AT_ONCE, Scope

# Log rows that name what they moved in `inventory_log_batches`.
BY_HAND = (
    "(l.kind IN ('opening', 'adjustment', 'void', 'sent', 'arrived')"
    " OR (l.kind = 'purchase' AND l.change_qty < 0))"
)


@invariant(
    "I2", "A batch from no purchase was made by one opening, increase or arrival of its size."
)
def batches_made_by_hand_are_logged(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT b.id, b.product_id,
            CASE WHEN b.origin = 'purchase' THEN 0 ELSE b.quantity END AS expected,
            SUM(CASE WHEN CASE l.kind WHEN 'arrived' THEN 'transfer' ELSE l.kind END = b.origin
                THEN m.quantity END) AS found
        FROM batches b
        LEFT JOIN inventory_log_batches m ON m.batch_id = b.id AND m.quantity > 0
        LEFT JOIN inventory_log l ON l.id = m.log_id
            AND l.kind IN ('opening', 'adjustment', 'arrived')
        WHERE PART(b.id)
        GROUP BY b.id, b.product_id, b.origin, b.quantity
        """,
        "batch {0} of product {1}, units logged when it was made",
        places=3,
        parts=scope.parts("batches"),
    )
    yield from breaking(
        """
        SELECT b.id, b.origin, b.received_on, l.id, l.business_date
        FROM inventory_log l
        JOIN inventory_log_batches m ON m.log_id = l.id AND m.quantity > 0
        JOIN batches b ON b.id = m.batch_id
        WHERE l.kind IN ('opening', 'adjustment') AND b.received_on <> l.business_date
            AND PART(m.id)
        """,
        "batch {0}, received_on",
        expected="{4}, the day of log row {3}",
        found="{2}",
        parts=scope.parts("inventory_log_batches"),
    )


@invariant("I3", "A batch never holds less than nothing or more than came in.")
def remaining_is_within_quantity(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT id, product_id, quantity, remaining FROM batches
        WHERE PART(id) AND (remaining < -0.0004 OR remaining > quantity + 0.0004
            OR quantity < 0.0004 OR unit_cost < 0)
        """,
        "batch {0} of product {1}, remaining",
        expected="0 to {2}",
        found="{3}",
        parts=scope.parts("batches"),
    )


@invariant(
    "I24",
    "A manual movement, a transfer or a reversed purchase moved on batches what its log row says.",
)
def log_rows_are_the_sum_of_their_batches(scope: Scope) -> Iterator[Violation]:
    for column, what, places in (("change_qty", "units", 3), ("cost", "cost", 2)):
        of_batch = "quantity" if column == "change_qty" else "cost"
        yield from differing(
            f"""
            SELECT l.id, l.kind, l.product_id, l.{column} AS expected, SUM(m.{of_batch}) AS found
            FROM inventory_log l LEFT JOIN inventory_log_batches m ON m.log_id = l.id
            WHERE {BY_HAND} AND PART(l.id)
            GROUP BY l.id, l.kind, l.product_id, l.{column}
            """,
            f"log row {{0}} ({{1}} of product {{2}}), {what} on batches",
            places=places,
            parts=scope.moved_by_hand(),
        )
    yield from breaking(
        f"""
        SELECT m.id, m.log_id, l.kind, m.batch_id
        FROM inventory_log_batches m
        JOIN inventory_log l ON l.id = m.log_id JOIN batches b ON b.id = m.batch_id
        WHERE PART(m.id) AND (NOT {BY_HAND}
            OR b.product_id <> l.product_id OR b.store_id <> l.store_id)
        """,
        "batch movement {0} of log row {1} ({2})",
        expected="a hand-made movement of the log row's own product and store",
        found="batch {3}",
        parts=scope.parts("inventory_log_batches"),
    )


@invariant("I25", "A void is the exact opposite of one adjustment, on the very same batches.")
def voids_mirror_their_adjustment(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT v.id, f.id, f.kind, f.change_qty, v.change_qty, v.product_id
        FROM inventory_log v LEFT JOIN inventory_log f ON f.id = v.voids_id
        WHERE v.kind = 'void' AND PART(v.id) AND (f.id IS NULL OR f.kind <> 'adjustment'
            OR ABS(f.change_qty + v.change_qty) > 0.0004
            OR f.product_id <> v.product_id OR f.store_id <> v.store_id)
        """,
        "log row {0} (void of product {5})",
        expected="the opposite of an adjustment",
        found="{4} against {3} of log row {1} ({2})",
        parts=scope.moved_by_hand(),
    )
    yield from differing(
        """
        SELECT void_id, batch_id, -SUM(first_units) AS expected, SUM(void_units) AS found FROM (
            SELECT v.id AS void_id, m.batch_id, m.quantity AS first_units, 0 AS void_units
            FROM inventory_log v JOIN inventory_log_batches m ON m.log_id = v.voids_id
            WHERE PART(v.id)
            UNION ALL
            SELECT v.id, m.batch_id, 0, m.quantity
            FROM inventory_log v JOIN inventory_log_batches m ON m.log_id = v.id
            WHERE v.voids_id IS NOT NULL AND PART(v.id)
        ) both_rows GROUP BY void_id, batch_id
        """,
        "log row {0} (void), units of batch {1}",
        places=3,
        parts=scope.moved_by_hand(),
    )


@invariant("I32", "A service product has no batch, no log row, no use and no cost.")
def services_keep_no_stock(scope: Scope) -> Iterator[Violation]:
    lines = "sale_items i ON i.product_id = p.id JOIN"
    for what, table, source in (
        ("batch", "batches", "batches r ON r.product_id = p.id"),
        ("log row", "inventory_log", "inventory_log r ON r.product_id = p.id"),
        ("batch use", "sale_item_batches", f"{lines} sale_item_batches r ON r.sale_item_id = i.id"),
        ("cost row", "sale_cogs", f"{lines} sale_cogs r ON r.sale_item_id = i.id"),
    ):
        yield from breaking(
            f"SELECT r.id, p.id, p.sku FROM products p JOIN {source}"
            " WHERE p.keeps_stock = 0 AND PART(r.id)",
            f"{what} {{0}} of service product {{1}} ({{2}})",
            expected="no such row",
            found=f"a {what}",
            parts=scope.parts(table, size=AT_ONCE),
        )


@invariant("I47", "A line of a count moved what it differed by, and only that, with its count.")
def counts_moved_what_differed(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT n.id, c.number, n.counted - n.expected, n.cost, COALESCE(l.change_qty, 0),
            COALESCE(l.cost, 0)
        FROM stock_count_lines n
        JOIN stock_counts c ON c.id = n.count_id
        LEFT JOIN inventory_log l ON l.id = n.log_id
        WHERE PART(n.id) AND (
            ABS(n.counted - n.expected - COALESCE(l.change_qty, 0)) > 0.0004
            OR ABS(n.cost - COALESCE(l.cost, 0)) > 0.004
            OR (l.id IS NOT NULL AND (l.kind <> 'adjustment' OR l.product_id <> n.product_id
                OR l.store_id <> c.store_id OR l.business_date <> c.business_date
                OR COALESCE(l.reference, '') <> c.number)))
        """,
        "line {0} of count {1}, what it moved",
        expected="{2} units worth {3} of its product, with its count",
        found="{4} units worth {5}",
        parts=scope.parts("stock_count_lines"),
    )
