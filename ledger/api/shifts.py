"""`/api/shifts` (docs/api.md §33): opened with a float, cash moved, closed by a count."""

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import approval_of
from accounts.models import User
from ledger.api.shift_serializers import (
    CashMovementAnswer,
    CashMovementIn,
    CashMovementOut,
    ShiftAnswer,
    ShiftCountIn,
    ShiftIn,
    ShiftOut,
    ShiftReportOut,
)
from ledger.shift_figures import report_of
from ledger.shifts import (
    Movement,
    ShiftCount,
    close_shift,
    may_see_expected,
    move_cash,
    open_shift,
)
from ledger.till_models import CashMovement, Shift
from pos_project.core.db.store_rows import of_store
from pos_project.core.errors import Denied
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.filters import ContractFilter, DayFilter, IdFilter
from pos_project.core.http.permissions import AnyUser


class ShiftFilter(ContractFilter):
    till_id = IdFilter(field_name="till_id")
    status = django_filters.ChoiceFilter(choices=Shift.Status.choices)
    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")


class ShiftViewSet(ContractViewSet):
    noun = "shift"
    queryset = Shift.objects.none()
    permission_classes = (AnyUser,)
    filterset_class = ShiftFilter
    keyed_actions = frozenset({"create", "movements", "close"})

    def get_queryset(self) -> QuerySet[Any]:
        return of_store(with_people(), self.reads_store())

    @extend_schema(responses=ShiftOut(many=True), tags=["tills"])
    def list(self, request: Request) -> Response:
        """Shifts, newest first."""
        return self.page(self.get_queryset(), lambda rows: ShiftOut(rows, many=True).data)

    @extend_schema(
        responses=inline_serializer(
            "ShiftFound", {"success": serializers.BooleanField(), "data": ShiftOut()}
        ),
        tags=["tills"],
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """One shift."""
        return Response({"success": True, "data": ShiftOut(self.get_object()).data})

    @extend_schema(request=ShiftIn, responses={201: ShiftAnswer}, tags=["tills"])
    def create(self, request: Request) -> Response:
        """Open a shift at a till, with so much change in it."""
        body, by = checked(ShiftIn, request), cast(User, request.user)
        return answer_once(
            request,
            lambda key: open_shift(
                body["till_id"],
                body["opening_float"],
                by=by,
                key=key,
                approval=approval_of(request, body),
            ),
            lambda shift: _said("Shift opened", shift),
        )

    @extend_schema(request=CashMovementIn, responses={201: CashMovementAnswer}, tags=["tills"])
    @action(detail=True, methods=["post"])
    def movements(self, request: Request, pk: str) -> Response:
        """Put cash into the till of an open shift or take it out, for a reason."""
        shift_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(CashMovementIn, request)
        movement = Movement(
            body["kind"],
            body["amount"],
            body["reason"],
            account=body.get("account"),
            category=body.get("category"),
        )
        return answer_once(
            request,
            lambda key: move_cash(
                shift_id, movement, by=by, key=key, approval=approval_of(request, body)
            ),
            lambda moved: {
                "success": True,
                "message": "Cash moved",
                "data": CashMovementOut(
                    CashMovement.objects.select_related("user").get(pk=moved.pk)
                ).data,
            },
        )

    @extend_schema(request=ShiftCountIn, responses=ShiftAnswer, tags=["tills"])
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Close a shift by what was counted; the difference is booked to cash over and short."""
        shift_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(ShiftCountIn, request)
        count = ShiftCount(
            body["counted"],
            denominations=body.get("denominations"),
            slips=body.get("slips") or {},
            reason=body.get("reason"),
        )
        return answer_once(
            request,
            lambda key: close_shift(
                shift_id, count, by=by, key=key, approval=approval_of(request, body)
            ),
            lambda shift: _said("Shift closed", shift),
            status=200,
        )

    @extend_schema(
        responses=inline_serializer(
            "ShiftReported", {"success": serializers.BooleanField(), "data": ShiftReportOut()}
        ),
        tags=["tills"],
    )
    @action(detail=True)
    def report(self, request: Request, pk: str) -> Response:
        """What a shift came to: an X report while it is open, its Z report once it is closed."""
        shift = self.get_object()
        require_sight(shift, request.user)
        return Response({"success": True, "data": ShiftReportOut(report_of(shift)).data})


def require_sight(shift: Shift, user: Any) -> None:
    """Raise Denied for the figures of an open shift, where staff count blind."""
    if shift.status == Shift.Status.OPEN and not may_see_expected(user):
        raise Denied("Staff are not told what a till must hold before they count it.")


def with_people() -> QuerySet[Any]:
    return Shift.objects.select_related("till", "opened_by", "closed_by")


def _said(message: str, shift: Shift) -> dict[str, Any]:
    data = ShiftOut(with_people().get(pk=shift.pk)).data
    return {"success": True, "message": message, "data": data}
