"""Describing what a dashboard answers: written as it looks on the wire, read by OpenAPI."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework import serializers

from pos_project.core.http.fields import MomentField, MoneyField

Leaf = Callable[..., serializers.Field]

MONEY: Leaf = MoneyField
COUNT: Leaf = serializers.IntegerField
TEXT: Leaf = serializers.CharField
DAY: Leaf = serializers.DateField
MOMENT: Leaf = MomentField


def or_null(leaf: Leaf) -> Leaf:
    """The same, or null."""
    return lambda: leaf(allow_null=True)


def list_of(leaf: Leaf) -> Leaf:
    """A list of plain values; a list of objects is written `[{…}]`."""
    return lambda: serializers.ListField(child=leaf())


def shape(name: str, fields: Mapping[str, Any]) -> type[serializers.Serializer]:
    """The serializer that describes an object; objects within it are named after it."""
    return type(
        name,
        (serializers.Serializer,),
        {key: _field(name, key, each) for key, each in fields.items()},
    )


def _field(name: str, key: str, each: Any) -> serializers.Field:
    if isinstance(each, Mapping):
        return shape(name + _words(key), each)()
    if isinstance(each, list):
        [row] = each
        return shape(name + _words(key), row)(many=True)
    field: serializers.Field = each()
    return field


def _words(key: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in key.split("_"))


class NamedPeriod(serializers.Serializer):
    fromDate = serializers.DateField()
    toDate = serializers.DateField()


class CountedPeriod(serializers.Serializer):
    from_date = serializers.DateField()
    to_date = serializers.DateField()
    days = serializers.IntegerField()


class Meta(serializers.Serializer):
    """When a dashboard was read, and by whom."""

    timestamp = MomentField()
    userId = serializers.IntegerField()
