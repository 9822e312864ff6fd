"""Closed days in the back office: what each came to, and closing the days that are over."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSingleDateWidget

from ledger import closing
from ledger.models import DaySeal
from pos_project.core.back_office.form_keys import require_looked_over
from pos_project.core.back_office.forms import show_refusal
from pos_project.core.back_office.model_admin import ReadOnlyAdmin, asked
from pos_project.core.days import today
from pos_project.core.errors import DomainError
from reports.statements.day_closing import DayToClose, close_until, days_to_close, last_closable_day

# A page is waited for; a backlog is for the command, which shows how far it is.
MAX_DAYS = 31


class CloseForm(forms.Form):
    """Up to which day; `first` is the first open day, and `last` the latest that is over."""

    until = forms.DateField(label="Close up to and with", widget=UnfoldAdminSingleDateWidget)
    # What the page showed: those days are closed, or it is shown anew.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until > self.last:
            raise forms.ValidationError(
                f"{until:%d-%m-%Y} can be closed ten minutes after it ended, not before."
            )
        if until < self.first:
            raise forms.ValidationError(f"The first open day is {self.first:%d-%m-%Y}.")
        if (until - self.first).days >= MAX_DAYS:
            raise forms.ValidationError(
                f"At most {MAX_DAYS} days at once are closed here. For more, run:"
                f" manage.py close_day {until}"
            )
        return until


@admin.register(DaySeal)
class DaySealAdmin(ReadOnlyAdmin):
    """The closed days, each with its seal and what it came to."""

    list_display = ("day", "seal", "created_at")
    list_filter = (("day", RangeDateFilter),)
    ordering = ("-day",)
    fields = ("day", "seal", "previous", "row_counts", "created_at")
    actions_list = ("close_days", "today_so_far")
    actions_row = ("report",)
    actions_detail = ("report",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The genesis is no day; the checksums are for `reconcile`.
        return super().get_queryset(request).filter(day__isnull=False).defer("checksums")

    @action(description="Day report", url_path="report", icon="summarize")
    def report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The day closing as a document."""
        seal: Any = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("day-closing", seal.day.isoformat())

    @action(description="Today so far", url_path="today", icon="today")
    def today_so_far(self, request: HttpRequest) -> HttpResponse:
        """The same report of the day that is not over."""
        return redirect("day-closing", today().isoformat())

    @action(description="Close days", url_path="close", icon="event_available")
    def close_days(self, request: HttpRequest) -> HttpResponse:
        """Show what would be closed, then close just that: what `manage.py close_day` does."""
        first, last = closing.next_day(), last_closable_day()
        if first is None or first > last:
            self.message_user(request, "Every day that is over is closed.")
            return redirect(self.list_page)
        until = min(last, first + timedelta(days=MAX_DAYS - 1))
        form = CloseForm(asked(request), first=first, last=last, initial={"until": until})
        if form.is_valid():
            until = form.cleaned_data["until"]
            if form.cleaned_data["seen"] == _seen(first, until):
                try:
                    require_looked_over(request)
                    closed = close_until(until)
                except DomainError as refusal:
                    show_refusal(form, refusal)
                else:
                    self.message_user(request, _said(closed, until), "SUCCESS")
                    return redirect(self.list_page)
        days = [] if form.errors else days_to_close(first, until)
        return self.ask_page(
            request,
            form,
            title="Close days",
            button=_button(days),
            back_to=self.list_page,
            warning="Closing is for good: nothing is posted into a closed day any more.",
            template="back_office/close_days.html",
            extra={
                "days": days,
                "seen": _seen(first, until),
                "open_days": (last - first).days + 1,
                "max_days": MAX_DAYS,
                "last": last,
            },
        )


def _seen(first: date, until: date) -> str:
    return f"{first}:{until}"


def _button(days: list[DayToClose]) -> str:
    if not days:
        return "Show the days"
    return "Close this day" if len(days) == 1 else f"Close these {len(days)} days"


def _said(closed: list[DaySeal], until: date) -> str:
    count = f"{len(closed)} day{'' if len(closed) == 1 else 's'} closed"
    return format_html(
        '{}. <a class="underline" href="{}">Day closing report of {}</a>',
        count,
        reverse("day-closing", args=[until.isoformat()]),
        f"{until:%d-%m-%Y}",
    )
