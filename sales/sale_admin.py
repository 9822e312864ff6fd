"""Sales and refunds in the back office: history to read, and what may still be done to it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from ledger.admin_forms import MethodFilter, MethodForm, NamesItsMethod, SettlementForm
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import FreeTextField
from pos_project.core.back_office.posted_records import HistoryInline, ReadOnlyAdmin
from pos_project.core.back_office.shown_values import units
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import DomainError
from sales import holds
from sales.models import Refund, RefundItem, Sale, SaleItem
from sales.refunds import Claim, Returned, refund, worth
from sales.sale_lines import sale_lines

STATUS_COLOURS = {"completed": "success", "pending": "warning", "cancelled": "danger"}


class SaleItemInline(HistoryInline):
    model = SaleItem
    verbose_name_plural = "lines"
    fields = ("product_name", "units", "unit_price", "subtotal")
    readonly_fields = ("units",)
    units = units("quantity")


class SalePaymentInline(HistoryInline):
    model = Payment
    verbose_name_plural = "payments"
    fields = ("created_at", "payment_type", "direction", "amount", "method", "user")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("method", "user").order_by("id")


class SaleRefundInline(NamesItsMethod, HistoryInline):
    model = Refund
    method_column = "refund_method"
    verbose_name_plural = "refunds"
    fields = ("created_at", "refund_amount", "due_reduced", "paid_out", "paid_by", "reason")
    readonly_fields = ("paid_by",)
    show_change_link = True


class RefundItemInline(HistoryInline):
    model = RefundItem
    verbose_name_plural = "what came back"
    fields = ("what", "units", "amount", "restocked")
    readonly_fields = ("what", "units")
    units = units("quantity")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("sale_item").order_by("id")

    @display(description="what")
    def what(self, item: RefundItem) -> str:
        return item.sale_item.product_name


class WithDueFilter(admin.SimpleListFilter):
    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "With something due")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "open":
            return queryset
        return queryset.filter(status=Sale.Status.COMPLETED, due__status="open")


class CompleteForm(SettlementForm):
    """How a held sale is paid."""

    method = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    paid = forms.DecimalField(
        min_value=0,
        max_digits=10,
        decimal_places=2,
        label="Paid now",
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="More than the total is change; less stays due and needs a customer.",
    )


class RefundForm(MethodForm):
    """Which units of which lines come back; made for the lines of one sale."""

    reason = FreeTextField(max_length=255, required=True)
    method = forms.ChoiceField(label="Paid out by", widget=UnfoldAdminSelectWidget)
    restock = forms.BooleanField(
        required=False,
        initial=True,
        label="Back on the shelf",
        widget=UnfoldBooleanWidget,
        help_text="Off: the goods are lost, their cost stays.",
    )

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        units = {
            f"line_{line.pk}": forms.IntegerField(
                required=False,
                min_value=0,
                max_value=int(line.quantity - line.refunded_quantity),
                label=line.product_name,
                help_text=f"{line.quantity - line.refunded_quantity:.0f} can come back,"
                f" {line.unit_price} each.",
                widget=UnfoldAdminTextInputWidget(
                    attrs={"data-most": int(line.quantity - line.refunded_quantity)}
                ),
            )
            for line in lines
        }
        self.fields = {**units, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.returned():
            raise forms.ValidationError("Say how many units of which line come back.")
        return cleaned

    def returned(self) -> list[Returned]:
        """The lines with units."""
        units = [(line, self.cleaned_data.get(f"line_{line.pk}") or 0) for line in self.lines]
        return [Returned(Decimal(count), sale_item_id=line.pk) for line, count in units if count]


@admin.register(Sale)
class SaleAdmin(NamesItsMethod, ReadOnlyAdmin):
    list_display = (
        "number",
        "when",
        "customer",
        "user",
        "total_amount",
        "paid_amount",
        "due_amount",
        "refund_amount",
        "paid_by",
        "state",
    )
    list_filter = (
        ("business_date", RangeDateFilter),
        "status",
        WithDueFilter,
        ("payment_method", MethodFilter),
        "user",
    )
    list_totals = {
        "Total": "total_amount",
        "Paid": "paid_amount",
        "Due": "due_amount",
        "Refunds": "refund_amount",
    }
    search_fields = ("invoice_no__istartswith", "customer__search_text")
    search_help_text = "Invoice, customer or phone"
    list_select_related = ("customer", "user")
    ordering = ("-id",)
    inlines = (SaleItemInline, SalePaymentInline, SaleRefundInline)
    actions_detail = ("receipt", "invoice", "refund_lines", "explain", "complete", "cancel")
    fields = (
        ("invoice_no", "status"),
        ("customer", "user"),
        ("completed_at", "business_date"),
        ("subtotal", "discount"),
        ("tax", "total_amount"),
        ("paid_amount", "due_amount"),
        ("refund_amount", "advance_used"),
        ("paid_by", "entry"),
        "note",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(status=Sale.Status.DRAFT)

    @display(description="number", ordering="id")
    def number(self, sale: Sale) -> str:
        return str(sale)

    @display(description="when", ordering="id")
    def when(self, sale: Sale) -> Any:
        return sale.completed_at or sale.created_at

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def state(self, sale: Sale) -> tuple[str, str]:
        return sale.status, sale.get_status_display()

    @display(description="journal entry")
    def entry(self, sale: Sale) -> SafeString | str:
        entry = JournalEntry.objects.filter(event=JournalEntry.Event.SALE, document_id=sale.pk)
        entry_id = entry.values_list("pk", flat=True).first()
        if entry_id is None:
            return "–"
        page = reverse("admin:ledger_journalentry_change", args=[entry_id])
        return format_html('<a class="text-primary-600" href="{}">entry {}</a>', page, entry_id)

    # --- What may be done: each by the use case that tills call ---

    def has_act_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    @action(description="Receipt", permissions=["act"], url_path="receipt", icon="receipt")
    def receipt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._document(request, object_id, "receipt")

    @action(description="Invoice", permissions=["act"], url_path="invoice", icon="description")
    def invoice(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._document(request, object_id, "invoice")

    @action(description="Explain", permissions=["act"], url_path="explain", icon="account_tree")
    def explain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Where its total, tax, cost and profit come from."""
        return redirect("report-explain", "sale", object_id)

    def _document(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        sale = get_object_or_404(self.get_queryset(request), pk=object_id)
        return HttpResponseRedirect(reverse("open-document", args=[kind, sale.pk]))

    @action(description="Refund", permissions=["act"], url_path="refund", icon="undo")
    def refund_lines(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which units come back and why, and refund them."""
        sale = get_object_or_404(self.get_queryset(request), pk=object_id)
        lines: list[Any] = [
            line
            for line in sale_lines().filter(sale=sale).order_by("id")
            if line.quantity > line.refunded_quantity  # type: ignore[attr-defined]  # (annotated)
        ]
        if "amount" in request.GET:
            return _worth(sale, RefundForm(request.GET, lines=lines))
        # Given back as it was paid, unless that is said otherwise.
        form = RefundForm(asked(request), lines=lines, initial={"method": sale.payment_method})
        by: Any = request.user

        def do(answers: dict[str, Any], key: RequestKey | None) -> Refund:
            claim = Claim(
                sale.pk,
                form.returned(),
                method=answers["method"],
                reason=answers["reason"],
                restock=answers["restock"],
            )
            return refund(claim, by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda done: (
                f"Refund of {done.refund_amount}: {done.due_reduced} taken off what was due,"
                f" {done.paid_out} to pay out.",
                reverse("admin:sales_refund_change", args=[done.pk]),
            ),
            title=f"Refund {sale}",
            button="Refund",
            back_to=self.page_of(sale.pk),
            warning="" if lines else "Nothing is left to refund.",
            template="back_office/refund.html",
        )

    @action(description="Complete", permissions=["act"], url_path="complete", icon="check_circle")
    def complete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask how a held sale is paid, and sell it."""
        sale = get_object_or_404(self.get_queryset(request), pk=object_id)
        by: Any = request.user

        form = CompleteForm(asked(request), initial={"paid": sale.total_amount})

        return self.ask_and_do(
            request,
            form,
            lambda _, key: holds.complete(sale.pk, form.offered(), by=by, key=key),
            lambda sold: f"{sold.sale} completed; change {sold.change}.",
            title=f"Complete {sale}: {sale.total_amount}",
            button="Complete the sale",
            back_to=self.page_of(sale.pk),
        )

    @action(description="Cancel", permissions=["act"], url_path="cancel", icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give up a held sale."""
        sale = get_object_or_404(self.get_queryset(request), pk=object_id)

        return self.ask_and_do(
            request,
            forms.Form(asked(request)),
            lambda _, key: holds.cancel(sale.pk, key=key),
            lambda _: f"{sale} cancelled.",
            title=f"Cancel {sale}?",
            button="Cancel the held sale",
            back_to=self.page_of(sale.pk),
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what its status allows: papers and refunds of a sale, or the end of a hold."""
        offered = super().get_actions_detail(request, object_id)
        status = Sale.objects.filter(pk=object_id).values_list("status", flat=True).first()
        fitting = {
            "completed": {"receipt", "invoice", "refund", "explain"},
            "pending": {"complete", "cancel"},
        }.get(str(status), set())
        return [each for each in offered if each.method.url_path in fitting]


def _worth(sale: Sale, form: RefundForm) -> JsonResponse:
    """What the units typed so far come to, for the page to say before anything is booked."""
    form.full_clean()
    units = {
        name: count
        for name, count in form.cleaned_data.items()
        if name.startswith("line_") and count
    }
    if not units:
        return JsonResponse({})
    lines = [Returned(Decimal(n), sale_item_id=int(name[5:])) for name, n in units.items()]
    try:
        found = worth(Claim(sale.pk, lines))
    except DomainError:
        return JsonResponse({})
    named = ("amount", "tax", "due_reduced", "paid_out")
    return JsonResponse({name: f"{getattr(found, name):,.2f}" for name in named})


@admin.register(Refund)
class RefundAdmin(NamesItsMethod, ReadOnlyAdmin):
    method_column = "refund_method"
    list_display = (
        "id",
        "created_at",
        "sale",
        "customer",
        "refund_amount",
        "due_reduced",
        "paid_out",
        "paid_by",
        "reason",
        "user",
    )
    list_filter = (("business_date", RangeDateFilter), ("refund_method", MethodFilter))
    list_totals = {"Refunds": "refund_amount", "Off dues": "due_reduced", "Paid out": "paid_out"}
    search_fields = ("sale__invoice_no__istartswith", "customer__search_text", "reason")
    search_help_text = "Invoice, customer or reason"
    list_select_related = ("sale", "customer", "user")
    ordering = ("-id",)
    inlines = (RefundItemInline,)
    actions_detail = ("credit_note",)
    fields = (
        ("sale", "customer"),
        ("created_at", "business_date"),
        ("refund_amount", "tax_amount"),
        ("due_reduced", "paid_out"),
        ("paid_by", "user"),
        "reason",
    )

    def has_print_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    @action(
        description="Credit note", permissions=["print"], url_path="credit-note", icon="description"
    )
    def credit_note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What came back and what was given for it, as a paper."""
        refund = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("open-document", "credit-note", refund.pk)
