"""The server's worker, over real sockets: whatever a client does, no thread waits for it."""

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from django.conf import settings

from pos_project.tests.servers import until
from pos_project.tools.server import reading, worker
from pos_project.tools.server.answering import FileWrapper
from pos_project.tools.server.worker import Worker

HUGE = b"x" * (8 * 1024 * 1024)  # more than any socket's buffers take


class Application:
    """A shop of few words. `/wait` waits until it is let go on; `/read` tells what was sent."""

    def __init__(self) -> None:
        self.go_on, self.began, self.finished = threading.Event(), threading.Event(), 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        path, status = environ["PATH_INFO"], "200 OK"
        headers = [("Content-Type", "text/plain")]
        if path == "/wait":
            self.began.set()
            assert self.go_on.wait(20)
        if path == "/fail":
            raise RuntimeError("a bug")
        if path == "/nothing":
            status = "204 No Content"
        if path == "/refused":
            status = "401 Unauthorized"  # without a look at the body
        start_response(status, headers)
        if path == "/file":
            return FileWrapper(open(__file__, "rb"))
        return Parts(self, self._body(path, environ))

    def _body(self, path: str, environ: dict[str, Any]) -> list[bytes]:
        if path == "/read":
            sent = environ["wsgi.input"].read()
            told = {name: value for name, value in environ.items() if isinstance(value, str)} | {
                "length": len(sent),
                "begins": sent[:20].decode(),
            }
            return [json.dumps(told).encode()]
        if path == "/huge":
            return [HUGE]
        if path == "/long":
            return [HUGE[: 1024 * 1024]] * 8
        return [] if path == "/nothing" else [b"hello"]


class Parts:
    """An answer that counts that it was closed."""

    def __init__(self, application: Application, parts: list[bytes]) -> None:
        self._application, self._parts = application, parts

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        self._application.finished += 1


