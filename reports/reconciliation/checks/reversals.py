"""Corrections: each is the exact opposite of one row, which has no other."""

from collections.abc import Iterator

from reports.reconciliation.checks.expected_entries import BY_HAND
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import breaking, differing
from reports.reconciliation.scope import AT_ONCE, Scope


@invariant("I26", "An entry that reverses another is its exact opposite, per account and party.")
def reversing_entries_mirror_the_first(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT entry_id, first_id, account_id, COALESCE(customer_id, supplier_id, 0),
            -SUM(told) AS expected, SUM(booked) AS found
        FROM (
            SELECT e.id AS entry_id, e.reverses_id AS first_id, l.account_id, l.customer_id,
                l.supplier_id, l.debit - l.credit AS told, 0 AS booked
            FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.reverses_id
            WHERE PART(e.id)
            UNION ALL
            SELECT e.id, e.reverses_id, l.account_id, l.customer_id, l.supplier_id, 0,
                l.debit - l.credit
            FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.id
            WHERE e.reverses_id IS NOT NULL AND PART(e.id)
        ) sides GROUP BY entry_id, first_id, account_id, customer_id, supplier_id
        """,
        "entry {0}, which reverses entry {1}, debit less credit on {2} (party {3})",
        parts=scope.parts("journal_entries", size=AT_ONCE),
    )
    yield from breaking(
        """
        SELECT e.id, f.id, f.event, e.event, f.store_id, e.store_id, e.memo
        FROM journal_entries e JOIN journal_entries f ON f.id = e.reverses_id
        WHERE PART(e.id) AND (f.event <> e.event OR f.store_id <> e.store_id
            OR f.reverses_id IS NOT NULL OR f.id >= e.id OR e.memo IS NULL)
        """,
        "entry {0}, which reverses entry {1}",
        expected="an event {2} in store {4} with a reason, of an earlier entry that reverses none",
        found="{3} in store {5}, reason {6}",
        parts=scope.parts("journal_entries", size=AT_ONCE),
    )
    yield from breaking(
        "SELECT MIN(id), reverses_id, COUNT(*) FROM journal_entries WHERE reverses_id IS NOT NULL"
        " AND PART(id) GROUP BY reverses_id HAVING COUNT(*) > 1",
        "entry {0}, which reverses entry {1}",
        expected="one reversal",
        found="{2}",
        parts=scope.parts("journal_entries", size=AT_ONCE),
    )


@invariant("I26", "A reversal of a payment is the same payment the other way, with all its rows.")
def reversing_payments_run_the_other_way(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT p.id, f.id, f.direction, f.amount, f.method, p.direction, p.amount, p.method
        FROM payments p JOIN payments f ON f.id = p.reverses_id
        JOIN journal_entries e ON e.id = p.entry_id
        LEFT JOIN purchases x ON x.id = p.purchase_id
        WHERE PART(p.id) AND (p.direction = f.direction OR ABS(p.amount - f.amount) > 0.004
            OR p.method <> f.method OR p.payment_type <> f.payment_type
            OR p.payment_party <> f.payment_party OR p.store_id <> f.store_id
            OR COALESCE(p.customer_id, 0) <> COALESCE(f.customer_id, 0)
            OR COALESCE(p.supplier_id, 0) <> COALESCE(f.supplier_id, 0)
            OR COALESCE(p.sale_id, 0) <> COALESCE(f.sale_id, 0)
            OR COALESCE(f.purchase_id, 0) <> COALESCE(
                CASE WHEN p.payment_type = 'payment' THEN x.reverses_id ELSE p.purchase_id END, 0)
            OR f.reverses_id IS NOT NULL OR p.refund_id IS NOT NULL
            OR COALESCE(e.reverses_id, 0) <> f.entry_id)
        """,
        "payment {0}, which reverses payment {1}",
        expected="{3} by {4}, not {2}, of the same type, party and document",
        found="{6} by {7}, {5}",
        parts=scope.parts("payments", size=AT_ONCE),
    )
    yield from differing(
        """
        SELECT e.id, e.reverses_id, (
                SELECT COUNT(*) FROM payments f WHERE f.entry_id = e.reverses_id
            ) AS expected, COUNT(p.reverses_id) AS found
        FROM journal_entries e LEFT JOIN payments p ON p.entry_id = e.id
        WHERE e.reverses_id IS NOT NULL AND PART(e.id) GROUP BY e.id, e.reverses_id
        """,
        "entry {0}, which reverses entry {1}, payments taken back",
        places=0,
        parts=scope.parts("journal_entries", size=AT_ONCE),
    )


