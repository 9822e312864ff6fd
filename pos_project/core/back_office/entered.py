"""When a row was really entered, beside the day it counts for, on its page of the back office."""

from typing import Any

from django.http import HttpRequest
from unfold.decorators import display

from pos_project.core.days import business_day, local_text


class SaysWhenEntered:
    """For a page of rows that may be dated back."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)  # type: ignore[misc]  # (a page's)
        return (*fields, "entered")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)  # type: ignore[misc]  # (a page's)
        return [name for name in fields if name != "entered_at"]

    @display(description="entered")
    def entered(self, row: Any) -> str:
        if row.entered_at is None:
            return "not kept in those days"
        at = local_text(row.entered_at)
        is_of_its_day = business_day(row.entered_at) == row.business_date
        return at if is_of_its_day else f"{at}, for {row.business_date:%d-%m-%Y}"
