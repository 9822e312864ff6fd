"""What clients send and see of purchases (docs/api.md §21)."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from ledger.api.reasons import ReasonIn
from ledger.api.tenders import TendersOfferedIn
from ledger.payments import ON_CREDIT
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import (
    DayField,
    IdField,
    MomentField,
    MoneyField,
    OptionalText,
    QuantityField,
)
from purchasing.receive import MOST_ROUNDING, Delivery, Line
from purchasing.returns import Return, SentBack

MAX_LINES = 500
TERMS = ("discount", "freight", "tax", "rounding")
LEFT_OUT = (*TERMS, "returns", "due_reduced")


class PurchaseLineIn(MovesMoneyIn):
    TELLING = frozenset({"tax", "discount"})
    aliases = {"price": "cost_price"}

    product_id = IdField()
    quantity = QuantityField()
    # `""` counts as 0: the purchase screen shows 0 for an emptied price box.
    cost_price = MoneyField(exact=True, allow_null=True, required=False)
    line_total = MoneyField(exact=True, required=False)  # of all units, instead of the cost of one

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("line_total") is None and "cost_price" not in attrs:
            text = self.fields["cost_price"].error_messages["required"]
            raise serializers.ValidationError({"cost_price": [text]})
        if attrs.get("line_total") is not None and attrs.get("cost_price"):
            raise serializers.ValidationError({"line_total": ["Either this or cost_price."]})
        return attrs


class PurchaseIn(TendersOfferedIn):
    aliases = {"notes": "note"}

    supplier_id = IdField()
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PurchaseLineIn(), min_length=1, max_length=MAX_LINES
    )
    invoice_no = OptionalText(max_length=50)
    purchase_date = DayField(required=False)
    total_amount = MoneyField(required=False)
    discount = MoneyField(required=False)
    freight = MoneyField(required=False)
    tax = MoneyField(required=False)
    rounding = MoneyField(least=-MOST_ROUNDING, required=False)
    note = OptionalText(max_length=1000)


def delivery_of(body: dict[str, Any]) -> Delivery:
    """The validated body as a delivery."""
    return Delivery(
        body["supplier_id"],
        [
            Line(
                item["product_id"],
                Decimal(item["quantity"]),
                item.get("cost_price") or Decimal(0),
                item.get("line_total"),
            )
            for item in body["items"]
        ],
        invoice_no=body.get("invoice_no"),
        purchase_date=body.get("purchase_date"),
        note=body.get("note"),
        total_amount=body.get("total_amount"),
        **{name: body.get(name) for name in TERMS},
    )


class SentBackIn(MovesMoneyIn):
    TELLING = frozenset({"tax", "discount", "cost_price"})

    purchase_item_id = IdField()
    quantity = QuantityField()


class ReturnIn(ReasonIn, MovesMoneyIn):
    aliases = {"payment_method": "method", "refund_method": "method"}

    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentBackIn(), min_length=1, max_length=MAX_LINES
    )
    # How money comes back that exceeds what is owed; `due` leaves it with the supplier.
    method = serializers.CharField(max_length=20, default=ON_CREDIT)


def return_of(purchase_id: int, body: dict[str, Any]) -> Return:
    """The validated body as a return."""
    lines = [
        SentBack(item["purchase_item_id"], Decimal(item["quantity"])) for item in body["items"]
    ]
    return Return(purchase_id, lines, body["reason"], body["method"])


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
    # What its paper says below the lines; left out where that is nothing.
    discount = MoneyField(required=False)
    freight = MoneyField(required=False)
    tax = MoneyField(required=False)
    rounding = MoneyField(required=False)

    def to_representation(self, purchase: Any) -> dict[str, Any]:
        shown = super().to_representation(purchase)
        said = [name for name in LEFT_OUT if name in shown and shown[name] is None]
        for name in said:
            del shown[name]
        return shown


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
    # Goods that went back name their purchase, and say what of its due they cancelled.
    returns = serializers.IntegerField(source="returns_id", required=False)
    due_reduced = MoneyField(required=False)
    created_at = MomentField()
    entered_at = MomentField(allow_null=True)  # when it was written down, on whatever day


class PurchaseReturnedOut(serializers.Serializer):
    """The answer to a return, fed with it."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Goods returned")
    purchase_id = serializers.IntegerField(source="id")
    data: Any = PurchaseOut(source="*")


class PurchaseReversedOut(serializers.Serializer):
    """The answer to a reversal, fed with the opposite purchase."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Purchase reversed")
    purchase_id = serializers.IntegerField(source="id")
    data: Any = PurchaseOut(source="*")
