"""Bytes of a connection into whole requests, within bounds. HTTP's grammar is llhttp's."""

import io
import tempfile
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import httptools

MAX_URL_BYTES = 8 * 1024
MAX_HEAD_BYTES = 32 * 1024
HEADER_COSTS_BYTES = 32  # beside its text, so that many empty ones are bounded too
MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 16 * 1024 * 1024  # a picture of 15 MB in its form
IN_MEMORY_BYTES = 64 * 1024  # of one body; the rest is on disk
BIG_BODIES_BYTES = 256 * 1024 * 1024  # of all bodies of a process that are on disk

_HOP_BY_HOP = {b"transfer-encoding", b"expect", b"connection", b"keep-alive", b"upgrade"}
_MOST_NAMES = 500
_names: dict[bytes, str] = {}


class Refused(Exception):
    """A request that never reaches the application. The connection ends with the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


_HEAD_TOO_LARGE = Refused(431, "The headers are too large.")


@dataclass(slots=True)
class Request:
    """A request that has arrived whole."""

    environ: dict[str, Any]
    keep_alive: bool
    body: "Body | None"

    def close(self) -> None:
        if self.body:
            self.body.close()


class Budget:
    """How many bytes of big bodies a process may hold at once."""

    def __init__(self, size: int) -> None:
        self._left, self._lock = size, threading.Lock()

    def take(self, count: int) -> bool:
        with self._lock:
            fits = count <= self._left
            self._left -= count if fits else 0
        return fits

    def give_back(self, count: int) -> None:
        with self._lock:
            self._left += count


class Body:
    """A body as it arrives: in memory while it is small, then in a file without a name."""

    def __init__(self, limit: int, budget: Budget) -> None:
        self.file: io.BytesIO | Any = io.BytesIO()
        self.size = self._taken = 0
        self._limit, self._budget = limit, budget

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._limit:
            raise Refused(413, "The request body is too large.")
        if self.size > IN_MEMORY_BYTES:
            self._grow(self.size - self._taken)
        self.file.write(data)

    def _grow(self, count: int) -> None:
        if not self._budget.take(count):
            raise Refused(503, "Too many uploads at once. Please try again.")
        self._taken += count
        if isinstance(self.file, io.BytesIO):
            small, self.file = self.file, tempfile.TemporaryFile()  # noqa: SIM115  (closed with the request)
            self.file.write(small.getvalue())

    def close(self) -> None:
        self.file.close()
        self._budget.give_back(self._taken)
        self._taken = 0


class Reader:
    """What one connection has sent so far.

    `feed` takes bytes; whole requests gather in `complete`; `refusal` says why there will be no
    more. `base` are the environ entries that all requests of the connection share.
    """

    def __init__(self, base: dict[str, Any], budget: Budget) -> None:
        self.complete: deque[Request] = deque()
        self.refusal: Refused | None = None
        self.in_head = self.in_body = self.wants_continue = False
        self._base, self._budget = base, budget
        self._parser = httptools.HttpRequestParser(self)
        self._fed_head_bytes = 0
        self._body: Body | None = None

    def feed(self, data: bytes) -> None:
        """Take what has arrived. Whatever is wrong with it ends up in `refusal`."""
        if self.refusal:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # served as HTTP/1.1; the connection closes after it
        except httptools.HttpParserError:
            self.refusal = self.refusal or Refused(400, "The request is not valid HTTP.")
        self._fed_head_bytes = self._fed_head_bytes + len(data) if self.in_head else 0
        if self._fed_head_bytes > MAX_HEAD_BYTES + MAX_URL_BYTES:
            self.refusal = self.refusal or _HEAD_TOO_LARGE
        if self.refusal and self.complete and not self.complete[-1].keep_alive:
            self.refusal = None  # nobody asked to read on after the last one

    def close(self) -> None:
        for request in self.complete:
            request.close()
        if self._body:
            self._body.close()
        del self._parser  # it knows us, we know it

    # llhttp's callbacks. What they raise comes out of feed_data as a parser error.

    def on_message_begin(self) -> None:
        self.in_head, self._head_bytes = True, 0
        self._url = b""
        self._environ = self._base.copy()
        self._length: int | None = None
        self._is_chunked = self._has_host = self._is_multipart = False

    def on_url(self, part: bytes) -> None:
        self._url += part
        if len(self._url) > MAX_URL_BYTES:
            self._refuse(Refused(414, "The address is too long."))

    def on_header(self, name: bytes, value: bytes) -> None:
        name, environ = name.lower(), self._environ
        self._head_bytes += len(name) + len(value) + HEADER_COSTS_BYTES
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(_HEAD_TOO_LARGE)
        if b"_" in name:
            return  # it could pass for a header with a hyphen, such as our proxy's
        text = value.decode("latin-1")
        if name == b"content-length":
            self._length = int(value)
        elif name == b"content-type":
            environ["CONTENT_TYPE"] = text
            self._is_multipart = text.lower().startswith("multipart/")
        elif name in _HOP_BY_HOP:
            self._hop_by_hop(name, value.strip().lower())
        else:
            self._has_host = self._has_host or name == b"host"
            key = _environ_name(name)
            if key in environ:
                text = environ[key] + ("; " if name == b"cookie" else ",") + text
            environ[key] = text

    def _hop_by_hop(self, name: bytes, value: bytes) -> None:
        if name == b"transfer-encoding":
            if value != b"chunked":
                self._refuse(Refused(400, "No transfer encoding but chunked is understood."))
            self._is_chunked = True
        elif name == b"expect":
            self.wants_continue = value == b"100-continue"

    def on_headers_complete(self) -> None:
        version = self._parser.get_http_version()
        if version not in ("1.0", "1.1"):
            self._refuse(Refused(400, "This version of HTTP is not spoken here."))
        if version == "1.1" and not self._has_host:
            self._refuse(Refused(400, "The Host header is missing."))
        environ = self._environ
        try:
            url = httptools.parse_url(self._url)
        except httptools.HttpParserInvalidURLError:
            self._refuse(Refused(400, "The address cannot be read."))
        path = url.path or b"/"
        if b"%" in path:
            path = unquote_to_bytes(path)
        environ["REQUEST_METHOD"] = self._parser.get_method().decode("ascii")
        environ["PATH_INFO"] = path.decode("latin-1")
        environ["QUERY_STRING"] = (url.query or b"").decode("latin-1")
        environ["SERVER_PROTOCOL"] = f"HTTP/{version}"
        self.in_head = False
        if self._is_chunked or self._length:
            self._begin_body()

    def _begin_body(self) -> None:
        if self._parser.should_upgrade():
            self._refuse(Refused(400, "A request that upgrades has no body."))
        limit = MAX_UPLOAD_BYTES if self._is_multipart else MAX_BODY_BYTES
        if self._length and self._length > limit:
            self._refuse(Refused(413, "The request body is too large."))
        self._body = Body(limit, self._budget)
        self.in_body = True

    def on_body(self, data: bytes) -> None:
        assert self._body
        try:
            self._body.write(data)
        except Refused as refusal:
            self._refuse(refusal)
        except OSError:
            self._refuse(Refused(503, "There is no space for the upload. Please try again."))

    def on_message_complete(self) -> None:
        environ, body = self._environ, self._body
        if body:
            body.file.seek(0)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body.file, str(body.size)
        else:
            environ["wsgi.input"] = io.BytesIO()
        keep_alive = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        self.complete.append(Request(environ, keep_alive, body))
        self._body, self.in_head, self.in_body = None, False, False
        self.wants_continue = False

    def _refuse(self, refusal: Refused) -> None:
        self.refusal = refusal
        raise refusal


def _environ_name(name: bytes) -> str:
    known = _names.get(name)
    if known is None:
        known = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        if len(_names) < _MOST_NAMES:
            _names[name] = known
    return known
