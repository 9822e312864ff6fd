"""What clients send and see of refunds (docs/api.md §23)."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.api.approvals import ApprovableIn
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import (
    FlagField,
    FreeText,
    IdField,
    MomentField,
    MoneyField,
    QuantityField,
)
from sales.refunds import Claim, Returned

MAX_LINES = 500


class ReturnedIn(serializers.Serializer):
    sale_item_id = IdField(required=False)
    product_id = IdField(required=False)
    quantity = QuantityField()
    restock = FlagField(default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("sale_item_id") and not attrs.get("product_id"):
            raise serializers.ValidationError({"sale_item_id": ["Name the line or the product."]})
        return attrs


class RefundIn(ApprovableIn, MovesMoneyIn):
    aliases = {"method": "refund_method", "payment_method": "refund_method"}

    sale_id = IdField()
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ReturnedIn(), required=False, allow_null=True, min_length=1, max_length=MAX_LINES
    )
    refund_method = serializers.CharField(max_length=20, default="cash")
    reason = FreeText(max_length=255)
    restock = FlagField(default=True)
    till_id = IdField(required=False)


def claim_of(body: dict[str, Any]) -> Claim:
    """The validated body as a claim."""
    items = body.get("items")
    lines = None
    if items is not None:
        lines = [
            Returned(
                Decimal(item["quantity"]),
                item.get("sale_item_id"),
                item.get("product_id"),
                item["restock"],
            )
            for item in items
        ]
    return Claim(body["sale_id"], lines, body["refund_method"], body.get("reason"), body["restock"])


class RefundItemOut(serializers.Serializer):
    sale_item_id = serializers.IntegerField()
    product_id = serializers.IntegerField(source="sale_item.product_id")
    product_name = serializers.CharField(source="sale_item.product_name")
    quantity = QuantityField()
    amount = MoneyField()
    restocked = serializers.BooleanField()


class RefundOut(serializers.Serializer):
    """A refund, fed with rows of `refunds_with_lines`."""

    id = serializers.IntegerField()
    sale_id = serializers.IntegerField()
    invoice = serializers.CharField(source="sale.invoice_no")
    customer_id = serializers.IntegerField(allow_null=True)
    customer = serializers.CharField(source="customer.name", allow_null=True)
    refund_amount = MoneyField()
    paid_out = MoneyField()
    due_reduced = MoneyField()
    refund_method = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    created_at = MomentField()
    items = RefundItemOut(many=True, source="items.all")


class RefundedOut(serializers.Serializer):
    """The answer to a refund, fed with the refund."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Refund recorded")
    refund_id = serializers.IntegerField(source="id")
    refund_amount = MoneyField()
    paid_out = MoneyField()
    due_reduced = MoneyField()
    data: Any = RefundOut(source="*")
