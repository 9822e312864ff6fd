"""The server from its start to its end: nobody is let in twice, nobody is lost."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from catalog.models import Product
from pos_project.tests.faults.tills import OwnDatabase, Queue, settle, while_serving
from pos_project.tests.metric_figures import figures
from pos_project.tests.servers import ShopServer, free_port, serving, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.dear, pytest.mark.real_time]
SLOW_CLIENTS = 200
PARTS = 5  # of a start, in which it is told to stop


def serve(port: int, database: dict[str, str], **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"],
        env={
            **os.environ,
            **{"HOST": "127.0.0.1", "PORT": str(port)},
            **database,
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def test_a_second_server_on_the_same_port_refuses_to_start(
    own_database: OwnDatabase, products: list[Product], tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **own_database()) as server:
        for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104  (both must be refused)
            second = serve(server.port, own_database(), HOST=host)
            text = second.communicate(timeout=60)[0].decode()
            assert second.returncode == 1
            assert f"Port {server.port} is taken" in text
        assert server.answers()


def test_the_server_says_where_it_really_listens(
    own_database: OwnDatabase, products: list[Product]
) -> None:
    server = serve(0, own_database())
    assert server.stdout
    told = b""
    while b"Health" not in told:
        told += (line := server.stdout.readline())
        assert line, told
    port = int(told.split(b" port ")[1].split()[0])
    until(lambda: answers(port), "the server")
    server.terminate()
    assert server.wait(30) == 0


def test_any_process_tells_the_figures_of_all(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    secret = "only-prometheus-knows-this-secret"

    def told() -> dict[str, float]:
        return figures(fetched(f"{server.base_url}/metrics", secret))

    with serving(tmp_path / "log", **own_database(), METRICS_TOKEN=secret) as server:
        queue = Queue(server.base_url, token, products)
        while_serving(queue, lambda: None)
        sold = queue.acknowledged
        for _ in range(10):  # whichever process answers
            assert told()["pos_sales_completed_total"] == sold
        server.kill_worker(server.workers()[0])
        threads = 4 * len(server.workers())
        until(lambda: told()["pos_threads"] == threads, "a successor that counts")
        assert told()["pos_sales_completed_total"] == sold
        folders = set(Path(tempfile.gettempdir()).glob("pos-metrics-*"))
    assert len(folders - set(Path(tempfile.gettempdir()).glob("pos-metrics-*"))) == 1


def fetched(url: str, token: str) -> str:
    wanted = Request(url, headers={"Authorization": f"Bearer {token}"})
    with urlopen(wanted, timeout=30) as answer:
        return str(answer.read().decode())


def answers(port: int) -> bool:
    try:
        line = HTTPConnection("127.0.0.1", port, timeout=5)
        line.request("GET", "/health/live")
        return line.getresponse().status == 200
    except OSError:
        return False


def test_sigterm_is_obeyed_at_every_moment_of_a_start(
    own_database: OwnDatabase, products: list[Product]
) -> None:
    began = time.monotonic()
    server = serve(port := free_port(), own_database())
    until(lambda: answers(port), "the server")
    took = time.monotonic() - began
    server.terminate()
    assert server.wait(30) == 0
    for part in range(PARTS + 1):
        server = serve(port, own_database())
        time.sleep(took * part / PARTS)  # (what is tried is a moment, not an outcome)
        server.terminate()
        assert server.wait(30) in (0, -signal.SIGTERM)
        with socket.socket() as probe:  # and nobody of it is left
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            until(lambda probe=probe: bound(probe, port), "a free port")


def bound(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_workers_leave_with_a_parent_that_was_killed(
    own_database: OwnDatabase, products: list[Product], tmp_path: Path
) -> None:
    server = ShopServer(tmp_path / "log", **own_database())
    server.start()
    workers = server.workers()
    assert server._process
    server._process.kill()
    server._process.wait()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), "their end")


def test_new_processes_take_over_without_a_gap(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    """SIGHUP under load: not one request without an answer."""
    with serving(tmp_path / "log", **own_database()) as server:
        queue = Queue(server.base_url, token, products)
        old = set(server.workers())

        def renew() -> None:
            until(lambda: queue.acknowledged >= 10, "sales")
            assert server._process
            server._process.send_signal(signal.SIGHUP)
            until(lambda: not old & set(server.workers()), "new processes")

        while_serving(queue, renew)
        assert set(queue.told) == {201}
        settle("processes renewed (SIGHUP)", queue, server)


def test_a_restart_under_load_answers_what_was_sent(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    """SIGTERM: whoever was let in gets an answer; then, for a while, nobody is let in."""
    with serving(tmp_path / "log", **own_database()) as server:
        queue = Queue(server.base_url, token, products)

        def restart() -> None:
            until(lambda: queue.acknowledged >= 10, "sales")
            server.stop()
            server.start()

        while_serving(queue, restart)
        assert set(queue.told) <= {201, "URLError"}, queue.told  # refused before it was sent
        settle("server restarted (SIGTERM)", queue, server)


SLOW = {
    "half a body": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
    "half a head": b"GET /api/products HTTP/1.1\r\nHo",
    "nothing": b"",
}


@pytest.mark.parametrize("sent", SLOW)
def test_slow_clients_do_not_stop_the_tills(
    own_database: OwnDatabase, sent: str, products: list[Product], token: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **own_database()) as server:
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(SLOW_CLIENTS)]
        for each in slow:
            each.sendall(SLOW[sent])
        queue = Queue(server.base_url, token, products)
        while_serving(queue, lambda: None)
        assert set(queue.told) == {201}
        settle(f"{SLOW_CLIENTS} other clients send {sent}", queue, server)
        for each in slow:
            each.close()


def test_a_refused_request_leaves_the_connection_usable(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    """401, 403, 404, 405, 415 with small and large bodies: the next request on it is answered."""
    with serving(tmp_path / "log", **own_database()) as server:
        known = {"Authorization": f"Bearer {token}"}
        json, text = {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}
        refused = [
            (401, "POST", "/api/sales/checkout", json),
            (403, "POST", "/api/users", known | json),
            (404, "POST", "/api/nowhere", known | json),
            (405, "PUT", "/api/sales/checkout", known | json),
            (415, "POST", "/api/sales/checkout", known | text),
        ]
        for size in (1_000, 70_000, 900_000):
            line = HTTPConnection("127.0.0.1", server.port, timeout=30)
            line.connect()
            first = line.sock
            for status, method, path, headers in refused:
                line.request(method, path, b'{"a": "' + b"x" * size + b'"}', headers)
                answer = line.getresponse()
                assert (answer.status, answer.getheader("Connection")) == (status, None)
                assert b'"success":false' in answer.read()
            assert line.sock is first


def test_a_chunked_body_is_a_body(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **own_database()) as server:
        line = HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request(
            "POST",
            "/api/brands",
            iter([b'{"name": ', b'"In pieces"}']),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            encode_chunked=True,
        )
        answer = line.getresponse()
        assert answer.status == 201
        assert b"In pieces" in answer.read()
