"""Transactions of users and of the whole shop (docs/api.md §28)."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from pos_project.core.days import local_iso
from pos_project.core.db.transactions import snapshot
from pos_project.core.http.day_range import DayRangeIn, KindField, asked
from pos_project.core.http.endpoints import ContractViewSet, found
from pos_project.core.http.fields import MomentField
from pos_project.core.http.histories import (
    LIMIT,
    PAGE_LIMIT,
    TimelineRowOut,
    TimelineSummaryOut,
    summary_of,
)
from pos_project.core.http.pagination import ContractPagination
from pos_project.core.http.permissions import Admin, AdminStaff
from reports.dashboards.user_history import UserHistory
from reports.summaries.building import CATCHING_UP
from reports.summaries.user_sources import KINDS, SALE
from sales.api.sale_serializers import WALK_IN


class UserHistoryIn(DayRangeIn):
    type = KindField(KINDS, also={"Purchased": SALE})


class UserTransactionOut(TimelineRowOut):
    customer_id = serializers.IntegerField(allow_null=True)
    customer_name = serializers.SerializerMethodField()
    seller_name = serializers.CharField(source="user_name")
    party_type = serializers.CharField()
    supplier_id = serializers.IntegerField(allow_null=True)
    supplier_name = serializers.CharField(allow_null=True)

    def get_customer_name(self, row: dict[str, Any]) -> str | None:
        """A walk-in has a name of its own; a supplier's payment has no customer."""
        if row["party_type"] == "supplier":
            return None
        return row["customer_name"] or WALK_IN


class UserHistoryMeta(serializers.Serializer):
    """When a history was read, whose it is, and who asked."""

    timestamp = MomentField()
    userId = serializers.IntegerField()
    requestedBy = serializers.IntegerField()


class UserSummaryOut(TimelineSummaryOut):
    message = serializers.CharField()
    sale_count = serializers.IntegerField()
    payment_count = serializers.IntegerField()
    duepayment_count = serializers.IntegerField()
    refund_count = serializers.IntegerField()
    meta = UserHistoryMeta()


class UserHistoryPagination(ContractPagination):
    """Pages that also say when they were read, and by whom."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        answer = super().get_paginated_response_schema(schema)
        integer = {"type": "integer"}
        answer["properties"]["meta"] = {
            "type": "object",
            "properties": {
                "timestamp": {"type": "string", "format": "date-time"},
                "userId": integer,
                "requestedBy": integer,
            },
        }
        return answer


class _HistoryViewSet(ContractViewSet):
    """The transactions of `user`, or everybody's when there is none."""

    noun = "user"
    page_limit = PAGE_LIMIT
    pagination_class = UserHistoryPagination
    queryset = User.objects.listed()

    def page_of(self, user: User | None) -> Response:
        query = asked(UserHistoryIn, self.request)
        CATCHING_UP.now()
        with snapshot():
            answer = self.page(
                UserHistory(query["days"], user=user, kind=query.get("type")),
                lambda rows: UserTransactionOut(rows, many=True).data,
            )
        answer.data.update(message="Transactions", meta=self.meta(user))
        return answer

    def summary_of(self, user: User) -> Response:
        query = asked(UserHistoryIn, self.request)
        CATCHING_UP.now()
        with snapshot():
            history = UserHistory(query["days"], user=user, kind=query.get("type"))
            summary = summary_of(history, KINDS, self.request)
        return Response({**summary, "message": "Transaction summary", "meta": self.meta(user)})

    def meta(self, user: User | None) -> dict[str, Any]:
        timestamp, caller = local_iso(timezone.now()), self.request.user.pk
        if user is None:
            return {"timestamp": timestamp, "userId": caller}
        return {"timestamp": timestamp, "userId": user.pk, "requestedBy": caller}


class UserHistoryViewSet(_HistoryViewSet):
    permission_classes = (Admin,)

    @extend_schema(
        parameters=[UserHistoryIn], responses=UserTransactionOut(many=True), tags=["users"]
    )
    def list(self, request: Request, user: str) -> Response:
        """What a user recorded, newest first."""
        return self.page_of(found(self.get_queryset(), user, self.noun))

    @extend_schema(parameters=[UserHistoryIn, LIMIT], responses=UserSummaryOut, tags=["users"])
    def summary(self, request: Request, user: str) -> Response:
        """How many rows of each kind that list has."""
        return self.summary_of(found(self.get_queryset(), user, self.noun))


class OwnHistoryViewSet(_HistoryViewSet):
    permission_classes = (AdminStaff,)

    @extend_schema(
        parameters=[UserHistoryIn], responses=UserTransactionOut(many=True), tags=["users"]
    )
    def list(self, request: Request) -> Response:
        """What the caller recorded, newest first."""
        return self.page_of(cast(User, request.user))

    @extend_schema(parameters=[UserHistoryIn, LIMIT], responses=UserSummaryOut, tags=["users"])
    def summary(self, request: Request) -> Response:
        """How many rows of each kind that list has."""
        return self.summary_of(cast(User, request.user))


class ShopHistoryViewSet(_HistoryViewSet):
    permission_classes = (Admin,)

    @extend_schema(
        parameters=[UserHistoryIn], responses=UserTransactionOut(many=True), tags=["dashboard"]
    )
    def list(self, request: Request) -> Response:
        """What everybody recorded, walk-ins included, newest first."""
        return self.page_of(None)
