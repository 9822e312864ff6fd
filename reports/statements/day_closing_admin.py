"""Closed days in the back office: what each came to, and closing the days that are over."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelectWidget

from ledger import closing
from ledger.closing_models import DaySeal
from ledger.counted_forms import CountedForm, NotesForm, amount_field
from ledger.models import CashCount
from ledger.shift_figures import cash_at_tills
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.days import DayField
from pos_project.core.back_office.form_keys import key_of_form, reused
from pos_project.core.back_office.forms import FreeTextField, show_refusal
from pos_project.core.back_office.list_page import ShopChangeList
from pos_project.core.back_office.posted_records import ReadOnlyAdmin
from pos_project.core.days import today
from pos_project.core.errors import DomainError
from pos_project.core.http.fields import parse_day
from reports.documents.document import amount
from reports.statements.cash_counting import Counted, bank_accounts, count_cash, expected_cash
from reports.statements.day_closing import (
    close_until,
    days_to_close,
    last_closable_day,
    what_days_came_to,
)

# A page is waited for: so many days are closed at once, and the page goes on by itself.
AT_ONCE = 31


class CloseForm(forms.Form):
    """Up to which day; `first` is the first open day, and `last` the latest that is over."""

    until = DayField(label="Close up to and with")
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
        return until


class DayForm(forms.Form):
    day = DayField(label="Day")


class CountForm(CountedForm):
    """What lies in the drawer on a day, and what of it is taken to the bank."""

    day = DayField(label="Day")
    # What the page showed for the day it was about.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = FreeTextField(
        max_length=255, label="Why it differs", help_text="Needed when it differs."
    )
    banked = amount_field(
        label="Taken to the bank", help_text="The rest is the opening cash of the next day."
    )
    bank_account = forms.ChoiceField(label="Bank", widget=UnfoldAdminSelectWidget)
    field_order = ("day", "seen", "counted", "reason", "banked", "bank_account")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bank: Any = self.fields["bank_account"]
        bank.choices = list(bank_accounts().items())
        bank.required = bool(bank.choices)

    def counted_cash(self, *, expected: Decimal) -> Counted:
        said = self.cleaned_data
        sum_, notes = self.sum_and_notes()
        return Counted(
            sum_,
            day=said["day"],
            denominations=notes,
            reason=said["reason"],
            banked=said.get("banked") or Decimal(0),
            bank_account=said.get("bank_account") or None,
            expected=expected,
        )


class ClosedDayList(ShopChangeList):
    """Each row knows what its day came to: read for the page, not for each row."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown: Any = self
        rows = list(shown.result_list)
        came_to = what_days_came_to([row.day for row in rows])
        for row in rows:
            row.came_to = came_to[row.day]
        shown.result_list = rows


