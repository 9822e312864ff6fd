"""The outermost layer of `/api` and `/health`: one spelling of paths, JSON whatever happens."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from pos_project.core.http.exception_handler import CODES, TEXTS, body_of
from pos_project.core.http.json import dumps
from pos_project.core.http.throttling import usage_headers


class ApiEnvelope:
    """Serves every API path with and without a final slash, without a redirect, and turns errors
    that never reached a view (unknown route, bad host, a crash) into the error envelope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not f"{request.path_info}/".startswith(("/api/", "/health/")):
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


def _set_json(response: HttpResponse, body: bytes) -> None:
    # In place, so that the headers set on the way (CORS, Retry-After) stay.
    response.content = body
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Length"] = str(len(body))
