"""What tills send and see of sales (docs/api.md §22)."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.api.approvals import ApprovableIn
from ledger.api.payment_serializers import PaymentOut
from ledger.api.tenders import TendersOfferedIn
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import (
    FreeText,
    IdField,
    MomentField,
    MomentTextField,
    MoneyField,
    QuantityField,
)
from pos_project.core.images.pictures import ImageUrlField
from sales.api.refund_serializers import RefundOut
from sales.pricing import Line, Order

MAX_LINES = 500
WALK_IN = "Walk-in Customer"


class SaleLineIn(MovesMoneyIn):
    TELLING = frozenset({"tax", "discount"})
    aliases = {"price": "unit_price"}

    product_id = IdField()
    quantity = QuantityField()
    unit_price = MoneyField(required=False, exact=True)


class _Sums(ApprovableIn, MovesMoneyIn):
    """What checkout, hold and the cart's checkout have in common, but for the lines."""

    aliases = {"notes": "note"}

    customer_id = IdField(required=False)
    discount = MoneyField(required=False)
    tax = MoneyField(required=False)
    tax_rate_id = IdField(required=False)
    subtotal = MoneyField(required=False)
    total_amount = MoneyField(required=False)
    note = FreeText(max_length=1000)


class OrderIn(_Sums):
    """A cart to hold; what is said of paying is ignored until it is completed."""

    ignored = frozenset({"payments", "method", "payment_method", "amount"})

    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SaleLineIn(), min_length=1, max_length=MAX_LINES
    )


class CheckoutIn(OrderIn, TendersOfferedIn):
    """A cart to sell, and what is paid for it now."""

    ignored = frozenset()


class CartCheckoutIn(_Sums, TendersOfferedIn):
    """The checkout of the caller's own cart: everything but the lines."""


class CompleteIn(TendersOfferedIn):
    aliases = {"sale_id": "pending_id"}

    pending_id = IdField()


def order_of(body: dict[str, Any], lines: list[Line] | None = None) -> Order:
    """The validated body as an order; `lines` where they come from a cart."""
    if lines is None:
        lines = [
            Line(item["product_id"], Decimal(item["quantity"]), item.get("unit_price"))
            for item in body["items"]
        ]
    zero = Decimal("0.00")
    return Order(
        lines,
        customer_id=body.get("customer_id"),
        discount=body.get("discount") or zero,
        tax=body.get("tax") or zero,
        tax_rate_id=body.get("tax_rate_id"),
        subtotal=body.get("subtotal"),
        total_amount=body.get("total_amount"),
        note=body.get("note"),
    )


class SaleSummaryOut(serializers.Serializer):
    """The sale inside the answers of checkout, hold and complete."""

    id = serializers.IntegerField()
    invoice_no = serializers.CharField()
    customer_id = serializers.IntegerField(allow_null=True)
    subtotal = MoneyField()
    tax = MoneyField()
    discount = MoneyField()
    total = MoneyField(source="total_amount")
    paid_amount = MoneyField()
    due_amount = MoneyField()
    payment_method = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    note = serializers.CharField(allow_null=True)


class CheckoutOut(serializers.Serializer):
    """The answer to a checkout, fed with a `Sold`."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Sale completed")
    sale_id = serializers.IntegerField(source="sale.id")
    invoice_no = serializers.CharField(source="sale.invoice_no")
    total = MoneyField(source="sale.total_amount")
    paid_amount = MoneyField(source="sale.paid_amount")
    due_amount = MoneyField(source="sale.due_amount")
    change_amount = MoneyField(source="change")
    sale = SaleSummaryOut()


class CartCheckoutOut(CheckoutOut):
    cart_id = serializers.IntegerField(source="sale.cart.id")


class CompletedOut(CheckoutOut):
    message = serializers.CharField(default="Pending sale completed")
    pending_id = serializers.IntegerField(source="sale.id")


class HeldOut(serializers.Serializer):
    """The answer to a hold, fed with the sale."""

    success = serializers.BooleanField(default=True)
    message = serializers.CharField(default="Pending sale saved")
    pending_id = serializers.IntegerField(source="id")
    sale_id = serializers.IntegerField(source="id")
    sale = SaleSummaryOut(source="*")


class SaleOut(serializers.Serializer):
    """A row of the sales list."""

    id = serializers.IntegerField()
    invoice_no = serializers.CharField()
    customer_id = serializers.IntegerField(allow_null=True)
    customer = serializers.CharField(source="customer.name", allow_null=True)
    user_id = serializers.IntegerField()
    shopkeeper = serializers.CharField(source="user.name")
    subtotal = MoneyField()
    tax = MoneyField()
    discount = MoneyField()
    total = MoneyField(source="total_amount")
    total_amount = MoneyField()
    paid_amount = MoneyField()
    due_amount = MoneyField()
    refund_amount = MoneyField()
    payment_method = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    note = serializers.CharField(allow_null=True)
    created_at = MomentField()
    completed_at = MomentField(allow_null=True)


class HeldItemOut(serializers.Serializer):
    id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    quantity = QuantityField()
    unit_price = MoneyField()
    price = MoneyField(source="unit_price")
    subtotal = MoneyField()


class HeldSaleOut(SaleOut):
    """A row of the held sales' list."""

    pending_id = serializers.IntegerField(source="id")
    items = HeldItemOut(many=True, source="items.all")


class SaleItemOut(serializers.Serializer):
    """A line of a sale, fed with rows of `sale_lines`."""

    id = serializers.IntegerField()
    sale_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    image = ImageUrlField(source="product.image_public_id")
    quantity = QuantityField()
    refunded_quantity = QuantityField()
    price = MoneyField(source="unit_price")
    unit_price = MoneyField()
    subtotal = MoneyField()
    total = MoneyField(source="subtotal")
    invoice = serializers.CharField(source="sale.invoice_no")
    created_at = MomentTextField(source="sale.created_at")
    user_name = serializers.CharField(source="sale.user.name")
    customer = serializers.CharField(source="sale.customer.name", default=WALK_IN)


class SaleDetailOut(SaleOut):
    """A sale with everything that belongs to it."""

    items = SaleItemOut(many=True, source="items.all")
    payments = PaymentOut(many=True, source="payments.all")
    refunds = RefundOut(many=True, source="refunds.all")


class SaleFetchedOut(serializers.Serializer):
    success = serializers.BooleanField()
    data = SaleDetailOut()  # type: ignore[assignment]  # (clients know it by this name)
