"""What was read of built summaries is remembered: one cache in the process for all of them.

A built period never changes under its version. So what a plan's summaries come to is kept under
the plan, whose versions say of which, and a report over every product reads ten thousand rows once,
not with each request (ADR 0041). Nobody has to be told when something changes: an invalidated day,
a rebuilt or a restored one has another version.
"""

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from django.db import connection

from reports.summaries.plan import ReadPlan

MOST_BYTES = 60_000_000  # in one process; what was used longest ago goes first

Read = Callable[..., Mapping[Any, Any]]


class _Kept(NamedTuple):
    found: Any
    size: int


_CACHE: LRUCache[Any, _Kept] = LRUCache(MOST_BYTES, getsizeof=lambda kept: kept.size)
_LOCK = Lock()


def remembered(*, bytes_a_row: int) -> Callable[[Read], Read]:
    """Decorates what reads a plan and more that can be hashed: `read(plan, …)` is then called
    without the plan's live days, and not again while what it found is remembered. What it found
    is not to be written into; it is empty where the plan has no built period.

    `bytes_a_row` is about what a row of it takes in memory.
    """

    def decorate(read: Read) -> Read:
        @cached(_CACHE, key=partial(hashkey, read), lock=_LOCK)
        def once(plan: ReadPlan, *asked: Any) -> _Kept:
            found = read(plan, *asked)
            return _Kept(found, len(found) * bytes_a_row)

        def read_once(plan: ReadPlan, *asked: Any) -> Mapping[Any, Any]:
            if not plan.versions:
                return {}
            found: Mapping[Any, Any] = once(plan.without_live(), *asked).found
            return found

        return read_once

    return decorate


def keep(key: Hashable, value: Any, size: int) -> None:
    """Remember something else of this database, of about so many bytes; what is larger than all
    that may be kept is not."""
    with _LOCK, suppress(ValueError):
        _CACHE[_of_database(key)] = _Kept(value, size)


def recall(key: Hashable) -> Any:
    """What was kept under the key and has not gone since; else None."""
    with _LOCK:
        kept = _CACHE.get(_of_database(key))
    return kept and kept.found


def forget() -> None:
    """Remember nothing: for tests, which take back what they wrote."""
    with _LOCK:
        _CACHE.clear()


def _of_database(key: Hashable) -> Hashable:
    return hashkey(connection.settings_dict["NAME"], _node(), key)


def _node() -> Any:
    """Which server answers: behind one address may be several, and one may lag behind another.

    Asked once per connection, and not through Django: it is no statement of any request.
    """
    if connection.vendor != "mysql":
        return None
    connection.ensure_connection()
    session: Any = connection.connection
    if not hasattr(session, "node"):
        with session.cursor() as cursor:
            cursor.execute("SELECT @@hostname, @@port")
            session.node = cursor.fetchone()
    return session.node
