"""Customers in the back office: who they are, what they owe, and taking their money."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from ledger import parties
from ledger.party_admin import OTHER_CONTACT, OpenDueAdmin, OpenDueInline, PartyAdmin, owed_column
from ledger.party_files import PARTY_COLUMNS, OpeningDueResource, PartyResource
from pos_project.core.back_office.age_filter import AgeFilter
from pos_project.core.back_office.forms import RowForm
from pos_project.core.back_office.posted_records import HistoryInline
from pos_project.core.back_office.shown_values import status_label
from pos_project.core.back_office.table_columns import Column, Kind
from sales import customers
from sales.api.customer_serializers import CustomerChangesIn
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer, CustomerDue, Sale

LATEST = 20
CUSTOMER_COLUMNS = (
    Column("status", "status", Kind.TEXT),
    Column("notes", "notes", Kind.TEXT, ("note", "remark")),
)


class OwesFilter(admin.SimpleListFilter):
    title = "debt"
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Owes something")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(parties.owing(CUSTOMER_DUES)) if self.value() == "yes" else queryset


class CustomerDueInline(OpenDueInline):
    model = CustomerDue
    book = CUSTOMER_DUES
    fields = ("sale", "created_at", "due_amount")


class LatestSaleInline(HistoryInline):
    model = Sale
    verbose_name_plural = f"the latest {LATEST} sales"
    fields = ("invoice_no", "completed_at", "total_amount", "paid_amount", "due_amount")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        theirs = super().get_queryset(request).filter(status=Sale.Status.COMPLETED)
        match = request.resolver_match
        owner = match.kwargs.get("object_id") if match else None
        if owner is None:
            return theirs.none()
        latest = theirs.filter(customer_id=owner).order_by("-id").values_list("pk", flat=True)
        return theirs.filter(pk__in=list(latest[:LATEST])).order_by("-id")


class CustomerForm(RowForm):
    api = CustomerChangesIn


class CustomerResource(PartyResource):
    book, api = CUSTOMER_DUES, CustomerChangesIn

    columns = (*PARTY_COLUMNS, *CUSTOMER_COLUMNS)

    class Meta(PartyResource.Meta):
        model = Customer
        fields = export_order = tuple(column.name for column in (*PARTY_COLUMNS, *CUSTOMER_COLUMNS))


class OpeningCustomerDueResource(OpeningDueResource):
    book = CUSTOMER_DUES

    class Meta(OpeningDueResource.Meta):
        model = CustomerDue


@admin.register(Customer)
class CustomerAdmin(PartyAdmin):
    form = CustomerForm
    resource_classes = (CustomerResource,)
    book = CUSTOMER_DUES
    list_display = ("name", "phone", "email", "district", "owes", "last_bought", "state")
    list_filter = (OwesFilter, "status")
    removal_warning = "Old papers keep the name. Whoever still owes something cannot be removed."
    inlines = (CustomerDueInline, LatestSaleInline)
    actions_detail = ("receive_payment", "opening_due", "credit", "statement", "remove")
    readonly_fields = ("owes", "paid_ahead", "join_at")
    fieldsets = (
        (None, {"fields": (("owes", "paid_ahead"), "name", ("phone", "email"), "status", "notes")}),
        (
            "Contact",
            {"classes": ["collapse"], "fields": (*OTHER_CONTACT, "sector", "verify", "join_at")},
        ),
    )
    owes = owed_column("owes")
    state = status_label

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(last_at=customers.last_purchase_of_each())

    @display(description="last bought", ordering="last_at")
    def last_bought(self, customer: Any) -> Any:
        return customer.last_at

    @action(
        description="Receive payment",
        permissions=["change"],
        url_path="receive-payment",
        icon="payments",
    )
    def receive_payment(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take money for what a customer owes."""
        return self.pay_dues(request, object_id, title="{} owes {}", button="Receive payment")


@admin.register(CustomerDue)
class CustomerDueAdmin(OpenDueAdmin):
    resource_classes = (OpeningCustomerDueResource,)
    list_display = ("customer", "sale", "created_at", "age", "due_amount")
    list_filter = (AgeFilter, ("sale__business_date", RangeDateFilter))
    search_fields = ("customer__search_text", "sale__invoice_no__istartswith")
    search_help_text = "Customer, phone or invoice"
    list_select_related = ("customer", "sale")
    actions_row = ("collect",)
    actions_detail = ("collect",)

    @action(description="Receive payment", url_path="collect", icon="payments")
    def collect(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """On to the customer's own page of payments."""
        due = get_object_or_404(self.get_queryset(request), pk=object_id)
        page = reverse("admin:sales_customer_receive_payment", args=[due.customer_id])
        return redirect(f"{page}?document={due.sale_id}")
