"""One use case, one transaction, replayed as a whole when the engine refuses it.

Deadlocks, lock waits, a busy SQLite file and Galera's certification failures are nobody's
fault: the use case is rolled back and run again from outside the transaction with fresh objects.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connection, transaction

from pos_project.core.errors import OutcomeUnknown, Unavailable

R = TypeVar("R")

TRIES = 5
GIVE_UP_AFTER_SECONDS = 60  # a use case that crosses midnight must not post into yesterday
LOCK_WAIT = 1205
LOST_CONNECTION = {2006, 2013}
# 1213 deadlock (and Galera certification), 1020 record changed since the snapshot
REFUSALS = {1213, 1020, LOCK_WAIT} | LOST_CONNECTION


def error_number(error: BaseException) -> int | None:
    """The MySQL error number of a database error, if it has one."""
    number = error.args[0] if error.args else None
    return number if isinstance(number, int) else None


def is_refusal(error: DatabaseError | InterfaceError) -> bool:
    """Whether the engine refused for now, so that the same work may succeed when run again."""
    if error_number(error) in REFUSALS:
        return True
    text = str(error).lower()
    return "database is locked" in text or "database table is locked" in text


def transact(do: Callable[[], R]) -> R:
    """Run `do` in one durable transaction; replay it up to 5 times when the engine refuses.

    Raises Unavailable when every try was refused, and OutcomeUnknown when the connection was lost
    in the commit itself. In between, whatever `do` raises rolls everything back and passes on.
    """
    give_up_at = time.monotonic() + GIVE_UP_AFTER_SECONDS
    for attempt in range(1, TRIES + 1):
        committing = False
        try:
            with transaction.atomic(durable=True):
                result = do()
                committing = True
            return result
        except (DatabaseError, InterfaceError) as error:
            if not is_refusal(error):
                raise
            if error_number(error) in LOST_CONNECTION:
                connection.close()
                if committing:
                    raise OutcomeUnknown(
                        "The connection to the database was lost while saving. Look whether it "
                        "was saved before you try again."
                    ) from error
            if attempt == TRIES or time.monotonic() > give_up_at:
                raise Unavailable("The shop is busy. Please try again.") from error
            time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311  (jitter)
    raise AssertionError("unreachable")


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see the same moment, while the tills go on selling. Read only.

    REPEATABLE READ with a consistent snapshot on MySQL/MariaDB; on SQLite a deferred BEGIN, so
    that no writer waits for the reader.
    """
    if connection.in_atomic_block:
        # A test's own transaction is let through, as Django lets it through `durable=True`.
        outermost: Any = connection.atomic_blocks[-1]
        assert outermost._from_testcase, "A snapshot cannot begin inside a transaction."
        yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        else:
            cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
