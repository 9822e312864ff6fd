"""Payments: what each document was paid, and that every payment row belongs where it says."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from reports.reconciliation.invariant import Derived, Violation, invariant
from reports.reconciliation.rows import amount, breaking, column, differing
from reports.reconciliation.scope import Scope

PAID = "p.payment_type IN ('payment', 'due_payment')"


@invariant(
    "I10",
    "A sale was paid its payments in, plus the advance it used and what was credited of it.",
    derives=("sales.paid_amount",),
)
def sales_were_paid_by_payments(scope: Scope) -> Iterator[Violation]:
    return differing(
        f"""
        SELECT s.id, s.invoice_no,
            s.advance_used + COALESCE(
                SUM(CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END), 0
            ) + (SELECT COALESCE(SUM(c.amount), 0) FROM due_credits c WHERE c.sale_id = s.id)
                AS expected,
            s.paid_amount AS found
        FROM sales s LEFT JOIN payments p ON p.sale_id = s.id AND {PAID}
        WHERE s.status IN ('completed', 'opening') AND PART(s.id)
        GROUP BY s.id, s.invoice_no, s.paid_amount, s.advance_used
        """,
        "sale {0} ({1}), paid_amount",
        parts=scope.parts("sales"),
        derives=column("sales.paid_amount"),
    )


@invariant(
    "I10",
    "A purchase was paid its payments out, plus the advance it used and what was credited of it"
    " or went back, unless it is reversed.",
    derives=("purchases.paid_amount",),
)
def purchases_were_paid_by_payments(scope: Scope) -> Iterator[Violation]:
    # What a reversed purchase still owed is settled against its reversal: both count as paid.
    return differing(
        f"""
        SELECT x.id, x.invoice_no, x.total_amount,
            CASE WHEN COALESCE(x.reverses_id, x.returns_id, MAX(r.id)) IS NOT NULL
                THEN x.total_amount
            ELSE x.advance_used + COALESCE(
                SUM(CASE WHEN p.direction = 'out' THEN p.amount ELSE -p.amount END), 0
            ) + (SELECT COALESCE(SUM(c.amount), 0) FROM due_credits c WHERE c.purchase_id = x.id)
                + (SELECT COALESCE(SUM(b.due_reduced), 0) FROM purchases b
                    WHERE b.returns_id = x.id)
            END AS expected,
            x.paid_amount AS found
        FROM purchases x LEFT JOIN payments p ON p.purchase_id = x.id AND {PAID}
        LEFT JOIN purchases r ON r.reverses_id = x.id
        WHERE PART(x.id)
        GROUP BY x.id, x.invoice_no, x.paid_amount, x.advance_used, x.total_amount, x.reverses_id,
            x.returns_id
        """,
        "purchase {0} ({1}), paid_amount",
        parts=scope.parts("purchases"),
        derives=_paid_and_due,
    )


def _paid_and_due(purchase_id: int, _: str, total: Any, paid: Decimal) -> Derived:
    """Both in one: the database holds that they add up to the total."""
    due = amount(total) - paid
    return Derived("purchases", purchase_id, {"paid_amount": paid, "due_amount": due})


@invariant("I10", "What a refund paid out is its payments out.")
def refunds_were_paid_by_payments(scope: Scope) -> Iterator[Violation]:
    return differing(
        """
        SELECT r.id, r.sale_id, r.paid_out AS expected,
            SUM(CASE WHEN p.direction = 'out' THEN p.amount ELSE -p.amount END) AS found
        FROM refunds r LEFT JOIN payments p ON p.refund_id = r.id AND p.payment_type = 'refund'
        WHERE PART(r.id)
        GROUP BY r.id, r.sale_id, r.paid_out
        """,
        "refund {0} of sale {1}, payments out",
        parts=scope.parts("refunds"),
    )


@invariant("I10", "A payment is above zero, goes in or out, and names what its type is about.")
def payments_name_what_they_are_about(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT id, payment_party, payment_type, direction, amount FROM payments
        WHERE PART(id) AND (amount < 0.004 OR NOT (
            (payment_party = 'customer' AND payment_type = 'payment' AND direction = 'in'
                AND sale_id IS NOT NULL AND refund_id IS NULL)
            OR (payment_party = 'customer' AND payment_type = 'due_payment'
                AND direction = CASE WHEN reverses_id IS NULL THEN 'in' ELSE 'out' END
                AND sale_id IS NOT NULL AND refund_id IS NULL AND customer_id IS NOT NULL)
            OR (payment_party = 'customer' AND payment_type = 'refund' AND direction = 'out'
                AND sale_id IS NOT NULL AND refund_id IS NOT NULL)
            OR (payment_party = 'customer' AND payment_type = 'advance'
                AND direction IN ('in', 'out') AND customer_id IS NOT NULL
                AND sale_id IS NULL AND refund_id IS NULL)
            OR (payment_party = 'supplier' AND payment_type IN ('payment', 'due_payment')
                AND direction = CASE WHEN reverses_id IS NULL AND NOT EXISTS (SELECT 1
                    FROM purchases x WHERE x.id = purchase_id AND x.returns_id IS NOT NULL)
                    THEN 'out' ELSE 'in' END
                AND supplier_id IS NOT NULL AND purchase_id IS NOT NULL)
            OR (payment_party = 'supplier' AND payment_type = 'advance'
                AND direction IN ('in', 'out') AND supplier_id IS NOT NULL AND purchase_id IS NULL)
        ))
        """,
        "payment {0}",
        expected="an amount above 0.00 and the document and party of its type",
        found="{4} {3}, {2} of a {1}",
        parts=scope.parts("payments"),
    )


