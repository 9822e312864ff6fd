from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from ledger import time_zone
from pos_project.core.commands import ShopCommand
from pos_project.core.errors import DomainError
from pos_project.core.http.fields import parse_day
from reports.summaries.building import build_missing
from reports.summaries.recorded import RECORDED


class Command(ShopCommand):
    help = (
        "Date the shop's days by SHOP_TIME_ZONE from now on, where another zone held before. What"
        " was posted keeps its business day, closed days their seals; how much users recorded on"
        " each day is counted anew. Stop the server before, and run it once."
    )
    requires_system_checks = ()  # they would tell to run it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="since", metavar="DAY", help="the first day of the new zone (today)"
        )

    def handle(self, *, since: str | None, **_: Any) -> None:
        day: date | None = parse_day(since) if since else None
        if since and day is None:
            raise CommandError(f"{since} is no day from 2000 to 2100, as YYYY-MM-DD.")
        before = time_zone.known_zone()
        try:
            time_zone.require_acceptable(day)
            # Counted by the moment of each row: the one summary whose days begin at another hour.
            # It comes first, so that a run that was stopped is simply run again.
            build_missing(summaries=[RECORDED.name], anew=True)
            accepted = time_zone.accept_zone(day)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"Days are dated in {settings.SHOP_TIME_ZONE} from {accepted.since} on; those before"
            f" were dated in {before.zone if before else 'no known zone'} and stay as they are."
        )
