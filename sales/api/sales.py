"""`/api/sales`: checkout, hold, complete, cancel, and the lists (docs/api.md §22)."""

from typing import Any, cast

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import approval_of
from accounts.models import User
from ledger.api.tenders import tenders_offered
from ledger.models import Payment
from pos_project.core.http.endpoints import (
    ContractViewSet,
    answer_once,
    checked,
    found,
    path_id,
    shown,
)
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.openapi import Done, ErrorBody
from pos_project.core.http.permissions import AdminStaff, AnyUser
from sales import checkout, holds
from sales.api.refund_serializers import RefundOut
from sales.api.refunds import refunds_with_lines
from sales.api.sale_filters import HeldSaleFilter, RefundFilter, SaleFilter
from sales.api.sale_serializers import (
    CheckoutIn,
    CheckoutOut,
    CompletedOut,
    CompleteIn,
    HeldOut,
    HeldSaleOut,
    OrderIn,
    SaleDetailOut,
    SaleFetchedOut,
    SaleOut,
    order_of,
)
from sales.models import Sale, SaleItem
from sales.sale_lines import sale_lines


def cashier(request: Request) -> User:
    """The signed-in user; permissions have made sure that there is one."""
    return cast(User, request.user)


class SaleViewSet(ContractViewSet):
    """Sales, held ones included."""

    noun = "sale"
    queryset = Sale.objects.completed().select_related("customer", "user")
    keyed_actions = frozenset({"checkout", "pending", "complete_pending"})

    def get_permissions(self) -> list[Any]:
        return [AdminStaff() if self.action == "refunds" else AnyUser()]

    @property
    def filterset_class(self) -> type[ContractFilter]:
        """Each of the three lists has filters of its own."""
        lists = {"pending": HeldSaleFilter, "refunds": RefundFilter}
        return lists.get(str(self.action), SaleFilter)

    @extend_schema(responses=SaleOut(many=True), tags=["sales"])
    def list(self, request: Request) -> Response:
        """Completed sales, newest first."""
        return self.page(self.get_queryset(), lambda rows: SaleOut(rows, many=True).data)

    @extend_schema(responses=SaleFetchedOut, tags=["sales"])
    def retrieve(self, request: Request, pk: str) -> Response:
        """One sale of any status, with its lines, payments and refunds."""
        rows = Sale.objects.select_related("customer", "user").prefetch_related(
            Prefetch("items", sale_lines()),
            Prefetch(
                "payments",
                Payment.objects.select_related(
                    "customer", "supplier", "user", "reversed_by"
                ).order_by("-id"),
            ),
            Prefetch("refunds", refunds_with_lines().order_by("-id")),
        )
        sale = found(rows, pk, "sale")
        data = SaleDetailOut(sale, context={"request": request}).data
        return Response({"success": True, "data": data})

    @extend_schema(
        request=CheckoutIn,
        responses={201: CheckoutOut},
        tags=["sales"],
    )
    @action(detail=False, methods=["post"])
    def checkout(self, request: Request) -> Response:
        """Sell a cart: stock, cost, payment, dues and journal in one transaction."""
        body = checked(CheckoutIn, request)
        return answer_once(
            request,
            lambda key: checkout.sell(
                order_of(body),
                tenders_offered(body),
                by=cashier(request),
                key=key,
                approval=approval_of(request, body),
            ),
            lambda sold: shown(CheckoutOut, sold),
        )

    @extend_schema(methods=["GET"], responses=HeldSaleOut(many=True), filters=True, tags=["sales"])
    @extend_schema(
        methods=["POST"],
        request=OrderIn,
        responses={201: HeldOut},
        description="Hold a cart: nothing moves and nothing is reserved.",
        tags=["sales"],
    )
    @action(detail=False, methods=["get", "post"])
    def pending(self, request: Request) -> Response:
        """Held sales, newest first."""
        if request.method == "GET":
            rows = Sale.objects.filter(status=Sale.Status.PENDING)
            rows = rows.select_related("customer", "user").prefetch_related(
                Prefetch("items", SaleItem.objects.order_by("id"))
            )
            return self.page(rows, lambda held: HeldSaleOut(held, many=True).data)
        body = checked(OrderIn, request)
        return answer_once(
            request,
            lambda key: holds.hold(
                order_of(body), by=cashier(request), key=key, approval=approval_of(request, body)
            ),
            lambda sale: shown(HeldOut, sale),
        )

    @extend_schema(
        request=CompleteIn, responses={200: CompletedOut, 404: ErrorBody}, tags=["sales"]
    )
    @action(detail=False, methods=["post"])
    def complete_pending(self, request: Request) -> Response:
        """Sell what was held, at its prices."""
        body = checked(CompleteIn, request)
        return answer_once(
            request,
            lambda key: holds.complete(
                body["pending_id"], tenders_offered(body), by=cashier(request), key=key
            ),
            lambda sold: shown(CompletedOut, sold),
            status=200,
        )

    @extend_schema(methods=["DELETE"], responses={200: Done}, tags=["sales"])
    @action(detail=False, methods=["delete"], url_path=r"pending/(?P<held>[^/]+)")
    def cancel(self, request: Request, held: str) -> Response:
        """Give up a held sale."""
        holds.cancel(path_id(held, "sale"))
        return Response({"success": True, "message": "Pending sale cancelled"})

    @extend_schema(responses=RefundOut(many=True), filters=True, tags=["refunds"])
    @action(detail=True, methods=["get"])
    def refunds(self, request: Request, pk: str) -> Response:
        """The refunds of one sale, newest first."""
        sale = found(Sale.objects.all(), pk, "sale")
        rows = refunds_with_lines().filter(sale_id=sale.pk)
        return self.page(rows, lambda page: RefundOut(page, many=True).data)
