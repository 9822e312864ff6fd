from typing import Any

from django.core.management.base import CommandError

from ledger import kept_heads
from pos_project.core.commands import ShopCommand
from pos_project.core.errors import DomainError
from pos_project.core.runs import record_run


class Command(ShopCommand):
    help = (
        "Give every sale, refund, purchase and other entry that has none the next number of its"
        " store, and write the newest numbers to HEADS_FILE. From then on nothing of it changes or"
        " vanishes without `reconcile` naming it (I36), long before its day is closed. Run it every"
        " hour or oftener; safe to run twice, at any time, while the tills sell."
    )

    def handle(self, **_: Any) -> None:
        try:
            numbered = kept_heads.keep_numbers()
        except DomainError as error:
            record_run("number_documents", ok=False, detail=error.message)
            raise CommandError(error.message) from error
        record_run("number_documents", ok=True)
        self.stdout.write(f"{numbered:,} documents numbered")
