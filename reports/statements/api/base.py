"""What the statements of the books share: the days asked for, the envelope, JSON, CSV and PDF."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any, ClassVar, cast

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
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
from pos_project.core.db.replica import report_snapshot
from pos_project.core.errors import Invalid
from pos_project.core.http.figures import Meta
from pos_project.core.http.formats import note_export
from pos_project.core.http.json import JSONRenderer
from pos_project.core.http.pagination import ContractPagination
from pos_project.core.http.period_query import (
    AS_OF,
    COMPARE_AS_OF,
    COMPARE_FROM,
    COMPARE_TO,
    FROM,
    KNOWN_ON,
    TO,
    compared_day_of,
    compared_period_of,
    day_of,
    known_on_of,
    period_of,
)
from pos_project.core.http.permissions import Admin
from pos_project.core.period import Period
from reports.documents import csv, pdf
from reports.documents.document import Document, Letterhead, TooLong
from reports.statements.account_movements import BEGINNING
from reports.statements.api.serializers import OfDay, OfPeriod
from reports.statements.scope import Scope
from reports.statements.side_by_side import Earlier
from reports.summaries.building import CATCHING_UP

JSON, CSV, PDF = "json", "csv", "pdf"
FORMATS = (JSON, CSV, PDF)


class StatementView(GenericAPIView[Any]):
    """A statement of a period, or (`of_day`) as of a day: its figures, of which `wire` makes JSON
    and `document` what is printed. `statement` lets it answer."""

    permission_classes: tuple[Any, ...] = (Admin,)
    renderer_classes = (JSONRenderer,)  # the other formats are files of their own
    pagination_class = ContractPagination
    page_limit, max_limit = 100, 500
    message: ClassVar[str]
    figures: ClassVar[Callable[..., Any]]  # of the period or day, and `store_id`
    printed: ClassVar[Callable[[Any, Scope], Document]]
    shape: ClassVar[type[serializers.Serializer[Any]]]
    of_day: ClassVar[bool]
    paged: ClassVar[bool]
    # Whether it is made of entries alone, each of which says when it was entered.
    of_entries: ClassVar[bool]
    compares: ClassVar[bool]  # whether other days can stand beside those asked for

    def answer(self, request: Request, **path: str) -> HttpResponseBase:
        """The statement in the format asked for. All of it is read at one moment."""
        wanted = _format_of(request.query_params)
        CATCHING_UP.now()
        if wanted == CSV:
            lines = self._csv(request, path)
            first = next(lines)  # what is wrong with the request shows before anything is sent
            note_export(request)
            file = StreamingHttpResponse(chain([first], lines))
            return _file(file, "text/csv; charset=utf-8", self._name, CSV)
        with report_snapshot():
            if wanted == PDF:
                document = self._document(request, path)
                printed = HttpResponse(_pdf(document))
                note_export(request)
                return _file(printed, "application/pdf", document.file_name, PDF)
            scope = self.scope(request)
            data = {**self._about(scope), **self.wire(self.read(scope, **path), scope)}
            other = self._compared(request, scope)
            if other:
                compared = self.wire(self.read(other, **path), other)
                data["compared"] = {**self._about(other), **compared}
            return Response(self._envelope(request, data))

    def read(self, scope: Scope, **path: str) -> Any:
        """The figures."""
        days = scope.day if self.of_day else scope.period
        known = {"known_on": scope.known_on} if self.of_entries else {}
        return type(self).figures(days, store_id=scope.store_id, **known)

    def wire(self, figures: Any, scope: Scope) -> dict[str, Any]:
        """`data` on the wire, but for the days and the store."""
        return dict(self.shape(figures).data)

    def document(self, figures: Any, scope: Scope) -> Document:
        """The same as a document; with all rows, where JSON has a page."""
        return type(self).printed(figures, scope)

    def period(self, query: QueryDict) -> Period:
        return Period(BEGINNING, day_of(query)) if self.of_day else period_of(query)

    def scope(self, request: Request) -> Scope:
        shop, store_id = store_of(cast(Any, request.user).reads_store)
        known_on = known_on_of(request.query_params)
        if known_on is not None and not self.of_entries:
            text = "Not of this statement: of trial balance, profit and loss and balance sheet."
            raise Invalid(f"known_on: {text}", fields={"known_on": [text]})
        return Scope(shop, store_id, self.period(request.query_params), known_on)

    def window(self, count: int) -> slice:
        """Which of `count` rows the page shows."""
        self.pages.paginate_queryset(range(count), self.request, self)
        start = (self.pages.page - 1) * self.pages.limit
        return slice(start, start + self.pages.limit)

    @property
    def pages(self) -> ContractPagination:
        assert isinstance(self.paginator, ContractPagination)
        return self.paginator

    def _document(self, request: Request, path: dict[str, str]) -> Document:
        scope = self.scope(request)
        figures, other = self.read(scope, **path), self._compared(request, scope)
        if other is None:
            return self.document(figures, scope)
        return self.compared_document(figures, scope, self.read(other), other)

    def compared_document(
        self, figures: Any, scope: Scope, earlier: Any, of_earlier: Scope
    ) -> Document:
        """The document with the other days' figures beside these."""
        printed: Callable[..., Document] = type(self).printed
        return printed(figures, scope, Earlier(earlier, of_earlier.period))

    def _compared(self, request: Request, scope: Scope) -> Scope | None:
        """The days to stand beside these, if any are asked for."""
        if not self.compares:
            return None
        query = request.query_params
        if self.of_day:
            day = compared_day_of(query)
            period = Period(BEGINNING, day) if day else None
        else:
            period = compared_period_of(query)
        return replace(scope, period=period) if period else None

    def _csv(self, request: Request, path: dict[str, str]) -> Iterator[bytes]:
        with report_snapshot():
            document = self._document(request, path)
            self._name = document.file_name
            yield from csv.render(document)

    def _about(self, scope: Scope) -> dict[str, Any]:
        about = {"store_id": scope.store_id, "known_on": scope.known_on}
        if self.of_day:
            return dict(OfDay({"as_of": scope.day, **about}).data)
        first = None if scope.is_as_of else scope.period.first
        days = {"first": first, "last": scope.day}
        return dict(OfPeriod({"period": days, **about}).data)

    def _envelope(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "success": True,
            "message": self.message,
            "data": data,
            "meta": {"timestamp": local_iso(timezone.now()), "userId": request.user.pk},
            **(self.pages.block() if self.paged else {}),
        }


