"""Taking a table's indexes down while it is filled, and building them afterwards in one go.

Row by row, every insert would touch a page of each index, and those of a large shop fit no small
buffer pool. MySQL and MariaDB only; SQLite fills its tables fast enough.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

KEY = re.compile(r"\s*(?P<add>KEY `(?P<name>\w+)` .*?),?$")
FOREIGN_KEY = re.compile(r"\s*(?P<add>CONSTRAINT `(?P<name>\w+)` FOREIGN KEY .*?),?$")


@dataclass
class _TakenDown:
    """What to put back: clauses of ADD, as the server itself wrote them."""

    keys: list[str] = field(default_factory=list)
    foreign_keys: list[str] = field(default_factory=list)


class Indexes:
    """The secondary indexes and foreign keys of some tables. Unique ones stay up."""

    def __init__(self, tables: Iterable[str], *, needed: Iterable[str] = ()) -> None:
        """`needed` are columns that are looked up while the tables are filled."""
        self._tables = list(tables)
        self._needed = tuple(f"(`{column}`" for column in needed)
        self._down: dict[str, _TakenDown] = {}

    def take_down(self) -> None:
        for table in self._tables:
            down, drops = _TakenDown(), []
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW CREATE TABLE {table}")
                lines = cursor.fetchone()[1].splitlines()
            for line in lines:
                if (found := FOREIGN_KEY.match(line)) and not self._is_needed(line):
                    down.foreign_keys.append(found["add"])
                    drops.append(f"DROP FOREIGN KEY `{found['name']}`")
            for line in lines:
                if (found := KEY.match(line)) and not self._is_needed(line):
                    down.keys.append(found["add"])
                    drops.append(f"DROP KEY `{found['name']}`")
            self._down[table] = down
            _alter(table, drops)

    def put_up(self) -> None:
        with connection.constraint_checks_disabled():  # else each key copies the whole table
            for table, down in self._down.items():
                adds = [*down.keys, *down.foreign_keys]
                _alter(table, [f"ADD {clause}" for clause in adds])

    def _is_needed(self, line: str) -> bool:
        return any(column in line for column in self._needed)


def _alter(table: str, clauses: list[str]) -> None:
    if clauses:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} {', '.join(clauses)}")
