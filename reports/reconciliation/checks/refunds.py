"""Refunds: never more than was sold, their shares, and what became of the money."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import amount, breaking, column, differing, exact, rows, rows_of
from reports.reconciliation.scope import Scope
from sales.refund_shares import SoldLine, SoldSale, share


@invariant("I14", "Of no sale line do more units come back than were sold.")
def no_more_comes_back_than_was_sold(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT i.id, i.sale_id, i.quantity, SUM(r.quantity)
        FROM (SELECT DISTINCT sale_item_id FROM refund_items WHERE PART(id)) line
        JOIN sale_items i ON i.id = line.sale_item_id
        JOIN refund_items r ON r.sale_item_id = i.id
        GROUP BY i.id, i.sale_id, i.quantity HAVING SUM(r.quantity) > i.quantity + 0.0004
        """,
        "sale line {0} of sale {1}, units refunded",
        expected="at most {2}",
        found="{3}",
        parts=scope.parts("refund_items"),
    )
    yield from breaking(
        """
        SELECT r.id, r.refund_id, f.sale_id, i.id, i.sale_id
        FROM refund_items r
        JOIN refunds f ON f.id = r.refund_id JOIN sale_items i ON i.id = r.sale_item_id
        WHERE i.sale_id <> f.sale_id AND PART(r.id)
        """,
        "refund line {0} of refund {1}",
        expected="a line of sale {2}",
        found="line {3} of sale {4}",
        parts=scope.parts("refund_items"),
    )


@invariant(
    "I14",
    "A sale's refund_amount is the sum of its refunds, and within its total.",
    derives=("sales.refund_amount",),
)
def sales_know_their_refunds(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT s.id, s.invoice_no, SUM(r.refund_amount) AS expected, s.refund_amount AS found
        FROM sales s LEFT JOIN refunds r ON r.sale_id = s.id
        WHERE PART(s.id)
        GROUP BY s.id, s.invoice_no, s.refund_amount
        """,
        "sale {0} ({1}), refund_amount",
        parts=scope.parts("sales"),
        derives=column("sales.refund_amount"),
    )
    yield from breaking(
        """
        SELECT id, invoice_no, total_amount, refund_amount FROM sales
        WHERE (refund_amount < 0 OR refund_amount > total_amount + 0.004) AND PART(id)
        """,
        "sale {0} ({1}), refund_amount",
        expected="0 to {2}",
        found="{3}",
        parts=scope.parts("sales"),
    )


@invariant("I14", "A refund is the due it cancelled plus what it paid out; nothing is negative.")
def refunds_cancel_due_or_pay_out(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT id, sale_id, due_reduced + paid_out AS expected, refund_amount AS found FROM refunds
        WHERE PART(id)
        """,
        "refund {0} of sale {1}, refund_amount",
        parts=scope.parts("refunds"),
    )
    yield from breaking(
        """
        SELECT id, sale_id, refund_amount, tax_amount, due_reduced, paid_out FROM refunds
        WHERE (refund_amount < 0 OR due_reduced < 0 OR paid_out < 0 OR tax_amount < 0)
            AND PART(id)
        """,
        "refund {0} of sale {1}, amounts",
        expected="nothing negative",
        found="tax {3}, due cancelled {4}, paid out {5}",
        parts=scope.parts("refunds"),
    )


@invariant("I14", "A refund pays out only when nothing is due any more of its sale.")
def refunds_cancel_due_first(scope: Scope) -> Iterator[Violation]:
    # A due only shrinks: once money was paid out it is zero, and stays so, but for what was opened
    # again by taking back a payment (their entries are numbered after the refund's).
    return breaking(
        """
        SELECT r.id, r.sale_id, r.paid_out, s.due_amount
        FROM refunds r JOIN sales s ON s.id = r.sale_id
        WHERE PART(r.id) AND r.paid_out > 0.004 AND s.due_amount > 0.004 + (
            SELECT COALESCE(SUM(p.amount), 0) FROM payments p
            JOIN payments f ON f.id = p.reverses_id
            WHERE p.sale_id = s.id AND p.payment_type = 'due_payment'
                AND p.id > (SELECT MIN(o.id) FROM payments o WHERE o.refund_id = r.id)
        )
        """,
        "refund {0} of sale {1}, paid out",
        expected="0.00 while {3} is due",
        found="{2}",
        parts=scope.parts("refunds"),
    )