def _pdf(document: Document) -> bytes:
    try:
        return pdf.render(document)
    except TooLong as error:
        text = str(error.message)
        problem = f"{text.removesuffix('.')}, or format=csv."
        raise Invalid(problem, fields={"format": [text]}) from error


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


def store_of(store_id: int | None) -> tuple[Letterhead, int | None]:
    """Whose books they are: one store's, or all stores' (None). One statement."""
    stores = Store.objects.in_bulk()
    if store_id is not None:
        return Letterhead.of(stores[store_id]), store_id
    [only] = stores.values() if len(stores) == 1 else [None]
    return Letterhead.of(only) if only else Letterhead("All stores"), None


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
def _answer(
    shape: type[serializers.Serializer[Any]], *, of_period: bool, paged: bool, compares: bool
) -> Any:
    """The envelope around a statement; one class for each, whichever views show it."""
    name = f"Ledger{shape.__name__.removesuffix('Out')}"
    data = type(f"{name}Data", (OfPeriod if of_period else OfDay, shape), {})
    if compares:  # the same of the other days, where any are asked for
        data = type(f"{name}ComparedData", (data,), {"compared": data(required=False)})
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


def statement(
    shape: type[serializers.Serializer[Any]],
    *,
    period: bool = False,
    as_of: bool = False,
    paged: bool = False,
    of_entries: bool = False,
    compares: bool = False,
) -> Callable[[type[StatementView]], type[StatementView]]:
    """Lets a view answer GET with a statement of this shape, and describes it by its docstring."""

    def get(self: StatementView, request: Request, **path: str) -> HttpResponseBase:
        return self.answer(request, **path)

    described = extend_schema(
        parameters=[
            *((FROM, TO) if period else ()),
            *((AS_OF,) if as_of else ()),
            *((KNOWN_ON,) if of_entries else ()),
            *(((COMPARE_FROM, COMPARE_TO) if period else (COMPARE_AS_OF,)) if compares else ()),
            *_COMMON,
            *(_PAGES if paged else ()),
        ],
        responses={
            (200, "application/json"): _answer(
                shape, of_period=period, paged=paged, compares=compares
            ),
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        tags=["ledger"],
    )

    def answering(view: type[StatementView]) -> type[StatementView]:
        view.shape, view.of_day, view.paged = shape, not period, paged
        view.of_entries, view.compares = of_entries, compares
        get.__doc__ = view.__doc__
        view.get = described(get)  # type: ignore[attr-defined]  # (DRF calls it by its name)
        return view

    return answering
