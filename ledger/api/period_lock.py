"""`/api/ledger/period-lock`: up to which day the books are locked, and who said so when."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.reasons import ReasonIn
from ledger.closing_models import PeriodLock
from ledger.period_lock import lock_through, locked_through
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked
from pos_project.core.http.fields import DayField, MomentField
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.pagination import with_keys
from pos_project.core.http.permissions import AdminManager


class PeriodLockIn(ReasonIn):
    # null takes the lock back altogether
    locked_through = DayField(allow_null=True)


class PeriodLockOut(serializers.Serializer):
    id = serializers.IntegerField()
    locked_through = DayField(allow_null=True)
    reason = serializers.CharField()
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    created_at = MomentField()


class PeriodLockSetOut(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    data: Any = PeriodLockOut()


class PeriodLockViewSet(ContractViewSet):
    noun = "period lock"
    permission_classes = (AdminManager,)
    filterset_class = ContractFilter
    keyed_actions = frozenset({"create"})
    pagination_class = with_keys(
        locked_through={"type": "string", "format": "date", "nullable": True}
    )

    def get_queryset(self) -> QuerySet[Any]:
        return PeriodLock.objects.select_related("user")

    @extend_schema(responses=PeriodLockOut(many=True), tags=["ledger"])
    def list(self, request: Request) -> Response:
        """Every lock there was, newest first; `locked_through` is the day that holds now."""
        answer = self.page(self.get_queryset(), lambda rows: PeriodLockOut(rows, many=True).data)
        day = locked_through()
        answer.data["locked_through"] = day.isoformat() if day else None
        return answer

    @extend_schema(request=PeriodLockIn, responses={201: PeriodLockSetOut}, tags=["ledger"])
    def create(self, request: Request) -> Response:
        """Lock the books up to a day; only an admin takes a lock back, in part or whole."""
        body, by = checked(PeriodLockIn, request), cast(User, request.user)
        day = body["locked_through"]
        return answer_once(
            request,
            lambda key: lock_through(day, reason=body["reason"], by=by, role=by.role, key=key),
            lambda lock: {
                "success": True,
                "message": f"Books locked through {day}" if day else "Lock taken back",
                "data": PeriodLockOut(lock).data,
            },
        )
