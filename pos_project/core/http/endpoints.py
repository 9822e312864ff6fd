"""The shape of an endpoint: check the body, call one use case, show its result."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from pos_project.core.at_till import at_till
from pos_project.core.db.idempotency import RequestKey, fingerprint, kept_answer_first
from pos_project.core.db.store_rows import of_store
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.http.fields import MAX_ID, IdField
from pos_project.core.http.formats import FileToCome, stream, wants_csv
from pos_project.core.http.json import dumps

R = TypeVar("R")
# Whose answer is being made, for fields that show the address they are reached at.
SIGNATURE = "approval"  # a manager's, in the body of a request
ASKED_BY: ContextVar[Request | None] = ContextVar("asked_by", default=None)
M = TypeVar("M", bound=Model)


def path_id(text: str | None, noun: str) -> int:
    """An id of the path. Raises Invalid (400) for anything but a positive integer."""
    digits = text or ""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise Invalid(f"Invalid {noun} id")
    if not 1 <= int(digits) <= MAX_ID:
        raise Invalid(f"Invalid {noun} id")
    return int(digits)


def found(rows: "QuerySet[M]", text: str | int | None, noun: str) -> M:
    """The row with this path id. Raises NotFound (404) with its text."""
    row = rows.filter(pk=path_id(str(text), noun)).first()
    if row is None:
        raise NotFound(f"{noun.capitalize()} not found")
    return row


def checked(
    serializer: type[BaseSerializer[Any]], request: Request, *, partial: bool = False
) -> Any:
    """The request's body, validated by `serializer`; wrong input answers 400."""
    return _made(serializer, partial=partial).run_validation(request.data)


@contextmanager
def asked_by(request: Request | None) -> Iterator[None]:
    """Inside, fields know whose answer they make: an address of a picture, whether costs show."""
    token = ASKED_BY.set(request)
    try:
        yield
    finally:
        ASKED_BY.reset(token)


def shown(
    serializer: type[BaseSerializer[Any]], result: Any, request: Request | None = None
) -> dict[str, Any]:
    """A result as `serializer` shows it; one that shows pictures or costs needs the request."""
    with asked_by(request):
        body: dict[str, Any] = _made(serializer).to_representation(result)
    return body


def _made(serializer: type[BaseSerializer[Any]], *, partial: bool = False) -> Any:
    """DRF copies a serializer's fields for every request, which costs more than to use them. One
    that is given its data on each call keeps nothing of it."""
    key = serializer, partial
    if key not in _MADE:
        _MADE[key] = serializer(partial=partial)
    return _MADE[key]


_MADE: dict[tuple[type, bool], BaseSerializer[Any]] = {}


def answer_once(
    request: Request,
    use_case: Callable[[RequestKey | None], R],
    present: Callable[[R], dict[str, Any]],
    *,
    status: int = 201,
) -> Response:
    """Run a use case that moves money or stock, under the request's Idempotency-Key if it has one.

    `present` turns the result into the answer's body; with a key it runs inside the transaction,
    so that the answer is stored with its effect.
    """
    kept: list[dict[str, Any]] = []

    def answer(result: R) -> tuple[int, str]:
        kept[:] = [present(result)]
        return status, dumps(kept[0]).decode()

    header = request.headers.get("Idempotency-Key")
    key = None
    if header is not None:
        body = request.data
        assert not isinstance(body, list), body  # our parsers make objects
        assert request.user.pk is not None  # no view with keyed actions is public
        # Who signs is no part of what is asked for, and no digest of a PIN is kept.
        asked = {name: body.get(name) for name in body if not name.startswith(SIGNATURE)}
        if "store_id" in request.query_params:  # as if the body had named the store
            asked["store_id"] = request.user.store_id
        print_ = fingerprint(str(request.method), request.path, asked)
        key = RequestKey(request.user.pk, header, print_, answer)
    # (What is looked up before the use case must not refuse a retry either.)
    with kept_answer_first(key), at_till(till_of(request)):
        result = use_case(key)
    return Response(kept[0] if kept else present(result), status=status)


def till_of(request: Request) -> int | None:
    """The till that a body names as `till_id`. Raises Invalid for anything but an id."""
    body = cast(dict[str, Any], request.data)  # our parsers make objects
    try:
        return cast(int | None, _TILL.run_validation(body.get("till_id")))
    except ValidationError as error:
        [text] = cast(list[str], error.detail)
        raise Invalid(f"till_id: {text}", fields={"till_id": [text]}) from error


_TILL = IdField(required=False)


class ContractViewSet(GenericViewSet[Any]):
    """A resource. `noun` names it in messages; `keyed_actions` take an Idempotency-Key."""

    noun: ClassVar[str]
    page_limit: ClassVar[int] = 50
    keyed_actions: ClassVar[frozenset[str]] = frozenset()
    is_of_all_stores: ClassVar[bool] = False  # whoever chose no store is shown all of them
    filter_backends = (DjangoFilterBackend,)
    lookup_value_regex = "[^/]+"

    def reads_store(self) -> int | None:
        """The store whose rows the caller is shown; None is all."""
        by: Any = self.request.user
        if self.is_of_all_stores and by.chosen_from is None:
            return None
        return by.reads_store  # type: ignore[no-any-return]  # (a user of ours)

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return of_store(super().filter_queryset(queryset), self.reads_store())

    def is_keyed(self) -> bool:
        return self.action in self.keyed_actions

    def get_object(self) -> Any:
        return found(self.get_queryset(), self.kwargs["pk"], self.noun)

    def page(
        self, rows: "QuerySet[Any] | Sequence[Any]", show: Callable[[list[Any]], Any]
    ) -> Response:
        """One page of `rows`, shown by `show`, in the list's envelope; a query is filtered.

        As CSV it is all of them instead, in a response that streams.
        """
        if isinstance(rows, QuerySet):
            rows = self.filter_queryset(rows)

        def show_to_them(part: list[Any]) -> Any:
            with asked_by(self.request):  # a file's rows are made when the view is long done
                return show(part)

        if wants_csv(self.request):
            return FileToCome(stream(self.request, rows, show_to_them))
        chosen = self.paginate_queryset(rows)
        return self.get_paginated_response(show_to_them(list(chosen or [])))

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Any = response.file if isinstance(response, FileToCome) else response
        return super().finalize_response(request, answer, *args, **kwargs)


class ContractRouter(SimpleRouter):
    """Routes without a final slash; the middleware strips one if it was sent."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False)
