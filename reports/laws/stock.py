"""Stock: what lies on the shelf is what the log, the sales and the batches' own costs say."""

from collections.abc import Iterator
from decimal import Decimal

from inventory.fifo import value
from pos_project.core.money import ZERO
from reports.laws.law import Violation, law
from reports.laws.reading import amount, breaking, differing, exact, rows, slices

# Log rows that name what they moved in `inventory_log_batches`.
BY_HAND = (
    "(l.kind IN ('opening', 'adjustment', 'void') OR (l.kind = 'purchase' AND l.change_qty < 0))"
)


@law("I1", "A product's stock in a store is the sum of its logged movements.")
def stock_is_the_sum_of_the_log() -> Iterator[Violation]:
    return differing(
        """
        SELECT product_id, store_id, SUM(logged) AS expected, SUM(held) AS found FROM (
            SELECT product_id, store_id, 0 AS logged, SUM(remaining) AS held
            FROM batches GROUP BY product_id, store_id
            UNION ALL
            SELECT product_id, store_id, SUM(change_qty), 0
            FROM inventory_log GROUP BY product_id, store_id
        ) both_sides GROUP BY product_id, store_id
        """,
        "stock of product {0} in store {1}",
        places=3,
    )


@law("I2", "A batch holds what came in, less what sales used, plus what was moved by hand.")
def remaining_is_quantity_less_uses() -> Iterator[Violation]:
    # The row that made a batch (an opening or an increase) is its quantity, no movement of it.
    return differing(
        """
        SELECT b.id, b.product_id,
            b.quantity - COALESCE(used.units, 0) + COALESCE(moved.units, 0) AS expected,
            b.remaining AS found
        FROM batches b
        LEFT JOIN (
            SELECT batch_id, SUM(quantity) AS units FROM sale_item_batches GROUP BY batch_id
        ) used ON used.batch_id = b.id
        LEFT JOIN (
            SELECT m.batch_id, SUM(m.quantity) AS units
            FROM inventory_log_batches m JOIN inventory_log l ON l.id = m.log_id
            WHERE m.quantity < 0 OR l.kind NOT IN ('opening', 'adjustment')
            GROUP BY m.batch_id
        ) moved ON moved.batch_id = b.id
        """,
        "batch {0} of product {1}, remaining",
        places=3,
    )


@law("I2", "A batch from no purchase was made by one opening or one increase of its size.")
def batches_made_by_hand_are_logged() -> Iterator[Violation]:
    yield from differing(
        """
        SELECT b.id, b.product_id,
            CASE WHEN b.origin = 'purchase' THEN 0 ELSE b.quantity END AS expected,
            SUM(CASE WHEN l.kind = b.origin THEN m.quantity END) AS found
        FROM batches b
        LEFT JOIN inventory_log_batches m ON m.batch_id = b.id AND m.quantity > 0
        LEFT JOIN inventory_log l ON l.id = m.log_id AND l.kind IN ('opening', 'adjustment')
        GROUP BY b.id, b.product_id, b.origin, b.quantity
        """,
        "batch {0} of product {1}, units logged when it was made",
        places=3,
    )
    yield from breaking(
        """
        SELECT b.id, b.origin, b.received_on, l.id, l.business_date
        FROM inventory_log l
        JOIN inventory_log_batches m ON m.log_id = l.id AND m.quantity > 0
        JOIN batches b ON b.id = m.batch_id
        WHERE l.kind IN ('opening', 'adjustment') AND b.received_on <> l.business_date
        """,
        "batch {0}, received_on",
        expected="{4}, the day of log row {3}",
        found="{2}",
    )


@law("I3", "A batch never holds less than nothing or more than came in.")
def remaining_is_within_quantity() -> Iterator[Violation]:
    return breaking(
        """
        SELECT id, product_id, quantity, remaining FROM batches
        WHERE remaining < -0.0004 OR remaining > quantity + 0.0004 OR quantity < 0.0004
            OR unit_cost < 0
        """,
        "batch {0} of product {1}, remaining",
        expected="0 to {2}",
        found="{3}",
    )


@law("R2", "The stored costs of a batch's movements add up to the change of its value.")
def stored_costs_telescope() -> Iterator[Violation]:
    for first, last in slices("batches"):
        for batch_id, product_id, cost, quantity, remaining, used, moved in rows(
            """
            SELECT b.id, b.product_id, b.unit_cost, b.quantity, b.remaining,
                (SELECT SUM(u.cost) FROM sale_item_batches u WHERE u.batch_id = b.id),
                (SELECT SUM(m.cost) FROM inventory_log_batches m
                    JOIN inventory_log l ON l.id = m.log_id
                    WHERE m.batch_id = b.id
                    AND (m.quantity < 0 OR l.kind NOT IN ('opening', 'adjustment')))
            FROM batches b WHERE b.id BETWEEN %s AND %s ORDER BY b.id
            """,
            [first, last],
        ):
            unit_cost = exact(cost, 4)
            worth = value(exact(remaining), unit_cost)
            left = value(exact(quantity), unit_cost) - amount(used) + amount(moved)
            if worth != left:
                yield Violation(
                    f"batch {batch_id} of product {product_id}, value left by its stored costs",
                    str(worth),
                    str(left),
                )


