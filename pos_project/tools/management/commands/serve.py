"""`make serve`: the production server, in the shape that the database allows."""

import errno
import os
import signal
import socket
import sys
import tempfile
from argparse import ArgumentParser
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection, connections

from ledger import time_zone
from pos_project.core.commands import require_migrated
from pos_project.core.http import static_files
from pos_project.tools.server import child
from reports.dashboards.beforehand import read_beforehand

WORKERS, THREADS = 2, 12
BACKLOG = 1024
READ_SECONDS = 0.2  # for dashboards before the first worker is there, which reads the rest


class Command(BaseCommand):
    help = (
        "Serve the shop on HOST and PORT until stopped. WORKERS processes of THREADS threads each;"
        " with SQLite always one process. SIGTERM stops, SIGHUP renews the processes without a"
        " gap. The database must be migrated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="listen to this machine only; say how to sign in"
        )

    def handle(self, *, demo: bool, **_: Any) -> None:
        # Says so when the database does not guard its history.
        workers, threads = _number("WORKERS", WORKERS), _number("THREADS", THREADS)
        listener = _listen(_host(demo=demo), settings.PORT)
        self._check_the_database()
        if connection.vendor == "sqlite":
            # The rate limits are counted in the process; SQLite has one writer at a time anyway.
            workers = 1
        static_files.collect()
        self._say_where(listener, demo=demo)
        os.environ["LOG_FORMAT"] = settings.LOG_FORMAT
        os.chdir(settings.BASE_DIR)
        lifeline = os.pipe()
        first: list[tuple[int, int]] = []
        if settings.METRICS_TOKEN:
            # The workers count in files there, which add up; the parent removes it at the end.
            # They load the counters when it is named, so each begins as a process of its own.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="pos-metrics-")
        else:
            child.load_application()
            read_beforehand(seconds=READ_SECONDS)
            connections.close_all()
            self.stdout.flush()
            # Workers may answer before their parent listens to signals.
            signal.pthread_sigmask(signal.SIG_BLOCK, child.HELD_BACK)
            first = [child.fork(listener.fileno(), lifeline, threads) for _ in range(workers)]
        kept = [listener.fileno(), *lifeline, *(ready_fd for _, ready_fd in first)]
        for fd in kept:
            os.set_inheritable(fd, True)
        words = [listener.fileno(), workers, threads, *lifeline, *chain(*first)]
        os.execv(  # noqa: S606  (our own Python)
            sys.executable,
            [sys.executable, "-m", "pos_project.tools.server.parent", *map(str, words)],
        )

    def _check_the_database(self) -> None:
        require_migrated()
        try:
            self.check(tags=[Tags.database], databases=["default"])
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"The database does not answer: {error}") from error
        if told := time_zone.disagreement():
            raise CommandError(f"{told} {time_zone.HINT}")

    def _say_where(self, listener: socket.socket, *, demo: bool) -> None:
        host, port = listener.getsockname()[:2]
        here = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1") else host  # noqa: S104  (only told)
        address = f"http://{f'[{here}]' if ':' in here else here}:{port}"
        lines = [
            ("Listening", f"{host} port {port}"),
            ("API", f"{address}/api"),
            ("API docs", f"{address}/api/docs"),
            ("Back office", f"{address}/admin/"),
            ("Health", f"{address}/health"),
        ]
        if demo:
            lines.append(("Sign in", "admin@gmail.com / admin123"))
        self.stdout.write("\n".join(f"  {name:<12} {text}" for name, text in lines))
        self.stdout.write("  Stop with Ctrl-C.")
        self.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket. Nobody else may have it: two servers on a port would share it."""
    try:
        [(family, _, _, _, address), *_rest] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is taken: another server listens there already."
            ) from error
        raise CommandError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


def _host(*, demo: bool) -> str:
    # The demo's password is known to everybody: only this machine may use it.
    return os.environ.get("HOST") or ("127.0.0.1" if demo else "0.0.0.0")  # noqa: S104  (a shop serves)


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise CommandError(f"{name} must be a number from 1 to 64.")
    return int(text)
