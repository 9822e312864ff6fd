"""The books in the back office: history to read; accounts and methods an accountant adds."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from ledger.expenses import Spending, record_expense, reverse_expense
from ledger.manual_entries import reverse_manual_entry
from ledger.models import (
    DaySeal,
    Expense,
    JournalEntry,
    JournalLine,
    LedgerAccount,
    Payment,
    PaymentMethod,
)
from ledger.payment_reversals import reverse_payment
from pos_project.core.admin import ReadOnlyAdmin, ReversibleAdmin, ShopAdmin, asked
from pos_project.core.days import today


class KeptAdmin(ShopAdmin):
    """Rows that the journal points to: added and renamed, the rest fixed, never deleted."""

    fixed: tuple[str, ...] = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return self.fixed if obj else ()


@admin.register(LedgerAccount)
class LedgerAccountAdmin(KeptAdmin):
    fixed = ("code", "kind", "is_control")
    list_display = ("number", "name", "kind", "is_control")
    search_fields = ("number", "name", "code")


@admin.register(PaymentMethod)
class PaymentMethodAdmin(KeptAdmin):
    list_display = ("name", "code", "account", "is_active")
    list_select_related = ("account",)
    search_fields = ("name", "code")
    autocomplete_fields = ("account",)


@admin.register(Payment)
class PaymentAdmin(ReversibleAdmin):
    opposite = staticmethod(reverse_payment)
    list_display = ("id", "created_at", "way", "amount", "method", "payment_type", "party", "user")
    list_filter = (
        ("business_date", RangeDateFilter),
        "direction",
        "method",
        "payment_type",
        "payment_party",
    )
    search_fields = ("reference_no__istartswith", "customer__name", "supplier__name")
    list_select_related = ("method", "customer", "supplier", "user")
    ordering = ("-id",)

    @display(description="", ordering="direction", label={"in": "success", "out": "warning"})
    def way(self, payment: Payment) -> tuple[str, str]:
        return payment.direction, payment.direction

    @display(description="from or to")
    def party(self, payment: Payment) -> str:
        party: Any = payment.customer or payment.supplier
        return party.name if party else "walk-in"


class ExpenseForm(forms.Form):
    title = forms.CharField(max_length=255, widget=UnfoldAdminTextInputWidget)
    amount = forms.DecimalField(
        min_value=0.01, max_digits=10, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget
    )
    category = forms.CharField(
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="The name of an expense account books it there; anything else goes to others.",
    )
    method = forms.ChoiceField(label="Paid by", widget=UnfoldAdminSelectWidget)
    expense_date = forms.DateField(
        label="Day",
        required=False,
        initial=today,
        widget=UnfoldAdminSingleDateWidget,
        help_text="A closed day moves to today.",
    )
    description = forms.CharField(
        max_length=1000, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = PaymentMethod.objects.filter(is_active=True).order_by("name")
        self.fields["method"].choices = list(active.values_list("code", "name"))  # type: ignore[attr-defined]


@admin.register(Expense)
class ExpenseAdmin(ReversibleAdmin):
    opposite = staticmethod(reverse_expense)
    list_display = (
        "id",
        "business_date",
        "title",
        "amount",
        "category",
        "payment_method",
        "created_by",
    )
    list_filter = (("business_date", RangeDateFilter), "payment_method")
    search_fields = ("title", "category")
    list_select_related = ("payment_method", "created_by")
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        record = path("add/", self.admin_site.admin_view(self.record), name="ledger_expense_add")
        return [record, *super().get_urls()]

    def record(self, request: HttpRequest) -> HttpResponse:
        """Book an expense by the use case that tills call."""
        by: Any = request.user

        def do(said: dict[str, Any]) -> str:
            spent = record_expense(
                Spending(
                    said["title"],
                    said["amount"],
                    said["category"] or None,
                    said["description"] or None,
                    said["method"],
                    said["expense_date"],
                ),
                by=by,
            )
            return f"{spent} booked on {spent.business_date}."

        return self.ask_and_do(
            request,
            ExpenseForm(asked(request)),
            do,
            title="Record an expense",
            button="Record",
            back_to=self.list_page,
        )


class JournalLineInline(TabularInline):
    model = JournalLine
    extra = 0
    can_delete = False
    verbose_name_plural = "lines"
    fields = ("account", "debit", "credit", "customer", "supplier")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lines = super().get_queryset(request).select_related("account", "customer", "supplier")
        return lines.order_by("id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(JournalEntry)
class JournalEntryAdmin(ReversibleAdmin):
    opposite = staticmethod(reverse_manual_entry)
    list_display = ("id", "business_date", "event", "reference", "created_by", "created_at")
    list_filter = (("business_date", RangeDateFilter), "event")
    search_fields = ("reference__istartswith",)
    list_select_related = ("created_by",)
    ordering = (F("id").desc(),)
    inlines = (JournalLineInline,)


@admin.register(DaySeal)
class DaySealAdmin(ReadOnlyAdmin):
    """The closed days, each with its seal and what it came to."""

    list_display = ("day", "seal", "created_at")
    list_filter = (("day", RangeDateFilter),)
    ordering = ("-day",)
    fields = ("day", "seal", "previous", "row_counts", "created_at")
    actions_list = ("today_so_far",)
    actions_row = ("report",)
    actions_detail = ("report",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The genesis is no day; the checksums are for `reconcile`.
        return super().get_queryset(request).filter(day__isnull=False).defer("checksums")

    @action(description="Day report", url_path="report", icon="summarize")
    def report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The day closing report as a paper."""
        seal: Any = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("day-closing", seal.day.isoformat())

    @action(description="Today so far", url_path="today", icon="today")
    def today_so_far(self, request: HttpRequest) -> HttpResponse:
        """The same report of the day that is not over."""
        return redirect("day-closing", today().isoformat())
