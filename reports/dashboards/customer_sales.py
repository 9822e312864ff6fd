"""What customers bought in a period: closed days from summaries, the others live.

What they paid and owe of these sales is as it stands today, so it is read from the dues. Walk-ins
are nobody's customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from heapq import nsmallest
from typing import Any, NamedTuple

from rest_framework.serializers import CharField, IntegerField

from pos_project.core.db.store_rows import and_reported, and_reported_sale
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.money import amount
from pos_project.core.percentages import average
from pos_project.core.period import Period
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.raw import as_moment, exact, id_list, rows, whole
from reports.summaries.sale_sums import CUSTOMERS
from reports.summaries.sums import Sums, sums_by_key

NO_PHONE = "N/A"
# What is open of the sales of the period, in cents, by customer.
_DUE = f"""
    SELECT customer_id, {whole("SUM(due_amount) * 100")} FROM customer_dues
    WHERE status = 'open' AND is_opening = 0 AND sale_date BETWEEN %(first)s AND %(last)s{{}}
    GROUP BY customer_id
"""


class CustomerOut(FiguresSerializer):
    """Who a row is about."""

    customer_id = IntegerField()
    customer_name = CharField(source="name")
    phone = CharField()


class Bought(NamedTuple):
    """What a customer bought in a period; amounts in cents.

    The fields are the figures of the summary of customers, in order.
    """

    orders: int
    gross_total: int
    refund_amount: int
    last_at: Any  # the latest sale, as the database gave it


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


def bought_by_customers(plan: ReadPlan) -> Sums:
    """What each customer bought and brought back: the fields of `Bought`, as plain tuples, which
    ten thousand of are cheap. Who has no order did not buy in the period."""
    [sums] = sums_by_key(CUSTOMERS, plan)
    return sums


def top_customers(bought: Sums, period: Period, *, most: int) -> list[CustomerSales]:
    """The customers who bought in the period and brought in the most."""
    first = nsmallest(
        most,
        [
            (refunded - gross, pk)
            for pk, (orders, gross, refunded, _) in bought.items()
            if orders > 0
        ],
    )
    return describe({pk: Bought._make(bought[pk]) for _, pk in first}, period)


def largest_debtors(period: Period, *, most: int) -> list[CustomerSales]:
    """The customers who bought in the period: the largest due of that first, then revenue."""
    bought = bought_by_customers(plan_reading(period, CUSTOMERS)[CUSTOMERS.name])
    days = {"first": period.first, "last": period.last}
    due = dict(rows(_DUE.format(and_reported_sale("sale_id")), days))
    first = nsmallest(
        most,
        [
            (-due.get(pk, 0), refunded - gross, pk)
            for pk, (orders, gross, refunded, _) in bought.items()
            if orders > 0
        ],
    )
    return describe({pk: Bought._make(bought[pk]) for _, _, pk in first}, period)


def describe(bought: Mapping[int, Bought], period: Period) -> list[CustomerSales]:
    """These customers with their names and what they owe and paid, in one statement."""
    known = {
        customer_id: (name, phone or NO_PHONE, exact(due, 2), exact(cancelled, 2))
        for customer_id, name, phone, due, cancelled in rows(
            f"""
            SELECT c.id, c.name, c.phone,
                (SELECT SUM(d.due_amount) FROM customer_dues d WHERE d.customer_id = c.id
                    AND d.status = 'open' AND d.is_opening = 0
                    AND d.sale_date BETWEEN %(first)s AND %(last)s{and_reported_sale("d.sale_id")}),
                (SELECT SUM(r.due_reduced) FROM refunds r WHERE r.customer_id = c.id
                    AND r.sale_date BETWEEN %(first)s AND %(last)s{and_reported("r.store_id")})
            FROM customers c WHERE c.id IN ({id_list(bought)})
            """,
            {"first": period.first, "last": period.last},
        )
    }
    return [
        CustomerSales(
            customer_id,
            *known[customer_id][:2],
            each.orders,
            amount(each.gross_total),
            amount(each.refund_amount),
            *known[customer_id][2:],
            as_moment(each.last_at),
        )
        for customer_id, each in bought.items()
    ]
