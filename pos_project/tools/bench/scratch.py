"""Databases of the bench's own, so that no measurement touches the shop's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

PREFIX = "bench_"


def scratch_name(sales: int) -> str:
    return f"{PREFIX}{sales}"


@contextmanager
def database(name: str) -> Iterator[None]:
    """Everything inside reads and writes the database (SQLite: the file) of this name."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = place(name)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def place(name: str) -> str:
    """What the settings call the database: its name, or the path of its file."""
    if connection.vendor == "sqlite":
        return str(Path(connection.settings_dict["NAME"]).with_name(f"{name}.sqlite3"))
    return name


def create(name: str) -> None:
    """Make the database unless it is there, and bring its tables up to date."""
    if connection.vendor == "mysql":
        _on_server(f"CREATE DATABASE IF NOT EXISTS {_quoted(name)} CHARACTER SET utf8mb4")
    with database(name):
        call_command("migrate", verbosity=0, interactive=False)


def drop(name: str) -> None:
    """Remove a database of the bench; never another."""
    assert name.startswith(PREFIX), name
    if connection.vendor == "mysql":
        _on_server(f"DROP DATABASE IF EXISTS {_quoted(name)}")
        return
    for suffix in ("", "-wal", "-shm"):
        Path(place(name) + suffix).unlink(missing_ok=True)


def exists(name: str) -> bool:
    if connection.vendor == "sqlite":
        return Path(place(name)).exists()
    with _server_cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s", [name]
        )
        return bool(cursor.fetchone()[0])


def _on_server(statement: str) -> None:
    with _server_cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _server_cursor() -> Iterator[Any]:
    """A cursor on the server itself: the shop's own database need not exist."""
    with connection._nodb_cursor() as cursor:
        yield cursor


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name.replace("`", ""))
