"""Whether the database is the one that this code was written for."""

from functools import cache

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def missing_migrations(over: BaseDatabaseWrapper = connection) -> list[str]:
    """Migrations of this code that the database has not seen, as `app.name`, sorted."""
    applied = MigrationRecorder(over).applied_migrations()
    return [f"{app}.{name}" for app, name in sorted(of_this_code()) if (app, name) not in applied]


@cache
def of_this_code() -> frozenset[tuple[str, str]]:
    """Every migration but those that a squashed one stands for."""
    loader = MigrationLoader(None)
    return frozenset(loader.graph.nodes)
