"""What the histories on the wire share: how they are asked for, their rows, their summary."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.db.merged_list import Timeline
from pos_project.core.http.fields import MomentField, MoneyField
from pos_project.core.http.pagination import MAX_LIMIT, bounded_int

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