@invariant("I26", "A reversal of an expense is the same expense with its amount below zero.")
def reversing_expenses_are_the_opposite(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT x.id, COALESCE(f.id, 'none'), f.amount, f.payment_method, x.amount, x.payment_method
        FROM expenses x LEFT JOIN expenses f ON f.id = x.reverses_id
        LEFT JOIN journal_entries e ON e.event = 'expense' AND e.document_id = x.id
        LEFT JOIN journal_entries o ON o.event = 'expense' AND o.document_id = f.id
        WHERE PART(x.id) AND ((f.id IS NULL AND x.amount < 0.004) OR (f.id IS NOT NULL AND (
            ABS(x.amount + f.amount) > 0.004
            OR ABS(COALESCE(x.tax, 0) + COALESCE(f.tax, 0)) > 0.004
            OR x.payment_method <> f.payment_method
            OR x.store_id <> f.store_id OR f.reverses_id IS NOT NULL OR x.description IS NULL
            OR COALESCE(e.reverses_id, 0) <> COALESCE(o.id, -1))))
        """,
        "expense {0}, which reverses expense {1}",
        expected="the opposite of {2} by {3}, with a reason and its entry the mirror's",
        found="{4} by {5}",
        parts=scope.parts("expenses"),
    )


@invariant("I26", "A purchase and its reversal come to nothing: sums, advance, money and dues.")
def reversing_purchases_are_the_opposite(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT r.id, f.id, f.total_amount, f.advance_used, r.total_amount, r.advance_used,
            f.due_amount, r.due_amount
        FROM purchases r JOIN purchases f ON f.id = r.reverses_id
        WHERE PART(r.id) AND (ABS(r.total_amount + f.total_amount) > 0.004
            OR ABS(COALESCE(r.tax, 0) + COALESCE(f.tax, 0)) > 0.004
            OR ABS(r.advance_used + f.advance_used) > 0.004
            OR f.due_amount <> 0 OR r.due_amount <> 0 OR r.supplier_id <> f.supplier_id
            OR r.store_id <> f.store_id OR f.reverses_id IS NOT NULL OR r.note IS NULL)
        """,
        "purchase {0}, which reverses purchase {1}",
        expected="the opposite of {2} with {3} in advance, and nothing due",
        found="{4} with {5}, due {6} and {7}",
        parts=scope.parts("purchases", size=AT_ONCE),
    )
    yield from differing(
        """
        SELECT f.id, r.id AS reversal_id, 0 AS expected,
            SUM(CASE WHEN p.direction = 'out' THEN p.amount ELSE -p.amount END) AS found
        FROM purchases r JOIN purchases f ON f.id = r.reverses_id
        JOIN payments p ON p.purchase_id IN (r.id, f.id)
        WHERE PART(r.id)
        GROUP BY f.id, r.id
        """,
        "purchase {0} and its reversal {1}, payments out",
        parts=scope.parts("purchases", size=AT_ONCE),
    )


@invariant("I26", "A reversal's lines are opposite one by one, and the batches are empty.")
def reversing_lines_emptied_their_batches(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT i.id, i.purchase_id, f.id, f.quantity, f.cost_price, i.quantity, i.cost_price
        FROM purchase_items i JOIN purchases r ON r.id = i.purchase_id
        LEFT JOIN purchase_items f ON f.id = i.reverses_id
        WHERE PART(i.id) AND ((r.reverses_id IS NULL AND i.reverses_id IS NOT NULL)
            OR (r.reverses_id IS NOT NULL AND (f.id IS NULL OR f.purchase_id <> r.reverses_id
                OR f.product_id <> i.product_id OR ABS(f.quantity + i.quantity) > 0.0004
                OR ABS(f.cost_price - i.cost_price) > 0.004
                OR ABS(f.subtotal + i.subtotal) > 0.004
                OR ABS(COALESCE(f.landed_cost, 0) + COALESCE(i.landed_cost, 0)) > 0.004)))
        """,
        "purchase line {0} of purchase {1}",
        expected="the opposite of line {2}: {3} at {4}",
        found="{5} at {6}",
        parts=scope.parts("purchase_items"),
    )
    yield from differing(
        """
        SELECT b.id, f.id AS line_id, 0 AS expected, b.remaining AS found
        FROM purchases r JOIN purchase_items f ON f.purchase_id = r.reverses_id
        JOIN batches b ON b.purchase_item_id = f.id
        WHERE PART(r.id)
        """,
        "batch {0} of purchase line {1}, which was reversed",
        places=3,
        parts=scope.parts("purchases", size=AT_ONCE),
    )


@invariant("I26", "No line of a manual entry is on a control account: documents alone move those.")
def control_accounts_move_by_documents(scope: Scope) -> Iterator[Violation]:
    by_hand = ", ".join(f"'{event}'" for event in BY_HAND)
    return breaking(
        f"""
        SELECT l.id, e.id, l.account_id FROM journal_entries e
        JOIN journal_lines l ON l.entry_id = e.id JOIN ledger_accounts a ON a.code = l.account_id
        WHERE e.event IN ({by_hand}) AND a.is_control = 1 AND PART(e.id)
        """,
        "line {0} of entry {1}",
        expected="an account that is open to manual entries",
        found="{2}",
        parts=scope.parts("journal_entries"),
    )
