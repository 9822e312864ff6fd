"""Tills and shifts in the back office: opened, cash put in and taken out, counted and closed."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import ExpressionWrapper, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import Store
from accounts.stores import has_several
from ledger import tills
from ledger.api.shift_serializers import CashMovementIn
from ledger.api.tills import TillIn
from ledger.chart_models import LedgerAccount
from ledger.counted_forms import CountedForm, NotesForm, amount_field
from ledger.party_statement import AMOUNT
from ledger.payments import CASH, METHODS
from ledger.shifts import (
    Movement,
    ShiftCount,
    close_shift,
    move_cash,
    open_shift,
)
from ledger.till_models import CashMovement, Shift, Till
from ledger.till_of_session import choose_till, till_of
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import AsTheApi, FreeTextField, RowForm
from pos_project.core.back_office.lists import amount_text
from pos_project.core.back_office.master_data import MasterDataAdmin
from pos_project.core.back_office.posted_records import HistoryInline, ReadOnlyAdmin
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.money import MAX_AMOUNT


class TillForm(RowForm):
    api = TillIn


@admin.register(Till)
class TillAdmin(MasterDataAdmin):
    """The places where money is taken, and what is open there."""

    form = TillForm
    list_display = ("name", "store", "shift_now", "since")
    list_select_related = ("store", "open_shift__opened_by")
    search_fields = ("name_key",)
    search_help_text = "Name"
    ordering = ("store", "name_key", "id")
    fields = ("name",)
    actions_list = ("archived", "leave")
    actions_row = ("open_here", "work_here")
    actions_detail = ("open_here", "work_here", "remove")
    removal_warning = "Its shifts stay; nobody opens another one there."

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        columns = super().get_list_display(request)
        return columns if has_several() else tuple(each for each in columns if each != "store")

    @display(description="shift")
    def shift_now(self, till: Till) -> str:
        shift = getattr(till, "open_shift", None)
        return f"open, by {shift.opened_by.name}" if shift else "–"

    @display(description="since")
    def since(self, till: Till) -> Any:
        shift = getattr(till, "open_shift", None)
        return shift.created_at if shift else None

    @action(description="Shift", url_path="shift", icon="point_of_sale")
    def open_here(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """On to the shift that is open here, or to the form that opens one."""
        till: Till = get_object_or_404(self.get_queryset(request), pk=object_id)
        shifts: Any = self.admin_site._registry[Shift]
        shift = Shift.objects.filter(open_till=till).first()
        if shift is not None:
            return redirect(shifts.page_of(shift.pk))
        return redirect(f"{reverse('admin:ledger_shift_open_one')}?till={till.pk}")

    @action(description="Work here", url_path="work", icon="badge")
    def work_here(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From the next page on, what this person books is of the shift that is open here."""
        till: Till = get_object_or_404(self.get_queryset(request), pk=object_id)
        by: Any = request.user

        def do(_: dict[str, Any], __: RequestKey | None) -> None:
            with transaction.atomic():
                tills.open_shift_of(till.pk, by.store_id)
            choose_till(request, till)

        return self.ask_and_do(
            request,
            forms.Form(asked(request)),
            do,
            lambda _: f"You work at {till.name}: what you book is of its shift.",
            title=f"Work at {till.name}?",
            button="Work here",
            back_to=self.list_page,
        )

    @action(description="Leave the till", url_path="leave", icon="logout")
    def leave(self, request: HttpRequest) -> HttpResponse:
        """What this person books is in the store's drawer again."""
        return self.ask_and_do(
            request,
            forms.Form(asked(request)),
            lambda _, __: choose_till(request, None),
            lambda _: "You work at no till: what you book is in the store's drawer.",
            title=f"Leave {till_of(request) or 'the till'}?",
            button="Leave",
            back_to=self.list_page,
        )

    def add_row(self, fields: dict[str, Any], *, by: Any, key: RequestKey | None, **_: Any) -> Till:
        return tills.add_till(fields["name"], store_id=by.store_id, key=key)

    def change_row(self, row_id: Any, fields: dict[str, Any], **_: Any) -> None:
        if "name" in fields:
            tills.rename_till(row_id, fields["name"])

    def take_out(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        tills.archive_till(row.pk, key=key)

    def bring_back(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        tills.restore_till(row.pk, key=key)


class OpenForm(forms.Form):
    till_id = forms.TypedChoiceField(
        label="Till", coerce=int, empty_value=None, widget=UnfoldAdminSelectWidget
    )
    opening_float = amount_field(
        label="Float",
        required=True,
        help_text="The change that lies in the till now. It comes of the store's drawer.",
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Till.objects.listed().filter(store_id=by.store_id, open_shift=None)
        till: Any = self.fields["till_id"]
        till.choices = list(free.order_by("name_key").values_list("pk", "name"))


class MoveForm(AsTheApi, forms.Form):
    api = CashMovementIn

    kind = forms.ChoiceField(
        label="What", choices=CashMovement.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    amount = amount_field(required=True)
    reason = FreeTextField(max_length=255, required=True)
    category = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Of what is paid out: it is an expense. Empty: other expenses.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spent = LedgerAccount.objects.listed().filter(kind=LedgerAccount.Kind.EXPENSE)
        names = spent.filter(is_control=False).order_by("number").values_list("name", flat=True)
        category: Any = self.fields["category"]
        category.choices = [("", "–"), *((name, name) for name in names)]

    def movement(self) -> Movement:
        said = self.cleaned_data
        return Movement(
            said["kind"], said["amount"], said["reason"], category=said["category"] or None
        )


class CloseForm(CountedForm):
    """What lies in the till, and what the slips of each other method come to."""

    reason = FreeTextField(max_length=255, required=False, label="Remark, if it may differ")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, method in sorted(METHODS.get().items()):
            if code != CASH and method.is_active:
                self.fields[f"slips_{code}"] = amount_field(
                    label=f"{method.name}: sum of the slips", min_value=-MAX_AMOUNT
                )

    def count(self) -> ShiftCount:
        said = self.cleaned_data
        sum_, notes = self.sum_and_notes()
        slips: dict[str, Decimal] = {
            name.removeprefix("slips_"): value
            for name, value in said.items()
            if name.startswith("slips_") and value is not None
        }
        return ShiftCount(sum_, notes, slips, said["reason"] or None)


class CashMovementInline(HistoryInline):
    model = CashMovement
    verbose_name_plural = "cash put in and taken out"
    fields = ("created_at", "kind", "amount", "reason", "user")
    readonly_fields = fields


@admin.register(Shift)
class ShiftAdmin(ReadOnlyAdmin):
    """The shifts: who opened and closed them, what was expected and what was counted."""

    list_display = (
        "named",
        "till",
        "state",
        "over_or_short",
        "expected",
        "counted",
        "opened_by",
        "created_at",
        "closed_at",
    )
    list_display_links = ("named",)
    list_filter = (
        "status",
        ("till", admin.RelatedOnlyFieldListFilter),
        ("business_date", RangeDateFilter),
    )
    list_select_related = ("till", "opened_by", "closed_by")
    list_totals = {"Over (+) or short": ExpressionWrapper(F("counted") - F("expected"), AMOUNT)}
    search_fields = ("z_number",)
    search_help_text = "Number of the Z report"
    ordering = (F("id").desc(),)
    fields = (
        ("till", "status"),
        ("opened_by", "created_at", "opening_float"),
        ("closed_by", "closed_at", "business_date"),
        ("expected", "counted", "over_or_short"),
        "reason",
    )
    readonly_fields = ("over_or_short",)
    inlines = (CashMovementInline,)
    actions_list = ("open_one",)
    actions_row = ("report",)
    actions_detail = ("count_and_close", "put_in_or_take_out", "report")

    @display(description="shift", ordering="id")
    def named(self, shift: Shift) -> str:
        return str(shift).capitalize()

    @display(description="state", ordering="status", label={"open": "warning", "closed": "success"})
    def state(self, shift: Shift) -> tuple[str, str]:
        return shift.status, shift.get_status_display()

    @display(description="difference")
    def over_or_short(self, shift: Shift) -> str:
        return "–" if shift.difference is None else amount_text(shift.difference)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """A closed shift has its report alone."""
        offered = super().get_actions_detail(request, object_id)
        shift = self.get_object(request, object_id)
        if shift is None or shift.status == Shift.Status.OPEN:
            return offered
        return [each for each in offered if each.method.url_path == "report"]

    @action(description="Open a shift", url_path="open", icon="play_arrow")
    def open_one(self, request: HttpRequest) -> HttpResponse:
        """Ask for the till and its float, and open a shift there."""
        by: Any = request.user
        form = OpenForm(asked(request), by=by, initial={"till_id": request.GET.get("till")})
        tills: Any = form.fields["till_id"]

        def do(said: dict[str, Any], key: RequestKey | None) -> Shift:
            return open_shift(said["till_id"], said["opening_float"], by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda shift: (f"A shift is open at {shift.till.name}.", self.page_of(shift.pk)),
            title="Open a shift",
            button="Open",
            back_to=self.list_page,
            warning="" if tills.choices else _no_till(by.store_id),
        )

    @action(description="Cash in or out", url_path="move", icon="swap_vert")
    def put_in_or_take_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what moves and why, and book it."""
        shift: Shift = get_object_or_404(self.get_queryset(request), pk=object_id)
        by: Any = request.user
        form = MoveForm(asked(request))

        def do(_: dict[str, Any], key: RequestKey | None) -> CashMovement:
            return move_cash(shift.pk, form.movement(), by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda moved: f"{moved.get_kind_display()}: {moved.amount:,.2f}.",
            title=f"Cash in or out at {shift.till.name}",
            button="Book",
            back_to=self.page_of(shift.pk),
        )

    @action(description="Count and close", url_path="close", icon="fact_check")
    def count_and_close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what lies in the till, book what it differs by and number the Z report."""
        shift: Shift = get_object_or_404(self.get_queryset(request), pk=object_id)
        notes = NotesForm(asked(request))
        by: Any = request.user
        form = CloseForm(asked(request), notes=notes)

        def do(_: dict[str, Any], key: RequestKey | None) -> Shift:
            return close_shift(shift.pk, form.count(), by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            _told,
            title=f"Count {shift.till.name} and close its shift",
            button="Close the shift",
            back_to=self.page_of(shift.pk),
            warning="Closing is for good. The count is blind: what must lie there is on the"
            " X report, and on the Z report afterwards.",
            template="back_office/count_till.html",
            extra={"notes": notes},
        )

    @action(description="X or Z report", url_path="report", icon="receipt_long")
    def report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The paper: X of an open shift, Z of a closed one."""
        shift: Shift = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("open-document", "shift", shift.pk)


def _told(shift: Shift) -> str:
    difference = shift.difference or Decimal(0)
    word = "over" if difference > 0 else "short"
    differs = f"{abs(difference):,.2f} {word}" if difference else "it agrees"
    return f"Z {shift.z_number}: {shift.counted:,.2f} counted, {differs}."


def _no_till(store_id: int) -> str:
    """Why there is none to choose."""
    if Till.objects.listed().filter(store_id=store_id).exists():
        return "A shift is open at every till."
    return f"{Store.objects.get(pk=store_id)} has no till yet: add one (Tills)."
