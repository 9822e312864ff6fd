"""Reports are read from a replica where the settings name one (`REPORTS_DB_HOST`), all else is not.

Nothing that decides anything may come from there: a replica is some moments behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from pos_project.core.db.transactions import snapshot

REPORTS = "reports"


class NothingIsMadeThere:
    """Django's router: tables of the replica come from its primary."""

    def allow_migrate(self, db: str, *_: Any, **__: Any) -> bool | None:
        return False if db == REPORTS else None


@contextmanager
def report_snapshot() -> Iterator[None]:
    """`snapshot()` for reports. Inside, every query of this thread goes to the replica, the ORM's
    and those written in SQL alike; the transaction is read only, so none can write."""
    if REPORTS not in connections.settings:
        with snapshot():
            yield
        return
    primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[REPORTS]
    try:
        with snapshot():
            yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary
