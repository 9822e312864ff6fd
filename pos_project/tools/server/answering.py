"""One request through the WSGI application into one answer that can be sent without it."""

import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http.client import responses
from threading import Event
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from pos_project.core import metrics
from pos_project.core.http.exception_handler import CODES, body_of
from pos_project.core.http.json import dumps
from pos_project.tools.server.reading import Refused, Request

log = logging.getLogger(__name__)
IN_MEMORY_BYTES = 256 * 1024  # of one answer that streams; the rest is on disk
CHUNK_BYTES = 64 * 1024
WITHOUT_BODY = (204, 304)
RETRY_AFTER_SECONDS = 2


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class Answer:
    """What goes over the wire: bytes, then a file if there is one.

    `finish` lets the application clean up; it may run as soon as the bytes are on their way. The
    file is closed when it is sent.
    """

    data: bytes
    keep_alive: bool
    file: Readable | None = None
    finish: Callable[[], None] | None = None


class FileWrapper:
    """`wsgi.file_wrapper`: a file that is sent from where it lies."""

    def __init__(self, file: Readable, _block_size: int = 0) -> None:
        self.file, self.close = file, file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(CHUNK_BYTES), b"")


def answer(application: WSGIApplication, request: Request, *, stopping: Event) -> Answer:
    """Run the application. A failure of its own, before any answer, is a logged 500."""
    status, headers = "", [("", "")]

    def start_response(line: str, fields: list[tuple[str, str]], _exc_info: Any = None) -> Any:
        nonlocal status, headers
        status, headers = line, fields

    request.environ["wsgi.file_wrapper"] = FileWrapper
    result: Any = None
    try:
        result = application(request.environ, start_response)
        data, file, length = _collected(result)
    except Exception:
        log.exception("no answer to %s", request.environ["PATH_INFO"])
        if hasattr(result, "close"):
            result.close()
        return refusal(Refused(500, "Internal server error"), keep_alive=request.keep_alive)
    finish = None if isinstance(result, FileWrapper) else getattr(result, "close", None)
    is_head = request.environ["REQUEST_METHOD"] == "HEAD"
    if is_head or int(status[:3]) in WITHOUT_BODY:
        if file:
            file.close()
        data, file = b"", None
    keep_alive = request.keep_alive and not stopping.is_set()
    head, keep_alive = _head(status, headers, length, keep_alive=keep_alive)
    return Answer(head + data, keep_alive, file, finish)


def _head(
    status: str, headers: list[tuple[str, str]], length: int | None, *, keep_alive: bool
) -> tuple[bytes, bool]:
    """Status line and headers, and whether the connection may live on."""
    lines = [f"HTTP/1.1 {status}\r\nDate: {_date()}\r\n"]
    for name, value in headers:
        match name.lower():
            case "content-length":
                length = int(value)  # of a HEAD: what a GET would get
            case "connection":
                keep_alive = keep_alive and value.lower() != "close"
            case _:
                lines.append(f"{name}: {value}\r\n")
    if int(status[:3]) not in WITHOUT_BODY:
        # A file whose length nobody told ends with the connection.
        keep_alive = keep_alive and length is not None
        if length is not None:
            lines.append(f"Content-Length: {length}\r\n")
    lines.append("\r\n" if keep_alive else "Connection: close\r\n\r\n")
    return "".join(lines).encode("latin-1"), keep_alive


def refusal(reason: Refused, *, keep_alive: bool = False) -> Answer:
    """The error envelope (docs/api.md §8) for what the server itself says no to."""
    metrics.SERVER_REFUSALS.labels(reason.status).inc()
    code = CODES.get(reason.status, "busy" if reason.status == 503 else "bad_request")
    body = dumps(body_of(reason.message, code=code))
    extra = f"Retry-After: {RETRY_AFTER_SECONDS}\r\n" if reason.status == 503 else ""
    extra += "" if keep_alive else "Connection: close\r\n"
    head = (
        f"HTTP/1.1 {reason.status} {responses[reason.status]}\r\nDate: {_date()}\r\n"
        f"Content-Type: application/json\r\nCache-Control: no-store\r\n{extra}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Answer(head.encode("latin-1") + body, keep_alive)


def _collected(result: Iterable[bytes]) -> tuple[bytes, Readable | None, int | None]:
    """The whole body, so that no thread waits for whoever reads it: bytes or a file, its length."""
    if isinstance(result, FileWrapper):
        return b"", result.file, None
    parts: list[bytes] = []
    in_memory, spool = 0, None
    for part in result:
        parts.append(part)
        in_memory += len(part)
        if in_memory > IN_MEMORY_BYTES and len(parts) > 1:
            spool = spool or tempfile.TemporaryFile()  # noqa: SIM115  (closed with the answer)
            spool.write(b"".join(parts))
            parts, in_memory = [], 0
    if spool is None:
        data = b"".join(parts)
        return data, None, len(data)
    spool.write(b"".join(parts))
    length = spool.tell()
    spool.seek(0)
    return b"", spool, length


_date_of: tuple[int, str] = (0, "")


def _date() -> str:
    """RFC 9110's date, made once a second."""
    global _date_of
    now = int(time.time())
    if _date_of[0] != now:
        _date_of = now, formatdate(now, usegmt=True)
    return _date_of[1]
