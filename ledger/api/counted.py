"""What lay in a drawer or till: a sum, or how many there were of each note and coin, or both."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import MoneyField, WholeNumberField
from pos_project.core.money import total

MOST_NOTES = 50


class CountedIn(MovesMoneyIn):
    counted = MoneyField(required=False)
    denominations = serializers.DictField(child=WholeNumberField(least=0), required=False)

    def validate_denominations(self, notes: dict[str, int]) -> dict[str, int]:
        if len(notes) > MOST_NOTES:
            raise serializers.ValidationError([f"At most {MOST_NOTES} notes and coins."])
        worth = MoneyField(exact=True, least=Decimal("0.01"))
        counts = {str(worth.run_validation(note)): count for note, count in notes.items()}
        if len(counts) < len(notes):  # 500 and 500.00
            raise serializers.ValidationError(["A note or coin stands here twice."])
        return counts

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        notes = attrs.get("denominations")
        if attrs.get("counted") is None:
            if notes is None:
                raise serializers.ValidationError({"counted": ["This field is required."]})
            attrs["counted"] = total(Decimal(note) * count for note, count in notes.items())
        return attrs
