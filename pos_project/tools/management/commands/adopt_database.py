"""`manage.py adopt_database`: once, for a database made before the migrations were put together."""

from typing import Any

from django.core.management.base import BaseCommand

from pos_project.core.db import earlier_migrations


class Command(BaseCommand):
    help = (
        "Takes over a database that an earlier version made, before each app's migrations were put "
        "together into one. Its tables stay as they are; only the record of its migrations is "
        "rewritten. Run it once, after a backup, when `migrate` asks for it; safe to run twice."
    )
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        if not earlier_migrations.was_made_before():
            self.stdout.write("Nothing to do: this database was not made by an earlier version.")
            return
        earlier_migrations.adopt()
        self.stdout.write("Done. Now run `manage.py migrate`.")
