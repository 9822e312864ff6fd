"""Who may do what in a MySQL or MariaDB database: one user for each task, and nothing beyond it.

The server's user cannot change tables, cannot empty them (TRUNCATE asks no trigger), and of
append-only tables may only change the columns that are derived: what the triggers refuse it has
no right to try, as far as rights can say it. A document that is still a draft is beyond them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from pos_project.core.db.guards.rules import guarded_models
from pos_project.core.models import MaintenanceRun

READS = "SELECT"
# On MySQL a locking read wants more than SELECT: UPDATE, DELETE, or this. MariaDB does not ask.
SERVES = "SELECT, INSERT, LOCK TABLES"


@dataclass(frozen=True)
class DatabaseUser:
    """A user, what it is for, and its rights on the whole database."""

    name: str
    purpose: str
    rights: str


def users(prefix: str) -> list[DatabaseUser]:
    return [
        DatabaseUser(f"{prefix}_app", "the servers and the nightly work", SERVES),
        DatabaseUser(f"{prefix}_migrate", "`migrate` and `restore` alone", "ALL PRIVILEGES"),
        DatabaseUser(f"{prefix}_report", "whoever only reads, on a replica too", READS),
        DatabaseUser(f"{prefix}_backup", "`backup`", READS),
    ]


def grants(prefix: str, host: str) -> Iterator[str]:
    """The statements that give the users of `prefix` their rights. Raises nothing, sends none."""
    database = connection.settings_dict["NAME"]
    whole = _quoted(database.replace("_", r"\_"))  # there, _ and % stand for other letters
    for user in users(prefix):
        yield f"GRANT {user.rights} ON {whole}.* TO {_account(user.name, host)}"
    app = _account(f"{prefix}_app", host)
    for table, rights in table_rights().items():
        yield f"GRANT {rights} ON {_quoted(database)}.{_quoted(table)} TO {app}"
    # That it ran, and how, is noted for whoever watches.
    noted = _quoted(MaintenanceRun._meta.db_table)
    backup = _account(f"{prefix}_backup", host)
    yield f"GRANT INSERT, UPDATE ON {_quoted(database)}.{noted} TO {backup}"


def table_rights() -> dict[str, str]:
    """What the server's user may change in the tables that are there, beside adding rows."""
    models = {model._meta.db_table: model for model in guarded_models()}
    rights = {}
    for table in sorted(connection.introspection.table_names()):
        model = models.get(table)
        if model is None:
            rights[table] = "UPDATE, DELETE"
        elif model.LINE_OF:
            rights[table] = "UPDATE, DELETE"  # of a draft: its trigger refuses the others
        elif model.DRAFT_STATUSES:
            rights[table] = "UPDATE"
        elif model.MOVING_COLUMNS:
            fields = model._meta.concrete_fields
            derived = sorted(
                str(each.column) for each in fields if each.attname in model.MOVING_COLUMNS
            )
            rights[table] = f"UPDATE ({', '.join(map(_quoted, derived))})"
    del rights["django_migrations"]  # what `migrate` did is its own to say
    return rights


def passwords(prefix: str, host: str, chosen: dict[str, str]) -> Iterator[str]:
    """The statements that make the users, or give them these passwords."""
    for user in users(prefix):
        account, secret = _account(user.name, host), chosen[user.name]
        yield f"CREATE USER IF NOT EXISTS {account}"
        yield f"ALTER USER {account} IDENTIFIED BY '{secret}'"


def _account(name: str, host: str) -> str:
    return f"'{name}'@'{host}'"


def _quoted(name: str) -> str:
    return f"`{name}`"
