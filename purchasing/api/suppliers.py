"""`/api/suppliers` (docs/api.md §19): whom the shop buys from, what it owes, payments, lines."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api.advance_repayments import AdvancePaybackView
from ledger.api.payments import PaymentViewSet
from pos_project.core.http.endpoints import ContractViewSet, checked, found, path_id
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import Admin, AdminStaff, AnyUser
from pos_project.core.http.scoping import seen_by_caller
from pos_project.core.images.pictures import PICTURE_PARSERS, picture_change
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


class SupplierViewSet(ContractViewSet):
    noun = "supplier"
    page_limit = 9
    parser_classes = PICTURE_PARSERS
    filterset_class = SupplierFilter
    queryset = Supplier.objects.listed()

    def get_permissions(self) -> list[Any]:
        if self.action in ("details", "purchase_items"):
            return [AnyUser()]
        return [AdminStaff() if self.action == "list" else Admin()]

    @extend_schema(responses=SupplierOut(many=True), tags=["suppliers"])
    def list(self, request: Request) -> Response:
        """Suppliers, in the order in which they were entered."""
        context = self.get_serializer_context()
        return self.page(
            suppliers.on_file(),
            lambda rows: SupplierOut(suppliers.with_figures(rows), many=True, context=context).data,
        )

    @extend_schema(responses=SupplierFetchedOut, tags=["suppliers"])
    @action(detail=True, methods=["get"])
    def details(self, request: Request, pk: str) -> Response:
        """One supplier."""
        data = self.file_of(pk)
        return Response({"success": True, "message": "Fetched", "data": data})

    @extend_schema(request=SupplierIn, responses={201: SupplierCreatedOut}, tags=["suppliers"])
    def create(self, request: Request) -> Response:
        """Enter a supplier."""
        body = checked(SupplierIn, request)
        with picture_change(body) as picture:
            supplier = suppliers.add_supplier(body, picture=picture)
        answer = {"success": True, "message": "Supplier created", "supplierId": supplier.pk}
        return Response({**answer, "data": self.file_of(supplier.pk)}, status=201)

    @extend_schema(
        request=SupplierChangesIn, responses={200: SupplierUpdatedOut}, tags=["suppliers"]
    )
    def update(self, request: Request, pk: str) -> Response:
        """Change the fields that are sent."""
        supplier_id = path_id(pk, self.noun)
        body = checked(SupplierChangesIn, request, partial=True)
        with picture_change(body) as picture:
            suppliers.change_supplier(supplier_id, body, picture=picture)
        data = self.file_of(supplier_id)
        return Response({"success": True, "message": "Supplier updated", "data": data})

    @extend_schema(responses={200: Done}, tags=["suppliers"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a supplier with whom nothing is open; one who ever supplied is archived."""
        suppliers.remove_supplier(path_id(pk, self.noun))
        return Response({"success": True, "message": "Supplier removed"})

    @extend_schema(
        responses=inline_serializer(
            "PurchaseItemsAnswer",
            {"success": serializers.BooleanField(), "data": PurchaseItemOut(many=True)},
        ),
        tags=["suppliers"],
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

    def file_of(self, supplier_id: str | int) -> dict[str, Any]:
        """The wire's supplier."""
        row: Any = found(suppliers.on_file(), supplier_id, self.noun)
        context = self.get_serializer_context()
        return SupplierDetailsOut(suppliers.with_account(row), context=context).data


class SupplierDueViewSet(ContractViewSet):
    noun = "supplier"
    page_limit = max_limit = 500  # the list of what is open must be complete
    permission_classes = (AnyUser,)
    queryset = Supplier.objects.listed()

    @extend_schema(responses=SupplierDueOut(many=True), tags=["suppliers"])
    def list(self, request: Request, supplier: str) -> Response:
        """What the shop owes a supplier, oldest purchase first."""
        creditor = found(self.get_queryset(), supplier, self.noun)
        total_due = suppliers.payables([creditor.pk]).get(creditor.pk)
        return self.page(
            suppliers.open_dues(creditor),
            lambda dues: (
                SupplierDueOut([{**due, "total_due": total_due} for due in dues], many=True).data
            ),
        )


class SupplierPaymentViewSet(PaymentViewSet):
    permission_classes = (AnyUser,)

    def listed(self, **path: str) -> QuerySet[Any]:
        """The supplier's payments."""
        supplier = found(Supplier.objects.listed(), path["supplier"], "supplier")
        return super().listed().filter(supplier=supplier)


class SupplierAdvancePaybackView(AdvancePaybackView):
    book = SUPPLIER_DUES
