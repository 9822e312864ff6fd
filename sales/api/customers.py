"""`/api/customers` (docs/api.md §20): people who buy, their open dues, payments and lines."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.advance_repayments import AdvancePaybackView
from ledger.api.payments import PaymentViewSet
from ledger.api.tenders import DueAllocationOut, DuePaymentIn, DuePaymentOut
from ledger.payments import Tender
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, found, path_id
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import Admin, AdminStaff, AnyUser
from pos_project.core.http.scoping import seen_by_caller
from pos_project.core.images.pictures import PICTURE_PARSERS, picture_change
from sales import customers
from sales.api.customer_filters import CustomerFilter
from sales.api.customer_serializers import (
    AuditedCustomerOut,
    AuditedCustomerRowOut,
    CustomerChangesIn,
    CustomerCreatedOut,
    CustomerDueOut,
    CustomerIn,
    CustomerOut,
    CustomerRowOut,
    CustomerUpdatedOut,
)
from sales.api.sale_serializers import SaleItemOut
from sales.customer_payments import CUSTOMER_DUES, receive_due_payment
from sales.models import Customer, Sale
from sales.sale_lines import sale_lines

NOBODY = "0"  # in the place of a customer's id: a sale to a walk-in


class CustomerViewSet(ContractViewSet):
    noun = "customer"
    page_limit = 9
    parser_classes = PICTURE_PARSERS
    filterset_class = CustomerFilter
    queryset = Customer.objects.listed()

    def get_permissions(self) -> list[Any]:
        return [AnyUser() if self.action == "sale_items" else AdminStaff()]

    @extend_schema(responses=AuditedCustomerRowOut(many=True), tags=["customers"])
    def list(self, request: Request) -> Response:
        """Customers, the latest buyers first. Only admins and managers see `user_name`."""
        shape = AuditedCustomerRowOut if self.sees_who_did_it else CustomerRowOut
        context = self.get_serializer_context()
        return self.page(
            customers.on_list(),
            lambda rows: shape(customers.with_figures(rows), many=True, context=context).data,
        )

    @extend_schema(responses=AuditedCustomerOut, tags=["customers"])
    @action(detail=True, methods=["get"])
    def details(self, request: Request, pk: str) -> Response:
        """One customer, as the bare object. Only admins and managers see who entered them."""
        return Response(self.file_of(pk))

    @extend_schema(request=CustomerIn, responses={201: CustomerCreatedOut}, tags=["customers"])
    def create(self, request: Request) -> Response:
        """Enter a customer."""
        body = checked(CustomerIn, request)
        with picture_change(body) as picture:
            customer = customers.add_customer(body, by=cast(User, request.user), picture=picture)
        answer = {"success": True, "message": "Customer created", "customerId": customer.pk}
        return Response({**answer, "data": self.file_of(customer.pk)}, status=201)

    @extend_schema(
        request=CustomerChangesIn, responses={200: CustomerUpdatedOut}, tags=["customers"]
    )
    def update(self, request: Request, pk: str) -> Response:
        """Change the fields that are sent."""
        customer_id = path_id(pk, self.noun)
        body = checked(CustomerChangesIn, request, partial=True)
        by = cast(User, request.user)
        with picture_change(body) as picture:
            customers.change_customer(customer_id, body, by=by, picture=picture)
        data = self.file_of(customer_id)
        return Response({"success": True, "message": "Customer updated", "data": data})

    @extend_schema(responses={200: Done}, tags=["customers"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a customer with whom nothing is open; one who ever bought is archived."""
        customers.remove_customer(path_id(pk, self.noun), by=cast(User, request.user))
        return Response({"success": True, "message": "Customer removed"})

    @extend_schema(
        responses=inline_serializer(
            "SaleItemsAnswer",
            {"success": serializers.BooleanField(), "data": SaleItemOut(many=True)},
        ),
        tags=["customers"],
    )
    @action(detail=True, methods=["get"], url_path=r"sales/(?P<sale>[^/]+)/items")
    def sale_items(self, request: Request, pk: str, sale: str) -> Response:
        """The lines of a customer's sale of any status; customer 0 is a walk-in."""
        customer = None if pk == NOBODY else found(Customer.objects.listed(), pk, self.noun)
        theirs = seen_by_caller(Sale.objects.filter(customer=customer), request)
        lines = sale_lines().filter(sale=found(theirs, sale, "sale"))
        shown = SaleItemOut(lines, many=True, context=self.get_serializer_context()).data
        return Response({"success": True, "data": shown})

    @property
    def sees_who_did_it(self) -> bool:
        return cast(User, self.request.user).role in Admin.reading

    def file_of(self, customer_id: str | int) -> dict[str, Any]:
        """The wire's customer, as much of it as the caller may see."""
        row: Any = found(customers.on_file(), customer_id, self.noun)
        shape = AuditedCustomerOut if self.sees_who_did_it else CustomerOut
        return shape(customers.with_account(row), context=self.get_serializer_context()).data


class _SaleAllocationOut(DueAllocationOut):
    sale_id = serializers.IntegerField(source="due.document_id")


class _CustomerPaymentOut(DuePaymentOut):
    allocations = _SaleAllocationOut(many=True)


class CustomerDueViewSet(ContractViewSet):
    noun = "customer"
    page_limit = max_limit = 500  # the list of what is open must be complete
    permission_classes = (AnyUser,)
    queryset = Customer.objects.listed()
    keyed_actions = frozenset({"create"})

    @extend_schema(responses=CustomerDueOut(many=True), tags=["customers"])
    def list(self, request: Request, customer: str) -> Response:
        """What a customer owes, oldest sale first. Whoever takes the money sees all of it."""
        debtor = found(self.get_queryset(), customer, self.noun)
        total_due = customers.debts([debtor.pk]).get(debtor.pk)
        return self.page(
            customers.open_dues(debtor),
            lambda dues: (
                CustomerDueOut([{**due, "total_due": total_due} for due in dues], many=True).data
            ),
        )

    @extend_schema(
        request=DuePaymentIn,
        responses={
            200: inline_serializer(
                "CustomerPaymentAnswer",
                {
                    "success": serializers.BooleanField(),
                    "message": serializers.CharField(),
                    "data": _CustomerPaymentOut(),
                },
            )
        },
        tags=["customers"],
    )
    def create(self, request: Request, customer: str) -> Response:
        """Take a payment for a customer's open sales, oldest first; the excess is an advance."""
        customer_id = path_id(customer, self.noun)
        body = checked(DuePaymentIn, request)
        tender = Tender(body["method"], body["amount"], body.get("reference_no"))
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: receive_due_payment(
                customer_id, tender, note=body.get("note"), by=by, key=key
            ),
            lambda paid: {
                "success": True,
                "message": "Due payment recorded",
                "data": _CustomerPaymentOut(paid).data,
            },
            status=200,
        )


class CustomerPaymentViewSet(PaymentViewSet):
    permission_classes = (AnyUser,)

    def listed(self, **path: str) -> QuerySet[Any]:
        """The customer's payments; staff see those that they took themselves."""
        customer = found(Customer.objects.listed(), path["customer"], "customer")
        return seen_by_caller(super().listed().filter(customer=customer), self.request)


class CustomerAdvancePaybackView(AdvancePaybackView):
    book = CUSTOMER_DUES
