"""`/api/customers/…`: transactions and bought products of a customer (docs/api.md §28).

Staff see what they recorded themselves.
"""

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
from pos_project.core.http.scoping import only_recorder_seen
from pos_project.core.images.pictures import ImageUrlField
from sales.customer_history import KINDS, PURCHASED, CustomerHistory
from sales.models import Customer


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


class _CustomerHistoryViewSet(ContractViewSet):
    noun = "customer"
    page_limit = PAGE_LIMIT
    permission_classes = (AnyUser,)
    queryset = Customer.objects.listed()

    def history(self, customer: str, query: dict[str, Any]) -> CustomerHistory:
        return CustomerHistory(
            found(self.get_queryset(), customer, self.noun),
            query["days"],
            only_recorder_seen(self.request),
        )


class CustomerTransactionViewSet(_CustomerHistoryViewSet):
    @extend_schema(
        parameters=[CustomerHistoryIn],
        responses=CustomerTransactionOut(many=True),
        tags=["customers"],
    )
    def list(self, request: Request, customer: str) -> Response:
        """A customer's sales, payments and refunds, newest first."""
        query = asked(CustomerHistoryIn, request)
        transactions = self.history(customer, query).transactions(kind=query.get("type"))
        return self.page(transactions, lambda rows: CustomerTransactionOut(rows, many=True).data)

    @extend_schema(
        parameters=[CustomerHistoryIn, LIMIT], responses=CustomerSummaryOut, tags=["customers"]
    )
    def summary(self, request: Request, customer: str) -> Response:
        """How many rows of each kind that list has."""
        query = asked(CustomerHistoryIn, request)
        transactions = self.history(customer, query).transactions(kind=query.get("type"))
        return Response(summary_of(transactions, KINDS, request))


class PurchasedProductViewSet(_CustomerHistoryViewSet):
    @extend_schema(
        parameters=[DayRangeIn], responses=PurchasedProductOut(many=True), tags=["customers"]
    )
    def list(self, request: Request, customer: str) -> Response:
        """What a customer bought and kept, product by product, most units first."""
        context = self.get_serializer_context()
        return self.page(
            self.history(customer, asked(DayRangeIn, request)).products(),
            lambda rows: PurchasedProductOut(named(rows), many=True, context=context).data,
        )

    @extend_schema(parameters=[DayRangeIn], responses=PurchasedSummaryOut, tags=["customers"])
    def summary(self, request: Request, customer: str) -> Response:
        """The totals of that list."""
        totals = self.history(customer, asked(DayRangeIn, request)).products_summary()
        return Response(PurchasedSummaryOut({"data": totals}).data)

    @extend_schema(
        operation_id="customers_purchased_products_lines",
        parameters=[DayRangeIn],
        responses=PurchasedLineOut(many=True),
        tags=["customers"],
    )
    def lines(self, request: Request, customer: str, product: str) -> Response:
        """The lines on which a customer bought a product, newest first."""
        history = self.history(customer, asked(DayRangeIn, request))
        bought = found(Product.objects.all(), product, "product")
        answer = self.page(
            history.purchases_of(bought), lambda rows: PurchasedLineOut(rows, many=True).data
        )
        answer.data["count"] = len(answer.data["data"])
        return answer
