"""`manage.py seed_demo`: a shop to look around in, with three months behind it."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pos_project.core.commands import ShopCommand
from pos_project.core.errors import DomainError
from pos_project.tools.demo.people_and_goods import PEOPLE
from pos_project.tools.demo.seeding import ShopNotEmpty, seed_shop

MOST_DAYS = 365


class Command(ShopCommand):
    help = (
        "Fill an empty, migrated database with a demo shop: users of every role, 302 products, "
        "60 customers, 8 suppliers and the trade of the last 90 days up to now, all through the "
        "use cases that tills use. Run it once; a second run changes nothing, and a run that was "
        "stopped is continued. Never in production: its passwords are published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=90, help=f"how many days of trade, 1 to {MOST_DAYS} (90)"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="another number makes another past (1)"
        )

        parser.add_argument(
            "--stores",
            action="store_true",
            help="also a second shop and a warehouse, with a month of transfers and shifts",
        )

    def handle(self, *, days: int, seed: int, stores: bool = False, **_: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "This is production (NODE_ENV or DJANGO_ENV): the demo's users have published "
                "passwords, so it is not seeded here."
            )
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be from 1 to {MOST_DAYS}.")
        screen = Console(stderr=True)
        columns = (TextColumn("Seeding"), BarColumn(), MofNCompleteColumn(), TextColumn("days"))
        try:
            with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
                task = bar.add_task("days", total=None)
                seeded = seed_shop(
                    now=timezone.now(),
                    days=days,
                    seed=seed,
                    stores=stores,
                    begin=lambda total: bar.update(task, total=total),
                    traded=lambda: bar.advance(task),
                )
        except ShopNotEmpty as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(f"{error.message} Run it again to continue.") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to continue.") from None
        if seeded.was_there:
            self.stdout.write("The demo data are already there: nothing was changed.")
            return
        self.stdout.write(self.style.SUCCESS("The demo shop is ready. Sign in as:"))
        for _name, _username, email, role, password in PEOPLE:
            known = email in seeded.kept_users
            shown = "with the password they had before" if known else f"/ {password}"
            self.stdout.write(f"  {role:<8} {email} {shown}")
        address = f"http://localhost:{settings.PORT}"
        self.stdout.write(f"Once it is served: {address}/api/docs and {address}/admin/")
