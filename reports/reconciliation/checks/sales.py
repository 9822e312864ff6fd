"""Sales: their sums, the goods they took from batches, and what those cost."""

from collections.abc import Iterator

from pos_project.core.money import money
from pos_project.core.money import unit_cost as rounded_cost
from reports.reconciliation.invariant import (
    MOST,
    Finding,
    Invariant,
    Violation,
    invariant,
    invariants,
)
from reports.reconciliation.rows import amount, breaking, column, differing, exact, rows, rows_of
from reports.reconciliation.scope import Part, Scope

NOT_COMPLETED = "('draft', 'pending', 'cancelled')"

TAKEN = Invariant(
    "I4",
    "lines_took_what_they_sold",
    "A completed sale took from batches exactly what its lines sold.",
)
COSTED = Invariant(
    "I11",
    "costs_are_the_sum_of_uses",
    "A sale line's cost is the sum of what its uses of batches cost.",
)


@invariants(TAKEN, COSTED)
def lines_agree_with_uses_and_costs(scope: Scope) -> Iterator[Finding]:
    """Lines, uses and costs are each read once, for both invariants; then odd lines closely."""
    # Every row says what it adds to differences that must be nothing, on its side: what was sold,
    # or put back. (Joins instead of UNION let MariaDB begin with the products, or group anew for
    # every line.)
    odd = f"""
        SELECT DISTINCT line FROM (
            SELECT i.id AS line, 0 AS is_back, CASE WHEN s.status = 'completed'
                AND p.keeps_stock = 1 THEN i.quantity ELSE 0 END AS taken, 0 AS units, 0 AS cost
            FROM sale_items i LEFT JOIN sales s ON s.id = i.sale_id
            LEFT JOIN products p ON p.id = i.product_id
            WHERE PART(i.id)
            UNION ALL
            SELECT sale_item_id, refund_item_id IS NOT NULL,
                CASE WHEN quantity > 0 THEN -quantity ELSE 0 END, quantity, cost
            FROM sale_item_batches WHERE PART(sale_item_id)
            UNION ALL
            SELECT sale_item_id, refund_item_id IS NOT NULL, 0, -quantity, -total_cost
            FROM sale_cogs WHERE PART(sale_item_id)
        ) differences GROUP BY line, is_back
        HAVING ABS(SUM(taken)) > 0.0004 OR ABS(SUM(units)) > 0.0004 OR ABS(SUM(cost)) > 0.004
        ORDER BY line LIMIT {MOST}
    """
    for part in scope.lines_of_sales():
        lines = [str(line) for (line,) in rows_of([part], odd)]
        if lines:
            named = Part(f"{{0}} IN ({', '.join(lines)})")
            for violation in _lines_that_took_otherwise(named):
                yield TAKEN, violation
            for violation in _lines_that_cost_otherwise(named):
                yield COSTED, violation


def _lines_that_took_otherwise(part: Part) -> Iterator[Violation]:
    return differing(
        """
        SELECT i.id, i.sale_id, i.quantity AS expected,
            SUM(CASE WHEN u.quantity > 0 THEN u.quantity END) AS found
        FROM sale_items i
        JOIN sales s ON s.id = i.sale_id AND s.status = 'completed'
        JOIN products p ON p.id = i.product_id AND p.keeps_stock = 1
        LEFT JOIN sale_item_batches u ON u.sale_item_id = i.id
        WHERE PART(i.id)
        GROUP BY i.id, i.sale_id, i.quantity
        """,
        "sale line {0} of sale {1}, units taken from batches",
        places=3,
        parts=[part],
    )


