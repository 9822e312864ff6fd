"""System checks: what must be true of a server before it may sell."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from pos_project.core.db import earlier_migrations, guards
from pos_project.core.db.guards.rights import may_change_triggers, past_the_guards

MIN_SECRET_BYTES = 32


@register(Tags.security)
def secrets_are_set(**_: Any) -> list[Error]:
    """In production a missing, known or short secret stops the start."""
    if not settings.PRODUCTION:
        return []
    errors = []
    for name in ("JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"):
        value = getattr(settings, name)
        if value.startswith(settings.DEVELOPMENT_SECRET):
            errors.append(Error(f"{name} is not set.", hint="Set it in .env.", id="core.E001"))
        elif len(value.encode()) < MIN_SECRET_BYTES:
            errors.append(
                Error(f"{name} is shorter than 32 bytes.", hint="Make it longer.", id="core.E002")
            )
    if settings.JWT_ACCESS_SECRET == settings.JWT_REFRESH_SECRET:
        errors.append(Error("The two JWT secrets must differ.", id="core.E003"))
    return errors


@register(Tags.security)
def metrics_token_is_long(**_: Any) -> list[Error]:
    """Who guesses the token reads how much the shop sells."""
    if not 0 < len(settings.METRICS_TOKEN.encode()) < MIN_SECRET_BYTES:
        return []
    return [
        Error("METRICS_TOKEN is shorter than 32 bytes.", hint="Make it longer.", id="core.E008")
    ]


@register(Tags.security)
def hosts_are_named(**_: Any) -> list[Error]:
    """In production a server without a name would refuse every request: better not to start."""
    if settings.ALLOWED_HOSTS or not settings.PRODUCTION:
        return []
    hint = "Set it to the names under which the shop is reached, separated by commas."
    return [Error("ALLOWED_HOSTS is not set.", hint=hint, id="core.E006")]


@register
def asserts_are_on(**_: Any) -> list[Error]:
    """Our code guards its own promises with assert: `python -O` would switch them off."""
    if __debug__:
        return []
    return [Error("Do not run with python -O.", hint="Unset PYTHONOPTIMIZE.", id="core.E004")]


def refuse_unsafe_start() -> None:
    """Stop a server that would run unsafely; servers do not run system checks by themselves."""
    errors = [
        *secrets_are_set(),
        *hosts_are_named(),
        *metrics_token_is_long(),
        *asserts_are_on(),
    ]
    if errors:
        raise ImproperlyConfigured(" ".join(f"{error.id}: {error.msg}" for error in errors))


@register(Tags.database)
def migrations_are_of_this_version(databases: Sequence[str] | None = None, **_: Any) -> list[Error]:
    """Stops `migrate` on a database that must be adopted first."""
    return [
        Error(
            "This database was made by an earlier version; its migrations were put together since.",
            hint="Make a backup, run `manage.py adopt_database` once, then `manage.py migrate`.",
            id="core.E005",
        )
        for alias in databases or ()
        if earlier_migrations.was_made_before(alias)
    ]


@register(Tags.database)
def driver_is_named(**_: Any) -> list[Info]:
    """Says when the slower pure-Python driver stands in for mysqlclient."""
    if connection.vendor != "mysql":
        return []
    import MySQLdb

    if "pymysql" in MySQLdb.__name__ or "pymysql" in getattr(MySQLdb, "__file__", ""):
        return [
            Info(
                "PyMySQL stands in for mysqlclient: right, but about 15 % slower.",
                hint="See requirements-mysql.txt for what mysqlclient needs.",
                id="core.I001",
            )
        ]
    return []


@register(Tags.database)
def history_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Says so, ever after, when the database does not refuse to rewrite history by itself.

    Runs with every `migrate`, `serve` and `reconcile`, and in `check --database default`.
    """
    if not databases:
        return []
    missing = guards.missing()
    if not missing:
        return []
    if connection.vendor == "mysql" and not may_change_triggers():
        return [
            Info(
                "This database user cannot see whether the append-only triggers are there.",
                hint="Run the check as the user who migrates.",
                id="core.I002",
            )
        ]
    return [
        Warning(
            f"{len(missing)} append-only triggers are missing or changed ({missing[0]}, …): the"
            " database itself does not refuse to rewrite history.",
            hint="manage.py migrate puts them up; see docs/append-only.md if it may not.",
            id="core.W001",
        )
    ]


@register(Tags.database, deploy=True)
def user_cannot_pass_the_guards(
    databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """TRUNCATE empties a table and asks no trigger: the shop's user must not have the right."""
    held = past_the_guards() if databases and connection.vendor == "mysql" else []
    if not held:
        return []
    return [
        Warning(
            f"The database user has the right {' and '.join(held)}, which reaches past the"
            " append-only triggers.",
            hint="manage.py database_users makes a user without it, and another who migrates.",
            id="core.W002",
        )
    ]
