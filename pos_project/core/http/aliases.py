"""Request fields that have two accepted names, and keys that may not be dropped in silence."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from typing import Any, ClassVar

from rest_framework import serializers


class AliasedSerializer(serializers.Serializer):
    """`aliases` maps an accepted other name to the canonical one; those of base classes count too.

    Both may be sent if they mean the same; if they differ, nobody can know which one was meant.
    """

    aliases: ClassVar[Mapping[str, str]] = {}

    @classmethod
    @cache
    def all_aliases(cls) -> dict[str, str]:
        """Its own, and those of the classes it builds on."""
        merged: dict[str, str] = {}
        for each in reversed(cls.__mro__):
            merged.update(vars(each).get("aliases", {}))
        return merged

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            data = {name: data.get(name) for name in data}
            for alias, name in self.all_aliases().items():
                if alias not in data:
                    continue
                other = data.pop(alias)
                if name not in data:
                    data[name] = other
                elif self._means(name, data[name]) != self._means(name, other):
                    raise serializers.ValidationError(
                        {name: [f"Sent twice, as {name} and {alias}, with different values."]}
                    )
        return super().to_internal_value(data)

    @cached_property
    def _writable_fields(self) -> list[serializers.Field[Any, Any, Any, Any]]:
        # DRF goes through all fields anew for every line of a body.
        return [field for field in self.fields.values() if not field.read_only]

    def run_validators(self, value: Any) -> None:
        if self.validators:
            super().run_validators(value)

    def _means(self, name: str, value: Any) -> Any:
        try:
            return self.fields[name].run_validation(value)
        except serializers.ValidationError:
            return ("invalid", str(value))


class MovesMoneyIn(AliasedSerializer):
    """The body of a write that moves money or stock.

    Unknown keys are ignored, but not one that changes money or stock in other writes: whoever
    sends a discount to a purchase means it. Empty and zero say nothing, so they pass.
    """

    # What changes money or stock where it is known.
    TELLING: ClassVar[frozenset[str]] = frozenset(
        {
            *("items", "tax", "discount", "freight", "rounding", "payments"),
            *("method", "payment_method", "amount", "sale_ids", "purchase_ids"),
        }
    )
    ignored: ClassVar[frozenset[str]] = frozenset()  # promised to be ignored here

    @cached_property
    def _refused(self) -> Sequence[str]:
        known = self.fields.keys() | self.all_aliases().keys() | self.ignored
        return sorted(self.TELLING - known)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [
                name for name in self._refused if name in data and _says_something(data[name])
            ]
            if unknown:
                text = "Not understood here; nothing was written."
                raise serializers.ValidationError({name: [text] for name in unknown})
        return super().to_internal_value(data)


def _says_something(value: Any) -> bool:
    if isinstance(value, str):
        try:
            return bool(Decimal(value.strip() or "0"))
        except InvalidOperation:
            return True
    return bool(value)
