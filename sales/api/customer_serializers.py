"""What clients send and see of customers (docs/api.md §20)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, cast

from django.db.models import QuerySet, Value
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from ledger.parties import owed_of_each
from pos_project.core.contact_fields import ContactOut, PartyChangesIn
from pos_project.core.db.prepared import prepared
from pos_project.core.http.fields import (
    FilledText,
    MomentField,
    MomentTextField,
    MoneyField,
    OptionalText,
    WholeNumberField,
)
from pos_project.core.http.figures import compile_fields
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import Admin
from pos_project.core.images.pictures import ImageUrlField
from pos_project.core.people import Status
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer

MAX_NOTES = 10_000


class CustomerChangesIn(PartyChangesIn):
    """Every field may be left out. Debt and orders are no fields: they follow from the sales."""

    never_empty = ("verify", "status")

    status = serializers.ChoiceField(
        choices=Status.choices, required=False, allow_null=True, allow_blank=True
    )
    notes = OptionalText(max_length=MAX_NOTES)


class CustomerIn(CustomerChangesIn):
    name = FilledText(max_length=100)


class _Audited(serializers.Serializer):
    """Who entered and who changed a customer is for admins and managers: the fields `AUDIT`."""

    AUDIT: ClassVar[frozenset[str]]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        caller = self.context["request"].user if "request" in self.context else None
        if caller and caller.is_authenticated and caller.role not in Admin.reading:
            return {name: field for name, field in fields.items() if name not in self.AUDIT}
        return fields  # OpenAPI, which nobody asks for by name, shows them all


class AuditedCustomerRowOut(_Audited):
    """A row of the list; only admins and managers see who entered the customer."""

    AUDIT = frozenset({"user_name"})

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    district = serializers.CharField(allow_null=True)
    city = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    image_url = ImageUrlField()
    debt = MoneyField()
    join_at = MomentTextField()
    last_purchased = MomentTextField(allow_null=True)
    user_name = serializers.CharField(source="created_by__name", allow_null=True, required=False)


@prepared
def listed_rows(customer_ids: Sequence[int]) -> QuerySet[Any]:
    """Customers as rows of the list, but for when they last bought."""
    rows = Customer.objects.listed().filter(pk__in=customer_ids)
    return rows.annotate(debt=owed_of_each(CUSTOMER_DUES), last_purchased=Value(0)).values_list(
        *("id", "name", "email", "district", "city", "phone", "status", "image_public_id", "debt"),
        *("join_at", "last_purchased", "created_by__name"),
        named=True,
    )


def show_rows(
    rows: Iterable[Any], last_purchases: Mapping[int, datetime], request: Request
) -> list[dict[str, Any]]:
    """The wire's rows of `listed_rows`, as much of them as the caller may see."""
    show = _show_row(cast(User, request.user).role in Admin.reading)
    return [show(row._replace(last_purchased=last_purchases.get(row.id))) for row in rows]


@cache
def _show_row(sees_editors: bool) -> Callable[[Any], dict[str, Any]]:
    hidden = frozenset() if sees_editors else AuditedCustomerRowOut.AUDIT
    fields = AuditedCustomerRowOut().fields.items()
    return compile_fields({name: field for name, field in fields if name not in hidden})


class AuditedCustomerOut(_Audited, ContactOut):
    """One customer; only admins and managers see who entered and who changed them."""

    # No key `image`: the client's edit form would take it for a file.
    AUDIT = frozenset({"created_by", "updated_by", "updated_at"})

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    sector = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    verify = serializers.BooleanField()
    notes = serializers.CharField(allow_null=True)
    debt = MoneyField()
    advance_balance = MoneyField()
    total_orders = WholeNumberField()
    join_at = MomentTextField()
    last_purchased = MomentTextField(allow_null=True)
    created_by = serializers.CharField(source="created_by__name", allow_null=True, required=False)
    updated_by = serializers.CharField(source="updated_by__name", allow_null=True, required=False)
    updated_at = MomentField(required=False)


class CustomerCreatedOut(Done):
    customerId = serializers.IntegerField()
    data = AuditedCustomerOut()  # type: ignore[assignment]  # (clients know it by this name)


class CustomerUpdatedOut(Done):
    data = AuditedCustomerOut()  # type: ignore[assignment]  # (clients know it by this name)


class CustomerDueOut(serializers.Serializer):
    """An open due, fed with dicts of `customers.open_dues`."""

    id = serializers.IntegerField()
    sale_id = serializers.IntegerField()
    due_amount = MoneyField()
    created_at = MomentTextField()
    invoice = serializers.CharField(source="sale__invoice_no")
    seller = serializers.CharField(source="sale__user__name")
    method = serializers.CharField(source="sale__payment_method")
    total_amount = MoneyField(source="sale__total_amount")
    paid_amount = MoneyField(source="sale__paid_amount")
    total_due = MoneyField()
    name = serializers.CharField(source="customer__name")
