"""`/api/suppliers/…`: transactions with a supplier and supplied products (docs/api.md §28)."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from accounts.api.cost import CostField
from catalog.api.traded_products import TradedProductViewSet
from pos_project.core.http.day_range import DayRangeIn, KindField
from pos_project.core.http.endpoints import found
from pos_project.core.http.fields import MomentTextField, QuantityField
from pos_project.core.http.histories import (
    LIMIT,
    HistoryViewSet,
    TimelineRowOut,
    TimelineSummaryOut,
)
from pos_project.core.images.pictures import ImageUrlField
from purchasing.api.suppliers import OfSupplier
from purchasing.supplier_history import KINDS, SupplierHistory


class SupplierHistoryIn(DayRangeIn):
    type = KindField(KINDS)


class SupplierTransactionOut(TimelineRowOut):
    supplier_id = serializers.IntegerField()
    supplier_name = serializers.CharField()
    created_by = serializers.CharField(source="user_name")


class SupplierSummaryOut(TimelineSummaryOut):
    purchase_count = serializers.IntegerField()
    payment_count = serializers.IntegerField()
    duepayment_count = serializers.IntegerField()
    advance_count = serializers.IntegerField()


class SuppliedProductOut(serializers.Serializer):
    """A product that was supplied, fed with dicts."""

    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    image = ImageUrlField()
    times_supplied = serializers.IntegerField()
    total_quantity = QuantityField()
    total_amount = CostField()


class SuppliedTotalsOut(serializers.Serializer):
    totalTimesPurchased = serializers.IntegerField()
    totalProductsSupplied = serializers.IntegerField()
    totalQuantity = QuantityField()
    totalAmount = CostField()


class SuppliedSummaryOut(serializers.Serializer):
    success = serializers.BooleanField(default=True)
    data = SuppliedTotalsOut()  # type: ignore[assignment]  # (clients know it by this name)


class SuppliedLineOut(serializers.Serializer):
    """A line on which a product was supplied."""

    product_id = serializers.IntegerField()
    purchase_id = serializers.IntegerField()
    invoice = serializers.CharField(source="purchase.invoice_no")
    quantity = QuantityField()
    price = CostField(source="cost_price")
    cost_price = CostField()
    subtotal = CostField()
    created_at = MomentTextField(source="purchase.created_at")
    product_name = serializers.CharField()
    user_name = serializers.CharField(source="purchase.user.name")


class _OfSuppliersHistory(OfSupplier):
    def history(self, query: dict[str, Any], *, supplier: str) -> SupplierHistory:
        return SupplierHistory(
            found(self.get_queryset(), supplier, self.noun),
            query["days"],
            self.reads_store(),  # type: ignore[attr-defined]  # (the view's)
        )


@extend_schema(tags=["suppliers"])
@extend_schema_view(
    list=extend_schema(
        parameters=[SupplierHistoryIn],
        responses=SupplierTransactionOut(many=True),
        description="Purchases from a supplier and payments, newest first.",
    ),
    summary=extend_schema(parameters=[SupplierHistoryIn, LIMIT], responses=SupplierSummaryOut),
)
class SupplierTransactionViewSet(_OfSuppliersHistory, HistoryViewSet):
    asks, row, kinds = SupplierHistoryIn, SupplierTransactionOut, KINDS


@extend_schema(tags=["suppliers"], parameters=[DayRangeIn])
@extend_schema_view(
    list=extend_schema(
        responses=SuppliedProductOut(many=True),
        description="What a supplier brought, product by product, most units first.",
    ),
    summary=extend_schema(responses=SuppliedSummaryOut),
    lines=extend_schema(
        responses=SuppliedLineOut(many=True),
        description="The lines on which a supplier brought a product, newest first.",
    ),
)
class SuppliedProductViewSet(_OfSuppliersHistory, TradedProductViewSet):
    row, totals, line = SuppliedProductOut, SuppliedSummaryOut, SuppliedLineOut
