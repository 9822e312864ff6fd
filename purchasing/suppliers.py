"""Suppliers: what the shop got from them and owes. They come, change and go as every party does.

These figures are computed from the rows that say so, never stored. The rows of a page cost one
grouped query per figure; `last_transition_of_each` is for lists that are ordered by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from ledger import parties
from ledger.models import Payment
from ledger.parties import Row
from ledger.reversals import STANDING
from pos_project.core.money import ZERO, money
from purchasing.models import Purchase
from purchasing.supplier_payments import SUPPLIER_DUES

DELIVERED = STANDING & Q(returns__isnull=True)  # what counts as a delivery


@dataclass(frozen=True)
class Supply:
    """The purchases from a supplier: how many stand, and when the last one was."""

    count: int
    last_at: datetime


def with_figures(rows: Sequence[Row]) -> list[Row]:
    """Dicts of suppliers with `payable`, `total_supply`, `last_transition`, at three queries."""
    ids = [row["id"] for row in rows]
    owed = parties.owed(SUPPLIER_DUES, ids)
    bought, paid_at = supplies(ids), last_payments(ids)
    known = []
    for row in rows:
        supply, moments = bought.get(row["id"]), []
        if supply:
            moments.append(supply.last_at)
        if row["id"] in paid_at:
            moments.append(paid_at[row["id"]])
        figures = {
            "payable": owed.get(row["id"], ZERO),
            "total_supply": supply.count if supply else 0,
            "last_transition": max(moments, default=row["created_at"]),
        }
        known.append({**row, **figures})
    return known


def supplies(supplier_ids: Iterable[int]) -> dict[int, Supply]:
    """The purchases from each of these suppliers; those who never supplied are absent."""
    rows = Purchase.objects.filter(
        supplier_id__in=list(supplier_ids), status=Purchase.Status.RECEIVED
    ).order_by()
    bought = rows.values_list("supplier_id").annotate(
        count=Count("id", filter=DELIVERED), last_at=Max("created_at")
    )
    return {supplier_id: Supply(count, last_at) for supplier_id, count, last_at in bought}


@dataclass(frozen=True)
class Bought:
    """The purchases from a supplier in a period: how many stand, and Σ of their totals."""

    supplier_id: int
    name: str
    count: int
    total: Decimal


def bought_in(first: date, last: date, *, store_id: int | None = None) -> list[Bought]:
    """By supplier, the largest total first; by the day a purchase reached the books. Reversals are
    below zero and count none. One statement."""
    rows = Purchase.objects.filter(
        status=Purchase.Status.RECEIVED, business_date__range=(first, last)
    )
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    grouped = rows.order_by().values_list("supplier_id", "supplier__name")
    found = [
        Bought(supplier_id, name, count, money(total))
        for supplier_id, name, count, total in grouped.annotate(
            count=Count("id", filter=DELIVERED), total=Sum("total_amount")
        )
    ]
    return sorted(found, key=lambda each: (-each.total, each.supplier_id))


def last_payments(supplier_ids: Iterable[int]) -> dict[int, datetime]:
    """When money last changed hands with each of these suppliers; otherwise they are absent."""
    rows = Payment.objects.filter(supplier_id__in=list(supplier_ids)).order_by()
    return dict(rows.values_list("supplier_id").annotate(Max("created_at")))


def last_transition_of_each() -> Coalesce:
    """When a supplier last sold or was paid, as an expression over a query of suppliers."""
    bought_at = _newest(
        Purchase.objects.filter(supplier_id=OuterRef("pk"), status=Purchase.Status.RECEIVED)
    )
    paid_at = _newest(Payment.objects.filter(supplier_id=OuterRef("pk")))
    # The greatest of anything and nothing is nothing, so each stands in for the other.
    latest = Greatest(Coalesce(bought_at, paid_at), Coalesce(paid_at, bought_at))
    return Coalesce(latest, F("created_at"))


def _newest(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by("-created_at").values("created_at")[:1])
