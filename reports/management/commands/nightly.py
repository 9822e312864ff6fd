from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from accounts import sessions
from catalog.coming_prices import begin_prices
from ledger import kept_heads, repeating_expenses
from pos_project.core.commands import ShopCommand
from pos_project.core.db import counters
from pos_project.core.errors import DomainError
from pos_project.core.runs import record_run
from reports.statements.day_closing import close_until, last_closable_day
from reports.summaries.building import build_missing


class Command(ShopCommand):
    help = (
        "What is due every night: put prices into effect that begin, book the"
        " expenses that repeat, number what was posted (see"
        " number_documents), close the days that are over"
        " (see close_day), keep the newest seal outside the database (HEADS_FILE, HEADS_MAIL_TO),"
        " sum up the days that are not yet, and forget expired sign-ins and counts of rate limits."
        " Run it once a night, at least ten minutes after midnight; safe to run twice, and at any"
        " hour. When one part fails the others are done all the same, and the exit code is 1."
    )

    def handle(self, **_: Any) -> None:
        parts: tuple[tuple[str, Callable[[], int]], ...] = (
            ("products with another price", begin_prices),
            ("repeating expenses booked", repeating_expenses.book_due),
            ("days closed", lambda: len(close_until(last_closable_day()))),
            ("heads kept", kept_heads.keep),
            # After what the others wrote into the audit; closing numbers by itself.
            ("documents numbered", kept_heads.keep_numbers),
            ("days summed up, per kind of figure", build_missing),
            ("expired sign-ins forgotten", lambda: sessions.forget_expired(at=timezone.now())),
            ("expired counts forgotten", lambda: counters.forget_expired(at=timezone.now())),
        )
        failed = []
        for name, do in parts:
            try:
                self.stdout.write(f"{do():>8,} {name}")
            except DomainError as error:
                failed.append(name)
                self.stderr.write(f"   not done: {name}: {error.message}")
        record_run("nightly", ok=not failed, detail=", ".join(failed))
        if failed:
            raise CommandError(f"{len(failed)} of {len(parts)} parts failed; run it again.")
