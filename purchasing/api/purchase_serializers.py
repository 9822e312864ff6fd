"""What clients send and see of purchases (docs/api.md §21)."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from ledger.api.tenders import TendersOfferedIn
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import (
    DayField,
    IdField,
    MomentField,
    MoneyField,
    OptionalText,
    QuantityField,
)
from purchasing.receive import Delivery, Line

MAX_LINES = 500


class PurchaseLineIn(MovesMoneyIn):
    TELLING = frozenset({"tax", "discount"})
    aliases = {"price": "cost_price"}

    product_id = IdField()
    quantity = QuantityField()
    # `""` counts as 0: the purchase screen shows 0 for an emptied price box.
    cost_price = MoneyField(exact=True, allow_null=True)


class PurchaseIn(TendersOfferedIn):
    aliases = {"notes": "note"}

    supplier_id = IdField()
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PurchaseLineIn(), min_length=1, max_length=MAX_LINES
    )
    invoice_no = OptionalText(max_length=50)
    purchase_date = DayField(required=False)
    total_amount = MoneyField(required=False)
    note = OptionalText(max_length=1000)


def delivery_of(body: dict[str, Any]) -> Delivery:
    """The validated body as a delivery."""
    return Delivery(
        body["supplier_id"],
        [
            Line(item["product_id"], Decimal(item["quantity"]), item["cost_price"] or Decimal(0))
            for item in body["items"]
        ],
        invoice_no=body.get("invoice_no"),
        purchase_date=body.get("purchase_date"),
        note=body.get("note"),
        total_amount=body.get("total_amount"),
    )


class PurchaseSummaryOut(serializers.Serializer):
    id = serializers.IntegerField()
    invoice_no = serializers.CharField()
    supplier_id = serializers.IntegerField()
    purchase_date = DayField()
    business_date = DayField()  # the day it counts on: another, where its own was closed
    total = MoneyField(source="total_amount")
    total_amount = MoneyField()
    paid_amount = MoneyField()
    due_amount = MoneyField()
    payment_method = serializers.CharField()
    note = serializers.CharField(allow_null=True)


class PurchasedOut(serializers.Serializer):
    """The answer to a purchase, fed with it."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Purchase created")
    purchase_id = serializers.IntegerField(source="id")
    data: Any = PurchaseSummaryOut(source="*")


class PurchaseOut(PurchaseSummaryOut):
    """A row of the purchase list."""

    supplier = serializers.CharField(source="supplier.name")
    user_id = serializers.IntegerField()
    # A purchase taken back has its opposite beside it, with amounts below zero.
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.IntegerField(source="reversed_by.pk", allow_null=True)
    created_at = MomentField()
    entered_at = MomentField(allow_null=True)  # when it was written down, on whatever day


class PurchaseReversedOut(serializers.Serializer):
    """The answer to a reversal, fed with the opposite purchase."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Purchase reversed")
    purchase_id = serializers.IntegerField(source="id")
    data: Any = PurchaseOut(source="*")
