"""`/api/suppliers/…`: transactions with a supplier and supplied products (docs/api.md §28)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Product
from catalog.product_labels import named
from pos_project.core.http.day_range import DayRangeIn, KindField, asked
from pos_project.core.http.endpoints import ContractViewSet, found
from pos_project.core.http.fields import MomentTextField, MoneyField, QuantityField
from pos_project.core.http.histories import (
    LIMIT,
    PAGE_LIMIT,
    TimelineRowOut,
    TimelineSummaryOut,
    summary_of,
)
from pos_project.core.http.permissions import AnyUser
from pos_project.core.images.pictures import ImageUrlField
from purchasing.models import Supplier
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
    total_amount = MoneyField()


class SuppliedTotalsOut(serializers.Serializer):
    totalTimesPurchased = serializers.IntegerField()
    totalProductsSupplied = serializers.IntegerField()
    totalQuantity = QuantityField()
    totalAmount = MoneyField()


class SuppliedSummaryOut(serializers.Serializer):
    success = serializers.BooleanField(default=True)
    data = SuppliedTotalsOut()  # type: ignore[assignment]  # (clients know it by this name)


class SuppliedLineOut(serializers.Serializer):
    """A line on which a product was supplied."""

    product_id = serializers.IntegerField()
    purchase_id = serializers.IntegerField()
    invoice = serializers.CharField(source="purchase.invoice_no")
    quantity = QuantityField()
    price = MoneyField(source="cost_price")
    cost_price = MoneyField()
    subtotal = MoneyField()
    created_at = MomentTextField(source="purchase.created_at")
    product_name = serializers.CharField()
    user_name = serializers.CharField(source="purchase.user.name")


class _SupplierHistoryViewSet(ContractViewSet):
    noun = "supplier"
    page_limit = PAGE_LIMIT
    permission_classes = (AnyUser,)
    queryset = Supplier.objects.listed()

    def history(self, supplier: str, query: dict[str, Any]) -> SupplierHistory:
        return SupplierHistory(found(self.get_queryset(), supplier, self.noun), query["days"])


class SupplierTransactionViewSet(_SupplierHistoryViewSet):
    @extend_schema(
        parameters=[SupplierHistoryIn],
        responses=SupplierTransactionOut(many=True),
        tags=["suppliers"],
    )
    def list(self, request: Request, supplier: str) -> Response:
        """Purchases from a supplier and payments, newest first."""
        query = asked(SupplierHistoryIn, request)
        transactions = self.history(supplier, query).transactions(kind=query.get("type"))
        return self.page(transactions, lambda rows: SupplierTransactionOut(rows, many=True).data)

    @extend_schema(
        parameters=[SupplierHistoryIn, LIMIT], responses=SupplierSummaryOut, tags=["suppliers"]
    )
    def summary(self, request: Request, supplier: str) -> Response:
        """How many rows of each kind that list has."""
        query = asked(SupplierHistoryIn, request)
        transactions = self.history(supplier, query).transactions(kind=query.get("type"))
        return Response(summary_of(transactions, KINDS, request))


class SuppliedProductViewSet(_SupplierHistoryViewSet):
    @extend_schema(
        parameters=[DayRangeIn], responses=SuppliedProductOut(many=True), tags=["suppliers"]
    )
    def list(self, request: Request, supplier: str) -> Response:
        """What a supplier brought, product by product, most units first."""
        context = self.get_serializer_context()
        return self.page(
            self.history(supplier, asked(DayRangeIn, request)).products(),
            lambda rows: SuppliedProductOut(named(rows), many=True, context=context).data,
        )

    @extend_schema(parameters=[DayRangeIn], responses=SuppliedSummaryOut, tags=["suppliers"])
    def summary(self, request: Request, supplier: str) -> Response:
        """The totals of that list."""
        totals = self.history(supplier, asked(DayRangeIn, request)).products_summary()
        return Response(SuppliedSummaryOut({"data": totals}).data)

    @extend_schema(
        parameters=[DayRangeIn], responses=SuppliedLineOut(many=True), tags=["suppliers"]
    )
    def lines(self, request: Request, supplier: str, product: str) -> Response:
        """The lines on which a supplier brought a product, newest first."""
        history = self.history(supplier, asked(DayRangeIn, request))
        brought = found(Product.objects.all(), product, "product")
        return self.page(
            history.supplies_of(brought), lambda rows: SuppliedLineOut(rows, many=True).data
        )
