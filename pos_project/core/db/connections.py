"""How long a connection waits for its database server."""

from typing import Any

from django.conf import settings
from django.db import connections

CONNECT_SECONDS = 3


def with_timeouts(database: dict[str, Any], *, connect: int, read: int) -> None:
    """Let connections made from these settings give up on a frozen server after so many seconds.

    Each answer may take `read` seconds. SQLite has nobody to wait for.
    """
    if database["ENGINE"].endswith(".mysql"):
        database["OPTIONS"] |= {
            **{"connect_timeout": connect, "read_timeout": read, "write_timeout": read}
        }


def serve_with_timeouts() -> None:
    """For processes that serve people. Commands wait for as long as their statements take."""
    for alias in connections:
        with_timeouts(
            connections.settings[alias], connect=CONNECT_SECONDS, read=settings.DB_READ_TIMEOUT
        )
