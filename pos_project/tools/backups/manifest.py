"""What a backup says about itself, and whether it may be restored here."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ledger import closing
from pos_project.core.db.guards import moments
from pos_project.core.db.migrated import of_this_code

HERE, ELSEWHERE = "files", "elsewhere"
VENDORS = {"mysql": "MySQL or MariaDB", "sqlite": "SQLite"}


def describe(*, at: datetime) -> dict[str, Any]:
    """The manifest of a backup that begins now.

    `head` is the newest seal before it began: a day that is closed while the database is read may
    be in it or not, but the chain in the backup leads to this head.
    """
    return {
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "version": settings.SPECTACULAR_SETTINGS["VERSION"],
        "database": connection.vendor,
        "database_version": ".".join(map(str, connection.get_database_version())),
        "migrations": sorted(
            f"{app}.{name}"
            for app, name in MigrationRecorder(connection).applied_migrations()
            if app != moments.APP
        ),
        "head": closing.head().seal,
        "pictures": HERE if _are_files() else ELSEWHERE,
    }


def objection(manifest: dict[str, Any]) -> str | None:
    """Why this program cannot restore that backup into its database; None when it can."""
    if manifest["database"] != connection.vendor:
        theirs, ours = VENDORS.get(manifest["database"]), VENDORS[connection.vendor]
        return f"It is of {theirs or manifest['database']}, and the database here is {ours}."
    known = {f"{app}.{name}" for app, name in of_this_code()}
    unknown = sorted(set(manifest["migrations"]) - known)
    if unknown:
        return (
            f"It was made by a newer version of this program ({manifest['version']};"
            f" {unknown[0]} is not known here). Restore it with that version."
        )
    return None


def _are_files() -> bool:
    return isinstance(default_storage, FileSystemStorage)
