"""Rows by the million: kept per table until there are enough, then sent in large statements.

Ids are given here, not by the database: a row can name another that is not written yet, and the
order of ids is the order of events. Documents go in as drafts and are posted once their lines are
there, as the use cases do it, so the database's own guards stay on.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

from django.db import connection, connections, models, transaction

FLUSH_AT = 150_000  # rows of all tables together
ROWS_PER_CALL = 10_000


class Table:
    """The rows of one table that are still to be written. Each begins with its id.

    Values are what the database driver takes: text for decimals and moments. `posted` is the
    status that its drafts get once everything is there.
    """

    def __init__(
        self, model: type[models.Model], fields: Sequence[str], *, posted: str | None = None
    ) -> None:
        quote = connection.ops.quote_name
        by_name = {field.attname: str(field.column) for field in model._meta.concrete_fields}
        columns = [quote(by_name[name]) for name in ("id", *fields)]
        self.name = model._meta.db_table
        self.posted = posted
        self.sql = "INSERT INTO {} ({}) VALUES ({})".format(  # noqa: S608  (our own models)
            quote(self.name), ", ".join(columns), ", ".join(["%s"] * len(columns))
        )
        self.rows: list[tuple[Any, ...]] = []
        last = model._default_manager.aggregate(last=models.Max("pk"))["last"]
        self.ids = count((last or 0) + 1)


class Loader:
    """Writes tables in the order in which they were added.

    In the background, the next rows are made up while the last are written; that needs a database
    that a second connection can write to.
    """

    def __init__(self, *, background: bool) -> None:
        self._tables: list[Table] = []
        self._thread = ThreadPoolExecutor(1) if background else None
        self._writing: Future[None] | None = None
        self.written = 0

    def table(
        self, model: type[models.Model], fields: Sequence[str], *, posted: str | None = None
    ) -> Table:
        self._tables.append(Table(model, fields, posted=posted))
        return self._tables[-1]

    def flush(self, *, at: int = FLUSH_AT) -> None:
        """Write what there is if that is many rows."""
        if sum(len(table.rows) for table in self._tables) < at:
            return
        parts = [(table, table.rows) for table in self._tables if table.rows]
        for table, _ in parts:
            table.rows = []
        if self._thread is None:
            self._write(parts)
        else:
            self._wait()
            self._writing = self._thread.submit(self._write, parts)

    def finish(self) -> None:
        """Write the rest and wait for it."""
        self.flush(at=1)
        self._wait()
        if self._thread is not None:
            self._thread.submit(connections.close_all).result()
            self._thread.shutdown()

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def _write(self, parts: list[tuple[Table, list[tuple[Any, ...]]]]) -> None:
        # A row may name one that comes with a later part; `reconcile` checks every key (I21).
        with connection.constraint_checks_disabled(), transaction.atomic():
            for table, rows in parts:
                for start in range(0, len(rows), ROWS_PER_CALL):
                    with connection.cursor() as cursor:
                        cursor.executemany(table.sql, rows[start : start + ROWS_PER_CALL])
                self.written += len(rows)
            for table, rows in parts:
                if table.posted:
                    _post(table, first=rows[0][0], last=rows[-1][0])


def _post(table: Table, *, first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table.name} SET status = %s"  # noqa: S608  (a table of our own models)
            " WHERE id BETWEEN %s AND %s AND status = 'draft'",
            [table.posted, first, last],
        )
