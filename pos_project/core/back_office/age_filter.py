"""Dues by their age."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from pos_project.core.days import day_start, today
from pos_project.core.period import ONE_DAY

# How old a due is: label → from and to so many days.
AGES = {
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "90+": (91, None),
}


class AgeFilter(admin.SimpleListFilter):
    """By the days since the sale."""

    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(label, f"{label} days") for label in AGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in AGES:
            return queryset
        youngest, oldest = AGES[str(self.value())]
        last = today() - timedelta(days=youngest)
        queryset = queryset.filter(created_at__lt=day_start(last + ONE_DAY))
        if oldest is None:
            return queryset
        return queryset.filter(created_at__gte=day_start(today() - timedelta(days=oldest)))
