from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pos_project.core.commands import ShopCommand
from pos_project.core.http.fields import parse_day
from reports.summaries.builders import BUILDERS
from reports.summaries.building import build_missing, first_day, last_closed_day
from reports.summaries.day_sets import Days

EPILOG = """
Summaries are what closed days come to; dashboards read them instead of every sale. They are built
each night and on the way, so this is for after a restore, an upgrade, or when reconcile names one.
Tills go on selling and dashboards go on answering meanwhile; whoever writes into a past day waits
for the month that is being built. Safe to run at any time, twice, or to stop half-way.

examples:
  manage.py rebuild_facts                        every closed day
  manage.py rebuild_facts --from 2026-01-01      from that day on
  manage.py rebuild_facts --from 2026-01-01 --until 2026-01-31
  manage.py rebuild_facts --only sales,products  some kinds of summaries
  manage.py rebuild_facts --missing              only what is not there yet
"""


class Command(ShopCommand):
    help = "Build the summaries of closed days anew from the rows they sum up."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EPILOG
        parser.formatter_class = _HelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="since", metavar="DAY", type=_day, help="first day")
        parser.add_argument("--until", metavar="DAY", type=_day, help="last day (the last closed)")
        names = ", ".join(builder.name for builder in BUILDERS)
        parser.add_argument("--only", metavar="NAMES", help=f"kinds of summaries, of: {names}")
        parser.add_argument(
            "--missing", action="store_true", help="leave alone what has been built already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        since, until = options["since"], options["until"]
        if since and until and since > until:
            raise CommandError("--from must not be later than --until.")
        summaries = _named(options["only"])
        began = first_day()
        if began is None:
            self.stdout.write(
                "Nothing has happened in this shop yet: there are no summaries to build."
            )
            return
        first, last = max(since or began, began), last_closed_day()
        days = Days.between(first, last)
        looked_at = sum(1 for _ in days) * len(summaries or BUILDERS)
        built = self._build(
            looked_at, since=since, until=until, summaries=summaries, anew=not options["missing"]
        )
        self.stdout.write(
            f"{built} summaries of days built, from {first} to {min(until or last, last)}."
        )

    def _build(self, total: int, **what: Any) -> int:
        # Progress goes to the terminal beside the result, never into it.
        console = Console(stderr=True)
        if not console.is_terminal:
            return build_missing(**what)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
            task = progress.add_task("Summing up closed days", total=total)

            def advance(days: int) -> None:
                progress.advance(task, days)

            return build_missing(**what, on_progress=advance)


class _HelpFormatter(RawDescriptionHelpFormatter):
    """Keeps the lines of the epilog."""


def _day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise ArgumentTypeError(f"{text} is no date YYYY-MM-DD between 2000 and 2100")
    return day


def _named(only: str | None) -> list[str] | None:
    if only is None:
        return None
    names = [name.strip() for name in only.split(",") if name.strip()]
    known = {builder.name for builder in BUILDERS}
    if not names or not set(names) <= known:
        unknown = ", ".join(sorted(set(names) - known)) or "none named"
        raise CommandError(f"No such summary: {unknown}. There are: {', '.join(sorted(known))}.")
    return names
