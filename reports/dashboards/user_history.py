"""What users recorded, newest first: `/api/users/<id>/transactions` and its summary, of one user,
and `/api/dashboard/transactions`, of all of them.

Their rows are millions, so a history's length is built counts of closed days and live counts of
the others. Read it inside `report_snapshot()`.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, cast

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from pos_project.core.days import FIRST_DAY, day_start, local_iso, today
from pos_project.core.db.merged_list import End, Place, Timeline
from pos_project.core.db.replica import report_snapshot
from pos_project.core.db.store_rows import reported, reported_store
from pos_project.core.http.day_range import DayRange, DayRangeIn, KindField, asked
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
from pos_project.core.period import ONE_DAY, Period
from reports.summaries.building import CATCHING_UP
from reports.summaries.day_sets import Days, within
from reports.summaries.models import Granularity, RecordedSummary
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.recorded import RECORDED
from reports.summaries.remembered import remembered
from reports.summaries.user_sources import KINDS, SALE, recorded
from sales.api.sale_serializers import WALK_IN

ROW_BYTES = 100
DEEP = 1000  # rows above a page; from here on looking up the days' counts costs less


class UserHistory(Timeline):
    """Everything that was recorded on these days; by one user, or of one kind, if named."""

    def __init__(
        self, days: DayRange, *, user: User | None = None, kind: str | None = None
    ) -> None:
        self.user_id = user and user.pk
        self.theirs = Q(user=user) if user else Q()
        of_days = days.of_moments("created_at") & self.theirs & reported()
        super().__init__(recorded(of_days), kind=kind)
        # Nothing is written into the future.
        self.period = Period(days.first or FIRST_DAY, min(days.last or today(), today()))

    @cached_property
    def counts(self) -> dict[str, int]:
        plan = plan_reading(self.period, RECORDED)[RECORDED.name]
        built = self._built(Granularity.MONTH, plan.months)
        built += self._built(Granularity.DAY, plan.days)
        built.subtract(self._built(Granularity.MONTH, plan.less))
        built.update(_of_closed(plan, self.user_id))
        counts = {source.kind: built[source.kind] for source in self.sources}
        if plan.live:
            live = _moments_of(plan.live)
            for source in self.sources:
                counts[source.kind] += source.rows.filter(live).count()
        return counts

    def places(self, start: int, stop: int, *, end: End | None = None) -> list[Place]:
        """A deep page is looked for from the day on that it begins in, not from the newest row."""
        if end or start < DEEP:
            return super().places(start, stop, end=end)
        above, day = self._day_of(start)
        whole_days = End(day_start(day + ONE_DAY), Place(len(self.sources), 0))
        return super().places(start - above, stop - above, end=whole_days)

    def _day_of(self, position: int) -> tuple[int, date]:
        """The day that this row is of, or a later one, and how many rows there are after it."""
        plan = plan_reading(self.period, RECORDED, by_day=True)[RECORDED.name]
        of_day = self._built_by_day(plan.days)
        live = {last: first for first, last in (plan.closed | plan.live).runs}
        above, day = 0, self.period.last
        while day >= self.period.first:
            first = live.get(day, day)
            count = self._count_live(Days.between(first, day)) if day in live else of_day[day]
            if above + count > position:
                break
            above, day = above + count, first - ONE_DAY
        return above, day

    def _built(self, granularity: Granularity, periods: Days) -> Counter[str]:
        """What was summed up of these days, or of the months with these first days, by kind."""
        if not periods:
            return Counter()
        summaries = self._summaries(granularity, periods)
        return Counter(dict(summaries.values_list("kind").annotate(Sum("recorded")).order_by()))

    def _built_by_day(self, days: Days) -> Counter[date]:
        summaries = self._summaries(Granularity.DAY, days).filter(
            kind__in={source.kind for source in self.sources}
        )
        return Counter(
            dict(summaries.values_list("first_day").annotate(Sum("recorded")).order_by())
        )

    def _summaries(self, granularity: Granularity, periods: Days) -> QuerySet[RecordedSummary]:
        return RecordedSummary.objects.filter(within(periods), self.theirs, granularity=granularity)

    def _count_live(self, days: Days) -> int:
        moments = _moments_of(days)
        return sum(source.rows.filter(moments).count() for source in self.sources)


@remembered(bytes_a_row=ROW_BYTES)
def _of_closed(plan: ReadPlan, user_id: int | None) -> Mapping[str, int]:
    """What was recorded in one store on built days, whose counts know no stores; by kind."""
    if not plan.closed:
        return {}
    theirs = Q() if user_id is None else Q(user_id=user_id)
    which = _moments_of(plan.closed) & theirs & reported()
    counts: Counter[str] = Counter()
    for source in recorded(which):  # several may be of one kind
        counts[source.kind] += source.rows.count()
    return counts


def _moments_of(days: Days) -> Q:
    condition = Q()
    for first, last in days.runs:
        condition |= DayRange(first, last).of_moments("created_at")
    return condition


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
        history = self.history_of(user)
        with reported_store(self.reads_store()), report_snapshot():
            answer = self.page(history, lambda rows: UserTransactionOut(rows, many=True).data)
        answer.data.update(message="Transactions", meta=self.meta(user))
        return answer

    def summary_of(self, user: User) -> Response:
        history = self.history_of(user)
        with reported_store(self.reads_store()), report_snapshot():
            summary = summary_of(history, KINDS, self.request)
        return Response({**summary, "message": "Transaction summary", "meta": self.meta(user)})

    def history_of(self, user: User | None) -> UserHistory:
        query = asked(UserHistoryIn, self.request)
        CATCHING_UP.now()
        with reported_store(self.reads_store()):
            return UserHistory(query["days"], user=user, kind=query.get("type"))

    def meta(self, user: User | None) -> dict[str, Any]:
        timestamp, caller = local_iso(timezone.now()), self.request.user.pk
        if user is None:
            return {"timestamp": timestamp, "userId": caller}
        return {"timestamp": timestamp, "userId": user.pk, "requestedBy": caller}


DESCRIBE_LIST = extend_schema(
    parameters=[UserHistoryIn], responses=UserTransactionOut(many=True), tags=["users"]
)
DESCRIBE_SUMMARY = extend_schema(
    parameters=[UserHistoryIn, LIMIT], responses=UserSummaryOut, tags=["users"]
)


class UserHistoryViewSet(_HistoryViewSet):
    permission_classes = (Admin,)

    @DESCRIBE_LIST
    def list(self, request: Request, user: str) -> Response:
        """What a user recorded, newest first."""
        return self.page_of(found(self.get_queryset(), user, self.noun))

    @DESCRIBE_SUMMARY
    def summary(self, request: Request, user: str) -> Response:
        """How many rows of each kind the list of a user has."""
        return self.summary_of(found(self.get_queryset(), user, self.noun))


class OwnHistoryViewSet(_HistoryViewSet):
    permission_classes = (AdminStaff,)

    @DESCRIBE_LIST
    def list(self, request: Request) -> Response:
        """What the caller recorded, newest first."""
        return self.page_of(cast(User, request.user))

    @DESCRIBE_SUMMARY
    def summary(self, request: Request) -> Response:
        """How many rows of each kind the caller's list has."""
        return self.summary_of(cast(User, request.user))


class ShopHistoryViewSet(_HistoryViewSet):
    permission_classes = (Admin,)

    @extend_schema(
        parameters=[UserHistoryIn], responses=UserTransactionOut(many=True), tags=["dashboard"]
    )
    def list(self, request: Request) -> Response:
        """What everybody recorded, walk-ins included, newest first."""
        return self.page_of(None)
