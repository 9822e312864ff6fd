"""`/api/suppliers` (docs/api.md §19): whom the shop buys from, what it owes, payments, lines."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api.parties import (
    OpenDueViewSet,
    PartyViewSet,
)
from ledger.api.tenders import DueAllocationOut, DuePaymentOut, PurchaseDuesPaymentIn
from pos_project.core.http.endpoints import found
from pos_project.core.http.openapi import answered
from pos_project.core.http.permissions import Admin, AdminStaff, AnyUser
from pos_project.core.http.scoping import seen_by_caller
from purchasing import suppliers
from purchasing.api.supplier_filters import SupplierFilter
from purchasing.api.supplier_serializers import (
    PurchaseItemOut,
    SupplierChangesIn,
    SupplierCreatedOut,
    SupplierDetailsOut,
    SupplierDueOut,
    SupplierFetchedOut,
    SupplierIn,
    SupplierOut,
    SupplierUpdatedOut,
)
from purchasing.models import Purchase, PurchaseItem, Supplier
from purchasing.supplier_payments import SUPPLIER_DUES


class OfSupplier:
    """Whom the views under `/api/suppliers` are about."""

    book = SUPPLIER_DUES
    noun = "supplier"

    def get_queryset(self) -> QuerySet[Any]:
        return Supplier.objects.listed()


@extend_schema(tags=["suppliers"])
@extend_schema_view(
    list=extend_schema(
        responses=SupplierOut(many=True),
        description="Suppliers, in the order in which they were entered.",
    ),
    create=extend_schema(
        request=SupplierIn, responses={201: SupplierCreatedOut}, description="Enter a supplier."
    ),
    update=extend_schema(request=SupplierChangesIn, responses={200: SupplierUpdatedOut}),
    destroy=extend_schema(
        description="Remove a supplier with whom nothing is open; one who ever supplied is"
        " archived."
    ),
)
class SupplierViewSet(OfSupplier, PartyViewSet):
    filterset_class = SupplierFilter
    entered, changes = SupplierIn, SupplierChangesIn
    row, file = SupplierOut, SupplierDetailsOut
    figures = suppliers.with_figures

    def get_permissions(self) -> list[Any]:
        if self.action in ("details", "purchase_items"):
            return [AnyUser()]
        return [AdminStaff() if self.action == "list" else Admin()]

    @extend_schema(responses=SupplierFetchedOut)
    @action(detail=True, methods=["get"])
    def details(self, request: Request, pk: str) -> Response:
        """One supplier."""
        return Response({"success": True, "message": "Fetched", "data": self.file_of(pk)})

    @extend_schema(
        responses=inline_serializer(
            "PurchaseItemsAnswer",
            {"success": serializers.BooleanField(), "data": PurchaseItemOut(many=True)},
        ),
    )
    @action(detail=True, methods=["get"], url_path=r"purchases/(?P<purchase>[^/]+)/items")
    def purchase_items(self, request: Request, pk: str, purchase: str) -> Response:
        """The lines of a supplier's purchase; staff see those of purchases they recorded."""
        supplier = found(Supplier.objects.listed(), pk, self.noun)
        theirs = seen_by_caller(Purchase.objects.filter(supplier=supplier), request)
        bought = found(theirs, purchase, "purchase")
        lines = PurchaseItem.objects.filter(purchase=bought).order_by("-id")
        lines = lines.select_related("product", "batch", "purchase__user", "purchase__supplier")
        shown = PurchaseItemOut(lines, many=True, context=self.get_serializer_context()).data
        return Response({"success": True, "data": shown})


class _PurchaseAllocationOut(DueAllocationOut):
    purchase_id = serializers.IntegerField(source="due.document_id")


class _SupplierPaymentOut(DuePaymentOut):
    allocations = _PurchaseAllocationOut(many=True)


@extend_schema(tags=["suppliers"])
@extend_schema_view(
    list=extend_schema(
        responses=SupplierDueOut(many=True),
        description="What the shop owes a supplier, oldest purchase first.",
    ),
    create=extend_schema(
        request=PurchaseDuesPaymentIn,
        responses={200: answered("SupplierPaymentAnswer", _SupplierPaymentOut)},
        description="Pay a supplier's open purchases, oldest first, and the excess becomes an"
        " advance; or the purchases in `purchase_ids` alone.",
    ),
)
class SupplierDueViewSet(OfSupplier, OpenDueViewSet):
    row, pays, paid = SupplierDueOut, PurchaseDuesPaymentIn, _SupplierPaymentOut
    paid_message = "Supplier due payment recorded"