@invariant("I27", "A refund is worth its lines, and a sale fully refunded gives back its total.")
def refunds_are_worth_their_lines(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT r.id, r.sale_id, SUM(i.amount) AS expected, r.refund_amount AS found
        FROM refunds r LEFT JOIN refund_items i ON i.refund_id = r.id
        WHERE PART(r.id)
        GROUP BY r.id, r.sale_id, r.refund_amount
        """,
        "refund {0} of sale {1}, refund_amount",
        parts=scope.parts("refunds"),
    )
    yield from differing(
        """
        SELECT s.id, s.invoice_no, s.total_amount AS expected, s.refund_amount AS found
        FROM sales s
        WHERE s.id IN (SELECT sale_id FROM refunds WHERE PART(id)) AND NOT EXISTS (
            SELECT 1 FROM sale_items i WHERE i.sale_id = s.id AND i.quantity - 0.0004 > (
                SELECT COALESCE(SUM(r.quantity), 0) FROM refund_items r
                WHERE r.sale_item_id = i.id
            )
        )
        """,
        "sale {0} ({1}), refund_amount of the whole sale",
        parts=scope.parts("refunds"),
    )
    yield from breaking(
        """
        SELECT s.id, s.invoice_no, s.tax, SUM(r.tax_amount)
        FROM (SELECT DISTINCT sale_id FROM refunds WHERE PART(id)) refunded
        JOIN sales s ON s.id = refunded.sale_id JOIN refunds r ON r.sale_id = s.id
        GROUP BY s.id, s.invoice_no, s.tax HAVING SUM(r.tax_amount) > s.tax + 0.004
        """,
        "sale {0} ({1}), tax given back",
        expected="at most {2}",
        found="{3}",
        parts=scope.parts("refunds"),
    )


@invariant("I27", "A refund line is worth its share of the sale's total, tax in proportion.")
def refunds_are_their_shares(scope: Scope) -> Iterator[Violation]:
    for part in scope.parts("refunds", size=2000):
        # A sale belongs to the part of its first refund in question, and is valued whole.
        sales = {
            sale_id: (amount(subtotal), amount(tax), amount(total))
            for sale_id, subtotal, tax, total in rows_of(
                [part],
                f"""
                SELECT s.id, s.subtotal, s.tax, s.total_amount
                FROM refunds f JOIN sales s ON s.id = f.sale_id
                WHERE PART(f.id) AND NOT EXISTS (
                    SELECT 1 FROM refunds e WHERE e.sale_id = f.sale_id AND e.id < f.id
                        AND {scope.late("e.business_date")}
                )
                ORDER BY s.id
                """,
            )
        }
        if not sales:
            continue
        named = f"IN ({', '.join(map(str, sales))})"
        lines = _by_first_column(
            "SELECT sale_id, id, quantity, unit_price FROM sale_items"
            f" WHERE sale_id {named} ORDER BY sale_id, id"
        )
        written = _by_first_column(
            f"""
            SELECT f.sale_id, f.id, f.tax_amount, r.id, r.sale_item_id, r.quantity, r.amount
            FROM refunds f JOIN refund_items r ON r.refund_id = f.id
            WHERE f.sale_id {named} ORDER BY f.sale_id, f.id, r.id
            """
        )
        for sale_id, sums in sales.items():
            yield from _shares_of(sale_id, sums, lines.get(sale_id, []), written.get(sale_id, []))


def _by_first_column(sql: str) -> dict[int, list[tuple[Any, ...]]]:
    return {
        first: [columns[1:] for columns in group]
        for first, group in groupby(rows(sql), key=itemgetter(0))
    }


def _shares_of(
    sale_id: int,
    sums: tuple[Decimal, Decimal, Decimal],
    lines: list[tuple[Any, ...]],
    written: list[tuple[Any, ...]],
) -> Iterator[Violation]:
    """Value the sale's refunds again, one after the other; `sums` are subtotal, tax and total."""
    subtotal, tax, total = sums
    back: dict[int, Decimal] = {}
    refunded = refunded_tax = Decimal("0.00")
    for (refund_id, tax_amount), items in groupby(written, key=itemgetter(0, 1)):
        told = list(items)
        wanted = {line_id: exact(units) for _, _, _, line_id, units, _ in told}
        if not set(wanted) <= {line_id for line_id, _, _ in lines}:
            return  # lines of another sale: I14 names them
        if len(wanted) < len(told):
            yield Violation(
                f"refund {refund_id} of sale {sale_id}, lines",
                f"{len(wanted)}, one for each line of the sale",
                str(len(told)),
            )
            return
        sold = SoldSale(
            [
                SoldLine(line_id, exact(units), exact(price, 2), back.get(line_id, Decimal(0)))
                for line_id, units, price in lines
            ],
            subtotal=subtotal,
            tax=tax,
            total=total,
            refunded=refunded,
            refunded_tax=refunded_tax,
        )
        shares = share(sold, wanted)
        for (_, _, item_id, line_id, units, worth), expected in zip(
            told, shares.amounts, strict=True
        ):
            if amount(worth) != expected:
                yield Violation(
                    f"refund line {item_id} of refund {refund_id}, amount",
                    str(expected),
                    str(amount(worth)),
                )
            back[line_id] = back.get(line_id, Decimal(0)) + exact(units)
            refunded += amount(worth)
        if amount(tax_amount) != shares.tax:
            yield Violation(
                f"refund {refund_id} of sale {sale_id}, tax_amount",
                str(shares.tax),
                str(amount(tax_amount)),
            )
        refunded_tax += amount(tax_amount)
