"""One use case, one transaction, replayed as a whole when the engine refuses it.

Deadlocks, lock waits, a busy SQLite file and Galera's certification failures are nobody's
fault: the use case is rolled back and run again from outside the transaction with fresh objects.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, InterfaceError, connection, models, transaction

from pos_project.core import metrics
from pos_project.core.db.pipeline import flush
from pos_project.core.errors import CannotSave, Conflict, OutcomeUnknown, Unavailable

R = TypeVar("R")
log = logging.getLogger(__name__)

TRIES = 5
DEADLOCK_TRIES = 10  # somebody else got on each time: on a cluster hot rows are refused often
GIVE_UP_AFTER_SECONDS = 60  # a use case that crosses midnight must not post into yesterday
ASK_FOR_SECONDS = 10  # a server that was killed in a commit is back by then
LOCK_WAIT = 1205
# 0 a closed handle, 1053 shutting down, 1927 killed, 4031 and 2006 gone away, 2013 lost on the way,
# 1180 a node that lost its cluster in the commit
LOST_CONNECTION = {0, 1053, 1180, 1927, 2006, 2013, 4031}
# Restarting (2002, 2003) or full (1040, 1203): nothing was begun.
OUT_OF_REACH = {1040, 1203, 2002, 2003}
# A deadlock (and Galera certification), 1020 record changed since the snapshot, 3101 another
# member's transaction won (Group Replication)
DEADLOCK = 1213
REFUSALS = {DEADLOCK, 1020, 3101, LOCK_WAIT} | LOST_CONNECTION | OUT_OF_REACH
# Nothing can be saved until somebody acts: read only (1290, 1836), a cluster without quorum (1047),
# no right (1044, 1045, 1142, 1143, 1227, 1370), a full disk (3, 28, 1021, 1026, 1030, 1114).
CANNOT_WRITE = {
    *(3, 28, 1021, 1026, 1030, 1114),
    *(1044, 1045, 1142, 1143, 1227, 1370),
    *(1047, 1290, 1836),
}
SQLITE_CANNOT_WRITE = (
    "database or disk is full",
    "attempt to write a readonly database",
    "disk i/o error",
    "unable to open database file",
)
MISSING_PARENT = 1452
# What MariaDB remembers of a table that it was just opening when a cluster's other node won.
TRIGGER_NOT_READ = "unknown trigger has an error in its body"


def error_number(error: BaseException) -> int | None:
    """The MySQL error number of a database error, if it has one."""
    number = error.args[0] if error.args else None
    return number if isinstance(number, int) else None


def is_refusal(error: DatabaseError | InterfaceError) -> bool:
    """Whether the engine refused for now, so that the same work may succeed when run again."""
    if error_number(error) in REFUSALS:
        return True
    text = str(error).lower()
    busy = ("database is locked", "database table is locked", TRIGGER_NOT_READ)
    return any(each in text for each in busy)


def is_unable(error: DatabaseError | InterfaceError) -> bool:
    """Whether the database cannot save, or not for us: the same work fails until somebody acts."""
    text = str(error).lower()
    return error_number(error) in CANNOT_WRITE or any(each in text for each in SQLITE_CANNOT_WRITE)


def unavailable(error: BaseException | None) -> Unavailable | None:
    """What a database error that is nobody's fault is answered with; None for anything else."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    if is_unable(error):
        return CannotSave("Nothing can be saved at the moment. Please try again later.")
    return Unavailable("The shop is busy. Please try again.") if is_refusal(error) else None


def log_refusal(error: DatabaseError | InterfaceError) -> None:
    """One text for each way in which a database refuses: the log tells each once a minute."""
    if is_unable(error):
        log.error("the database cannot save: %s", error)
    elif error_number(error) in LOST_CONNECTION | OUT_OF_REACH:
        log.warning("the database is away: %s", error)
    else:
        log.warning("refused by the engine: %s", error)


def _reason(error: DatabaseError | InterfaceError) -> str:
    number = error_number(error)
    if number in LOST_CONNECTION | OUT_OF_REACH:
        return "away"
    return {DEADLOCK: "deadlock", LOCK_WAIT: "lock wait"}.get(number or 0, "busy")


def _no_row(result: object) -> None:
    """Nothing tells whether it was saved."""


def names_what_is_gone(error: IntegrityError) -> bool:
    """Whether a new row named one that is not there: somebody has just removed it."""
    return (
        error_number(error) == MISSING_PARENT
        or "foreign key constraint failed" in str(error).lower()
    )


