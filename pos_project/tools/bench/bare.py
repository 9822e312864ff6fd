"""What the server costs without a program: a WSGI function that answers a constant."""

from collections.abc import Callable, Iterable
from typing import Any

import django

django.setup()  # the server itself needs the loaded apps

BODY = b'{"success":true}'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", HEADERS)
    return [BODY]
