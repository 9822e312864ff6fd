"""The database refuses to rewrite history, whoever comes without our models: its triggers.

They are generated from the models (`rules`), so a new append-only table or column is covered by
the next `migrate`, which takes them down while it works (a migration may rebuild a table, or fill
a new column of old rows) and puts them up again at its end.
"""

import logging
from typing import Any

from django.core.management import CommandError
from django.db import DatabaseError, connection

from pos_project.core.db.cluster import is_cluster
from pos_project.core.db.guards import moments, mysql, sqlite
from pos_project.core.db.guards.rules import guarded_tables
from pos_project.core.db.guards.trigger import PREFIX, Trigger
from pos_project.core.db.transactions import error_number

log = logging.getLogger(__name__)
# No right to make triggers: access denied, command denied, SUPER wanted because of the binary log
FORBIDDEN = {1044, 1142, 1227, 1419}


def expected() -> dict[str, Trigger]:
    """The triggers that the tables should have, by name."""
    make = mysql.triggers if connection.vendor == "mysql" else sqlite.triggers
    wanted = [trigger for rules in guarded_tables() for trigger in make(rules)]
    return {trigger.name: trigger for trigger in wanted}


def present() -> dict[str, str]:
    """Name → text of the triggers of ours that the database has.

    MySQL shows them only to a user who may change them: see `rights.may_change_triggers`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute(
                "SELECT TRIGGER_NAME, CONCAT('CREATE TRIGGER ', TRIGGER_NAME, ' ', ACTION_TIMING,"
                " ' ', EVENT_MANIPULATION, ' ON ', EVENT_OBJECT_TABLE, ' FOR EACH ROW ',"
                " ACTION_STATEMENT) FROM information_schema.TRIGGERS"
                " WHERE TRIGGER_SCHEMA = DATABASE()"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name: sql for name, sql in cursor.fetchall() if name.startswith(PREFIX)}


def missing() -> list[str]:
    """The triggers that are not there, or are not what they should be."""
    there = present()
    return [name for name, trigger in expected().items() if there.get(name) != trigger.create]


def install(**_: Any) -> None:
    """Put up what is missing, and take down what belongs to no table any more."""
    there, wanted = present(), expected()
    stale = [name for name in there if name not in wanted or there[name] != wanted[name].create]
    try:
        with connection.cursor() as cursor:
            for name in stale:
                cursor.execute(f"DROP TRIGGER {name}")
            for name, trigger in wanted.items():
                if name not in there or name in stale:
                    cursor.execute(trigger.create)
        moments.remember()
    except DatabaseError as error:
        if error_number(error) not in FORBIDDEN:
            raise
        if _is_on_a_cluster():
            raise CommandError(
                "The tables are migrated, but this cluster does not let the user make the triggers"
                f" that guard history (error {error_number(error)}). SET GLOBAL"
                " log_bin_trust_function_creators = 1 on every node, and in its configuration,"
                " give the user the right TRIGGER, then migrate again: docs/cluster.md."
            ) from error
        log.warning(
            "The database does not let this user make triggers (%s): history is guarded by the"
            " application alone. See docs/append-only.md.",
            error_number(error),
        )


def _is_on_a_cluster() -> bool:
    with connection.cursor() as cursor:
        return connection.vendor == "mysql" and is_cluster(cursor)


def remove(*events: str) -> None:
    """Take them down: all, or those of these events (`DELETE`)."""
    wanted = expected()
    with connection.cursor() as cursor:
        for name in present():
            if not events or (name in wanted and wanted[name].event in events):
                cursor.execute(f"DROP TRIGGER {name}")


def remove_to_migrate(*, plan: Any, **_: Any) -> None:
    """Before `migrate` changes tables; SQLite could not even rename one that a trigger reads."""
    if plan:
        remove()
