"""`/api/customers/…`: transactions and bought products of a customer (docs/api.md §28).

Staff see what they recorded themselves.
"""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from catalog.api.traded_products import TradedProductViewSet
from pos_project.core.http.day_range import DayRangeIn, KindField
from pos_project.core.http.endpoints import found
from pos_project.core.http.fields import MomentTextField, MoneyField, QuantityField
from pos_project.core.http.histories import (
    LIMIT,
    HistoryViewSet,
    TimelineRowOut,
    TimelineSummaryOut,
)
from pos_project.core.http.pagination import with_keys
from pos_project.core.http.scoping import only_recorder_seen
from pos_project.core.images.pictures import ImageUrlField
from sales.api.customers import OfCustomer
from sales.customer_history import KINDS, PURCHASED, CustomerHistory


class CustomerHistoryIn(DayRangeIn):
    type = KindField(KINDS, also={"Sale": PURCHASED})


class CustomerTransactionOut(TimelineRowOut):
    customer_id = serializers.IntegerField()
    customer_name = serializers.CharField()
    seller_name = serializers.CharField(source="user_name")


class CustomerSummaryOut(TimelineSummaryOut):
    purchased_count = serializers.IntegerField()
    payment_count = serializers.IntegerField()
    duepayment_count = serializers.IntegerField()
    refund_count = serializers.IntegerField()


class PurchasedProductOut(serializers.Serializer):
    """A product that was bought, net of what came back, fed with dicts."""

    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    image = ImageUrlField()
    times_purchased = serializers.IntegerField()
    total_quantity = QuantityField()
    total_amount = MoneyField()


class PurchasedTotalsOut(serializers.Serializer):
    totalTimesPurchased = serializers.IntegerField()
    totalProductsPurchased = serializers.IntegerField()
    totalQuantity = QuantityField()
    totalAmount = MoneyField()


class PurchasedSummaryOut(serializers.Serializer):
    success = serializers.BooleanField(default=True)
    data = PurchasedTotalsOut()  # type: ignore[assignment]  # (clients know it by this name)


class PurchasedLineOut(serializers.Serializer):
    """A line on which a product was bought, as it was sold."""

    product_id = serializers.IntegerField()
    sale_id = serializers.IntegerField()
    invoice = serializers.CharField(source="sale.invoice_no")
    quantity = QuantityField()
    price = MoneyField(source="unit_price")
    unit_price = MoneyField()
    subtotal = MoneyField()
    created_at = MomentTextField(source="sale.created_at")
    product_name = serializers.CharField()
    user_name = serializers.CharField(source="sale.user.name")


class _OfCustomersHistory(OfCustomer):
    def history(self, query: dict[str, Any], *, customer: str) -> CustomerHistory:
        return CustomerHistory(
            found(self.get_queryset(), customer, self.noun),
            query["days"],
            only_recorder_seen(self.request),  # type: ignore[attr-defined]  # (the view's)
            self.reads_store(),  # type: ignore[attr-defined]  # (the view's)
        )


@extend_schema(tags=["customers"])
@extend_schema_view(
    list=extend_schema(
        parameters=[CustomerHistoryIn],
        responses=CustomerTransactionOut(many=True),
        description="A customer's sales, payments and refunds, newest first.",
    ),
    summary=extend_schema(parameters=[CustomerHistoryIn, LIMIT], responses=CustomerSummaryOut),
)
class CustomerTransactionViewSet(_OfCustomersHistory, HistoryViewSet):
    asks, row, kinds = CustomerHistoryIn, CustomerTransactionOut, KINDS


@extend_schema(tags=["customers"], parameters=[DayRangeIn])
@extend_schema_view(
    list=extend_schema(
        responses=PurchasedProductOut(many=True),
        description="What a customer bought and kept, product by product, most units first.",
    ),
    summary=extend_schema(responses=PurchasedSummaryOut),
    lines=extend_schema(
        operation_id="customers_purchased_products_lines",
        responses=PurchasedLineOut(many=True),
        description="The lines on which a customer bought a product, newest first.",
    ),
)
class PurchasedProductViewSet(_OfCustomersHistory, TradedProductViewSet):
    row, totals, line = PurchasedProductOut, PurchasedSummaryOut, PurchasedLineOut
    counts_lines = True
    pagination_class = with_keys(count={"type": "integer"})
