"""What clients send and see of suppliers (docs/api.md §19)."""

from typing import Any

from rest_framework import serializers

from accounts.api.cost import CostField
from pos_project.core.contact_fields import ContactOrBlankOut, PartyChangesIn
from pos_project.core.http.fields import (
    FilledText,
    MomentTextField,
    MoneyField,
    QuantityField,
    TextOrBlank,
    WholeNumberField,
)
from pos_project.core.http.openapi import Done
from pos_project.core.images.pictures import ImageUrlField


class SupplierChangesIn(PartyChangesIn):
    """Every field may be left out. What is owed is no field: it follows from the purchases."""


class SupplierIn(SupplierChangesIn):
    name = FilledText(max_length=100)


class SupplierOut(ContactOrBlankOut):
    """A row of the list, fed with dicts of `suppliers.on_file`."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = TextOrBlank()
    sector = TextOrBlank()
    verify = serializers.BooleanField()
    payable = MoneyField()
    total_supply = WholeNumberField()
    created_at = MomentTextField()
    last_transition = MomentTextField()


class SupplierDetailsOut(SupplierOut):
    advance_balance = MoneyField()


class SupplierFetchedOut(Done):
    data = SupplierDetailsOut()  # type: ignore[assignment]  # (clients know it by this name)


class SupplierCreatedOut(Done):
    supplierId = serializers.IntegerField()
    data = SupplierDetailsOut()  # type: ignore[assignment]  # (clients know it by this name)


class SupplierUpdatedOut(Done):
    data = SupplierDetailsOut()  # type: ignore[assignment]  # (clients know it by this name)


class SupplierDueOut(serializers.Serializer):
    """An open due, fed with dicts of `suppliers.open_dues`."""

    purchase_id = serializers.IntegerField()
    due_amount = MoneyField()
    created_at = MomentTextField()
    invoice = serializers.CharField(source="purchase__invoice_no")
    # The client reads `seller` for whoever bought the goods for the shop.
    buyer = serializers.CharField(source="purchase__user__name")
    seller = serializers.CharField(source="purchase__user__name")
    method = serializers.CharField(source="purchase__payment_method")
    total_amount = MoneyField(source="purchase__total_amount")
    paid_amount = MoneyField(source="purchase__paid_amount")
    total_due = MoneyField()
    supplier = serializers.CharField(source="supplier__name")


class PurchaseItemOut(serializers.Serializer):
    """A line of a purchase, with what is left of it on the shelf."""

    id = serializers.IntegerField()
    purchase_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    image = ImageUrlField(source="product.image_public_id")
    quantity = QuantityField()
    price = CostField(source="cost_price")
    cost_price = CostField()
    subtotal = CostField()
    total = CostField(source="subtotal")
    # With its share of freight and discount; left out where its paper has none of these.
    landed_cost = CostField(required=False)
    qty_remaining = QuantityField(source="batch.remaining", default=0)  # a service has no batch
    invoice = serializers.CharField(source="purchase.invoice_no")
    created_at = MomentTextField(source="purchase.created_at")
    user_name = serializers.CharField(source="purchase.user.name")
    supplier = serializers.CharField(source="purchase.supplier.name")

    def to_representation(self, line: Any) -> dict[str, Any]:
        shown = super().to_representation(line)
        if line.landed_cost is None:
            del shown["landed_cost"]
        return shown