@invariant("I10", "A payment's customer or supplier is that of its sale, refund or purchase.")
def payments_are_of_their_document_s_party(scope: Scope) -> Iterator[Violation]:
    for document, party, source in (
        ("sale", "customer", "sales"),
        ("refund", "customer", "refunds"),
        ("purchase", "supplier", "purchases"),
    ):
        yield from breaking(
            f"""
            SELECT p.id, x.id, x.{party}_id, p.{party}_id
            FROM payments p JOIN {source} x ON x.id = p.{document}_id
            WHERE COALESCE(x.{party}_id, 0) <> COALESCE(p.{party}_id, 0) AND PART(p.id)
            """,
            f"payment {{0}} of {document} {{1}}, {party}",
            expected="{2}",
            found="{3}",
            parts=scope.parts("payments"),
        )
    yield from breaking(
        """
        SELECT p.id, p.refund_id, r.sale_id, p.sale_id
        FROM payments p JOIN refunds r ON r.id = p.refund_id
        WHERE r.sale_id <> p.sale_id AND PART(p.id)
        """,
        "payment {0} of refund {1}, sale",
        expected="{2}",
        found="{3}",
        parts=scope.parts("payments"),
    )


@invariant("I10", "A payment belongs to the journal entry of its own document, store and day.")
def payments_belong_to_their_entry(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT p.id, p.payment_type, e.id, e.event, e.document_id
        FROM payments p LEFT JOIN journal_entries e ON e.id = p.entry_id
        WHERE PART(p.id) AND (e.id IS NULL OR e.store_id <> p.store_id
            OR e.business_date <> p.business_date
            OR e.event <> CASE
                WHEN p.payment_type = 'refund' THEN 'refund'
                WHEN p.payment_type = 'payment' AND p.sale_id IS NOT NULL THEN 'sale'
                WHEN p.payment_type = 'payment' THEN 'purchase'
                WHEN p.payment_party = 'customer' THEN 'customer_payment'
                ELSE 'supplier_payment' END
            OR (p.payment_type IN ('payment', 'refund')
                AND COALESCE(e.document_id, 0) <>
                    COALESCE(p.refund_id, p.sale_id, p.purchase_id, 0)))
        """,
        "payment {0} ({1})",
        expected="the entry of its document, in the same store and on the same day",
        found="entry {2} ({3} {4})",
        parts=scope.parts("payments"),
    )


@invariant("I10", "An entry for dues has payments, all of one customer or supplier.")
def due_payments_are_of_one_party(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT e.id, e.event, COUNT(p.id),
            COUNT(DISTINCT COALESCE(p.customer_id, 0)) + COUNT(DISTINCT COALESCE(p.supplier_id, 0))
        FROM journal_entries e LEFT JOIN payments p ON p.entry_id = e.id
        WHERE e.event IN ('customer_payment', 'supplier_payment') AND PART(e.id)
        GROUP BY e.id, e.event
        HAVING COUNT(p.id) = 0 OR COUNT(DISTINCT COALESCE(p.customer_id, 0))
            + COUNT(DISTINCT COALESCE(p.supplier_id, 0)) > 2
        """,
        "entry {0} ({1})",
        expected="payments of one party",
        found="{2} payments",
        parts=scope.parts("journal_entries"),
    )


@invariant("I10", "A wallet's transaction number stands with an entry that it paid.")
def transaction_numbers_are_of_payments(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT t.id, t.method, t.entry_id FROM transaction_ids t WHERE PART(t.entry_id)
            AND NOT EXISTS (
                SELECT 1 FROM payments p LEFT JOIN payments r ON r.reverses_id = p.id
                WHERE p.entry_id = t.entry_id AND p.method = t.method AND r.id IS NULL
            )
        """,
        "transaction number {0}",
        expected="a payment by {1} that stands in entry {2}",
        found="none",
        parts=scope.parts("journal_entries"),
    )
