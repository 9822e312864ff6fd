"""Serializers of figures: each describes an answer to OpenAPI, and shows it.

A serializer names its fields as clients know them; where a figure is found is the field's source,
a path of attributes, or `*` for the object itself. Figures that follow from others have a field of
their own, so that nothing is written down twice:

    class Tax(FiguresSerializer):
        tax_collected = MoneyField(source="sold.tax_collected")
        effective_rate = PercentField("sold.tax_collected", of="sold.gross_sales")

How a row is shown is worked out once per class; DRF does it for each row anew, at several times
the cost. So fields know no context, and numbers, texts and amounts are shown as they are, rounded
where they were computed. A section of an answer is a class within the answer's own, which OpenAPI
names in full: `MainDashboardKeyMetrics`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.money import amount
from pos_project.core.percentages import average, percent, percentage


class FiguresSerializer(serializers.Serializer):
    # No docstring: OpenAPI would describe everything that has no words of its own by it.

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        name = "".join(each.removesuffix("Out") for each in cls.__qualname__.split("."))
        extend_schema_serializer(component_name=name)(cls)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return _compile(type(self))(instance)


Show = Callable[[Any], Any]
AS_THEY_ARE = (serializers.IntegerField, serializers.CharField, MoneyField)


@cache
def _compile(serializer: type[FiguresSerializer]) -> Show:
    """What turns an object into the answer that this serializer describes."""
    return compile_fields(serializer().fields)


def compile_fields(described: Mapping[str, serializers.Field]) -> Show:
    """What turns an object into what these fields show of it. They know no context."""
    names = tuple(described)
    sources = [str(field.source) for field in described.values()]
    # Read in one step; what is not shown as it is, is shown in a second.
    read = attrgetter(*("__class__" if source == "*" else source for source in sources))
    rendered = [
        (place, sources[place] == "*", _compile_value(field))
        for place, field in enumerate(described.values())
        if sources[place] == "*" or type(field) not in AS_THEY_ARE
    ]

    def show(figures: Any) -> dict[str, Any]:
        values = list(read(figures)) if len(names) > 1 else [read(figures)]
        for place, whole, render in rendered:
            value = figures if whole else values[place]
            values[place] = None if value is None else render(value)
        return dict(zip(names, values, strict=True))

    return show


def _compile_value(field: serializers.Field) -> Show:
    """What turns the field's own value into what it shows of it."""
    if isinstance(field, FiguresSerializer):
        return _compile(type(field))
    if isinstance(field, serializers.ListSerializer):
        assert field.child is not None
        show = _compile_value(field.child)
        return lambda rows: [show(row) for row in rows]
    return field.to_representation


class CentsField(MoneyField):
    """An amount that is counted in whole cents."""

    def to_representation(self, value: Any) -> Any:
        return amount(value)


class AverageField(MoneyField):
    """`total` ÷ `over`, to the cent; 0 when there is nothing to divide by. Both are paths."""

    def __init__(self, total: str, *, over: str, **kwargs: Any) -> None:
        self.read = attrgetter(total, over)
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> Any:
        return average(*self.read(value))


class PercentField(serializers.CharField):
    """How much `part` is of the whole, as text: `38.20%`, or `38.20` without the sign. Both are
    paths."""

    def __init__(self, part: str, *, of: str, sign: bool = True, **kwargs: Any) -> None:
        self.read, self.write = attrgetter(part, of), percent if sign else percentage
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        return self.write(*self.read(value))


class FixedText(serializers.CharField):
    """A text that is the same in every answer."""

    def __init__(self, text: str, **kwargs: Any) -> None:
        self.text = text
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        return self.text


class Meta(FiguresSerializer):
    """When a dashboard was read, and by whom."""

    timestamp = MomentField()
    userId = serializers.IntegerField(source="user_id")
