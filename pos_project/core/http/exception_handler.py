"""Every error on the wire, in one envelope: success, message, error, errors?, code, details?."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from pos_project.core.db.idempotency import Replayed
from pos_project.core.db.transactions import log_refusal, unavailable
from pos_project.core.errors import DomainError
from pos_project.core.http.json import BodyTooLarge

TEXTS = {
    401: "Authentication required",
    403: "Access denied",
    404: "Not found",
    405: "Method not allowed",
    413: "The request body is too large.",
    415: "This content type is not accepted; send application/json.",
    429: "Too many requests, please slow down.",
    500: "Internal server error",
}
CODES = {
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    500: "internal_error",
}


def body_of(message: str, *, code: str, errors: dict[str, list[str]] | None = None) -> dict:
    """The error envelope. `message` and `error` hold the same text (docs/api.md §8)."""
    body: dict[str, Any] = {"success": False, "message": message, "error": message, "code": code}
    if errors:
        body["errors"] = errors
    return body


def envelope(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets a bug become a logged 500."""
    if isinstance(exception, Replayed):
        return _replay(exception)
    if isinstance(exception, DomainError):
        body = body_of(exception.message, code=exception.code, errors=exception.fields)
        if exception.details:
            body["details"] = exception.details
        headers = {}
        if exception.retry_after_seconds is not None:
            headers["Retry-After"] = str(exception.retry_after_seconds)
        if exception.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return Response(body, status=exception.status, headers=headers)
    if refusal := unavailable(exception):
        assert isinstance(exception, DatabaseError | InterfaceError)
        log_refusal(exception)
        return envelope(refusal, context)
    return _of_framework(exception)


def _replay(exception: Replayed) -> Response:
    # The stored text is sent as it is: parsed and rendered again it might differ in a byte.
    # The attribute is ours, for the ApiEnvelope middleware.
    response = Response(status=exception.status, headers={"Idempotent-Replayed": "true"})
    response.replayed_body = exception.body.encode()  # type: ignore[attr-defined]  # (ours)
    return response


def _of_framework(exception: Exception) -> Response | None:
    if isinstance(exception, Http404):
        exception = exceptions.NotFound(TEXTS[404])
    elif isinstance(exception, RequestDataTooBig):
        exception = BodyTooLarge()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied(TEXTS[403])
    elif isinstance(exception, SuspiciousOperation | UnicodeError):
        exception = exceptions.ParseError("The request cannot be read.")
    if not isinstance(exception, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait)))
    if isinstance(exception, exceptions.ValidationError):
        errors = dict(flattened(exception.detail))
        return Response(
            body_of(_sentence(errors), code="invalid", errors=_grouped(exception.detail)),
            status=400,
            headers=headers,
        )
    status = exception.status_code
    if isinstance(exception, exceptions.UnsupportedMediaType | exceptions.MethodNotAllowed):
        message = TEXTS[status]
    elif isinstance(exception, exceptions.Throttled):
        # without DRF's "Expected available in …": Retry-After says that
        text = str(exception.detail).partition(" Expected available in")[0]
        message = TEXTS[status] if text == exceptions.Throttled.default_detail else text
    elif isinstance(exception, exceptions.NotAuthenticated):
        message = TEXTS[401]
    else:
        message = str(exception.detail)
    codes = exception.get_codes()
    code = codes if isinstance(codes, str) else exception.default_code
    return Response(body_of(message, code=code), status=status, headers=headers)


def flattened(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """DRF's nested details as (field path, text): `items[0].quantity`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if name == "non_field_errors":
                outer = path
            elif isinstance(name, int):  # DRF's ListField numbers its children so
                outer = f"{path}[{name}]"
            else:
                outer = f"{path}.{name}" if path else str(name)
            yield from flattened(inner, outer)
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from flattened(inner, f"{path}[{position}]" if nested else path)
    else:
        yield path or "body", str(detail)


def _grouped(detail: Any) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path, text in flattened(detail):
        grouped.setdefault(path, []).append(text)
    return grouped


def _sentence(errors: dict[str, str]) -> str:
    path, text = next(iter(errors.items()), ("body", "Invalid input."))
    return text if path == "body" else f"{path}: {text}"
