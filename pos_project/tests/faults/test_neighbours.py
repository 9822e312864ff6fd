"""What stands beside the server breaks: Redis, the disk, the clock."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from catalog.models import Product
from pos_project.tests.faults import shifted
from pos_project.tests.faults.tills import OwnDatabase, Queue, settle, while_serving
from pos_project.tests.servers import ShopServer, free_port, serving, until
from pos_project.tests.storm import Till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.dear, pytest.mark.real_time]
DAY = 24 * 3600


class OwnRedis:
    """A Redis of the test's own, without a file."""

    def __init__(self) -> None:
        self.program = shutil.which("redis-server")
        if not self.program:
            pytest.skip("needs redis-server on this machine")
        self.port = free_port()

    def start(self) -> None:
        words = [str(self.program), "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*words, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        until(self.answers, "Redis")

    def answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.mark.mariadb  # SQLite counts in its one process
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_redis_goes_away_and_comes_back(
    own_database: OwnDatabase, how: str, products: list[Product], token: str, tmp_path: Path
) -> None:
    redis = OwnRedis()
    redis.start()
    counted = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", "API_RATE_LIMIT": "100000"}
    try:
        with serving(tmp_path / "log", **own_database(), **counted) as server:
            queue = Queue(server.base_url, token, products)

            def disturb() -> None:
                until(lambda: queue.acknowledged >= 10, "sales")
                if how == "killed":
                    redis.end()
                else:
                    redis.process.send_signal(signal.SIGSTOP)
                until(lambda: queue.acknowledged >= 40, "sales without it")
                if how == "killed":
                    redis.start()
                else:
                    redis.process.send_signal(signal.SIGCONT)

            while_serving(queue, disturb)
            assert set(queue.told) == {201}
            settle(f"Redis {how}", queue, server)
    finally:
        redis.end()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    folder.mkdir()
    mount, umount = str(shutil.which("mount")), str(shutil.which("umount"))
    words = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True).returncode:
        pytest.skip("this machine mounts nothing")
    try:
        yield folder
    finally:
        subprocess.run([umount, str(folder)], check=True)


def test_the_disk_is_full_for_a_while(
    own_database: OwnDatabase,
    request: pytest.FixtureRequest,
    products: list[Product],
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the disk of a MariaDB is its own affair: it is tried by read only")
    with small_disk(tmp_path / "disk", 64) as disk:
        database = Path(shutil.copy(own_database()["SQLITE_PATH"], disk))
        monkeypatch.setitem(connections.settings["default"], "NAME", str(database))
        with serving(tmp_path / "log", **own_database()) as server:
            queue = Queue(server.base_url, token, products)

            def fill() -> None:
                until(lambda: queue.acknowledged >= 10, "sales")
                filler = disk / "filler"
                with pytest.raises(OSError, match="space"):
                    filler.write_bytes(b"x" * 65 * 1024 * 1024)
                until(lambda: queue.told[503] > 20, "tills that hear of it")
                filler.unlink()

            while_serving(queue, fill)
            settle("disk full (SQLite)", queue, server)


class ShiftedServer(ShopServer):
    """A worker of the production server whose clock goes wrong by so many seconds."""

    def __init__(self, log: Path, seconds: int, environment: dict[str, str]) -> None:
        super().__init__(log, **environment)
        self.seconds = seconds

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", self.port)) as listener, self.log.open("ab") as out:
            fd = listener.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", shifted.__name__, str(self.seconds), str(fd)],
                env=self._environment,
                pass_fds=[fd],
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        until(self.answers, f"the server ({self.log})")


def test_the_clock_goes_three_days_ahead_and_two_back(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    queue, there = Queue("", token, products), own_database()
    for days in (0, 3, 0, -2, 0):
        server = ShiftedServer(tmp_path / "log", days * DAY, there)
        try:
            server.start()
            queue.till = Till(server.base_url, shifted.token_of(token, days * DAY))
            while_serving(queue, lambda: None)
        finally:
            server.stop()
    assert set(queue.told) == {201}, queue.last_refusal
    settle("clock three days ahead, two back", queue, server)
