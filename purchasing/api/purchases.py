"""`/api/purchase`: receiving goods, and the list (docs/api.md §21)."""

from typing import Any, cast

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.reasons import ReasonIn
from ledger.api.tenders import tenders_offered
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id, shown
from pos_project.core.http.filters import ContractFilter, DayFilter, FlagFilter, IdFilter
from pos_project.core.http.permissions import AdminManager, AnyUser
from purchasing import receive, returns, reversals
from purchasing.api.purchase_serializers import (
    PurchasedOut,
    PurchaseIn,
    PurchaseOut,
    PurchaseReturnedOut,
    PurchaseReversedOut,
    ReturnIn,
    delivery_of,
    return_of,
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
    keyed_actions = frozenset({"create", "reverse", "returns"})

    def get_queryset(self) -> QuerySet[Any]:
        bought = Purchase.objects.exclude(status=Purchase.Status.OPENING)
        return bought.select_related("supplier", "reversed_by")

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
            lambda purchase: shown(PurchasedOut, purchase),
        )

    @extend_schema(request=ReturnIn, responses={201: PurchaseReturnedOut}, tags=["purchases"])
    @action(detail=True, methods=["post"], permission_classes=(AdminManager,))
    def returns(self, request: Request, pk: str) -> Response:
        """Send part of a purchase back: less is owed for it, or money or a deposit comes of it."""
        body = checked(ReturnIn, request)
        wanted, by = return_of(path_id(pk, self.noun), body), cast(User, request.user)
        return answer_once(
            request,
            lambda key: returns.return_goods(wanted, by=by, key=key),
            lambda purchase: PurchaseReturnedOut(purchase).data,
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
