"""`manage.py purge_idempotency`: forget the answers kept for retries of long ago."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from pos_project.core.commands import ShopCommand
from pos_project.core.db.transactions import transact
from pos_project.core.models import IdempotentRequest

ROWS_AT_ONCE = 1000  # short transactions, so that no till waits


class Command(ShopCommand):
    help = (
        "Delete the answers kept for retried requests (idempotent_requests) that are older than "
        "a number of days. They are kept for ever unless you run this; a request that is retried "
        "with a purged key takes effect a second time, so keep at least as many days as a till "
        "may be offline. Steps of import_retail and seed_demo are kept under such keys too: once "
        "they are purged, the same file cannot be imported again. Run it monthly, or never."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than", type=int, required=True, metavar="DAYS", help="at least 1"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many there are; delete none"
        )

    def handle(self, *, older_than: int, dry_run: bool, **_: Any) -> None:
        if not 1 <= older_than <= 36_500:
            raise CommandError("--older-than must be from 1 to 36500 days.")
        old = IdempotentRequest.objects.filter(
            created_at__lt=timezone.now() - timedelta(days=older_than)
        )
        if dry_run:
            self.stdout.write(f"{old.count():,} answers are older than {older_than} days.")
            return
        deleted = 0
        while ids := list(old.order_by("id").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
            part = IdempotentRequest.objects.filter(pk__in=ids)
            deleted += transact(part.delete)[0]
        self.stdout.write(f"{deleted:,} answers older than {older_than} days deleted.")
