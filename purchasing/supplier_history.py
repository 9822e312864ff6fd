"""What happened between a supplier and the shop: transactions, and the products supplied."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from catalog.models import Product
from ledger.models import Payment
from ledger.payment_sources import ADVANCE, DUE_PAYMENT, PAYMENT, payment_sources
from ledger.reversals import STANDING
from pos_project.core.db.merged_list import Source, Timeline
from pos_project.core.http.day_range import DayRange
from pos_project.core.money import ZERO, money
from purchasing.models import Purchase, PurchaseItem, Supplier

PURCHASE = "Purchase"
_CAME = Q(returns__isnull=True)  # (what went back is below zero, and no delivery)
KINDS = (PURCHASE, PAYMENT, DUE_PAYMENT, ADVANCE)

_PURCHASE_COLUMNS = {
    "ref_id": "pk",
    "reference": "invoice_no",
    "amount": "total_amount",
    "supplier_id": "supplier_id",
    "supplier_name": "supplier__name",
    "user_id": "user_id",
    "user_name": "user__name",
    "paid": "paid_amount",
    "due": "due_amount",
    "method": "payment_method",
    "created_at": "created_at",
}


@dataclass(frozen=True)
class SupplierHistory:
    """The history of one supplier, of some days."""

    supplier: Supplier
    days: DayRange
    store_id: int | None = None  # None: in all stores

    def transactions(self, *, kind: str | None = None) -> Timeline:
        """Purchases and payments by the day of `created_at`, newest first; of one kind if named."""
        theirs = self.days.of_moments("created_at") & self._theirs
        sources = [
            Source(
                PURCHASE,
                Purchase.objects.filter(theirs, status=status),
                _PURCHASE_COLUMNS,
                {"status": shown, "direction": None},
            )
            for status, shown in (
                (Purchase.Status.RECEIVED, "purchase"),
                (Purchase.Status.OPENING, "opening"),
            )
        ]
        sources += payment_sources(Payment.objects.filter(theirs), advances=ADVANCE)
        return Timeline(sources, kind=kind)

    def products(self) -> QuerySet[Any]:
        """Per product what they brought, most units first, as dicts."""
        return (
            self._lines()
            .values("product_id")
            .annotate(
                times_supplied=Count("purchase_id", distinct=True, filter=_CAME),
                total_quantity=Sum("quantity"),
                total_amount=Sum("subtotal"),
            )
            .order_by("-total_quantity", "-product_id")
        )

    def products_summary(self) -> dict[str, Any]:
        """The totals of those products; zeros when there are none."""
        totals = self._lines().aggregate(
            purchases=Count("purchase_id", distinct=True, filter=_CAME),
            products=Count("product_id", distinct=True),
            units=Sum("quantity"),
            amount=Sum("subtotal"),
        )
        return {
            "totalTimesPurchased": totals["purchases"],
            "totalProductsSupplied": totals["products"],
            "totalQuantity": totals["units"] or 0,
            "totalAmount": money(totals["amount"] or ZERO),
        }

    def lines_of(self, product: Product) -> QuerySet[Any]:
        """The lines on which they brought a product, newest first."""
        lines = self._lines().filter(_CAME, product=product).select_related("purchase__user")
        return lines.order_by("-purchase__created_at", "-id")

    def _lines(self) -> QuerySet[PurchaseItem]:
        """The lines of their purchases that stand, less what went back, by the documents' day."""
        theirs = Q(self.days.of_days("purchase_date"), STANDING, self._theirs)
        return PurchaseItem.objects.filter(purchase__in=Purchase.objects.filter(theirs))

    @property
    def _theirs(self) -> Q:
        of_store = {} if self.store_id is None else {"store_id": self.store_id}
        return Q(supplier=self.supplier, **of_store)
