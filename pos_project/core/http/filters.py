"""What lists have in common: a date range, a search text, an order; wrong values answer 400."""

import re
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django_filters.rest_framework import BooleanFilter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from pos_project.core.days import day_start
from pos_project.core.db.search_text import holding
from pos_project.core.http.fields import MAX_ID, parse_day
from pos_project.core.period import ONE_DAY

MAX_SEARCH_LENGTH = 255  # no searched column is longer, and SQLite refuses endless patterns


class _DayFormField(forms.Field):
    def clean(self, value: Any) -> date | None:
        if value is None or not str(value).strip():
            return None
        day = parse_day(str(value))
        if day is None:
            raise forms.ValidationError("A real date YYYY-MM-DD between 2000 and 2100.")
        return day


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = _DayFormField


class DayOfMomentFilter(DayFilter):
    """Bounds a moment by the shop's days: `gte` from the day's first moment, `lte` to its last."""

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None:
            return qs
        if self.lookup_expr == "gte":
            return qs.filter(**{f"{self.field_name}__gte": day_start(value)})
        return qs.filter(**{f"{self.field_name}__lt": day_start(value + ONE_DAY)})


class IdFormField(forms.IntegerField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(min_value=1, max_value=MAX_ID)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> int | None:
        # Django alone also takes "1.0", "1_0" and the digits of every script.
        text = str(value or "").strip()
        if text and not re.fullmatch(r"[+-]?[0-9]+", text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class IdFilter(django_filters.NumberFilter):
    """An id; empty means no filter, an unknown id an empty list, anything else 400."""

    field_class = IdFormField

    def get_max_validator(self) -> None:
        return None


class FlagFilter(BooleanFilter):
    """`true`/`1` filters by `when_true`; anything else does not filter."""

    def __init__(self, *args: Any, when_true: Q, **kwargs: Any) -> None:
        self.when_true = when_true
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.filter(self.when_true) if value else qs


class ContractFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("fromDate"), cleaned.get("toDate")
        if first and last and first > last:
            self.add_error("fromDate", "fromDate must not be later than toDate.")
        return cleaned


class ContractFilter(django_filters.FilterSet):
    """Base of the list filters.

    `search_in` names the columns of a substring search (`core.db.search_text.holding`),
    `orders` maps the wire's `sort` values to columns or expressions, `default_order` applies
    without `sort` and `order`; `order` alone turns `default_sort`. Ties are broken by id,
    descending.
    """

    search_in: ClassVar[tuple[str, ...]] = ()
    orders: ClassVar[dict[str, Any]] = {}
    default_order: ClassVar[tuple[Any, ...]] = ("-id",)
    default_sort: ClassVar[str] = "id"

    class Meta:
        form = ContractFilterForm

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        filters = super().get_filters()
        if cls.search_in:
            filters["search"] = django_filters.CharFilter(
                method="matching", label="search", max_length=MAX_SEARCH_LENGTH
            )
        if cls.orders:
            filters["sort"] = django_filters.ChoiceFilter(
                choices=[(name, name) for name in cls.orders], method="unchanged", label="sort"
            )
            filters["order"] = django_filters.ChoiceFilter(
                choices=[("asc", "asc"), ("desc", "desc")], method="unchanged", label="order"
            )
        return filters

    def unchanged(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """`sort` and `order` act together, once everything is filtered."""
        return queryset

    def matching(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rows that hold the searched text in one of `search_in`."""
        condition = Q()
        for column in self.search_in:
            condition |= holding(queryset.model, column, value)
        return queryset.filter(condition)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        queryset = super().filter_queryset(queryset)
        sort, order = self.form.cleaned_data.get("sort"), self.form.cleaned_data.get("order")
        if not sort and not order:
            return queryset.order_by(*self.default_order)
        column = self.orders[sort or self.default_sort]
        column = F(column) if isinstance(column, str) else column
        if order == "asc":
            return queryset.order_by(column.asc(nulls_last=True), "-id")
        return queryset.order_by(column.desc(nulls_last=True), "-id")
