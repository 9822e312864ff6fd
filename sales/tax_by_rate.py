"""Tax of a period by the rate that explains it.

A sale keeps its tax as an amount, not the rate it came from. Its rate is the one of the shop's tax
rates whose tax on the discounted subtotal is the sale's to the cent; the lowest, where a small sale
fits several. Tax typed by hand that no rate explains stays without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, Value, When

from catalog.models import TaxRate
from pos_project.core.money import ZERO, money
from sales.models import Refund, Sale

# Half a cent, and a hair for SQLite, where decimals are floats.
WITHIN = Decimal("0.0051")
UNTAXED, UNEXPLAINED = 0, -1


@dataclass(frozen=True)
class TaxOfRate:
    """`rate` in percent is None for tax that no rate of the shop explains, 0 for sales untaxed."""

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
    """The period's sales and refunds by rate, the highest first. Three statements."""
    days: dict[str, Any] = {"business_date__range": (first, last)}
    if store_id is not None:
        days["store_id"] = store_id
    rates = list(TaxRate.objects.order_by("rate", "id").values_list("id", "name", "rate"))
    sold = _by_rate(
        Sale.objects.completed().filter(**days),
        rates,
        "",
        sales=Count("id"),
        taxable=Sum(F("subtotal") - F("discount")),
        tax_sum=Sum("tax"),
    )
    returned = _by_rate(Refund.objects.filter(**days), rates, "sale__", tax_sum=Sum("tax_amount"))
    named: dict[int, tuple[str | None, Decimal | None]] = {
        **{row_id: (name, rate) for row_id, name, rate in rates},
        UNTAXED: (None, Decimal("0.00")),
        UNEXPLAINED: (None, None),
    }
    rows = []
    for row_id in sold.keys() | returned.keys():
        of_sales, of_refunds = sold.get(row_id, {}), returned.get(row_id, {})
        name, rate = named[row_id]
        rows.append(
            TaxOfRate(
                name,
                rate,
                of_sales.get("sales", 0),
                money(of_sales.get("taxable") or ZERO),
                money(of_sales.get("tax_sum") or ZERO),
                money(of_refunds.get("tax_sum") or ZERO),
            )
        )
    return sorted(rows, key=lambda row: (row.rate is None, -(row.rate or 0), row.name or ""))


def _by_rate(
    events: QuerySet[Any], rates: Sequence[tuple[int, str, Decimal]], sale: str, **sums: Any
) -> dict[int, dict[str, Any]]:
    """Sums of sales or of refunds (`sale` leads from them to their sale) by the rate's id."""
    taxable = F(f"{sale}subtotal") - F(f"{sale}discount")
    fits = [
        When(
            **{
                f"{sale}tax__gte": taxable * rate / 100 - WITHIN,
                f"{sale}tax__lte": taxable * rate / 100 + WITHIN,
            },
            then=Value(row_id),
        )
        for row_id, _, rate in rates
    ]
    by = Case(
        When(**{f"{sale}tax": 0}, then=Value(UNTAXED)),
        *fits,
        default=Value(UNEXPLAINED),
        output_field=IntegerField(),
    )
    rows = events.order_by().annotate(by_rate=by).values("by_rate").annotate(**sums)
    return {row["by_rate"]: row for row in rows}
