"""`/api/customers` (docs/api.md §20): people who buy, their open dues, payments and lines."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api.parties import (
    OpenDueViewSet,
    PartyPaymentViewSet,
    PartyViewSet,
)
from ledger.api.tenders import DueAllocationOut, DuePaymentOut, SaleDuesPaymentIn
from pos_project.core.db.followed import Followed, Ranking
from pos_project.core.http.endpoints import found
from pos_project.core.http.openapi import answered
from pos_project.core.http.permissions import AdminStaff, AnyUser
from pos_project.core.http.ranked_list import RankedList, Shown
from pos_project.core.http.scoping import seen_by_caller
from sales import customers
from sales.api.customer_filters import CustomerFilter
from sales.api.customer_serializers import (
    AuditedCustomerOut,
    AuditedCustomerRowOut,
    CustomerChangesIn,
    CustomerCreatedOut,
    CustomerDueOut,
    CustomerIn,
    CustomerUpdatedOut,
    listed_rows,
    show_rows,
)
from sales.api.sale_serializers import SaleItemOut
from sales.customer_payments import CUSTOMER_DUES
from sales.latest_buyers import LAST_PURCHASES
from sales.models import Customer, Sale
from sales.sale_lines import sale_lines

NOBODY = "0"  # in the place of a customer's id: a sale to a walk-in


class OfCustomer:
    """Whom the views under `/api/customers` are about."""

    book = CUSTOMER_DUES
    noun = "customer"

    def get_queryset(self) -> QuerySet[Any]:
        return Customer.objects.listed()


@extend_schema(tags=["customers"])
@extend_schema_view(
    list=extend_schema(
        responses=AuditedCustomerRowOut(many=True),
        description="Customers, the latest buyers first. Only admins and managers see `user_name`.",
    ),
    create=extend_schema(
        request=CustomerIn, responses={201: CustomerCreatedOut}, description="Enter a customer."
    ),
    update=extend_schema(request=CustomerChangesIn, responses={200: CustomerUpdatedOut}),
    destroy=extend_schema(
        description="Remove a customer with whom nothing is open; one who ever bought is archived."
    ),
)
class CustomerViewSet(OfCustomer, RankedList, PartyViewSet):
    filterset_class = CustomerFilter
    entered, changes = CustomerIn, CustomerChangesIn
    row, file = AuditedCustomerRowOut, AuditedCustomerOut
    figures = customers.with_figures

    def get_permissions(self) -> list[Any]:
        return [AnyUser() if self.action == "sale_items" else AdminStaff()]

    def list(self, request: Request) -> Response:
        return self.list_ranked(request) or super().list(request)

    def ranking(self) -> tuple[Followed, Ranking]:
        figures = LAST_PURCHASES.get()
        return figures, figures.ranking

    def shown_rows(self) -> Shown:
        return listed_rows

    def show_ranked(self, rows: Sequence[Any], ranking: Ranking) -> Sequence[dict[str, Any]]:
        return show_rows(rows, ranking.figures, self.request)

    @extend_schema(responses=AuditedCustomerOut)
    @action(detail=True, methods=["get"])
    def details(self, request: Request, pk: str) -> Response:
        """One customer, as the bare object. Only admins and managers see who entered them."""
        return Response(self.file_of(pk))

    @extend_schema(
        responses=inline_serializer(
            "SaleItemsAnswer",
            {"success": serializers.BooleanField(), "data": SaleItemOut(many=True)},
        ),
    )
    @action(detail=True, methods=["get"], url_path=r"sales/(?P<sale>[^/]+)/items")
    def sale_items(self, request: Request, pk: str, sale: str) -> Response:
        """The lines of a customer's sale of any status; customer 0 is a walk-in."""
        customer = None if pk == NOBODY else found(Customer.objects.listed(), pk, self.noun)
        theirs = seen_by_caller(Sale.objects.filter(customer=customer), request)
        lines = sale_lines().filter(sale=found(theirs, sale, "sale"))
        shown = SaleItemOut(lines, many=True, context=self.get_serializer_context()).data
        return Response({"success": True, "data": shown})


class _SaleAllocationOut(DueAllocationOut):
    sale_id = serializers.IntegerField(source="due.document_id")


class _CustomerPaymentOut(DuePaymentOut):
    allocations = _SaleAllocationOut(many=True)


@extend_schema(tags=["customers"])
@extend_schema_view(
    list=extend_schema(
        responses=CustomerDueOut(many=True),
        description="What a customer owes, oldest sale first. Whoever takes the money sees all of"
        " it.",
    ),
    create=extend_schema(
        request=SaleDuesPaymentIn,
        responses={200: answered("CustomerPaymentAnswer", _CustomerPaymentOut)},
        description="Take a payment for a customer's open sales, oldest first, and the excess is"
        " an advance; or for the sales in `sale_ids` alone.",
    ),
)
class CustomerDueViewSet(OfCustomer, OpenDueViewSet):
    row, pays, paid = CustomerDueOut, SaleDuesPaymentIn, _CustomerPaymentOut
    paid_message = "Due payment recorded"


class CustomerPaymentViewSet(PartyPaymentViewSet):
    book = CUSTOMER_DUES

    def listed(self, **path: str) -> QuerySet[Any]:
        """The customer's payments; staff see those that they took themselves."""
        return seen_by_caller(super().listed(**path), self.request)
