"""Servers of a test's own: the production server over a scratch database, and a MariaDB to kill.

Both are started as processes, found and killed by their pids, and gone when the test ends.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import MySQLdb
import pytest
from django.conf import settings
from django.db import connection

START_SECONDS = 60
BINARIES = ("mariadbd", "mariadb-install-db", "mariadb-dump", "mariadb")


def until(happened: Callable[[], Any], what: str, *, seconds: float = START_SECONDS) -> Any:
    """Return what `happened` does, once it is true; it has so many seconds."""
    give_up_at = time.monotonic() + seconds
    while not (result := happened()):
        assert time.monotonic() < give_up_at, f"{what}: not within {seconds} s"
        time.sleep(0.02)  # (a poll, not a guess: it ends as soon as it has happened)
    return result


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class ShopServer:
    """The production server, as `make serve` starts it, on a free port of this machine only."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.log, self.port = log, free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            **{"HOST": "127.0.0.1", "PORT": str(self.port), "WORKERS": "2", "THREADS": "4"},
            **{"API_RATE_LIMIT": "0", "LOG_LEVEL": "WARNING", "REDIS_URL": ""},
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"],
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        until(self.answers, f"the server ({self.log})")

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.base_url}/health", timeout=5):
                return True
        except (HTTPException, OSError):
            return False

    def workers(self) -> list[int]:
        """The pids of its worker processes."""
        assert self._process
        listed = subprocess.run(
            [shutil.which("ps") or "ps", "-A", "-o", "pid=,ppid="],
            capture_output=True,
            text=True,
            check=True,
        )
        pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
        return [pid for pid, parent in pairs if parent == self._process.pid]

    def kill_worker(self, pid: int) -> None:
        """`kill -9`, and wait for its successor."""
        count = len(self.workers())
        os.kill(pid, signal.SIGKILL)
        until(lambda: pid not in self.workers() and len(self.workers()) == count, "a successor")

    def kill(self) -> None:
        """`kill -9` the server with all its workers, as when the power fails."""
        assert self._process
        workers = self.workers()
        self._process.kill()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        self._process.wait(timeout=30)

    def stop(self) -> None:
        assert self._process
        self._process.terminate()
        self._process.wait(timeout=30)


@contextmanager
def serving(log: Path, **environment: str) -> Iterator[ShopServer]:
    """A server while the block runs."""
    server = ShopServer(log, **environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class OwnMariaDB:
    """A MariaDB server of the test's own, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in BINARIES if not shutil.which(name)]
        if missing:
            pytest.skip(f"needs {', '.join(missing)} on this machine")
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        # A starting server deletes every "#sql*" in its tmpdir: in /tmp, the tables another
        # server is working on.
        (folder / "tmp").mkdir(exist_ok=True)
        self._run(
            *("mariadb-install-db", "--no-defaults", *self._places()),
            *("--auth-root-authentication-method=normal", "--skip-test-db", *self._user()),
        )

    def start(self) -> None:
        with (self.folder / "mariadbd.log").open("ab") as out:
            self._process = subprocess.Popen(
                [
                    *(shutil.which("mariadbd") or "", "--no-defaults", *self._user()),
                    *self._places(),
                    f"--socket={self.folder / 's'}",
                    f"--pid-file={self.folder / 'pid'}",
                    *("--bind-address=127.0.0.1", f"--port={self.port}"),
                    *("--innodb-buffer-pool-size=64M", "--skip-log-bin"),
                    *self.more_options(),
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        until(self.answers, "MariaDB")

    def more_options(self) -> tuple[str, ...]:
        return ()

    def answers(self) -> bool:
        try:
            MySQLdb.connect(host="127.0.0.1", port=self.port, user="root").close()
        except MySQLdb.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """`kill -9`: no farewell, no flush."""
        assert self._process
        self._process.kill()
        self._process.wait(timeout=30)

    def stop(self) -> None:
        """As `systemctl stop` does."""
        assert self._process
        self._process.terminate()
        self._process.wait(timeout=60)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It holds its connections and answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run them as root; what the last one found."""
        found: list[tuple[Any, ...]] = []
        with closing(MySQLdb.connect(host="127.0.0.1", port=self.port, user="root")) as root:
            for statement in statements:
                cursor = root.cursor()
                cursor.execute(statement)
                found = list(cursor.fetchall())
            root.commit()
        return found

    def take_over(self, database: str) -> None:
        """A copy of what is in the test's database, under the name `database`."""
        there = connection.settings_dict
        self._run(
            *("mariadb", "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot"),
            *("-e", f"CREATE DATABASE {database} CHARACTER SET utf8mb4"),
        )
        dump = self._run(
            *("mariadb-dump", "--no-defaults", "-h", there["HOST"], "-P", str(there["PORT"])),
            *("-u", there["USER"], "--single-transaction", there["NAME"]),
            env={**os.environ, "MYSQL_PWD": there["PASSWORD"]},
        )
        self._run(
            *("mariadb", "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot", database),
            input=dump.stdout,
        )
        # Its triggers are those of the dump, put up now: no forgery.
        self._run(
            *("mariadb", "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot", database),
            *("-e", "DELETE FROM django_migrations WHERE app = 'guards'"),
        )

    def _run(self, program: str, *arguments: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
        command = [shutil.which(program) or program, *arguments]
        done = subprocess.run(command, capture_output=True, **how)
        assert done.returncode == 0, (command, done.stderr[-2000:])
        return done

    def _places(self) -> tuple[str, ...]:
        return f"--datadir={self.folder / 'data'}", f"--tmpdir={self.folder / 'tmp'}"

    def _user(self) -> tuple[str, ...]:
        return ("--user=root",) if os.geteuid() == 0 else ()


@contextmanager
def own_mariadb(folder: Path) -> Iterator[OwnMariaDB]:
    server = OwnMariaDB(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
