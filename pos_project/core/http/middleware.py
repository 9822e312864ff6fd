"""The outermost layer: small answers, one spelling of paths, JSON whatever happens."""

import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.views import defaults

from pos_project.core.db.transactions import log_refusal, unavailable
from pos_project.core.http.exception_handler import CODES, TEXTS, body_of
from pos_project.core.http.json import dumps
from pos_project.core.http.throttling import usage_headers

COMPRESS_FROM_BYTES = 4 * 1024
TEXT_TYPES = ("application/json", "text/", "application/vnd.oai", "image/svg+xml")


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, and not a person's browser."""
    return f"{request.path_info}/".startswith(("/api/", "/health/", "/metrics/"))


def is_back_office(request: HttpRequest) -> bool:
    """Whether it asks for a page of the back office."""
    return request.path_info.startswith("/admin/")


class ApiEnvelope:
    """Serves every API path with and without a final slash, without a redirect, and turns errors
    that never reached a view (unknown route, bad host, a crash) into the error envelope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        if request.path_info.endswith("/"):
            request.path_info = request.path_info.rstrip("/")
            request.path = request.path.rstrip("/")
        response = self.get_response(request)
        replayed = getattr(response, "replayed_body", None)
        if replayed is not None:
            _set_json(response, replayed)
        elif response.status_code >= 400 and not response.get("Content-Type", "").startswith(
            "application/json"
        ):
            status = response.status_code
            message = TEXTS.get(status, "The request cannot be read.")
            code = CODES.get(status, "internal_error" if status >= 500 else "bad_request")
            _set_json(response, dumps(body_of(message, code=code)))
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in usage_headers(request).items():
            response.headers[name] = value
        return response


class CompressLarge(GZipMiddleware):
    """Compresses texts of some kilobytes; a till's small answers are not worth the time."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_small = (
            isinstance(response, HttpResponse) and len(response.content) < COMPRESS_FROM_BYTES
        )
        if is_small or not response.get("Content-Type", "").startswith(TEXT_TYPES):
            return response
        return super().process_response(request, response)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for what nobody caught: 503 when it is the database's fault, else 500."""
    error = sys.exc_info()[1]
    refusal = unavailable(error)
    if refusal is None:
        return defaults.server_error(request)
    assert isinstance(error, DatabaseError | InterfaceError)
    log_refusal(error)
    headers = {"Retry-After": str(refusal.retry_after_seconds)}
    if is_api(request):
        body: bytes | str = dumps(body_of(refusal.message, code=refusal.code))
        return HttpResponse(body, status=503, content_type="application/json", headers=headers)
    return HttpResponse(refusal.message, status=503, content_type="text/plain", headers=headers)


def _set_json(response: HttpResponse, body: bytes) -> None:
    # In place, so that the headers set on the way (CORS, Retry-After) stay.
    response.content = body
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Length"] = str(len(body))
