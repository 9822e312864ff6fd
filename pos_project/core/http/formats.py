"""`?format=csv`: any list or table of the API as a spreadsheet. One mechanism for all of them.

A list of pages (`ContractViewSet.page`) streams every row that its filters leave, not only a page;
whatever else is answered goes through `CsvRenderer`, which finds the table in it. Errors stay
JSON, and whoever may not read the JSON may not read the file.
"""

import logging
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import IntegerField, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pos_project.core.errors import Invalid
from pos_project.core.http.csv_file import Row, file_name, write
from pos_project.core.http.exception_handler import envelope
from pos_project.core.http.json import JSONRenderer, dumps

log = logging.getLogger(__name__)

CSV, JSON = "csv", "json"
PARAMETER, TABLE = "format", "table"
ROWS_AT_ONCE = 500
MOST_ROWS = 2_000_000  # their ids are kept while they are sent: 8 bytes each
# Rows without an id of their own (sums, several kinds in one list) are cut by position, and each
# cut passes over all rows before it.
MOST_CUT_ROWS, CUT_AT_ONCE = 100_000, 5_000


class CsvRenderer(BaseRenderer):
    """The table in an answer: the answer itself, its `data`, or one of the lists within `data`."""

    media_type, format, charset = "text/csv", CSV, "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        assert renderer_context is not None
        request, response = renderer_context["request"], renderer_context["response"]
        if response.status_code == 200:
            try:
                described = getattr(renderer_context["view"], "data_serializer", None)
                table = table_in(
                    data, request.query_params.get(TABLE, ""), described() if described else None
                )
            except Invalid as problem:
                data = _refuse(response, problem)
            else:
                response["Content-Disposition"] = _attachment(request)
                note_export(request)
                return b"".join(write([table.rows], table.shape))
        response["Content-Type"] = JSONRenderer.media_type
        return dumps(data)


class _UnknownFormat(JSONRenderer):
    """Refuses with 400 what would have been answered, once it is clear that the caller may ask."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        assert renderer_context is not None
        response = renderer_context["response"]
        if response.status_code == 200:
            text = f"One of: {JSON}, {CSV}."
            data = _refuse(response, Invalid(f"{PARAMETER}: {text}", fields={PARAMETER: [text]}))
        return super().render(data, accepted_media_type, renderer_context)


class FileToCome(Response):
    """Stands for a file until the view, which may add to an answer's body, is done."""

    def __init__(self, file: StreamingHttpResponse) -> None:
        super().__init__({"data": []})
        self.file = file