def transact(do: Callable[[], R], *, row_of: Callable[[R], models.Model | None] = _no_row) -> R:
    """Run `do` in one durable transaction, up to 5 times when the engine refuses, up to 10 when
    it is a deadlock that it refuses.

    Raises Unavailable when every try was refused, CannotSave when the database cannot save at all,
    and Conflict when something it named was removed meanwhile. When the connection is lost in the
    commit itself, the row that `row_of` names, which `do` wrote, tells whether it was saved; when
    nothing tells, OutcomeUnknown is raised. In between, whatever `do` raises rolls everything back
    and passes on.
    """
    give_up_at = time.monotonic() + GIVE_UP_AFTER_SECONDS
    for attempt in count(1):
        committing = False
        try:
            with transaction.atomic(durable=True):
                result = do()
                flush()
                committing = True
            return result
        except IntegrityError as error:
            if not names_what_is_gone(error):
                raise
            log.warning("a row that was named is gone: %s", error)
            raise Conflict("Something this names was just removed. Please look again.") from error
        except (DatabaseError, InterfaceError) as error:
            if is_away := _lost_the_connection(error):
                connection.close()
            if committing and is_away and _was_saved(row_of(result), error):
                return result
            refusal = unavailable(error)
            if refusal is None:
                raise
            if isinstance(refusal, CannotSave):
                log_refusal(error)
                raise refusal from error
            most = DEADLOCK_TRIES if error_number(error) == DEADLOCK else TRIES
            if attempt >= most or time.monotonic() > give_up_at:
                log_refusal(error)
                raise refusal from error
            metrics.TRANSACTION_RETRIES.labels(_reason(error)).inc()
            log_refusal(error)
            _pause(attempt)
    raise AssertionError("unreachable")


def _lost_the_connection(error: BaseException | None) -> bool:
    """Whether the connection was lost, whatever came after: Django connects anew on its way out of
    a commit that got no answer, and what that meets (2002, say) is what we are told."""
    while error is not None:
        if error_number(error) in LOST_CONNECTION:
            return True
        error = error.__context__
    return False


def _was_saved(row: models.Model | None, lost: DatabaseError | InterfaceError) -> bool:
    """Whether a commit that got no answer was done, asked over a new connection.

    Raises OutcomeUnknown when nobody can tell.
    """
    give_up_at = time.monotonic() + ASK_FOR_SECONDS
    while row is not None:
        try:
            with transaction.atomic(durable=True):
                return _is_there(row)
        except (DatabaseError, InterfaceError) as error:
            if not unavailable(error):
                raise
            connection.close()
            if time.monotonic() > give_up_at:
                break
            _pause(TRIES)
    raise OutcomeUnknown(
        "The connection to the database was lost while saving. Look whether it was saved before"
        " you try again."
    ) from lost


def _is_there(row: models.Model) -> bool:
    # Locking, so that a commit which is still under way is waited for. The moment tells the row
    # from another one that a restarted server gave the same number; the status, a held sale that
    # was completed from one that was not.
    same = {name: getattr(row, name) for name in ("created_at", "status") if hasattr(row, name)}
    rows = type(row)._base_manager.select_for_update()
    return rows.filter(pk=row.pk, **same).first() is not None


def _pause(attempt: int) -> None:
    """Full jitter, so that tills that met once do not meet again."""
    time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311  (no secret)


def is_in_transaction() -> bool:
    """Whether what is read now may still be rolled back. A test's own transaction is let through,
    as Django lets it through `durable=True`."""
    blocks: Any = connection.atomic_blocks
    return not all(block._from_testcase for block in blocks)


@dataclass(frozen=True)
class Snapshot:
    """What is known of a snapshot that runs."""

    asked_at: float  # seconds, of `time.perf_counter`: it sees all that was committed by then
    found: dict[Any, Any] = field(default_factory=dict)  # what was read, and is true until its end


_SNAPSHOT: ContextVar[Snapshot | None] = ContextVar("snapshot", default=None)


def current_snapshot() -> Snapshot | None:
    """The snapshot that runs. Without one, two statements may see different moments."""
    return _SNAPSHOT.get()


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see the same moment, while the tills go on selling. Read only.

    REPEATABLE READ with a consistent snapshot on MySQL/MariaDB; on SQLite a deferred BEGIN, so
    that no writer waits for the reader.
    """
    assert not is_in_transaction(), "A snapshot cannot begin inside a transaction."
    asked_at = time.perf_counter()
    with _one_moment():
        token = _SNAPSHOT.set(Snapshot(asked_at))
        try:
            yield
        finally:
            _SNAPSHOT.reset(token)


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.in_atomic_block:
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
