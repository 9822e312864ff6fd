"""Pages (docs/api.md §5): the counts at top level and again under `pagination`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from pos_project.core.db.lengths import length

MAX_LIMIT = 100
MAX_PAGE = 2**53 - 1  # the largest number that every JSON reader echoes exactly


def bounded_int(text: str | None, *, default: int, most: int) -> int:
    """A query parameter as a number: nonsense or < 1 → default, too much → `most`."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < 1:
        return most if text.isascii() and text.isdigit() and len(text) > 18 else default
    return min(int(text), most)


def _cut_first(queryset: "QuerySet[Any]", start: int, stop: int) -> list[Any]:
    """The page's rows, chosen before they are joined with what is shown of them: a database that
    joins first may sort the whole table, names and all."""
    ids = list(queryset.values_list("pk", flat=True)[start:stop])
    found = {row.pk: row for row in queryset.order_by().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


class ContractPagination(BasePagination):
    """`page` and `limit`; a view sets `page_limit` (default 50) and `max_limit` (default 100), and
    may know a quicker way to count its rows (`count_rows`)."""

    def paginate_queryset(
        self, queryset: "QuerySet[Any] | Sequence[Any]", request: Request, view: Any = None
    ) -> list[Any]:
        start, stop = self.bounds(request, view)
        if isinstance(queryset, QuerySet):
            count_rows = getattr(view, "count_rows", length)
            self.total = count_rows(queryset)
        else:
            self.total = len(queryset)
        if start >= self.total:
            return []
        if not isinstance(queryset, QuerySet) or not queryset.query.select_related:
            return list(queryset[start:stop])
        return _cut_first(queryset, start, stop)

    def bounds(self, request: Request, view: Any) -> tuple[int, int]:
        """The places of the page's first row and of the one after its last."""
        default = getattr(view, "page_limit", 50)
        most = getattr(view, "max_limit", MAX_LIMIT)
        self.page = bounded_int(request.query_params.get("page"), default=1, most=MAX_PAGE)
        self.limit = bounded_int(request.query_params.get("limit"), default=default, most=most)
        return (self.page - 1) * self.limit, self.page * self.limit

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"success": True, "message": "Fetched", "data": data, **self.block()})

    def block(self) -> dict[str, Any]:
        """The counts, in both places in which the client reads them."""
        pages = -(-self.total // self.limit)
        return {
            "total": self.total,
            "page": self.page,
            "limit": self.limit,
            "pagination": {
                "total": self.total,
                "page": self.page,
                "limit": self.limit,
                "pages": pages,
                "totalPage": pages,
                "currentPage": self.page,
                "pageSize": self.limit,
                "hasNextPage": self.page < pages,
                "hasPrevPage": self.page > 1,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        default = getattr(view, "page_limit", 50)
        most = getattr(view, "max_limit", MAX_LIMIT)
        number = {"type": "integer", "minimum": 1}
        return [
            {"name": "page", "in": "query", "schema": {**number, "default": 1}},
            {
                "name": "limit",
                "in": "query",
                "schema": {**number, "default": default, "maximum": most},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        count = {"type": "integer"}
        return {
            "type": "object",
            "required": ["success", "message", "data", "total", "page", "limit", "pagination"],
            "properties": {
                "success": {"type": "boolean"},
                "message": {"type": "string"},
                "data": schema,
                "total": count,
                "page": count,
                "limit": count,
                "pagination": {"$ref": "#/components/schemas/Pagination"},
            },
        }


def with_keys(**described: dict[str, Any]) -> type[ContractPagination]:
    """Pages of a list that says something beside its rows, described so."""

    class Pages(ContractPagination):
        def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
            page = super().get_paginated_response_schema(schema)
            return {**page, "properties": {**page["properties"], **described}}

    return Pages
