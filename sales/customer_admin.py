"""Customers in the back office: who they are, what they owe, and taking their money."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from ledger import advances
from ledger.admin_forms import PaymentForm
from pos_project.core.back_office.model_admin import (
    AgeFilter,
    HistoryInline,
    ReadOnlyAdmin,
    RemovableAdmin,
    asked,
    changed,
)
from pos_project.core.days import business_day, today
from pos_project.core.images.pictures import PictureChange
from pos_project.core.money import money
from pos_project.core.people import CONTACT_FIELDS
from sales import customers
from sales.customer_payments import receive_due_payment
from sales.models import Customer, CustomerDue, Sale

LATEST = 20
_OTHER_CONTACT = tuple(name for name in CONTACT_FIELDS if name != "phone")


class OwesFilter(admin.SimpleListFilter):
    title = "debt"
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Owes something")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(customers.owing()) if self.value() == "yes" else queryset


class OpenDueInline(HistoryInline):
    model = CustomerDue
    verbose_name_plural = "open dues"
    fields = ("sale", "created_at", "due_amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        dues = super().get_queryset(request).filter(status=CustomerDue.Status.OPEN)
        return dues.select_related("sale").order_by("id")


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


@admin.register(Customer)
class CustomerAdmin(RemovableAdmin):
    list_display = ("name", "phone", "email", "district", "owes", "last_bought", "state")
    list_filter = (OwesFilter, "status")
    removal_warning = "Old papers keep the name. Whoever still owes something cannot be removed."
    search_fields = ("name", "phone", "email")
    search_help_text = "Name, phone or email"
    ordering = ("name", "id")
    inlines = (OpenDueInline, LatestSaleInline)
    actions_detail = ("receive_payment", "statement", "remove")
    readonly_fields = ("owes", "paid_ahead", "join_at")
    fieldsets = (
        (None, {"fields": (("owes", "paid_ahead"), "name", ("phone", "email"), "status", "notes")}),
        (
            "Contact",
            {
                "classes": ["collapse"],
                "fields": (*_OTHER_CONTACT, "sector", "verify", "join_at"),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            Customer.objects.listed()
            .order_by(*self.ordering)
            .annotate(debt=customers.debt_of_each(), last_at=customers.last_purchase_of_each())
        )

    @display(description="owes", ordering="debt")
    def owes(self, customer: Any) -> Any:
        return money(getattr(customer, "debt", None) or 0)

    @display(description="paid ahead")
    def paid_ahead(self, customer: Customer) -> Any:
        return advances.customer_balance(customer.pk) if customer.pk else "–"

    @display(description="last bought", ordering="last_at")
    def last_bought(self, customer: Any) -> Any:
        return customer.last_at

    @display(
        description="status",
        ordering="status",
        label={"active": "success", "inactive": "warning", "banned": "danger"},
    )
    def state(self, customer: Customer) -> tuple[str, str]:
        return customer.status, customer.get_status_display()

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        by: Any = request.user
        fields, picture = changed(form), PictureChange()
        if change:
            customers.change_customer(obj.pk, fields, by=by, picture=picture)
        else:
            obj.pk = customers.add_customer(fields, by=by, picture=picture).pk

    @action(
        description="Receive payment",
        permissions=["change"],
        url_path="receive-payment",
        icon="payments",
    )
    def receive_payment(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take money for what a customer owes."""
        customer: Any = get_object_or_404(self.get_queryset(request), pk=object_id)
        form = PaymentForm(asked(request), initial={"amount": self.owes(customer)})
        by: Any = request.user

        def do(said: dict[str, Any]) -> str:
            paid = receive_due_payment(customer.pk, form.tender(), note=said["note"], by=by)
            return (
                f"{paid.applied} settled, {paid.advance} paid ahead,"
                f" {paid.remaining_due} still owed."
            )

        return self.ask_and_do(
            request,
            form,
            do,
            title=f"{customer.name} owes {self.owes(customer)}",
            button="Receive payment",
            back_to=self.page_of(customer.pk),
        )

    @action(description="Statement", url_path="statement", icon="request_quote")
    def statement(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What they bought and paid in the last months, as a paper."""
        customer = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("statement", "customer-statement", customer.pk)

    def take_out(self, row: Any, *, by: Any) -> None:
        """Off the list; one who ever bought is archived."""
        customers.remove_customer(row.pk, by=by)


@admin.register(CustomerDue)
class CustomerDueAdmin(ReadOnlyAdmin):
    """What is still to collect, oldest first."""

    list_display = ("customer", "sale", "created_at", "age", "due_amount")
    list_filter = (AgeFilter, ("sale__business_date", RangeDateFilter))
    search_fields = ("customer__name", "customer__phone", "sale__invoice_no__istartswith")
    search_help_text = "Customer, phone or invoice"
    list_select_related = ("customer", "sale")
    ordering = ("id",)
    actions_row = ("collect",)
    actions_detail = ("collect",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(status=CustomerDue.Status.OPEN)

    @display(description="days", ordering="-created_at")
    def age(self, due: CustomerDue) -> int:
        return (today() - business_day(due.created_at)).days

    @action(description="Receive payment", url_path="collect", icon="payments")
    def collect(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """On to the customer's own page of payments."""
        due = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("admin:sales_customer_receive_payment", due.customer_id)
