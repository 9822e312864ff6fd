"""Serializers of figures: each describes an answer to OpenAPI, and renders it.

A serializer names its fields as the contract does; where a figure is found is the field's source.
Figures are computed from others by a field of their own, so that nothing is written down twice:

    class Tax(FiguresSerializer):
        tax_collected = MoneyField(source="sold.tax_collected")
        effective_rate = PercentField("sold.tax_collected", of="sold.gross_sales")
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.money import amount
from pos_project.core.percentages import average, percent, percentage


class FiguresSerializer(serializers.Serializer):
    """Out only. Reads attributes: a source is a path of them, or `*` for the object itself.

    How to read and render a row is worked out once per class; DRF, which does it for each row
    anew, takes five times as long. So fields have no context. A section of an answer is a class
    within the answer's own, which OpenAPI names in full: `MainDashboardKeyMetrics`.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if FiguresSerializer in cls.__bases__ and cls.__doc__ is None:
            cls.__doc__ = ""  # else OpenAPI would describe it in the words above
        name = "".join(each.removesuffix("Out") for each in cls.__qualname__.split("."))
        extend_schema_serializer(component_name=name)(cls)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        answer = {}
        for name, read, render in _steps(type(self)):
            value = read(instance)
            answer[name] = None if value is None else render(value)
        return answer


Step = tuple[str, Callable[[Any], Any], Callable[[Any], Any]]


@cache
def _steps(serializer: type[FiguresSerializer]) -> tuple[Step, ...]:
    """Of each field its name, how it is read from an object, and how the value is rendered."""
    return tuple(
        (
            name,
            _itself if field.source == "*" else attrgetter(str(field.source)),
            field.to_representation,
        )
        for name, field in serializer().fields.items()
    )


def _itself(figures: Any) -> Any:
    return figures


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