def _lines_that_cost_otherwise(part: Part) -> Iterator[Violation]:
    for what, of_uses, of_costs, places in (
        ("cost", "cost", "total_cost", 2),
        ("units costed", "quantity", "quantity", 3),
    ):
        for side, refunded in (("sold", "IS NULL"), ("put back", "IS NOT NULL")):
            # The plus keeps SQLite from searching all sold units by their missing refund.
            yield from differing(
                f"""
                SELECT i.id, i.sale_id,
                    (SELECT SUM(u.{of_uses}) FROM sale_item_batches u
                        WHERE u.sale_item_id = i.id AND +u.refund_item_id {refunded}) AS expected,
                    (SELECT SUM(c.{of_costs}) FROM sale_cogs c
                        WHERE c.sale_item_id = i.id AND +c.refund_item_id {refunded}) AS found
                FROM sale_items i WHERE PART(i.id)
                """,
                f"sale line {{0}} of sale {{1}}, {what} of units {side}",
                places=places,
                parts=[part],
            )


@invariant("I4", "A refund line that restocks puts its units back; one that does not, none.")
def restocked_lines_put_units_back(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT r.id, r.refund_id, CASE WHEN r.restocked = 1 THEN r.quantity ELSE 0 END AS expected,
            -SUM(u.quantity) AS found
        FROM refund_items r LEFT JOIN sale_item_batches u ON u.refund_item_id = r.id
        WHERE PART(r.id)
        GROUP BY r.id, r.refund_id, r.restocked, r.quantity
        """,
        "refund line {0} of refund {1}, units put back into batches",
        places=3,
        parts=scope.parts("refund_items"),
    )
    yield from breaking(
        """
        SELECT u.id, u.sale_item_id, r.id, r.sale_item_id
        FROM sale_item_batches u JOIN refund_items r ON r.id = u.refund_item_id
        WHERE r.sale_item_id <> u.sale_item_id AND PART(r.id)
        """,
        "batch use {0} of refund line {2}",
        expected="sale line {3}",
        found="sale line {1}",
        parts=scope.parts("refund_items"),
    )


OWN_GOODS = Invariant(
    "I4",
    "batches_are_of_the_line_s_product_and_store",
    "A sale takes from batches of its lines' products in its own store.",
)
OWN_COST = Invariant(
    "I12", "buy_prices_are_the_batch_s_cost", "A use's buy price is the cost of its batch."
)


@invariants(OWN_GOODS, OWN_COST)
def uses_are_of_their_batches(scope: Scope) -> Iterator[Finding]:
    for use, line, product, store, batch, its_product, its_store, cost, price in rows_of(
        scope.parts("sale_item_batches"),
        """
        SELECT u.id, u.sale_item_id, i.product_id, s.store_id, b.id, b.product_id, b.store_id,
            b.unit_cost, u.buy_price
        FROM sale_item_batches u
        JOIN sale_items i ON i.id = u.sale_item_id
        JOIN sales s ON s.id = i.sale_id
        JOIN batches b ON b.id = u.batch_id
        WHERE PART(u.id) AND (b.product_id <> i.product_id OR b.store_id <> s.store_id
            OR ABS(b.unit_cost - u.buy_price) > 0.00004)
        ORDER BY u.id
        """,
    ):
        if (product, store) != (its_product, its_store):
            yield (
                OWN_GOODS,
                Violation(
                    f"batch use {use} of sale line {line}",
                    f"a batch of product {product} in store {store}",
                    f"batch {batch} of product {its_product} in store {its_store}",
                ),
            )
        if exact(cost, 4) != exact(price, 4):
            yield (
                OWN_COST,
                Violation(
                    f"batch use {use} of batch {batch}, buy_price",
                    str(exact(cost, 4)),
                    str(exact(price, 4)),
                ),
            )


@invariant("I4", "A sale that is not completed has moved nothing: no stock, money, due or entry.")
def held_sales_moved_nothing(scope: Scope) -> Iterator[Violation]:
    # Held sales are few and have no business day: all of them are looked at, whatever the scope.
    of_lines = "JOIN sale_items i ON i.sale_id = s.id JOIN"
    for what, source in (
        ("batch use", f"{of_lines} sale_item_batches r ON r.sale_item_id = i.id"),
        ("cost row", f"{of_lines} sale_cogs r ON r.sale_item_id = i.id"),
        ("payment", "JOIN payments r ON r.sale_id = s.id"),
        ("due", "JOIN customer_dues r ON r.sale_id = s.id"),
        ("refund", "JOIN refunds r ON r.sale_id = s.id"),
        ("journal entry", "JOIN journal_entries r ON r.event = 'sale' AND r.document_id = s.id"),
        ("cart", "JOIN carts r ON r.sale_id = s.id"),
    ):
        yield from breaking(
            f"SELECT s.id, s.status, r.id FROM sales s {source} WHERE s.status IN {NOT_COMPLETED}",
            "sale {0} ({1})",
            expected=f"no {what}",
            found=f"{what} {{2}}",
        )
    yield from _log_rows_of_held_sales(scope)


def _log_rows_of_held_sales(scope: Scope) -> Iterator[Violation]:
    """The log names a sale by its number, under no index: it is read once per 2000 of them."""
    held = {
        number: (sale_id, status)
        for sale_id, status, number in rows(
            "SELECT id, status, invoice_no FROM sales"
            f" WHERE status IN {NOT_COMPLETED} AND invoice_no IS NOT NULL ORDER BY id"
        )
    }
    numbers = sorted(held)
    by_number = {number.casefold(): sale for number, sale in held.items()}  # as MariaDB compares
    for start in range(0, len(numbers), 2000):
        asked = numbers[start : start + 2000]
        marks = ", ".join(["%s"] * len(asked))
        for part in scope.parts("inventory_log"):
            for log_id, number in rows(
                part.within(
                    "SELECT id, reference FROM inventory_log WHERE PART(id)"
                    f" AND kind IN ('sale', 'refund') AND reference IN ({marks}) ORDER BY id"
                ),
                asked,
            ):
                sale_id, status = by_number[number.casefold()]
                yield Violation(f"sale {sale_id} ({status})", "no log row", f"log row {log_id}")


@invariant("I29", "A draft never outlives its transaction.")
def no_document_is_left_a_draft(scope: Scope) -> Iterator[Violation]:
    for what, source in (("sale", "sales"), ("purchase", "purchases")):
        yield from breaking(
            f"SELECT id, status FROM {source} WHERE status = 'draft' AND PART(id)",
            f"{what} {{0}}, status",
            expected="anything but draft",
            found="{1}",
            parts=scope.parts(source),
        )


@invariant("I5", "A sale line's subtotal is its quantity times its price, to the cent.")
def line_subtotals_are_quantity_times_price(scope: Scope) -> Iterator[Violation]:
    # Half a cent is rounded by Python: SQLite would round a float.
    for line_id, sale_id, quantity, price, subtotal in rows_of(
        scope.lines_of_sales(),
        """
        SELECT id, sale_id, quantity, unit_price, subtotal FROM sale_items
        WHERE ABS(subtotal - quantity * unit_price) > 0.00001 AND PART(id) ORDER BY id
        """,
    ):
        expected = money(exact(quantity) * exact(price, 2))
        if amount(subtotal) != expected:
            yield Violation(
                f"sale line {line_id} of sale {sale_id}, subtotal",
                str(expected),
                str(amount(subtotal)),
            )


@invariant("I5", "A sale's subtotal is the sum of its lines.")
def subtotals_are_the_sum_of_lines(scope: Scope) -> Iterator[Violation]:
    return differing(
        """
        SELECT s.id, s.invoice_no, SUM(i.subtotal) AS expected, s.subtotal AS found
        FROM sales s LEFT JOIN sale_items i ON i.sale_id = s.id
        WHERE s.status <> 'opening' AND PART(s.id)
        GROUP BY s.id, s.invoice_no, s.subtotal
        """,
        "sale {0} ({1}), subtotal",
        parts=scope.parts("sales"),
    )


@invariant("I5", "A sale's total is subtotal + tax − discount, the discount within the subtotal.")
def totals_add_up(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT id, invoice_no, subtotal + tax - discount AS expected, total_amount AS found
        FROM sales WHERE PART(id)
        """,
        "sale {0} ({1}), total_amount",
        parts=scope.parts("sales"),
    )
    yield from breaking(
        """
        SELECT id, invoice_no, subtotal, discount, tax FROM sales
        WHERE (discount < 0 OR tax < 0 OR discount > subtotal + 0.004) AND PART(id)
        """,
        "sale {0} ({1}), discount and tax",
        expected="0 to {2}, and no negative tax",
        found="{3} and {4}",
        parts=scope.parts("sales"),
    )


