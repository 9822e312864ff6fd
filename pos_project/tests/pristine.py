"""The test database as it was made: what tests that really commit go back to.

Django would delete from every table, announce a migration and have triggers and reference rows
made again: a third of a second on SQLite, and some on a server. Here SQLite gets the pages of a
copy back, triggers included, and a server empties the tables that are not what they were.
"""

import sqlite3
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase, override_settings

from pos_project.core.db.guards import moments
from pos_project.core.db.guards.rules import guarded_models

GIVE_UP_AFTER = 40  # tries of a quarter of a second: some thread still reads

RECORD = "django_migrations"

_copy = sqlite3.connect(":memory:", check_same_thread=False)
_checksums: dict[str, int] = {}
_rows: dict[str, list[tuple[Any, ...]]] = {}


def note_migrations() -> None:
    """The tables are made without migrations; a server that is started here asks for them."""
    recorder = MigrationRecorder(connection)
    with override_settings(MIGRATION_MODULES={}):
        there = MigrationLoader(None).graph.nodes
        recorder.ensure_schema()
        recorder.flush()
        recorder.migration_qs.bulk_create(
            recorder.Migration(app=app, name=name) for app, name in there
        )


def keep() -> None:
    """Remember the database as it is now, and let Django's transaction tests go back to it."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.backup(_copy)
    else:
        _checksums.update(_checksums_now())
        _rows.update({table: rows for table in _checksums if (rows := _rows_of(table))})
    TransactionTestCase._fixture_teardown = restore  # type: ignore[method-assign]  # (of all tests)


def restore(_: object = None) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _copy.backup(connection.connection, progress=_patience())
        return
    guarded = {model._meta.db_table for model in guarded_models()}
    with connection.cursor() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        for table, checksum in _checksums_now().items():
            if checksum != _checksums[table]:
                # The triggers refuse a DELETE; they do not see a TRUNCATE, which costs more.
                cursor.execute(f"{'TRUNCATE' if table in guarded else 'DELETE FROM'} {table}")
                for row in _rows.get(table, ()):
                    values = ", ".join(["%s"] * len(row))
                    cursor.execute(f"INSERT INTO {table} VALUES ({values})", row)
                if table == RECORD:
                    _keep_the_moment_of_the_triggers()
        cursor.execute("SET FOREIGN_KEY_CHECKS = 1")


def _keep_the_moment_of_the_triggers() -> None:
    """A module that took the triggers down put them up again: that is no forgery."""
    moments.remember()
    _checksums[RECORD] = _checksums_now()[RECORD]
    _rows[RECORD] = _rows_of(RECORD)


def _patience() -> Any:
    tries = iter(range(GIVE_UP_AFTER))

    def progress(status: int, remaining: int, total: int) -> None:
        assert next(tries, None) is not None, "Some other thread of the test still reads."

    return progress


def _checksums_now() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"CHECKSUM TABLE {', '.join(connection.introspection.table_names())}")
        return {name.split(".", 1)[1]: checksum for name, checksum in cursor.fetchall()}


def _rows_of(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return list(cursor.fetchall())
