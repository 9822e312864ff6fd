"""A payment as lists show it (docs/api.md §27)."""

from rest_framework import serializers

from pos_project.core.http.fields import MomentField, MoneyField


class PaymentOut(serializers.Serializer):
    id = serializers.IntegerField()
    payment_party = serializers.CharField()
    payment_type = serializers.CharField()
    direction = serializers.CharField()
    amount = MoneyField()
    method = serializers.CharField(source="method_id")
    customer_id = serializers.IntegerField(allow_null=True)
    customer_name = serializers.CharField(source="customer.name", allow_null=True)
    supplier_id = serializers.IntegerField(allow_null=True)
    supplier_name = serializers.CharField(source="supplier.name", allow_null=True)
    sale_id = serializers.IntegerField(allow_null=True)
    purchase_id = serializers.IntegerField(allow_null=True)
    reference_no = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    # A payment taken back has its opposite beside it: each names the other.
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.IntegerField(source="reversed_by.pk", allow_null=True)
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    created_at = MomentField()
