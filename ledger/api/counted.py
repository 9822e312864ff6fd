"""What lay in a drawer or till: a sum, or how many there were of each note and coin, or both."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import MoneyField
from pos_project.core.money import total

MOST_NOTES = 50


class CountedIn(MovesMoneyIn):
    counted = MoneyField(required=False)
    denominations = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=10**6), required=False
    )

    def validate_denominations(self, notes: dict[str, int]) -> dict[str, int]:
        if len(notes) > MOST_NOTES:
            raise serializers.ValidationError([f"At most {MOST_NOTES} notes and coins."])
        worth = MoneyField(exact=True, least=Decimal("0.01"))
        return {str(worth.run_validation(note)): count for note, count in notes.items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        notes = attrs.get("denominations")
        if attrs.get("counted") is None:
            if notes is None:
                raise serializers.ValidationError({"counted": ["This field is required."]})
            attrs["counted"] = total(Decimal(note) * count for note, count in notes.items())
        return attrs
