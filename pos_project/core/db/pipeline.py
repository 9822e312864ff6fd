"""Statements that nobody waits for.

Inside a transaction on MySQL or MariaDB a statement is queued and sent with those after it, in
one message, as soon as its outcome is asked for, any other statement is sent, or the transaction
commits: the use case reads as if each were sent at once, and so does the database. An error rolls
the transaction back wherever it surfaces; whoever catches one asks for the outcome first. On
SQLite, and outside a transaction, each is sent at once.
"""

from collections.abc import Iterator, Sequence
from typing import Any, overload

from django.db import DEFAULT_DB_ALIAS, connections


class Statement:
    """SQL and its parameters; once it was sent, the ids that it gave.

    `rows`, where it is known, is how many rows it must change. Where the database gives no ids
    back (`table`), they are read when they are asked for.
    """

    __slots__ = ("_first", "_ids", "parameters", "returning", "rows", "sql", "table")

    def __init__(
        self,
        sql: str,
        parameters: Sequence[Any],
        *,
        rows: int,
        returning: bool = False,
        table: str | None = None,
    ) -> None:
        self.sql, self.parameters = sql, parameters
        self.rows, self.returning, self.table = rows, returning, table
        self._ids: list[int] | None = None
        self._first = 0

    def take(self, cursor: Any) -> None:
        """Note what came of it, from the cursor that has just sent it."""
        if self.returning:
            self._ids = [row[0] for row in cursor.fetchall()]
        elif self.table:
            self._first = cursor.lastrowid
        else:
            assert cursor.rowcount == self.rows, (self.sql, cursor.rowcount, self.rows)

    def ids(self) -> list[int]:
        if self._ids is None and not self._first:
            flush()
        if self._ids is None:
            # MySQL 8 reserves one run of ids for an insert of several rows and names the first.
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute(
                    f"SELECT id FROM {self.table} WHERE id >= %s ORDER BY id LIMIT %s",
                    [self._first, self.rows],
                )
                self._ids = [row[0] for row in cursor.fetchall()]
        return self._ids


class Ids(Sequence[int]):
    """The ids of inserted rows, in their order; asked for, they are waited for."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements

    @overload
    def __getitem__(self, position: int) -> int: ...
    @overload
    def __getitem__(self, position: slice) -> list[int]: ...
    def __getitem__(self, position: int | slice) -> int | list[int]:
        return list(self)[position]

    def __iter__(self) -> Iterator[int]:
        return (row_id for statement in self._statements for row_id in statement.ids())

    def __len__(self) -> int:
        return sum(statement.rows for statement in self._statements)


def send(statement: Statement) -> None:
    """Send the statement now, or before the next one that somebody waits for."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block and getattr(connection, "queue", None) is not None:
        connection.queue.append(statement)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.parameters)
        statement.take(cursor)


def flush() -> None:
    """Send what is queued; what the database says against it is raised here."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if getattr(connection, "queue", None):
        connection.flush()
