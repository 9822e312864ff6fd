"""Tax of a period by rate: each sale keeps the name and percentage of its own.

So what is renamed, changed or deleted today moves nothing in the past. Tax typed by hand that no
rate of that day explained stays without one.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Sum, Value, When

from pos_project.core.money import ZERO, money
from sales.models import Refund, Sale

UNTAXED, TAXED = "untaxed", "taxed"


@dataclass(frozen=True)
class TaxOfRate:
    """`rate` in percent is None for tax that no rate of the shop explained, 0 for sales untaxed."""

    name: str | None
    rate: Decimal | None
    sales: int
    taxable: Decimal  # Σ subtotal − discount
    collected: Decimal
    refunded: Decimal

    @property
    def net(self) -> Decimal:
        return self.collected - self.refunded


def tax_by_rate(first: date, last: date, *, store_id: int | None = None) -> list[TaxOfRate]:
    """The period's sales and refunds by rate, the highest first. Two statements."""
    days: dict[str, Any] = {"business_date__range": (first, last)}
    if store_id is not None:
        days["store_id"] = store_id
    sold = _by_rate(
        Sale.objects.completed().filter(**days),
        "",
        sales=Count("id"),
        taxable=Sum(F("subtotal") - F("discount")),
        tax_sum=Sum("tax"),
    )
    returned = _by_rate(Refund.objects.filter(**days), "sale__", tax_sum=Sum("tax_amount"))
    rows = []
    for rate in sold.keys() | returned.keys():
        of_sales, of_refunds = sold.get(rate, {}), returned.get(rate, {})
        rows.append(
            TaxOfRate(
                *rate,
                of_sales.get("sales", 0),
                money(of_sales.get("taxable") or ZERO),
                money(of_sales.get("tax_sum") or ZERO),
                money(of_refunds.get("tax_sum") or ZERO),
            )
        )
    return sorted(rows, key=lambda row: (row.rate is None, -(row.rate or 0), row.name or ""))


def _by_rate(
    events: QuerySet[Any], sale: str, **sums: Any
) -> dict[tuple[str | None, Decimal | None], dict[str, Any]]:
    """Sums of sales or of refunds (`sale` leads from them to their sale) by name and percentage."""
    kept = (f"{sale}tax_rate_name", f"{sale}tax_percent")
    kind = Case(
        When(**{f"{sale}tax": 0}, then=Value(UNTAXED)),
        default=Value(TAXED),
        output_field=CharField(),
    )
    grouped: dict[tuple[str | None, Decimal | None], dict[str, Any]] = {}
    for row in events.order_by().annotate(kind=kind).values("kind", *kept).annotate(**sums):
        name, percent = (row.pop(column) for column in kept)
        percent = money(percent) if percent is not None else None
        if row.pop("kind") == UNTAXED and name is None:
            percent = ZERO
        # A sale so small that its tax is nothing is of the same rate as the others.
        sums_so_far = grouped.setdefault((name, percent), {})
        for column, amount in row.items():
            sums_so_far[column] = (sums_so_far.get(column) or 0) + (amount or 0)
    return grouped