@law("R2", "The log's stored costs of a product add up to the value of its batches.")
def logged_costs_are_the_stock_value() -> Iterator[Violation]:
    worth: dict[int, Decimal] = {}
    for first, last in slices("batches"):
        for product_id, remaining, cost in rows(
            "SELECT product_id, remaining, unit_cost FROM batches"
            " WHERE id BETWEEN %s AND %s AND remaining > 0",
            [first, last],
        ):
            batch_worth = value(exact(remaining), exact(cost, 4))
            worth[product_id] = worth.get(product_id, ZERO) + batch_worth
    for product_id, logged in rows(
        "SELECT product_id, SUM(cost) FROM inventory_log GROUP BY product_id ORDER BY product_id"
    ):
        expected = amount(worth.get(product_id, ZERO))
        if amount(logged) != expected:
            yield Violation(
                f"logged costs of product {product_id}", str(expected), str(amount(logged))
            )


@law("R4", "A movement by hand, or of an undone purchase, moved on batches what its log row says.")
def log_rows_are_the_sum_of_their_batches() -> Iterator[Violation]:
    for column, what, places in (("change_qty", "units", 3), ("cost", "cost", 2)):
        of_batch = "quantity" if column == "change_qty" else "cost"
        yield from differing(
            f"""
            SELECT l.id, l.kind, l.product_id, l.{column} AS expected, SUM(m.{of_batch}) AS found
            FROM inventory_log l LEFT JOIN inventory_log_batches m ON m.log_id = l.id
            WHERE {BY_HAND}
            GROUP BY l.id, l.kind, l.product_id, l.{column}
            """,
            f"log row {{0}} ({{1}} of product {{2}}), {what} on batches",
            places=places,
        )
    yield from breaking(
        f"""
        SELECT m.id, m.log_id, l.kind, m.batch_id
        FROM inventory_log_batches m
        JOIN inventory_log l ON l.id = m.log_id JOIN batches b ON b.id = m.batch_id
        WHERE NOT {BY_HAND}
            OR b.product_id <> l.product_id OR b.store_id <> l.store_id
        """,
        "batch movement {0} of log row {1} ({2})",
        expected="a hand-made movement of the log row's own product and store",
        found="batch {3}",
    )


@law("R5", "A void is the exact opposite of one adjustment, on the very same batches.")
def voids_mirror_their_adjustment() -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT v.id, f.id, f.kind, f.change_qty, v.change_qty, v.product_id
        FROM inventory_log v LEFT JOIN inventory_log f ON f.id = v.voids_id
        WHERE v.kind = 'void' AND (f.id IS NULL OR f.kind <> 'adjustment'
            OR ABS(f.change_qty + v.change_qty) > 0.0004
            OR f.product_id <> v.product_id OR f.store_id <> v.store_id)
        """,
        "log row {0} (void of product {5})",
        expected="the opposite of an adjustment",
        found="{4} against {3} of log row {1} ({2})",
    )
    yield from differing(
        """
        SELECT void_id, batch_id, -SUM(first_units) AS expected, SUM(void_units) AS found FROM (
            SELECT v.id AS void_id, m.batch_id, m.quantity AS first_units, 0 AS void_units
            FROM inventory_log v JOIN inventory_log_batches m ON m.log_id = v.voids_id
            UNION ALL
            SELECT v.id, m.batch_id, 0, m.quantity
            FROM inventory_log v JOIN inventory_log_batches m ON m.log_id = v.id
            WHERE v.voids_id IS NOT NULL
        ) both_rows GROUP BY void_id, batch_id
        """,
        "log row {0} (void), units of batch {1}",
        places=3,
    )


@law("R35", "A service product has no batch, no log row, no use and no cost.")
def services_keep_no_stock() -> Iterator[Violation]:
    for what, source in (
        ("batch", "batches r"),
        ("log row", "inventory_log r"),
        ("batch use", "sale_item_batches r JOIN sale_items i ON i.id = r.sale_item_id"),
        ("cost row", "sale_cogs r JOIN sale_items i ON i.id = r.sale_item_id"),
    ):
        of_row = "i" if " i " in source else "r"
        yield from breaking(
            f"SELECT r.id, p.id, p.sku FROM {source}"
            f" JOIN products p ON p.id = {of_row}.product_id WHERE p.keeps_stock = 0",
            f"{what} {{0}} of service product {{1}} ({{2}})",
            expected="no such row",
            found=f"a {what}",
        )