class FormatNegotiation(DefaultContentNegotiation):
    """JSON unless a reading request's `format` says otherwise; no Accept header changes that."""

    def select_renderer(  # type: ignore[override]  # (a Sequence, as views have)
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        table = next((each for each in renderers if isinstance(each, CsvRenderer)), None)
        if table is not None:
            wanted = request.query_params.get(PARAMETER, "").strip().lower()
            if request.method in SAFE_METHODS and wanted not in ("", JSON):
                chosen = table if wanted == CSV else _UnknownFormat()
                return chosen, chosen.media_type
            return JSONRenderer(), JSONRenderer.media_type
        return super().select_renderer(request, renderers, format_suffix)


def wants_csv(request: Request) -> bool:
    return request.accepted_renderer.format == CSV


class Table(NamedTuple):
    """Rows to write, and the serializer that describes one of them, where there is one."""

    rows: Sequence[Row]
    shape: serializers.Field | None = None


def table_in(data: Any, name: str, shape: serializers.Serializer | None = None) -> Table:
    """The table to write; `shape` describes what the answer is about.

    Raises Invalid, naming the choices, when it is not clear which.
    """
    body = data.get("data", data) if isinstance(data, Mapping) else data
    if isinstance(body, Mapping):
        tables = dict(_tables(body, shape))
        if name or len(tables) > 1:
            if name not in tables:
                text = f"One of: {', '.join(tables)}." if tables else "There is but one table."
                raise Invalid(f"{TABLE}: {text}", fields={TABLE: [text]})
            return tables[name]
        # Without a list in it the answer is one row.
        return next(iter(tables.values()), Table([body], shape))
    if isinstance(body, Sequence) and all(isinstance(row, Mapping) for row in body):
        return Table(body)
    raise Invalid("There is no table here.", fields={PARAMETER: ["There is no table here."]})


def stream(
    request: Request,
    rows: "QuerySet[Any] | Sequence[Any]",
    show: Callable[[list[Any]], Any],
) -> StreamingHttpResponse:
    """All `rows`, as `show` shows them, in bounded memory. Raises Invalid when there are too many.

    Which rows there are is settled at the start; each is read when its turn comes.
    """
    parts = (show(part) for part in _parts(rows))
    # The first part is made now: what goes wrong in it is still answered as an error.
    file = write(chain([next(parts, show([]))], parts))
    answer = StreamingHttpResponse(
        chain([next(file)], file), content_type=f"{CsvRenderer.media_type}; charset=utf-8"
    )
    answer["Content-Disposition"] = _attachment(request)
    note_export(request)
    return answer


def _parts(rows: "QuerySet[Any] | Sequence[Any]") -> Iterator[list[Any]]:
    if isinstance(rows, QuerySet) and _have_ids(rows):
        _refuse_beyond(rows.count(), MOST_ROWS)
        ids = array("q", rows.values_list("pk", flat=True).iterator(chunk_size=CUT_AT_ONCE))
        unordered = rows.order_by()
        for start in range(0, len(ids), ROWS_AT_ONCE):
            part = ids[start : start + ROWS_AT_ONCE]
            found = {_id(row): row for row in unordered.filter(pk__in=list(part))}
            yield [found[row_id] for row_id in part if row_id in found]
        return
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    _refuse_beyond(total, MOST_CUT_ROWS)
    for start in range(0, total, CUT_AT_ONCE):
        yield list(rows[start : start + CUT_AT_ONCE])


def _have_ids(rows: "QuerySet[Any]") -> bool:
    """Whether each row is a row of one table, so that it can be found again by its number."""
    query = rows.query
    if not isinstance(rows.model._meta.pk, IntegerField):  # an account's key is its code
        return False
    if query.combinator or query.group_by is not None or query.distinct:
        return False
    return not query.values_select or "id" in query.values_select


def _id(row: Any) -> int:
    return int(row["id"] if isinstance(row, Mapping) else row.pk)


def _refuse_beyond(total: int, most: int) -> None:
    if total > most:
        text = f"{total} rows, more than the {most} of one file: narrow the list by its filters."
        raise Invalid(text, fields={PARAMETER: [text]})


def _tables(
    body: Mapping[str, Any], shape: serializers.Serializer | None
) -> Iterator[tuple[str, Table]]:
    """The lists of objects in an answer, by name; those of objects within it dotted.

    An empty list does not show what it is a list of: the shape says so.
    """
    for name, value in body.items():
        field = shape.fields.get(name) if shape else None
        if isinstance(value, Mapping):
            within = field if isinstance(field, serializers.Serializer) else None
            yield from ((f"{name}.{inner}", table) for inner, table in _tables(value, within))
        elif isinstance(field, serializers.ListSerializer):
            yield name, Table(value, field.child)
        elif (
            field is None
            and isinstance(value, list)
            and value
            and all(isinstance(row, Mapping) for row in value)
        ):
            yield name, Table(value)


def _refuse(response: Response, problem: Invalid) -> Any:
    refused = envelope(problem, {})
    assert refused is not None
    response.status_code = refused.status_code
    return refused.data


def _attachment(request: Request) -> str:
    return f'attachment; filename="{file_name(request.path)}"'


def note_export(request: Request | HttpRequest) -> None:
    # Who took data out of the house; the path has no line breaks, they are encoded in it.
    log.info("user %s exported %s", request.user.pk, request.get_full_path())