@invariant(
    "I6",
    "A completed sale's total was paid, is due, or was cancelled by refunds.",
    derives=("sales.due_amount",),
)
def totals_are_paid_due_or_cancelled(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT s.id, s.invoice_no, s.total_amount - s.paid_amount
                - (SELECT COALESCE(SUM(r.due_reduced), 0) FROM refunds r WHERE r.sale_id = s.id)
                AS expected,
            s.due_amount AS found
        FROM sales s WHERE s.status IN ('completed', 'opening') AND PART(s.id)
        """,
        "sale {0} ({1}), due_amount",
        parts=scope.parts("sales"),
        derives=column("sales.due_amount"),
    )
    yield from breaking(
        """
        SELECT id, invoice_no, paid_amount, due_amount, advance_used FROM sales
        WHERE status IN ('completed', 'opening')
            AND (paid_amount < 0 OR due_amount < 0 OR advance_used < 0
            OR advance_used > paid_amount + 0.004
            OR (customer_id IS NULL AND (due_amount > 0 OR advance_used > 0))) AND PART(id)
        """,
        "sale {0} ({1}), paid, due and advance used",
        expected="nothing negative, no advance above what is paid, no debt without a customer",
        found="{2}, {3} and {4}",
        parts=scope.parts("sales"),
    )


@invariant("I11", "A cost row shows its average cost; a restock's belongs to its refund line.")
def cost_rows_are_averages(scope: Scope) -> Iterator[Violation]:
    for row_id, line_id, units, unit_cost, total_cost in rows_of(
        scope.parts("sale_cogs"),
        """
        SELECT id, sale_item_id, quantity, unit_cost, total_cost FROM sale_cogs
        WHERE PART(id)
            AND (quantity = 0 OR ABS(total_cost - quantity * unit_cost) > 0.004
                OR ABS(total_cost / quantity - unit_cost) > 0.00001)
        ORDER BY id
        """,
    ):
        quantity = exact(units)
        expected = rounded_cost(amount(total_cost) / quantity) if quantity else None
        if exact(unit_cost, 4) != expected:
            yield Violation(
                f"cost row {row_id} of sale line {line_id}, unit_cost",
                str(expected),
                str(exact(unit_cost, 4)),
            )
    yield from breaking(
        """
        SELECT c.id, c.sale_item_id, r.id, r.sale_item_id
        FROM sale_cogs c JOIN refund_items r ON r.id = c.refund_item_id
        WHERE PART(r.id) AND (r.sale_item_id <> c.sale_item_id OR r.restocked = 0
            OR ABS(r.quantity + c.quantity) > 0.0004)
        """,
        "cost row {0} of refund line {2}",
        expected="the units of that refund line, restocked, of sale line {3}",
        found="sale line {1}",
        parts=scope.parts("refund_items"),
    )


@invariant("I16", "Every completed sale has a number of its own, a moment and a business day.")
def completed_sales_are_numbered(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT id, invoice_no, business_date, completed_at FROM sales
        WHERE status IN ('completed', 'opening')
            AND (invoice_no IS NULL OR business_date IS NULL OR completed_at IS NULL)
            AND PART(id)
        """,
        "sale {0}",
        expected="a number, a business day and a moment",
        found="{1}, {2} and {3}",
        parts=scope.parts("sales"),
    )
    yield from breaking(
        """
        SELECT MIN(id), invoice_no, COUNT(*) FROM sales WHERE invoice_no IS NOT NULL
        GROUP BY invoice_no HAVING COUNT(*) > 1
        """,  # (whole: a number of these days may be an old one's)
        "sale {0}, invoice_no {1}",
        expected="one sale",
        found="{2} sales",
    )
