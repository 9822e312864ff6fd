"""What the statements of the books share: the days asked for, the envelope, JSON, CSV and PDF."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Store
from pos_project.core.days import local_iso
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import Invalid
from pos_project.core.http.fields import MAX_ID
from pos_project.core.http.figures import Meta
from pos_project.core.http.formats import note_export
from pos_project.core.http.json import JSONRenderer
from pos_project.core.http.pagination import ContractPagination
from pos_project.core.http.period_query import AS_OF, FROM, TO
from pos_project.core.http.permissions import Admin
from reports.documents.document import Shop as Letterhead
from reports.documents.table import Sheet
from reports.documents.table_pdf import drawn
from reports.statements.api.serializers import OfDay, OfPeriod
from reports.summaries.building import CATCHING_UP

JSON, CSV, PDF = "json", "csv", "pdf"
FORMATS = (JSON, CSV, PDF)


@dataclass(frozen=True)
class Shop:
    """Whose books: one store's, or all stores together (`store_id` None)."""

    letterhead: Letterhead
    store_id: int | None

    @property
    def name(self) -> str:
        return self.letterhead.name


class StatementPagination(ContractPagination):
    """Pages of rows that are already read."""


class StatementView(GenericAPIView[Any]):
    """A statement. Subclasses say what it is about (`read`), and how it looks on the wire
    (`shown`) and as a table (`sheet`)."""

    permission_classes: tuple[Any, ...] = (Admin,)
    renderer_classes = (JSONRenderer,)  # the other formats are files of their own
    pagination_class = StatementPagination
    page_limit = 100
    max_limit = 500
    message: ClassVar[str]
    sectioned: ClassVar[bool] = False
    paged: ClassVar[bool] = False

    def answer(self, request: Request, **path: str) -> HttpResponseBase:
        """The statement in the format asked for. All of it is read at one moment."""
        wanted = _format_of(request.query_params)
        CATCHING_UP.now()
        if wanted == CSV:
            lines = self._csv(request, path)
            first = next(lines)  # what is wrong with the request shows before anything is sent
            note_export(request)
            return _file(
                StreamingHttpResponse(_rest(first, lines)),
                "text/csv; charset=utf-8",
                self._name,
                CSV,
            )
        with snapshot():
            shop = shop_of(request.query_params)
            if wanted == PDF:
                sheet = self.sheet(request, shop, **path)
                paper = HttpResponse(drawn(sheet, shop=shop.letterhead))
                note_export(request)
                return _file(paper, "application/pdf", sheet.name, PDF)
            return Response(self._envelope(request, self.shown(request, shop, **path)))

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        """`data` on the wire."""
        raise NotImplementedError

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        """The same as a table; with all rows, where JSON has a page."""
        raise NotImplementedError

    def _csv(self, request: Request, path: dict[str, str]) -> Iterator[str]:
        with snapshot():
            sheet = self.sheet(request, shop_of(request.query_params), **path)
            self._name = sheet.name
            yield from sheet.csv(sectioned=self.sectioned)

    def _envelope(self, request: Request, data: Any) -> dict[str, Any]:
        return {
            "success": True,
            "message": self.message,
            "data": data,
            "meta": {"timestamp": local_iso(timezone.now()), "userId": request.user.pk},
            **(self.pages.block() if self.paged else {}),
        }

    def window(self, request: Request, count: int) -> tuple[int, int]:
        """Which of `count` rows the page shows: from which position on, how many at most."""
        self.pages.paginate_queryset(range(count), request, self)
        return (self.pages.page - 1) * self.pages.limit, self.pages.limit

    @property
    def pages(self) -> ContractPagination:
        assert isinstance(self.paginator, ContractPagination)
        return self.paginator


def _rest(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _file(
    response: HttpResponseBase, content_type: str, name: str, ending: str
) -> HttpResponseBase:
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _format_of(query: Mapping[str, str]) -> str:
    wanted = (query.get("format") or JSON).strip().lower()
    if wanted not in FORMATS:
        text = f"One of: {', '.join(FORMATS)}."
        raise Invalid(f"format: {text}", fields={"format": [text]})
    return wanted


def shop_of(query: Mapping[str, str]) -> Shop:
    """`store_id`, or all stores. Raises Invalid for an unknown one. One statement."""
    asked = (query.get("store_id") or "").strip()
    stores = {store.pk: store for store in Store.objects.order_by("id")}
    if not asked:
        [only] = stores.values() if len(stores) == 1 else [None]
        return Shop(Letterhead.of(only) if only else Letterhead("All stores"), None)
    known = asked.isascii() and asked.isdigit() and len(asked) < 20 and int(asked) <= MAX_ID
    if not known or int(asked) not in stores:
        text = "Unknown store."
        raise Invalid(text, fields={"store_id": [text]})
    return Shop(Letterhead.of(stores[int(asked)]), int(asked))


# --- OpenAPI ---

_COMMON = [
    OpenApiParameter("store_id", OpenApiTypes.INT, description="One store; default all."),
    OpenApiParameter("format", OpenApiTypes.STR, enum=FORMATS, description="Default: json."),
]
_PAGES = [
    OpenApiParameter("page", OpenApiTypes.INT),
    OpenApiParameter("limit", OpenApiTypes.INT, description="Default 100, at most 500."),
]


class _Pages(serializers.Serializer):
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    pages = serializers.IntegerField()
    totalPage = serializers.IntegerField()
    currentPage = serializers.IntegerField()
    pageSize = serializers.IntegerField()
    hasNextPage = serializers.BooleanField()
    hasPrevPage = serializers.BooleanField()


@cache
def _answer(shape: type[serializers.Serializer[Any]], *, of_period: bool, paged: bool) -> Any:
    """The envelope around a statement; one class for each, whichever views show it."""
    name = f"Ledger{shape.__name__.removesuffix('Out')}"
    data = type(f"{name}Data", (OfPeriod if of_period else OfDay, shape), {})
    fields: dict[str, Any] = {
        "success": serializers.BooleanField(),
        "message": serializers.CharField(),
        "data": data(),
        "meta": Meta(),
    }
    if paged:
        fields |= {count: serializers.IntegerField() for count in ("total", "page", "limit")}
        fields["pagination"] = _Pages()
    return inline_serializer(f"{name}Answer", fields)


def statement_schema(
    shape: type[serializers.Serializer[Any]],
    *,
    period: bool = False,
    as_of: bool = False,
    paged: bool = False,
) -> Any:
    """Describes a statement: its parameters, and its answer in each format."""
    return extend_schema(
        parameters=[
            *((FROM, TO) if period else ()),
            *((AS_OF,) if as_of else ()),
            *_COMMON,
            *(_PAGES if paged else ()),
        ],
        responses={
            (200, "application/json"): _answer(shape, of_period=period, paged=paged),
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        tags=["ledger"],
    )
