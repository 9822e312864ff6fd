"""The production server on a free port of this machine, and what it and the database use."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings
from django.db import connection

from pos_project.tools.bench.clients import HOST

START_SECONDS = 120.0  # the first time it collects the static files
SETTLE_SECONDS, SETTLED_FOR = 15.0, 0.5
IDLE, DATABASE_IDLE = 0.02, 0.25  # of a core; a database tidies up after what was written before


@dataclass(frozen=True)
class Usage:
    """CPU time so far in milliseconds; None where it cannot be read."""

    app: float | None
    db: float | None

    def since(self, before: "Usage") -> "Usage":
        return Usage(_difference(before.app, self.app), _difference(before.db, self.db))


class Server:
    """A running server: its port, its processes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def settle(self) -> None:
        """Wait until it has read beforehand what the first dashboards need: the seconds after a
        start are no till's day. Returns at the latest after SETTLE_SECONDS."""
        give_up_at, spent = monotonic() + SETTLE_SECONDS, self.usage()
        while monotonic() < give_up_at:
            sleep(SETTLED_FOR)
            before, spent = spent, self.usage()
            done, span = spent.since(before), SETTLED_FOR * 1000
            if (done.app or 0.0) <= span * IDLE and (done.db or 0.0) <= span * DATABASE_IDLE:
                return

    def usage(self) -> Usage:
        return Usage(_cpu(self.process.pid), database_cpu())

    def memory(self) -> float | None:
        """The most that one of the workers holds, in MiB."""
        sizes = [_resident(pid) for pid in _children(self.process.pid)]
        return max((size for size in sizes if size is not None), default=None)


@contextmanager
def serving(module: str = "pos_project.wsgi") -> Iterator[Server]:
    """The server of `manage.py serve`, for the connected database; the module's application."""
    name, port = str(connection.settings_dict["NAME"]), _free_port()
    environment = {
        **os.environ,
        **{"HOST": HOST, "PORT": str(port), "SERVED_MODULE": module},
        **{"API_RATE_LIMIT": "0", "LOGIN_RATE_LIMIT": "0", "LOG_LEVEL": "WARNING"},
        **({"SQLITE_PATH": name} if connection.vendor == "sqlite" else {"DB_NAME": name}),
    }
    words = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(process, port)
            yield Server(process, port)
        finally:
            process.terminate()


def database_cpu() -> float | None:
    """CPU time of the database server's process, where it runs on this machine."""
    if connection.vendor != "mysql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@pid_file, @@datadir")
        name, folder = cursor.fetchone()
    try:
        return _cpu(int(Path(folder, name).read_text()))
    except (OSError, ValueError):
        return None


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    give_up_at = monotonic() + START_SECONDS
    while monotonic() < give_up_at and process.poll() is None:
        try:
            line = http.client.HTTPConnection(HOST, port, timeout=5)
            line.request("GET", "/health")
            if line.getresponse().status == 200:
                return
        except OSError:
            sleep(0.1)
    raise RuntimeError(f"The server did not answer on port {port}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _cpu(pid: int) -> float | None:
    """CPU time of a process and its children, in milliseconds."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    spent = (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    return spent + sum(_cpu(child) or 0.0 for child in _children(pid))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        return []
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]


def _resident(pid: int) -> float | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return next(
        (int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith("VmRSS")), None
    )


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