class Server:
    """A worker in a thread, and clients for it."""

    def __init__(self, threads: int) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = listener.getsockname()[1]
        self.application = Application()
        self.worker = Worker(listener, self.application, threads=threads)
        self.thread = threading.Thread(target=self.worker.run)
        self._clients: list[socket.socket] = []

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self._clients.append(client)
        return client

    def http(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(self, path: str = "/") -> int:
        return ask(self.http(), "GET", path).status

    def says(self, *sent: bytes) -> bytes:
        """All that comes back until the server closes."""
        client = self.connect()
        for part in sent:
            client.sendall(part)
        return received(client)

    def end(self) -> None:
        self.application.go_on.set()
        self.worker.stopping.set()
        self.thread.join(20)
        for client in self._clients:
            client.close()


@contextmanager
def running(threads: int = 2) -> Iterator[Server]:
    server = Server(threads)
    server.thread.start()
    try:
        yield server
    finally:
        server.end()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(worker, "SLOW_GRACE_SECONDS", 0.2)


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as started:
        yield started


def ask(
    client: HTTPConnection, method: str, path: str, body: Any = None, **headers: str
) -> HTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client.request(method, path, body, named, encode_chunked="Transfer-Encoding" in named)
    return client.getresponse()


def received(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


def in_the_envelope(answer: bytes, status: int) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert b"\r\nConnection: close" in head
    told = json.loads(body)
    assert told["success"] is False
    assert told["message"] == told["error"]
    assert told["code"]


def test_one_connection_serves_many_requests(server: Server) -> None:
    client = server.http()
    for _ in range(3):
        answer = ask(client, "GET", "/")
        assert (answer.status, answer.read()) == (200, b"hello")
    until(lambda: server.application.finished == 3, "each answer closed once")


def test_requests_sent_at_once_are_answered_in_order(server: Server) -> None:
    one = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n%d"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = server.says(one % 1 + one % 2 + last)
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b'"begins": "1"') < answers.index(b'"begins": "2"')
    assert answers.endswith(b"hello")


def test_a_byte_at_a_time_is_a_request_too(server: Server) -> None:
    client = server.connect()
    for (
        byte
    ) in b"POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab":
        client.sendall(bytes([byte]))
    assert b'"begins": "ab"' in received(client)


def test_a_chunked_body_is_read(server: Server) -> None:
    answer = ask(
        server.http(), "PUT", "/read", iter([b"first ", b"second"]), Transfer_Encoding="chunked"
    )
    told = json.loads(answer.read())
    assert (told["length"], told["CONTENT_LENGTH"]) == (12, "12")
    assert "HTTP_TRANSFER_ENCODING" not in told


@pytest.mark.parametrize("size", [1_000, 70_000, 1_000_000])
def test_a_request_refused_before_its_body_was_read_leaves_the_connection_usable(
    server: Server, size: int
) -> None:
    client = server.http()
    for _ in range(10):
        answer = ask(client, "POST", "/refused", b"x" * size)
        assert (answer.status, answer.read()) == (401, b"hello")
    assert client.sock is not None


def test_a_body_of_a_picture_is_taken_and_a_larger_one_is_not(server: Server) -> None:
    assert reading.MAX_UPLOAD_BYTES > settings.IMAGE_MAX_BYTES + 64 * 1024
    assert reading.MAX_BODY_BYTES >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    form, picture = "multipart/form-data; boundary=x", b"x" * settings.IMAGE_MAX_BYTES
    told = ask(server.http(), "POST", "/read", picture, Content_Type=form).read()
    assert json.loads(told)["length"] == len(picture)
    answer = ask(server.http(), "POST", "/read", picture * 2, Content_Type=form)
    assert answer.status == 413


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused_while_it_is_sent(server: Server, chunked: bool) -> None:
    client, size = server.connect(), 3 * 1024 * 1024
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    client.sendall(f"POST /read HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n".encode())
    client.sendall((b"%x\r\n" % size if chunked else b"") + b"x" * size)
    in_the_envelope(received(client), 413)


def test_too_many_uploads_at_once_are_told_to_come_again() -> None:
    budget = reading.Budget(200_000)
    body, other, third = (reading.Body(150_000, budget) for _ in range(3))
    body.write(b"x" * 150_000)
    with pytest.raises(reading.Refused) as refused:
        other.write(b"x" * 150_000)
    assert refused.value.status == 503
    body.close()
    third.write(b"x" * 150_000)
    third.close()
    assert budget.take(200_000), "all of it was given back"


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (400, b"nonsense\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\n\r\n"),
        (400, b"GET / HTTP/3.7\r\nHost: x\r\n\r\n"),
        (400, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        (400, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        (
            400,
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n",
        ),
        (400, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        (400, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        (
            400,
            b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
            b"Content-Length: 1\r\n\r\nx",
        ),
        (414, b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 40_000 + b"\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 2_000 + b"\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: x\r\nEndless: " + b"x" * 100_000),
    ],
)
def test_what_is_no_request_is_refused_in_the_envelope(
    server: Server, status: int, sent: bytes
) -> None:
    in_the_envelope(server.says(sent), status)
    assert server.get() == 200


def test_what_was_whole_before_the_nonsense_is_answered(server: Server) -> None:
    answers = server.says(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200") == answers.count(b"HTTP/1.1 400") == 1


def test_the_environment_is_that_of_wsgi(server: Server) -> None:
    answer = ask(
        server.http(),
        "GET",
        "/%72ead?a=%20b",
        **{"X-Forwarded-For": "9.9.9.9", "Accept": "a"},
    )
    told = json.loads(answer.read())
    assert (told["REQUEST_METHOD"], told["PATH_INFO"]) == ("GET", "/read")
    assert (told["QUERY_STRING"], told["REMOTE_ADDR"]) == ("a=%20b", "127.0.0.1")
    assert (told["HTTP_ACCEPT"], told["HTTP_X_FORWARDED_FOR"]) == ("a", "9.9.9.9")
    assert told["SERVER_PORT"] == str(server.port)


def test_a_header_with_an_underscore_does_not_pass_for_the_proxys(server: Server) -> None:
    head = b"GET /read HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: 9.9.9.9\r\nConnection: close\r\n\r\n"
    assert b"9.9.9.9" not in server.says(head)


def test_whoever_asks_first_is_told_to_go_on(server: Server) -> None:
    client = server.connect()
    client.sendall(
        b"POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\n"
    )
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"ab")
    assert b'"begins": "ab"' in received(client)


def test_answers_without_a_body_have_none(server: Server) -> None:
    close = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    head = server.says(b"HEAD /" + close)
    assert head.endswith(b"\r\n\r\n")
    assert b"Content-Length: 5\r\n" in head
    nothing = server.says(b"GET /nothing" + close)
    assert nothing.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in nothing


def test_an_old_client_gets_its_answer_and_the_end(server: Server) -> None:
    assert server.says(b"GET / HTTP/1.0\r\n\r\n").endswith(b"Connection: close\r\n\r\nhello")


def test_a_file_is_sent_from_where_it_lies(server: Server) -> None:
    sent = server.says(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")[2]
    with open(__file__, "rb") as file:
        assert sent == file.read()


def test_a_bug_is_a_500_in_the_envelope_and_not_the_end(server: Server) -> None:
    client = server.http()
    answer = ask(client, "GET", "/fail")
    assert answer.status == 500
    assert json.loads(answer.read())["code"] == "internal_error"
    assert ask(client, "GET", "/").status == 200


SLOW = {
    "silent": b"",
    "half a head": b"GET / HTTP/1.1\r\nHo",
    "half a body": b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
    "half a chunk": b"POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
    "idle": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no reader": b"GET /huge HTTP/1.1\r\nHost: x\r\n\r\n",
    "no reader of a long one": b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("kind", SLOW)
def test_two_hundred_slow_clients_take_no_thread(server: Server, kind: str) -> None:
    count = 20 if "reader" in kind else 200
    for _ in range(count):
        server.connect().sendall(SLOW[kind])
    for _ in range(5):
        assert server.get() == 200
    if "reader" in kind:
        until(lambda: server.application.finished == count + 5, "all answers begun")


@pytest.mark.parametrize("kind", ["half a head", "half a body", "half a chunk"])
def test_who_is_too_slow_is_told_so(
    server: Server, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(worker, "BODY_SECONDS", 0.2)
    in_the_envelope(server.says(SLOW[kind]), 408)


def test_drop_by_drop_does_not_extend_the_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BODY_SECONDS", 0.5)
    client, began = server.connect(), time.monotonic()
    client.settimeout(0.1)
    client.sendall(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    answer = b""
    while not answer and time.monotonic() < began + 10:
        client.sendall(b"x")
        try:
            answer = client.recv(4096)
        except TimeoutError:
            continue
    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("kind", ["silent", "idle", "no reader"])
def test_who_is_silent_is_let_go(
    server: Server, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HEAD_SECONDS", "IDLE_SECONDS", "SEND_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(worker, name, 0.2)
    client = server.connect()
    client.sendall(SLOW[kind])
    until(lambda: not server.worker._connections, "an end")


def test_who_waits_longest_makes_place(server: Server) -> None:
    server.worker._most = 5
    old = [server.connect() for _ in range(5)]
    until(lambda: len(server.worker._connections) == 5, "all of them accepted")
    assert server.get() == 200
    ended, _, _ = select.select(old, [], [], 5)
    assert [client.recv(1) for client in ended] == [b""]


def test_health_is_answered_while_all_threads_wait() -> None:
    with running(threads=2) as server:
        waiting = [server.connect() for _ in range(4)]
        for client in waiting:
            client.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        until(server.application.began.is_set, "a request that waits")
        assert server.get("/health/live") == 200
        server.application.go_on.set()
        for client in waiting:  # those in the queue as well
            assert received(client).endswith(b"hello")


def test_a_full_queue_and_a_long_wait_are_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "QUEUE_LENGTH", 1)
    monkeypatch.setattr(worker, "QUEUE_SECONDS", 0.0)
    wait = b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with running(threads=1) as server:
        first, second = server.connect(), server.connect()
        first.sendall(wait)
        until(server.application.began.is_set, "the first")
        second.sendall(wait)
        until(lambda: len(server.worker._shop._queue) == 1, "the second in the queue")
        third = server.says(wait)
        in_the_envelope(third, 503)
        assert b"Retry-After" in third
        server.application.go_on.set()
        assert received(first).endswith(b"hello")
        in_the_envelope(received(second), 503)


def test_at_the_end_what_runs_is_answered_and_nobody_new_is_let_in() -> None:
    with running(threads=2) as server:
        running_one, idle = server.connect(), server.connect()
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(4096).endswith(b"hello")
        running_one.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        until(server.application.began.is_set, "the request")
        server.worker.stopping.set()
        until(lambda: server.worker._listener.fileno() < 0, "a closed door")
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        server.application.go_on.set()
        assert b"\r\nConnection: close\r\n" in received(running_one)
        assert received(idle) == b""
        server.thread.join(20)
        assert not server.thread.is_alive()
