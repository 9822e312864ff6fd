"""`/api/purchase`: receiving goods, and the list (contract 10); paying suppliers (8.13)."""

from typing import Any, cast

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from ledger.api.reasons import ReasonIn
from ledger.api.tenders import DueAllocationOut, DuePaymentIn, DuePaymentOut, tenders_offered
from ledger.payments import Tender
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.filters import ContractFilter, DayFilter, FlagFilter, IdFilter
from pos_project.core.http.permissions import AdminManager, AnyUser
from purchasing import receive, reversals, supplier_payments
from purchasing.api.purchase_serializers import (
    PurchasedOut,
    PurchaseIn,
    PurchaseOut,
    PurchaseReversedOut,
    delivery_of,
)
from purchasing.models import Purchase


class PurchaseFilter(ContractFilter):
    search_in = ("invoice_no",)
    orders = {
        "id": "id",
        "purchase_date": "purchase_date",
        "total": "total_amount",
        "due_amount": "due_amount",
    }

    fromDate = DayFilter(field_name="purchase_date", lookup_expr="gte")
    toDate = DayFilter(field_name="purchase_date", lookup_expr="lte")
    supplier_id = IdFilter(field_name="supplier_id")
    due = FlagFilter(when_true=Q(due_amount__gt=0))


class PurchaseViewSet(ContractViewSet):
    noun = "purchase"
    permission_classes = (AnyUser,)
    filterset_class = PurchaseFilter
    keyed_actions = frozenset({"create", "reverse"})

    def get_queryset(self) -> QuerySet[Any]:
        return Purchase.objects.select_related("supplier", "reversed_by")

    @extend_schema(responses=PurchaseOut(many=True), tags=["purchases"])
    def list(self, request: Request) -> Response:
        """Purchases, newest first."""
        return self.page(self.get_queryset(), lambda rows: PurchaseOut(rows, many=True).data)

    @extend_schema(request=PurchaseIn, responses=PurchasedOut, tags=["purchases"])
    def create(self, request: Request) -> Response:
        """Receive a delivery: batches, log, payment, due and journal in one transaction."""
        body = checked(PurchaseIn, request)
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: receive.receive_purchase(
                delivery_of(body), tenders_offered(body), by=by, key=key
            ),
            lambda purchase: PurchasedOut(purchase).data,
        )

    @extend_schema(request=ReasonIn, responses={201: PurchaseReversedOut}, tags=["purchases"])
    @action(detail=True, methods=["post"], permission_classes=(AdminManager,))
    def reverse(self, request: Request, pk: str) -> Response:
        """Undo a purchase whose goods are all there: stock, money and dues, by the opposite one."""
        purchase_id, by = path_id(pk, self.noun), cast(User, request.user)
        reason = checked(ReasonIn, request)["reason"]
        return answer_once(
            request,
            lambda key: reversals.reverse_purchase(purchase_id, reason=reason, by=by, key=key),
            lambda purchase: PurchaseReversedOut(purchase).data,
        )


class _PurchaseAllocationOut(DueAllocationOut):
    purchase_id = serializers.IntegerField(source="due.document_id")


class _SupplierPaymentOut(DuePaymentOut):
    allocations = _PurchaseAllocationOut(many=True)


class SupplierDuePaymentView(APIView):
    permission_classes = (AnyUser,)

    def is_keyed(self) -> bool:
        return True

    @extend_schema(
        request=DuePaymentIn,
        responses={
            200: inline_serializer(
                "SupplierPaymentAnswer",
                {
                    "success": serializers.BooleanField(),
                    "message": serializers.CharField(),
                    "data": _SupplierPaymentOut(),
                },
            )
        },
        tags=["suppliers"],
    )
    def post(self, request: Request, supplier: str) -> Response:
        """Pay a supplier's open purchases, oldest first; the excess becomes an advance."""
        supplier_id = path_id(supplier, "supplier")
        body = checked(DuePaymentIn, request)
        tender = Tender(body["method"], body["amount"], body.get("reference_no"))
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: supplier_payments.pay_supplier(
                supplier_id, tender, note=body.get("note"), by=by, key=key
            ),
            lambda paid: {
                "success": True,
                "message": "Supplier due payment recorded",
                "data": _SupplierPaymentOut(paid).data,
            },
            status=200,
        )
