"""`make serve`: the production server, in the shape that the database allows."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

WORKERS, THREADS = 2, 12
APPLICATION = "pos_project.wsgi:application"
# Granian counts open connections, idle ones included, and a browser keeps up to six: a low limit
# would lock the next till out. What runs at once is bounded by workers × threads.
CONNECTIONS_PER_WORKER = 512


class Command(BaseCommand):
    help = (
        "Serve the shop on PORT until stopped. WORKERS processes of THREADS threads each; with"
        " SQLite always one process. The database must be migrated. Start it once per machine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="listen to this machine only; say how to sign in"
        )

    def handle(self, *, demo: bool, **_: Any) -> None:
        # Says so when the database does not guard its history.
        self.check(tags=[Tags.database], databases=["default"])
        workers, threads = _number("WORKERS", WORKERS), _number("THREADS", THREADS)
        if connection.vendor == "sqlite":
            # The rate limits are counted in the process; SQLite has one writer at a time anyway.
            workers = 1
        settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns when it is missing
        self._say_where(demo=demo)
        os.execv(sys.executable, command(workers, threads, host=_host(demo=demo)))  # noqa: S606

    def _say_where(self, *, demo: bool) -> None:
        address = f"http://localhost:{settings.PORT}"
        lines = [
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


def command(workers: int, threads: int, *, host: str, application: str = APPLICATION) -> list[str]:
    """The server's command line. Anything else it can do is set by its own GRANIAN_* variables."""
    return [
        sys.executable,
        *("-m", "granian"),
        *("--interface", "wsgi", "--no-ws", "--respawn-failed-workers"),
        *("--host", host, "--port", str(settings.PORT)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--backpressure", str(CONNECTIONS_PER_WORKER)),
        *("--working-dir", str(settings.BASE_DIR)),
        application,
    ]


def _host(*, demo: bool) -> str:
    # The demo's password is known to everybody: only this machine may use it.
    return os.environ.get("HOST") or ("127.0.0.1" if demo else "0.0.0.0")  # noqa: S104


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise CommandError(f"{name} must be a number from 1 to 64.")
    return int(text)
