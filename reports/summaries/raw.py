"""Reading rows by plain SQL, the same on both databases."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection


def rows(sql: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Run a SELECT with named parameters and yield its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        while part := cursor.fetchmany(2000):
            yield from part


def id_list(ids: Iterable[int]) -> str:
    """SQL of these ids, to stand within `IN (…)`; NULL, which nothing is, when there are none."""
    return ", ".join(map(str, ids)) or "NULL"


def whole(sql: str) -> str:
    """SQL of a number rounded to a whole one, which costs a reader less than a decimal."""
    return f"CAST(ROUND({sql}) AS SIGNED INTEGER)"


def as_day(value: Any) -> date:
    """A day as the database gave it: SQLite keeps text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


_LAST_PLACE = [Decimal(1).scaleb(-places) for places in range(7)]


def exact(value: Any, places: int) -> Decimal:
    """A number as the decimal it stands for: SQLite sums floats. NULL is nothing, so zero."""
    if not isinstance(value, Decimal):
        value = Decimal(0 if value is None else str(value))
    return value.quantize(_LAST_PLACE[places])


def as_moment(value: Any) -> datetime:
    """A moment as the database gave it: UTC, without saying so; SQLite keeps text."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
