"""The whole database at one moment, by its own tools, and back.

MySQL and MariaDB: mariadb-dump or mysqldump in one transaction, so that no till waits. SQLite: its
online backup. Triggers are not carried along: they belong to whoever made them, and `migrate`
puts them up from the models.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.backends.mysql.client import DatabaseClient

from pos_project.tools.backups.archive import pieces_of

# What `migrate` fills by itself; the genesis, the one seal without a day, is looked at below.
FILLED_BY_MIGRATE = {
    "auth_permission",
    "day_seals",
    "django_content_type",
    "django_migrations",
    "ledger_accounts",
    "payment_methods",
    "stores",
}
DUMP = [
    "--single-transaction",
    "--quick",
    "--hex-blob",
    "--skip-triggers",
    "--no-tablespaces",  # (or it would want the right PROCESS)
    "--skip-dump-date",
    "--max-allowed-packet=512M",
]
LAST_LINE = b"-- Dump completed"


class ToolFailed(Exception):
    """The database's own tool is missing or failed; the text is for people."""


def file_name() -> str:
    return "database.sql" if connection.vendor == "mysql" else "database.sqlite3"


def dump() -> Iterator[bytes]:
    """The database as it is at one moment. Raises ToolFailed, at its end too."""
    return _dump_mysql() if connection.vendor == "mysql" else _dump_sqlite()


def load(pieces: Iterable[bytes]) -> None:
    """Put a dump in the place of whatever tables there are. Raises ToolFailed."""
    if connection.vendor == "mysql":
        _drop_tables()
        _load_mysql(pieces)
    else:
        _load_sqlite(pieces)
    connection.close()


def table_in_use() -> str | None:
    """A table with a row that `migrate` did not put there; None where nobody has traded yet."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table in sorted(tables - FILLED_BY_MIGRATE):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
            if cursor.fetchone():
                return table
        if "day_seals" in tables:
            cursor.execute("SELECT 1 FROM day_seals WHERE day IS NOT NULL LIMIT 1")
            if cursor.fetchone():
                return "day_seals"
    return None


def _dump_mysql() -> Iterator[bytes]:
    program, is_mariadb = _program("mariadb-dump", "mysqldump")
    # (MySQL's own would write down who had which transactions, which wants more rights)
    more = [] if is_mariadb else ["--set-gtid-purged=OFF"]
    words, environment = DatabaseClient.settings_to_cmd_args_env(
        connection.settings_dict, [*DUMP, *more]
    )
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [program, *words[1:]],
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_env(environment),
        )
        end = b""
        try:
            assert process.stdout
            for piece in pieces_of(process.stdout):
                end = (end + piece)[-200:]
                yield piece
            failed = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if failed or LAST_LINE not in end:
            raise ToolFailed(f"{program} did not finish: {_said(complaints)}")


def _load_mysql(pieces: Iterable[bytes]) -> None:
    program, _ = _program("mariadb", "mysql")
    # --binary-mode: the file is SQL and nothing else; the client obeys no command of its own in it
    more = ["--binary-mode", "--max-allowed-packet=512M"]
    words, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, more)
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [program, *words[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            env=_env(environment),
        )
        assert process.stdin
        try:
            process.stdin.writelines(pieces)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has said why
        finally:
            failed = process.wait()
        if failed:
            raise ToolFailed(f"{program} did not load it: {_said(complaints)}")


def _drop_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
    connection.close()


def _dump_sqlite() -> Iterator[bytes]:
    connection.ensure_connection()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file_name()
        over = sqlite3.connect(copy)
        try:
            connection.connection.backup(over)
            over.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        finally:
            over.close()
        with copy.open("rb") as file:
            yield from pieces_of(file)


def _load_sqlite(pieces: Iterable[bytes]) -> None:
    connection.ensure_connection()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file_name()
        with copy.open("wb") as file:
            file.writelines(pieces)
        over = sqlite3.connect(copy)
        try:
            over.backup(connection.connection)
        except sqlite3.Error as error:
            raise ToolFailed(f"SQLite did not load it: {error}") from error
        finally:
            over.close()


def _program(*names: str) -> tuple[str, bool]:
    """The first of these programs that is here, and whether it is MariaDB's."""
    for name in names:
        found = shutil.which(name)
        if found:
            version = subprocess.run([found, "--version"], capture_output=True, text=True)
            return found, "MariaDB" in version.stdout
    raise ToolFailed(
        f"Neither {' nor '.join(names)} is on this machine. On Debian they come with"
        " mariadb-client or default-mysql-client."
    )


def _env(more: dict[str, str] | None) -> dict[str, str]:
    return {**os.environ, **(more or {})}


def _said(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    text = complaints.read()[-1000:].decode(errors="replace").strip()
    return text or "it did not say why."