@admin.register(DaySeal)
class DaySealAdmin(ReadOnlyAdmin):
    """The closed days, each with what it came to; its seal stands on its own page."""

    list_display = (
        "day",
        "sales",
        "sales_total",
        "takings",
        "expected_cash",
        "counted_cash",
        "difference",
        "closed_at",
    )
    list_filter = (("day", RangeDateFilter),)
    ordering = ("-day",)
    fields = ("day", "seal", "previous", "row_counts", "created_at")
    actions_list = ("count_drawer", "close_days", "report_of_a_day", "today_so_far")
    actions_row = ("report",)
    actions_detail = ("report",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The genesis is no day; the checksums are for `reconcile`.
        return super().get_queryset(request).filter(day__isnull=False).defer("checksums")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ClosedDayList

    @display(description="sales")
    def sales(self, seal: Any) -> str:
        return f"{seal.came_to.sales:,}"

    @display(description="sold")
    def sales_total(self, seal: Any) -> str:
        return amount(seal.came_to.sales_total)

    @display(description="takings")
    def takings(self, seal: Any) -> str:
        return amount(seal.came_to.takings)

    @display(description="expected cash")
    def expected_cash(self, seal: Any) -> str:
        return amount(seal.came_to.expected)

    @display(description="counted")
    def counted_cash(self, seal: Any) -> str:
        counted = seal.came_to.counted
        return "not counted" if counted is None else amount(counted)

    @display(description="difference")
    def difference(self, seal: Any) -> str:
        return "–" if seal.came_to.counted is None else amount(seal.came_to.difference)

    @display(description="closed at", ordering="created_at")
    def closed_at(self, seal: DaySeal) -> Any:
        return seal.created_at

    @action(description="Report of a day", url_path="report-of", icon="calendar_month")
    def report_of_a_day(self, request: HttpRequest) -> HttpResponse:
        """Ask for a day, open or closed, and show its report."""
        form = DayForm(asked(request), initial={"day": today()})
        if form.is_valid():
            return redirect("day-closing", form.cleaned_data["day"].isoformat())
        return self.ask_page(
            request, form, title="Report of a day", button="Show", back_to=self.list_page
        )

    @action(description="Count cash", url_path="count", icon="payments")
    def count_drawer(self, request: HttpRequest) -> HttpResponse:
        """Show what must lie in the drawer, ask what does, and book the difference."""
        by: Any = request.user
        day = parse_day(request.GET.get("day", "")) or day_to_count(store_id=by.store_id)
        notes = NotesForm(asked(request))
        form = CountForm(asked(request), initial={"day": day}, notes=notes)
        if form.is_valid():
            day = form.cleaned_data["day"]
        expected = expected_cash(day, store_id=by.store_id)
        at_tills = cash_at_tills(day, store_id=by.store_id)
        seen = f"{day}:{expected}"
        if form.is_valid() and form.cleaned_data["seen"] == seen:
            try:
                key = key_of_form(request, lambda done: (_told(done), self.list_page))
                done = count_cash(form.counted_cash(expected=expected), by=by, key=key)
            except DomainError as refusal:
                show_refusal(form, refusal)
            else:
                self.message_user(request, _told(done), "SUCCESS")
                return redirect(self.list_page)
        elif form.is_valid() and form.cleaned_data["seen"]:
            form.add_error(None, "Cash came or went meanwhile, or the day is another: see below.")
        return self.ask_page(
            request,
            form,
            title="Count cash",
            button="Book the count",
            back_to=self.list_page,
            template="back_office/count_cash.html",
            extra={
                "day": day,
                "expected": amount(expected),
                "at_tills": amount(at_tills) if at_tills else "",
                "seen": seen,
                "notes": notes,
            },
        )

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
        until = parse_day(request.GET.get("until", "")) or last
        form = CloseForm(
            asked(request), first=first, last=last, initial={"until": min(max(until, first), last)}
        )
        until = form.initial["until"]
        if form.is_valid():
            until = form.cleaned_data["until"]
            if form.cleaned_data["seen"] == _seen(first, until):
                try:
                    return self._close(request, first, until)
                except DomainError as refusal:
                    show_refusal(form, reused(request, refusal))
        last_shown = _last_at_once(first, until)
        days = [] if form.errors else days_to_close(first, last_shown)
        return self.ask_page(
            request,
            form,
            title="Close days",
            button=_button(first, until) if days else "Show the days",
            back_to=self.list_page,
            warning="Closing is for good: nothing is posted into a closed day any more.",
            template="back_office/close_days.html",
            extra={
                "days": days,
                "later": (until - last_shown).days if days else 0,
                "seen": _seen(first, until),
                "goes_on": request.GET.get("goes_on") == "1" and request.method == "GET",
            },
        )

    def _close(self, request: HttpRequest, first: date, until: date) -> HttpResponse:
        """Close days, and on to the list; or, when there are more, to the page that closes the
        next ones."""
        last = _last_at_once(first, until)
        goes_on_at = f"{request.path}?until={until}&goes_on=1" if last < until else self.list_page
        told = f"{_count(first, last)} closed."
        close_until(last, key=key_of_form(request, lambda _: (told, goes_on_at)))
        self.message_user(request, _with_report(told, last), "SUCCESS")
        return redirect(goes_on_at)


def _seen(first: date, until: date) -> str:
    return f"{first}:{until}"


def _last_at_once(first: date, until: date) -> date:
    """The last day that one click closes; the page shows them, and goes on with the next."""
    return min(until, first + timedelta(days=AT_ONCE - 1))


def _button(first: date, until: date) -> str:
    return "Close this day" if first == until else f"Close these {_count(first, until)}"


def _count(first: date, last: date) -> str:
    count = (last - first).days + 1
    return f"{count} day{'' if count == 1 else 's'}"


def _with_report(told: str, last: date) -> str:
    return format_html(
        '{} <a class="underline" href="{}">Day closing report of {}</a>',
        told,
        reverse("day-closing", args=[last.isoformat()]),
        f"{last:%d-%m-%Y}",
    )


def day_to_count(*, store_id: int) -> date:
    """The day whose cash is counted now: the last one that is over, while it is open and was not
    counted, else today."""
    over, open_from = last_closable_day(), closing.next_day()
    counted = CashCount.objects.filter(store_id=store_id, business_date__gte=over).exists()
    return over if open_from is not None and open_from <= over and not counted else today()


def _told(count: CashCount) -> str:
    over = "over" if count.difference > 0 else "short"
    differs = f"{amount(abs(count.difference))} {over}" if count.difference else "it agrees"
    return (
        f"Cash of {count.business_date:%d-%m-%Y}: {amount(count.counted)} counted, {differs};"
        f" {amount(count.banked)} to the bank, {amount(count.left)} stay in the drawer."
    )
