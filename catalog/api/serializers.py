"""What clients send and see of brands, categories and tax rates (docs/api.md §18)."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from pos_project.core.http.fields import FlagField, KeyedText, MomentField, MoneyField, OptionalText

MAX_DESCRIPTION = 10_000
MAX_PERCENT = Decimal(100)


class PercentField(MoneyField):
    """A percentage: a number from 0 to 100 with at most two decimals."""

    default_error_messages = {"range": "Must be between 0 and 100."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(exact=True, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        percent = super().to_internal_value(data)
        if percent > MAX_PERCENT:
            self.fail("range")
        return percent


class BrandIn(serializers.Serializer):
    name = KeyedText(max_length=100)
    description = OptionalText(max_length=MAX_DESCRIPTION)


class BrandOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    created_at = MomentField()
    updated_at = MomentField()


class BrandData(serializers.Serializer):
    """A brand as an answer to its change; `description` only when it was sent on creation."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True, required=False)


class CategoryIn(serializers.Serializer):
    name = KeyedText(max_length=100)
    is_active = FlagField(required=False)


class CategoryData(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()


class CategoryOut(CategoryData):
    created_at = MomentField()
    updated_at = MomentField()


class TaxRateIn(serializers.Serializer):
    name = KeyedText(max_length=50)
    rate = PercentField()


class TaxRateData(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    rate = PercentField()


class TaxRateOut(TaxRateData):
    created_at = MomentField()


@extend_schema_serializer(many=False)
class TaxRateListOut(serializers.Serializer):
    """All rates: there are few, so there are no pages."""

    success = serializers.BooleanField()
    data = TaxRateOut(many=True)  # type: ignore[assignment]  # (clients know it by this name)
    total = serializers.IntegerField()
