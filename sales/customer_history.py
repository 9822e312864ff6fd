"""What happened between a customer and the shop: transactions, and the products bought.

`recorder_id` narrows everything to what one user recorded; None leaves it whole.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Round

from catalog.models import Product
from ledger.models import Payment
from ledger.payment_sources import DUE_PAYMENT, PAYMENT, payment_sources
from pos_project.core.db.merged_list import Timeline
from pos_project.core.http.day_range import DayRange
from pos_project.core.money import ZERO, money
from sales.models import Customer, Refund, Sale, SaleItem
from sales.sale_lines import refunded_of_each
from sales.sale_sources import REFUND, refund_source, sale_source

PURCHASED = "Purchased"
KINDS = (PURCHASED, PAYMENT, DUE_PAYMENT, REFUND)

_UNITS = DecimalField(max_digits=12, decimal_places=3)
_MONEY = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True)
class CustomerHistory:
    """The history of one customer, of some days; the days are those of `created_at`."""

    customer: Customer
    days: DayRange
    recorder_id: int | None = None
    store_id: int | None = None  # None: in all stores

    def transactions(self, *, kind: str | None = None) -> Timeline:
        """Sales of any status, payments and refunds, newest first; of one kind if named."""
        theirs = self._theirs() & self.days.of_moments("created_at")
        sources = [
            sale_source(Sale.objects.filter(theirs), kind=PURCHASED),
            *payment_sources(Payment.objects.filter(theirs), advances=PAYMENT),
            refund_source(Refund.objects.filter(theirs)),
        ]
        return Timeline(sources, kind=kind)

    def products(self) -> QuerySet[Any]:
        """Per product what they bought and kept, most units first, as dicts.

        Sales are counted whether units of them came back or not; a product of which everything
        came back is left out.
        """
        back = F("refunded_units")
        return (
            self._lines()
            .values("product_id")
            .annotate(
                times_purchased=Count("sale_id", distinct=True),
                # Rounded, because SQLite adds floats and nothing must not be a little more.
                total_quantity=Round(Sum(F("quantity") - back, output_field=_UNITS), 3),
                total_amount=Sum(
                    F("subtotal") - Round(back * F("unit_price"), 2), output_field=_MONEY
                ),
            )
            .filter(total_quantity__gt=0)
            .order_by("-total_quantity", "-product_id")
        )

    def products_summary(self) -> dict[str, Any]:
        """The totals of those products; zeros when there are none."""
        products = self.products().order_by()
        totals = products.aggregate(
            products=Count("product_id"), units=Sum("total_quantity"), amount=Sum("total_amount")
        )
        kept = self._lines().filter(product_id__in=products.values("product_id"))
        return {
            "totalTimesPurchased": kept.aggregate(sales=Count("sale_id", distinct=True))["sales"],
            "totalProductsPurchased": totals["products"],
            "totalQuantity": totals["units"] or 0,
            "totalAmount": money(totals["amount"] or ZERO),
        }

    def lines_of(self, product: Product) -> QuerySet[Any]:
        """The lines on which they bought a product, newest first."""
        lines = self._lines().filter(product=product).select_related("sale__user")
        return lines.order_by("-sale__created_at", "-id")

    def _lines(self) -> QuerySet[SaleItem]:
        """The lines of their completed sales, with the units that came back."""
        theirs = self._theirs("sale__") & self.days.of_moments("sale__created_at")
        lines = SaleItem.objects.filter(theirs, sale__status=Sale.Status.COMPLETED)
        return lines.annotate(refunded_units=refunded_of_each())

    def _theirs(self, path: str = "") -> Q:
        whose = Q(**{f"{path}customer": self.customer})
        if self.recorder_id is not None:
            whose &= Q(**{f"{path}user_id": self.recorder_id})
        if self.store_id is not None:
            whose &= Q(**{f"{path}store_id": self.store_id})
        return whose
