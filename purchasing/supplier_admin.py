"""Suppliers in the back office: who they are, what is owed to them, and paying it."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from ledger.party_admin import OTHER_CONTACT, OpenDueAdmin, OpenDueInline, PartyAdmin, owed_column
from ledger.party_files import PARTY_COLUMNS, OpeningDueResource, PartyResource
from pos_project.core.back_office.age_filter import AgeFilter
from pos_project.core.back_office.forms import RowForm
from pos_project.core.contact_fields import PartyChangesIn
from purchasing.models import Supplier, SupplierDue
from purchasing.supplier_payments import SUPPLIER_DUES


class SupplierDueInline(OpenDueInline):
    model = SupplierDue
    book = SUPPLIER_DUES
    fields = ("purchase", "created_at", "due_amount")


class SupplierForm(RowForm):
    api = PartyChangesIn


class SupplierResource(PartyResource):
    book, api = SUPPLIER_DUES, PartyChangesIn

    class Meta(PartyResource.Meta):
        model = Supplier
        fields = export_order = tuple(column.name for column in PARTY_COLUMNS)


class OpeningSupplierDueResource(OpeningDueResource):
    book = SUPPLIER_DUES

    class Meta(OpeningDueResource.Meta):
        model = SupplierDue


@admin.register(Supplier)
class SupplierAdmin(PartyAdmin):
    form = SupplierForm
    resource_classes = (SupplierResource,)
    book = SUPPLIER_DUES
    list_display = ("name", "phone", "email", "district", "owed")
    removal_warning = "Old papers keep the name. Nobody to whom something is owed can be removed."
    inlines = (SupplierDueInline,)
    actions_detail = ("pay", "opening_due", "credit", "statement", "remove")
    readonly_fields = ("owed", "paid_ahead", "created_at")
    fieldsets = (
        (None, {"fields": (("owed", "paid_ahead"), "name", ("phone", "email"))}),
        (
            "Contact",
            {"classes": ["collapse"], "fields": (*OTHER_CONTACT, "sector", "verify", "created_at")},
        ),
    )
    owed = owed_column("owed")

    @action(description="Pay", permissions=["change"], url_path="pay", icon="payments")
    def pay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pay what is owed, the oldest purchase first."""
        return self.pay_dues(request, object_id, title="{} is owed {}", button="Pay")


@admin.register(SupplierDue)
class SupplierDueAdmin(OpenDueAdmin):
    resource_classes = (OpeningSupplierDueResource,)
    list_display = ("supplier", "purchase", "created_at", "age", "due_amount")
    list_filter = (AgeFilter, ("purchase__purchase_date", RangeDateFilter))
    search_fields = ("supplier__search_text", "purchase__invoice_no__istartswith")
    search_help_text = "Supplier or invoice"
    list_select_related = ("supplier", "purchase")
    actions_row = ("settle",)
    actions_detail = ("settle",)

    @action(description="Pay", url_path="settle", icon="payments")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """On to the supplier's own page of payments."""
        due = get_object_or_404(self.get_queryset(request), pk=object_id)
        page = reverse("admin:purchasing_supplier_pay", args=[due.supplier_id])
        return redirect(f"{page}?document={due.purchase_id}")
