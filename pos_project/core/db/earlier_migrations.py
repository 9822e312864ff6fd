"""A database made before each app's migrations were put together into one.

Its tables are those that the one migration makes; only the record of how they came to be
differs. `adopt` rewrites that record; until somebody has done so, a system check stops `migrate`.
"""

from django.core.management import CommandError
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

INITIAL = "0001_initial"
# The last migration of each app before they were put together; with it the tables are complete.
LAST_OF_BEFORE = {
    "accounts": "0002_audit_and_shop",
    "catalog": "0003_sku_label",
    "core": "0001_tables",
    "inventory": "0006_units_sold_by_index",
    "ledger": "0009_words_of_pages",
    "purchasing": "0004_words_of_pages",
    "reports": "0008_editions",
    "sales": "0008_dues_cancelled_by_sale_day",
}
RENAMED_APPS = {"reports": "summaries"}


class NotComplete(CommandError):
    """The database is older than the last migration of before: its tables are not complete."""


def was_made_before(using: str = "default") -> bool:
    """Whether the record of migrations names any of those that were put together."""
    recorded = MigrationRecorder(connections[using]).applied_migrations()
    adopted = all((RENAMED_APPS.get(app, app), INITIAL) in recorded for app in LAST_OF_BEFORE)
    return not adopted and any(app in LAST_OF_BEFORE and name != INITIAL for app, name in recorded)


def adopt(using: str = "default") -> None:
    """Record the one migration of each app in place of those it was put together from.

    Raises NotComplete, and then nothing was written.
    """
    recorder = MigrationRecorder(connections[using])
    recorded = recorder.applied_migrations()
    missing = sorted(
        f"{app}.{name}" for app, name in LAST_OF_BEFORE.items() if (app, name) not in recorded
    )
    if missing:
        raise NotComplete(
            f"This database is older than that: {', '.join(missing)} was never applied. Bring it up"
            " to date with the version that made it, then adopt it."
        )
    with transaction.atomic(using=using):
        recorder.migration_qs.filter(app__in=LAST_OF_BEFORE).delete()
        for app in LAST_OF_BEFORE:
            recorder.record_applied(RENAMED_APPS.get(app, app), INITIAL)
        with connections[using].cursor() as cursor:
            for old, new in RENAMED_APPS.items():
                cursor.execute(
                    "UPDATE django_content_type SET app_label = %s WHERE app_label = %s", [new, old]
                )
