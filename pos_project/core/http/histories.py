"""What the histories on the wire share: how they are asked for, their rows, their summary."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pos_project.core.db.merged_list import Timeline
from pos_project.core.http.day_range import DayRangeIn, asked
from pos_project.core.http.endpoints import ContractViewSet
from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.http.pagination import MAX_LIMIT, bounded_int
from pos_project.core.http.permissions import AnyUser

PAGE_LIMIT = 10
LIMIT = OpenApiParameter(
    "limit", int, default=PAGE_LIMIT, description="Rows of a page; decides `totalPage`."
)


class TimelineRowOut(serializers.Serializer):
    """A row of any history, fed with the dicts of a timeline."""

    ref_id = serializers.IntegerField()
    type = serializers.CharField()
    reference = serializers.CharField(allow_null=True)
    amount = MoneyField()
    user_id = serializers.IntegerField()
    status = serializers.CharField()
    paid = MoneyField()
    due = MoneyField(allow_null=True)
    method = serializers.CharField(allow_null=True)
    direction = serializers.CharField(allow_null=True)  # of money: in, out, or none moved
    created_at = MomentField()


class _SummaryPages(serializers.Serializer):
    totalPage = serializers.IntegerField()
    total = serializers.IntegerField()


class TimelineSummaryOut(serializers.Serializer):
    """How many rows a history has; a subclass adds the count of each kind."""

    success = serializers.BooleanField()
    total_transactions = serializers.IntegerField()
    pagination = _SummaryPages()


class HistoryViewSet(ContractViewSet):
    """What happened, newest first, and how many rows of each of the `kinds`.

    `asks` checks the query, `history` makes what it asks for of whom the path names, and `row`
    shows a row of that.
    """

    page_limit = PAGE_LIMIT
    permission_classes: tuple[Any, ...] = (AnyUser,)
    asks: ClassVar[type[DayRangeIn]]
    row: ClassVar[type[TimelineRowOut]]
    kinds: ClassVar[Sequence[str]]
    history: Callable[..., Any]

    def list(self, request: Request, **path: str) -> Response:
        return self.page(self._timeline(path), lambda rows: self.row(rows, many=True).data)

    @action(detail=True)
    def summary(self, request: Request, **path: str) -> Response:
        """How many rows of each kind the list of transactions has."""
        return Response(summary_of(self._timeline(path), self.kinds, request))

    def _timeline(self, path: dict[str, str]) -> Timeline:
        query = asked(self.asks, self.request)
        timeline: Timeline = self.history(query, **path).transactions(kind=query.get("type"))
        return timeline


def summary_of(timeline: Timeline, kinds: Sequence[str], request: Request) -> dict[str, Any]:
    """How many rows of each kind the very list has, and how many pages of `limit` rows."""
    total = len(timeline)
    limit = bounded_int(request.query_params.get("limit"), default=PAGE_LIMIT, most=MAX_LIMIT)
    return {
        "success": True,
        "total_transactions": total,
        **{f"{kind.lower()}_count": timeline.counts.get(kind, 0) for kind in kinds},
        "pagination": {"totalPage": -(-total // limit), "total": total},
    }
