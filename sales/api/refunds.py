"""`/api/refunds` (docs/api.md §23)."""

from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import approval_of
from accounts.models import User
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked
from pos_project.core.http.openapi import ErrorBody
from pos_project.core.http.permissions import AdminStaff
from sales import refunds
from sales.api.refund_serializers import RefundedOut, RefundIn, RefundOut, claim_of
from sales.api.sale_filters import RefundFilter
from sales.models import Refund, RefundItem


def refunds_with_lines() -> QuerySet[Any]:
    """Refunds with everything that their rows show, at a fixed number of statements."""
    return Refund.objects.select_related("sale", "customer", "user").prefetch_related(
        Prefetch("items", RefundItem.objects.select_related("sale_item").order_by("id"))
    )


class RefundViewSet(ContractViewSet):
    noun = "refund"
    permission_classes = (AdminStaff,)
    filterset_class = RefundFilter
    keyed_actions = frozenset({"create"})

    def get_queryset(self) -> QuerySet[Any]:
        return refunds_with_lines()

    @extend_schema(responses=RefundOut(many=True), tags=["refunds"])
    def list(self, request: Request) -> Response:
        """Refunds, newest first."""
        return self.page(self.get_queryset(), lambda rows: RefundOut(rows, many=True).data)

    @extend_schema(
        responses=inline_serializer(
            "RefundAnswer", {"success": serializers.BooleanField(), "data": RefundOut()}
        ),
        tags=["refunds"],
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """One refund."""
        return Response({"success": True, "data": RefundOut(self.get_object()).data})

    @extend_schema(request=RefundIn, responses={201: RefundedOut, 404: ErrorBody}, tags=["refunds"])
    def create(self, request: Request) -> Response:
        """Take goods or money back on a sale; no items means everything not yet refunded."""
        body = checked(RefundIn, request)
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: refunds.refund(
                claim_of(body), by=by, key=key, approval=approval_of(request, body)
            ),
            lambda written: RefundedOut(refunds_with_lines().get(pk=written.pk)).data,
        )
