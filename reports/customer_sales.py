"""What customers bought in a period: closed days from facts, the others live.

What they paid and owe of these sales is as it stands today, so it is read from the dues. Walk-ins
are nobody's customers (contract 18).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from reports.facts.raw import as_moment, exact, rows
from reports.facts.reading import Source, cover, summed
from reports.facts.sales import CUSTOMERS
from reports.percentages import average
from reports.period import Period

NO_PHONE = "N/A"
REVENUE = "ROUND(sold.gross_total - sold.refund_amount, 2)"
# What is open of the sales of the period, by customer.
DUE = (
    "SELECT customer_id, ROUND(SUM(due_amount), 2) AS amount FROM customer_dues"
    " WHERE status = 'open' AND sale_date BETWEEN %(first)s AND %(last)s GROUP BY customer_id"
)

# customer, orders, gross total, refund amount, latest sale: a row of `CustomerFact`
Bought = tuple[int, Any, Any, Any, Any]


@dataclass(frozen=True)
class CustomerSales:
    """A customer, what they bought in a period, and what of that they paid and owe today."""

    customer_id: int
    name: str
    phone: str
    orders: int
    gross_total: Decimal
    refund_amount: Decimal
    due: Decimal
    due_cancelled: Decimal  # by refunds
    last_at: datetime  # the latest of these sales

    @property
    def revenue(self) -> Decimal:
        return self.gross_total - self.refund_amount

    @property
    def paid(self) -> Decimal:
        """total = paid + due + due cancelled by refunds (I6)."""
        return self.gross_total - self.due - self.due_cancelled

    @property
    def average_order(self) -> Decimal:
        return average(self.revenue, self.orders)


def sold_to_customers(period: Period) -> Source:
    """SQL of what each customer bought and brought back; the columns of `CustomerFact`."""
    return summed(CUSTOMERS, cover(period, CUSTOMERS)[CUSTOMERS.name], by=("customer_id",))


def top_customers(period: Period, *, most: int) -> list[CustomerSales]:
    """The customers who bought in the period and brought in the most."""
    return _first(period, "revenue DESC, sold.customer_id", most)


def largest_debtors(period: Period, *, most: int) -> list[CustomerSales]:
    """The customers who bought in the period: the largest due of that first, then revenue."""
    return _first(period, "due DESC, revenue DESC, sold.customer_id", most)


def _first(period: Period, order: str, most: int) -> list[CustomerSales]:
    sold = sold_to_customers(period)
    found = rows(
        f"""
        SELECT sold.customer_id, sold.orders, sold.gross_total, sold.refund_amount, sold.last_at,
            COALESCE(d.amount, 0) AS due, {REVENUE} AS revenue
        FROM ({sold.sql}) sold LEFT JOIN ({DUE}) d ON d.customer_id = sold.customer_id
        WHERE sold.orders > 0
        ORDER BY {order} LIMIT %(most)s
        """,  # noqa: S608  (our own names)
        {**sold.parameters, "first": period.first, "last": period.last, "most": most},
    )
    return described([row[:5] for row in found], period)


def described(bought: Sequence[Bought], period: Period) -> list[CustomerSales]:
    """These customers with their names and what they owe and paid, in one statement."""
    marks = ", ".join(str(row[0]) for row in bought) or "NULL"
    known = {
        customer_id: (name, phone or NO_PHONE, exact(due, 2), exact(cancelled, 2))
        for customer_id, name, phone, due, cancelled in rows(
            f"""
            SELECT c.id, c.name, c.phone,
                (SELECT SUM(d.due_amount) FROM customer_dues d WHERE d.customer_id = c.id
                    AND d.status = 'open' AND d.sale_date BETWEEN %(first)s AND %(last)s),
                (SELECT SUM(r.due_reduced) FROM refunds r WHERE r.customer_id = c.id
                    AND r.sale_date BETWEEN %(first)s AND %(last)s)
            FROM customers c WHERE c.id IN ({marks})
            """,  # noqa: S608  (ids)
            {"first": period.first, "last": period.last},
        )
    }
    return [
        CustomerSales(
            customer_id,
            *known[customer_id][:2],
            int(orders),
            exact(gross, 2),
            exact(refunded, 2),
            *known[customer_id][2:],
            as_moment(last_at),
        )
        for customer_id, orders, gross, refunded, last_at in bought
    ]
