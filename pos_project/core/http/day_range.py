"""A range of days that narrows a list (docs/api.md §4): each bound works alone, none is all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.days import day_start
from pos_project.core.http.fields import BlankIsAbsent, DayField
from pos_project.core.period import ONE_DAY


@dataclass(frozen=True)
class DayRange:
    """The days from `first` to `last`, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def of_moments(self, column: str) -> Q:
        """Rows whose moment lies in the range, by the shop's days: bounds, so an index serves."""
        condition = Q()
        if self.first:
            condition &= Q(**{f"{column}__gte": day_start(self.first)})
        if self.last:
            condition &= Q(**{f"{column}__lt": day_start(self.last + ONE_DAY)})
        return condition

    def of_days(self, column: str) -> Q:
        """Rows whose day lies in the range."""
        condition = Q()
        if self.first:
            condition &= Q(**{f"{column}__gte": self.first})
        if self.last:
            condition &= Q(**{f"{column}__lte": self.last})
        return condition


class DayRangeIn(serializers.Serializer):
    """The query of a list that can be narrowed to some days."""

    fromDate = DayField(required=False)
    toDate = DayField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("fromDate"), attrs.get("toDate")
        if first and last and first > last:
            raise serializers.ValidationError(
                {"fromDate": "fromDate must not be later than toDate."}
            )
        return attrs


class KindField(BlankIsAbsent, serializers.ChoiceField):
    """Which kind of rows is asked for; `All` and nothing mean all of them.

    `also` maps other words for a kind to it.
    """

    EVERY = ("All", "all")

    def __init__(
        self, kinds: tuple[str, ...], *, also: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        self.also = dict(also or {})
        super().__init__(choices=[*self.EVERY, *kinds, *self.also], required=False, **kwargs)

    def to_internal_value(self, data: Any) -> str | None:
        kind: str = super().to_internal_value(data)
        return None if kind in self.EVERY else self.also.get(kind, kind)


def asked(serializer: type[DayRangeIn], request: Request) -> dict[str, Any]:
    """The request's query, validated, with the range under `days`; wrong values answer 400."""
    query = serializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    found = query.validated_data
    return {**found, "days": DayRange(found.get("fromDate"), found.get("toDate"))}
