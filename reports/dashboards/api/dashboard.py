"""What all dashboards share: who may look, the moment they look at, the envelope around it.

A dashboard is a class with a `message`, a `shape` (the serializer that describes its `data`) and
a method that computes `data`. Everything it reads, it reads at one moment.
"""

import inspect
from typing import Any, ClassVar, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pos_project.core.days import local_iso
from pos_project.core.db.transactions import snapshot
from pos_project.core.http.openapi import ContractSchema
from pos_project.core.http.period_query import FROM, TO, period_of
from pos_project.core.http.permissions import Admin
from pos_project.core.http.shapes import CountedPeriod, Meta, NamedPeriod
from pos_project.core.period import Period
from reports.summaries.building import CATCHING_UP


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
                "data": self.dashboard.shape(),
                "meta": self.dashboard.meta_shape(),
            },
        )


class DashboardView(APIView):
    """Base of everything under `/api/dashboard`; also of reports that speak in its envelope."""

    schema = DashboardSchema()
    permission_classes: tuple[Any, ...] = (Admin,)
    message: ClassVar[str]
    shape: ClassVar[type[serializers.Serializer]]
    meta_shape: ClassVar[type[serializers.Serializer]] = Meta
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = ()
    tags: ClassVar[tuple[str, ...]] = ("dashboard",)

    def get(self, request: Request, **path: str) -> Response:
        asked = self.asked(request, **path)
        CATCHING_UP.now()
        with snapshot():
            data = self.data(asked)
        return Response(
            {
                "success": True,
                "message": self.message,
                "data": data,
                "meta": self.meta(request, asked),
            }
        )

    def asked(self, request: Request, **path: str) -> Any:
        """What the request asks for. Raises Invalid or NotFound; `data` is computed from it."""
        return None

    def data(self, asked: Any) -> dict[str, Any]:
        raise NotImplementedError

    def meta(self, request: Request, asked: Any) -> dict[str, Any]:
        return {"timestamp": local_iso(timezone.now()), "userId": request.user.pk}


class PeriodView(DashboardView):
    """A dashboard of a period; 30 days unless `fromDate` and `toDate` say otherwise."""

    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (FROM, TO)

    def asked(self, request: Request, **path: str) -> Any:
        return period_of(request.query_params)


def named_period(period: Period) -> dict[str, str]:
    """`{fromDate, toDate}`, as most dashboards show it."""
    return {"fromDate": period.first.isoformat(), "toDate": period.last.isoformat()}


def counted_period(period: Period) -> dict[str, Any]:
    """`{from_date, to_date, days}`, as some dashboards show it."""
    return {
        "from_date": period.first.isoformat(),
        "to_date": period.last.isoformat(),
        "days": period.days,
    }


__all__ = [
    "CountedPeriod",
    "DashboardSchema",
    "DashboardView",
    "Meta",
    "NamedPeriod",
    "PeriodView",
    "counted_period",
    "named_period",
]
