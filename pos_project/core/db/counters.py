"""Counters that all workers share: a table where there is no Redis, or when Redis is down.

Django's own database cache reads, adds and writes back, so two workers lose counts. Here an
increment is one statement.
"""

import hashlib
import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.utils import timezone
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from pos_project.core.models import RateCounter

log = logging.getLogger(__name__)
ASK_AGAIN_SECONDS = 10


class CounterTable(BaseCache):
    """The part of Django's cache interface that counting needs, over `rate_counters`."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        expires_at = timezone.now() + timedelta(seconds=self._seconds(timeout))
        ignore = "INSERT IGNORE" if connection.vendor == "mysql" else "INSERT OR IGNORE"
        with connection.cursor() as cursor:
            # The loser of a race increments instead.
            cursor.execute(
                f"{ignore} INTO rate_counters (key_hash, count, expires_at) VALUES (%s, %s, %s)",
                [self._hash(key), value, connection.ops.adapt_datetimefield_value(expires_at)],
            )
            is_new = bool(cursor.rowcount == 1)
        if is_new:
            # Once a window, not once a request: a busy till does not sweep on every call.
            forget_expired(at=timezone.now())
        return is_new

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        # Two workers at the last free place: each must read its own increment, not the sum of both.
        with connection.cursor() as cursor:
            if connection.vendor == "mysql":
                cursor.execute(
                    "UPDATE rate_counters SET count = LAST_INSERT_ID(count + %s)"
                    " WHERE key_hash = %s",
                    [delta, self._hash(key)],
                )
                row = (cursor.lastrowid,) if cursor.rowcount else None
            else:
                cursor.execute(
                    "UPDATE rate_counters SET count = count + %s WHERE key_hash = %s"
                    " RETURNING count",
                    [delta, self._hash(key)],
                )
                row = cursor.fetchone()
        if row is None:
            raise ValueError("No such counter.")
        return int(row[0])

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        row = RateCounter.objects.filter(key_hash=self._hash(key), expires_at__gte=timezone.now())
        return row.values_list("count", flat=True).first() or default

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keeps nothing: what libraries remember for speed alone is worked out again."""

    def clear(self) -> None:
        RateCounter.objects.all().delete()

    def _hash(self, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    def _seconds(self, timeout: Any) -> float:
        return float(self.default_timeout or 300) if timeout is DEFAULT_TIMEOUT else float(timeout)


def forget_expired(*, at: datetime) -> int:
    """Delete the counts of windows that are over; how many."""
    return RateCounter.objects.filter(expires_at__lt=at).delete()[0]


class RedisOrTable(RedisCache):
    """Redis; while it does not answer, counts go on in the table: limits never open, never fail.

    It is asked again after some seconds: a frozen one would cost every request its patience.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._table = CounterTable("", {})
        self._away_until = 0.0

    def add(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._either("add", str(key), *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._either("incr", str(key), delta, *args, **kwargs)
        except ValueError:
            # It was added to the other one a moment ago. Without a count, the caller is limited.
            if self._either("add", str(key), delta):
                return delta
            return self._either("incr", str(key), delta, *args, **kwargs)

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", str(key), *args, **kwargs)

    def set(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._either("set", str(key), *args, **kwargs)

    def _either(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(super(), method)(*args, **kwargs)
            except (ConnectionInterrupted, RedisError, OSError) as error:
                self._away_until = time.monotonic() + ASK_AGAIN_SECONDS
                log.warning(
                    "Redis does not answer (%s): counting in the database for %d seconds",
                    *(type(error).__name__, ASK_AGAIN_SECONDS),
                )
        return getattr(self._table, method)(*args, **kwargs)
