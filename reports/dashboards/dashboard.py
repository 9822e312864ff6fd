"""What all dashboards share: who may look, the moment they look at, the envelope around it.

A dashboard is a module of its own, whose first line gives its path: what it reads, the figures
that come of it, the serializer that describes and shows them, and the view. Everything it reads,
it reads at one moment.
"""

import inspect
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pos_project.core.days import business_day
from pos_project.core.db.replica import report_snapshot
from pos_project.core.db.store_rows import reported_store
from pos_project.core.http.endpoints import asked_by
from pos_project.core.http.fields import DayField
from pos_project.core.http.figures import FiguresSerializer, Meta
from pos_project.core.http.openapi import ContractSchema
from pos_project.core.http.period_query import FROM, TO, WholeNumber, period_of
from pos_project.core.http.permissions import Admin
from pos_project.core.period import Period
from reports.summaries.building import CATCHING_UP


class NamedPeriod(FiguresSerializer):
    """A period, as most dashboards show it."""

    fromDate = DayField(source="first")
    toDate = DayField(source="last")


class CountedPeriod(FiguresSerializer):
    """A period, as some dashboards show it."""

    from_date = DayField(source="first")
    to_date = DayField(source="last")
    days = serializers.IntegerField()


class RowsOfPeriod(NamedTuple):
    """The figures of a dashboard that is one list."""

    period: Period
    rows: list[Any]


@dataclass(frozen=True)
class Reading:
    """When a dashboard was read, by whom, and what was asked for: what its `meta` shows."""

    timestamp: datetime
    user_id: int
    query: Any

    @property
    def day(self) -> date:
        return business_day(self.timestamp)


class DashboardSchema(ContractSchema):
    """Reads the answer, the parameters and the words of a dashboard from its class."""

    several_tables = True

    @property
    def dashboard(self) -> "DashboardView":
        return cast(DashboardView, self.view)

    def get_tags(self) -> list[str]:
        return list(self.dashboard.tags)

    def get_description(self) -> str:  # type: ignore[override]  # (as drf-spectacular's own)
        return inspect.getdoc(type(self.view)) or ""

    def get_override_parameters(self) -> list[Any]:
        return list(self.dashboard.parameters)

    def get_response_serializers(self) -> Any:
        name = type(self.view).__name__.removesuffix("View")
        return inline_serializer(
            f"{name}Answer",
            {
                "success": serializers.BooleanField(),
                "message": serializers.CharField(),
                "data": self.dashboard.data_serializer(),
                "meta": self.dashboard.meta_serializer(),
            },
        )


class DashboardView(APIView):
    """Base of everything under `/api/dashboard`; also of reports that speak in its envelope."""

    schema = DashboardSchema()
    permission_classes: tuple[Any, ...] = (Admin,)
    message: ClassVar[str]
    data_serializer: ClassVar[type[FiguresSerializer]]  # fed with what `read` returns
    meta_serializer: ClassVar[type[FiguresSerializer]] = Meta  # fed with a `Reading`
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = ()
    tags: ClassVar[tuple[str, ...]] = ("dashboard",)

    def get(self, request: Request, **path: str) -> Response:
        query = self.parse_query(request, **path)
        CATCHING_UP.now()
        store_id = cast(Any, request.user).reads_store
        with reported_store(store_id), report_snapshot(), asked_by(request):
            data = self.data_serializer(self.read(query)).data
        reading = Reading(timezone.now(), cast(int, request.user.pk), query)
        return Response(
            {
                "success": True,
                "message": self.message,
                "data": data,
                "meta": self.meta_serializer(reading).data,
            }
        )

    def parse_query(self, request: Request, **path: str) -> Any:
        """What the request asks for, as `read` takes it. Raises Invalid or NotFound."""
        return None

    def read(self, query: Any) -> Any:
        """The figures."""
        raise NotImplementedError


class PeriodView(DashboardView):
    """A dashboard of a period; 30 days unless `fromDate` and `toDate` say otherwise."""

    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (FROM, TO)

    def parse_query(self, request: Request, **path: str) -> Any:
        return period_of(request.query_params)


@dataclass(frozen=True)
class TopOf:
    """So many rows of a period."""

    period: Period
    limit: int


DAYS = WholeNumber("days", default=30, most=365)


class DaysMeta(Meta):
    period_days = serializers.IntegerField(source="query")


class LastDaysView(DashboardView):
    """A dashboard of the last `days` days up to now."""

    meta_serializer = DaysMeta
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (DAYS.parameter,)

    def parse_query(self, request: Request, **path: str) -> int:
        return DAYS.parse(request.query_params)
