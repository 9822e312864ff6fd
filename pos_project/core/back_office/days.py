"""Days in forms: written as papers print them, and said before booking where they move."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminSingleDateWidget

from pos_project.core.days import FIRST_DAY, LAST_DAY, read_day, today
from pos_project.core.posting_context import counts_on


class DayField(forms.DateField):
    """A day as 2026-11-05 or, day first, as 05/11/2026; never month first."""

    widget = UnfoldAdminSingleDateWidget
    default_error_messages = {"invalid": "No such day. Write 2026-11-05 or 05/11/2026."}

    def __init__(self, *, first: date = FIRST_DAY, **kwargs: Any) -> None:
        self.first = first
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        typed = read_day(value, first=self.first) if isinstance(value, str) else None
        day = super().to_python(typed or value)
        if day is not None and not self.first <= day <= LAST_DAY:
            raise forms.ValidationError(f"A day between {self.first:%Y} and {LAST_DAY:%Y}.")
        return day


class MovesToAnOpenDay(forms.Form):
    """A form whose document may count on another day than it says: that is said, and asked once
    more, before it is booked."""

    day_field: ClassVar[str]

    moved = forms.CharField(required=False, widget=forms.HiddenInput)  # what was said and agreed

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        day = said.get(self.day_field)
        if day is None or day > today() + timedelta(days=1):  # the use case refuses what is ahead
            return said
        counts = counts_on(day)
        told = f"{day}:{counts}"
        if counts != day and said.get("moved") != told:
            why = "has not come yet" if day > counts else "is closed"
            self.add_error(
                self.day_field,
                f"{day:%d-%m-%Y} {why}: this would count on {counts:%d-%m-%Y}. Send it once more"
                " to book it so, or choose another day.",
            )
            sent: Any = self.data.copy()  # type: ignore[attr-defined]  # (a QueryDict)
            sent[self.add_prefix("moved")] = told  # shown again, it knows what was said
            self.data = sent
        return said
