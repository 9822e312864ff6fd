"""Every request has a name, is counted, and leaves a line in the access log."""

import logging
import os
import re
from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from pos_project.core import metrics
from pos_project.core.db.statements import SENT
from pos_project.core.http.throttling import client_address
from pos_project.core.logs import REQUEST_ID

log = logging.getLogger("access")
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_PATH = 200
_LINE = (
    "%(method)s %(path)s %(status)d %(ms).1f ms, %(statements)d statements, user %(user)s,"
    " %(address)s"
)
# What machines ask for every few seconds is no news.
_QUIET = ("/health", "/metrics")


class Observed:
    """The outermost middleware. Takes the client's `X-Request-ID`, or makes one, and answers it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, sent = perf_counter(), SENT.count
        told = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = told if _SANE_ID.fullmatch(told) else os.urandom(16).hex()
        token = REQUEST_ID.set(request_id)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            seconds = perf_counter() - began
            _count(request, response, seconds)
            level = logging.DEBUG if request.path_info.startswith(_QUIET) else logging.INFO
            if log.isEnabledFor(level):
                _write(level, request, response, seconds, SENT.count - sent)
            return response
        finally:
            REQUEST_ID.reset(token)


def _count(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    match = request.resolver_match
    route = match.route if match else "none"
    requests, timing = _counters(str(request.method), route, response.status_code)
    requests.inc()
    timing.observe(seconds)
    if response.status_code == 500:
        metrics.ERRORS.inc()
    if response.status_code >= 400:
        if code := _code(response):
            metrics.REFUSALS.labels(code).inc()
    elif "Idempotent-Replayed" in response.headers:
        metrics.REPLAYED.inc()


@lru_cache(maxsize=4096)
def _counters(method: str, route: str, status: int) -> tuple[Any, Any]:
    route = simplify_regex(route)
    return (
        metrics.REQUESTS.labels(method, route, status),
        metrics.REQUEST_SECONDS.labels(method, route),
    )


def _code(response: HttpResponseBase) -> str | None:
    """The `code` of an error of the API; pages have none."""
    data = getattr(response, "data", None)
    return data.get("code") if isinstance(data, dict) else None


def _write(
    level: int, request: HttpRequest, response: HttpResponseBase, seconds: float, statements: int
) -> None:
    told = {
        "method": request.method,
        "path": _path(request),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "statements": statements,
        "user": _user_id(request),
        "address": client_address(request),
    }
    line = _LINE
    if response.status_code >= 400 and (code := _code(response)):
        told["code"], line = code, _LINE + ", %(code)s"
    # Not log.log(…), which looks for the caller on the stack and costs as much as the line itself.
    log.handle(logging.LogRecord(log.name, level, __file__, 0, line, (told,), None))


def _path(request: HttpRequest) -> str:
    """Without the query, which may hold anything, and without the token of a link, which is one."""
    path = request.path_info
    if (match := request.resolver_match) and "token" in match.kwargs:
        path = path.replace(match.kwargs["token"], "…")
    return (path if path.isprintable() else ascii(path))[:LONGEST_PATH]


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, as far as it is known without another statement."""
    user = getattr(request, "_cached_user", None) or vars(request).get("user")
    return None if isinstance(user, SimpleLazyObject) else getattr(user, "pk", None)
