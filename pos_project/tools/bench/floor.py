"""The floor: what the database alone needs for a use case.

Its SQL is recorded once per cart and then sent again over plain connections, without Django and
without HTTP, by as many processes as there are clients: each a transaction of its own, with the
ids that the database gives anew. The books agree afterwards as after a sale.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter, process_time
from typing import Any

from django.db import connection

from pos_project.tools.bench.clients import Seen, in_processes

# Each table gives its ids from a range of its own, so that a number in a recorded statement tells
# which row it means.
ID_RANGES = {
    "sales": 1_000_000_000,
    "sale_items": 2_000_000_000,
    "journal_entries": 3_000_000_000,
    "purchases": 4_000_000_000,
    "purchase_items": 5_000_000_000,
    "batches": 6_000_000_000,
    "inventory_log": 7_000_000_000,
}
_ID = re.compile(rb"\d{10}")
_LEFT = re.compile(rb"(WHEN \d+ THEN) '?[\d.]+'?")
_DEADLOCK = 1213
_ADDRESS = {"host", "port", "unix_socket", "user", "password", "database", "charset"}


@dataclass(frozen=True)
class Statement:
    """SQL as it was sent, and the ids that it got back."""

    sql: bytes
    ids: tuple[bytes, ...] = ()


Recording = list[Statement]


def is_measurable() -> bool:
    """Whether this database gives ids back as the recorder reads them."""
    return connection.vendor == "mysql" and connection.features.can_return_rows_from_bulk_insert


def spread_ids() -> None:
    """Let each table number from its own range on."""
    with connection.cursor() as cursor:
        for table, first in ID_RANGES.items():
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
            if cursor.fetchone()[0] < first:
                cursor.execute(f"ALTER TABLE {table} AUTO_INCREMENT = {first}")


def record(use_case: Callable[[], Any]) -> Recording:
    """The statements of one run of `use_case`, BEGIN and COMMIT included."""
    sent: Recording = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        cursor = context["cursor"].cursor
        text = cursor._executed
        ids: tuple[bytes, ...] = ()
        if text.startswith(b"INSERT") and cursor.description:
            ids = tuple(str(row[0]).encode() for row in cursor.fetchall())
            cursor.scroll(0, mode="absolute")
        sent.append(Statement(_taking_one(text), ids))
        return result

    with connection.execute_wrapper(note):
        use_case()
    if not any(each.sql.startswith((b"BEGIN", b"START")) for each in sent):
        # Sent by the driver, not as a statement: after what is read before the transaction.
        first = next(number for number, each in enumerate(sent) if _begins_work(each.sql))
        sent.insert(first, Statement(b"BEGIN"))
    return [*sent, Statement(b"COMMIT")]


def _begins_work(sql: bytes) -> bool:
    return sql.startswith(b"INSERT") or b"FOR UPDATE" in sql


def _taking_one(text: bytes) -> bytes:
    """A batch holds one unit less, not what it held when this was recorded."""
    if not text.replace(b"`", b"").startswith(b"UPDATE batches"):
        return text
    return _LEFT.sub(rb"\1 `remaining` - 1", text)


def replay(recordings: list[Recording], *, clients: int, seconds: float) -> Seen:
    """Send the recordings again and again, by so many processes at once."""
    mysql: Any = connection
    options = {
        name: value for name, value in mysql.get_connection_params().items() if name in _ADDRESS
    }
    return in_processes(
        clients,
        lambda number: _replay(
            recordings, number, mysql.Database.connect(**options, autocommit=True), seconds
        ),
    )


def _replay(recordings: list[Recording], number: int, line: Any, seconds: float) -> Seen:
    _send(line, b"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    seen = Seen()
    cpu, began = process_time(), perf_counter()
    start = number * 7 % len(recordings)
    for recording in islice(cycle(recordings), start, None):
        asked = perf_counter()
        if asked - began >= seconds:
            break
        try:
            _run(line, recording)
        except line.OperationalError as error:
            if error.args[0] != _DEADLOCK:
                raise
            seen.statuses[409] += 1
            continue
        seen.times.append((perf_counter() - asked) * 1000)
        seen.statuses[200] += 1
    seen.seconds, seen.cpu = perf_counter() - began, (process_time() - cpu) * 1000
    line.close()
    return seen


def _run(line: Any, recording: Recording) -> None:
    now: dict[bytes, bytes] = {}

    def renamed(found: re.Match[bytes]) -> bytes:
        return now.get(found[0], found[0])

    for statement in recording:
        rows = _send(line, _ID.sub(renamed, statement.sql) if now else statement.sql)
        if statement.ids:
            now.update(zip(statement.ids, (str(row[0]).encode() for row in rows), strict=True))


def _send(line: Any, sql: bytes) -> Any:
    line.query(sql)
    result = line.store_result()
    return result.fetch_row(0) if result else ()
