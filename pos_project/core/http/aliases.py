"""Request fields that have two accepted names (contract 1.13)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers


class AliasedSerializer(serializers.Serializer):
    """`aliases` maps an accepted other name to the canonical one.

    Both may be sent if they mean the same; if they differ, nobody can know which one was meant.
    """

    aliases: ClassVar[Mapping[str, str]] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            data = {name: data.get(name) for name in data}
            for alias, name in self.aliases.items():
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

    def _means(self, name: str, value: Any) -> Any:
        try:
            return self.fields[name].run_validation(value)
        except serializers.ValidationError:
            return ("invalid", str(value))
