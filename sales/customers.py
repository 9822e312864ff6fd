"""Customers: what they bought and owe. They come, change and go as every party does.

These figures are computed from the rows that say so, never stored. The rows of a page cost one
grouped query per figure; `last_purchase_of_each` is for lists that are ordered by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Subquery

from ledger import parties
from ledger.parties import Row
from pos_project.core.money import ZERO
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Sale


@dataclass(frozen=True)
class Orders:
    """A customer's completed sales: how many, and when the last one was completed."""

    count: int
    last_at: datetime


def with_figures(rows: Sequence[Row]) -> list[Row]:
    """Dicts of customers with `debt`, `total_orders`, `last_purchased`, at two queries in all."""
    ids = [row["id"] for row in rows]
    owed, bought = parties.owed(CUSTOMER_DUES, ids), orders(ids)
    return [
        {
            **row,
            "debt": owed.get(row["id"], ZERO),
            "total_orders": bought[row["id"]].count if row["id"] in bought else 0,
            "last_purchased": bought[row["id"]].last_at if row["id"] in bought else None,
        }
        for row in rows
    ]


def orders(customer_ids: Iterable[int]) -> dict[int, Orders]:
    """The completed sales of each of these customers; whoever never bought is absent."""
    rows = Sale.objects.completed().filter(customer_id__in=list(customer_ids)).order_by()
    bought = rows.values_list("customer_id").annotate(Count("id"), Max("completed_at"))
    return {customer_id: Orders(count, last_at) for customer_id, count, last_at in bought}


def last_purchase_of_each() -> Subquery:
    """When a customer last bought, as an expression over a query of customers."""
    bought = Sale.objects.completed().filter(customer_id=OuterRef("pk"))
    return Subquery(bought.order_by("-completed_at").values("completed_at")[:1])
