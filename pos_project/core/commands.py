"""What the operating commands have in common."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from pos_project.core.db.migrated import missing_migrations


class ShopCommand(BaseCommand):
    """Reads or writes the shop, and so only a database that this code was written for: half of a
    night's work on the tables of another version is worse than none."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        """Django's own only says so, and goes on."""
        require_migrated()


def require_migrated() -> None:
    """Raise CommandError for a database that refuses to answer, or is of an earlier version; of one
    that cannot be opened `manage.py` says where to look."""
    try:
        missing = missing_migrations()
    except (DatabaseError, InterfaceError) as error:
        if connection.connection is None:
            raise
        raise CommandError(f"The database does not answer: {error}") from error
    if missing:
        count: Any = f"{len(missing)} migrations are" if missing[1:] else "1 migration is"
        raise CommandError(
            f"The database is not up to date: {count} missing ({', '.join(missing[:2])}"
            f"{', …' if missing[2:] else ''}). Run `manage.py migrate` first."
        )
