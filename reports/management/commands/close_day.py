import json
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import date
from typing import IO, Any, cast

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ledger import closing
from ledger.closing_models import DaySeal
from pos_project.core.commands import ShopCommand
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import DomainError
from pos_project.core.http.fields import parse_day
from reports.statements.day_closing import close_until, last_closable_day, open_days
from reports.statements.day_report import COLUMNS, DayReport, Drawer, day_reports

EPILOG = """
Closing is for good: nothing is posted into a closed day any more (what is dated into it counts
today), and manage.py reconcile shows any later change to its rows. Days are closed in order,
without gaps: naming a day closes the open days before it too. A day can be closed ten minutes
after it ended. Safe to run twice; run it every night (manage.py nightly does).

Keep the head outside this database, on paper or in a mail: manage.py reconcile --head HEAD shows
later whether the chain still leads to it.

examples:
  manage.py close_day                      every open day until yesterday
  manage.py close_day 2026-11-24           that day, and the open days before it
  manage.py close_day 2026-11-01 --until 2026-11-24 --json
"""


class Command(ShopCommand):
    help = "Seal business days, sum up their figures, and print what they came to."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EPILOG
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", nargs="?", type=_day, metavar="DAY", help="YYYY-MM-DD")
        parser.add_argument("--until", type=_day, metavar="DAY", help="close up to this day")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, day: date | None, until: date | None, **options: Any) -> None:
        last = until or day or last_closable_day()
        if day and last < day:
            raise CommandError("--until is before the day.")
        if not closing.is_over(last):
            raise CommandError(f"{last} can be closed ten minutes after it ended, not before.")
        try:
            closed = self._close(last)
        except DomainError as error:
            raise CommandError(f"{error.message} Run it again to continue.") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to continue.") from None
        sealed = closing.last_sealed_day()
        if sealed is None and not options["json"]:
            self.stdout.write("Nothing has happened yet that could be closed.")
            return
        first = day or (closed[0].day if closed else None) or last
        with snapshot():
            reports = list(day_reports(first, min(last, sealed))) if sealed else []
        show = self._print_json if options["json"] else self._print
        show(closed, reports)

    def _close(self, last: date) -> list[DaySeal]:
        screen = Console(stderr=True)
        columns = (TextColumn("Closing"), BarColumn(), MofNCompleteColumn(), TextColumn("days"))
        with Progress(
            *columns, TimeRemainingColumn(), console=screen, disable=not screen.is_terminal
        ) as bar:
            task = bar.add_task("days", total=open_days(last))
            return close_until(last, on_day=lambda _: bar.advance(task))

    def _print_json(self, closed: Sequence[DaySeal], reports: Sequence[DayReport]) -> None:
        answer = {
            "closed": [
                {"day": str(each.day), "seal": each.seal, "rows": each.row_counts}
                for each in closed
            ],
            "reports": [report.as_json() for report in reports],
            "head": closing.head().seal,
        }
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False, default=float))

    def _print(self, closed: Sequence[DaySeal], reports: Sequence[DayReport]) -> None:
        console = Console(file=cast(IO[str], self.stdout), highlight=False, width=100)
        if len(reports) == 1:
            console.print(_money_table(reports[0]))
            for line in _lines(reports[0]):
                self.stdout.write(line)
        else:
            console.print(_days_table(reports))
        last = closing.head()
        word = {0: "Everything was closed already", 1: "1 day closed"}
        self.stdout.write(
            f"\n{word.get(len(closed), f'{len(closed)} days closed')}; the last"
            f" closed day is {last.day}."
        )
        self.stdout.write(f"Head, to be kept elsewhere: {last.seal}")


def _day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise ArgumentTypeError(f"{text} is no day from 2000 to 2100, as YYYY-MM-DD.")
    return day


def _money_table(report: DayReport) -> Table:
    table = Table("method", *COLUMNS, "net", title=f"{report.day}", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for method, amounts in report.by_method.items():
        row = [amounts[column] for column in COLUMNS]
        table.add_row(method, *(f"{amount:,}" for amount in (*row, sum(row))))
    return table


def _lines(report: DayReport) -> list[str]:
    drawer = report.drawer
    return [
        f"Sales            {report.sales_total:>15,}  in {report.sales:,} sales;"
        f" {report.sold_on_credit:,} of it on credit, {report.sales_from_advances:,} from advances",
        f"Refunds          {report.refunds_total:>15,}  in {report.refunds:,} refunds",
        f"Drawer, opening  {drawer.opening:>15,}",
        f"   received      {drawer.received:>15,}",
        f"   paid          {drawer.paid:>15,}",
        f"   expected      {drawer.expected:>15,}",
        *_counted(drawer),
        f"Journal          {report.debits:>15,}  debit = credit {report.credits:,},"
        f" in {report.entries:,} entries",
    ]


def _counted(drawer: Drawer) -> list[str]:
    if drawer.counted is None:
        return ["   counted                   –  nobody counted"]
    return [
        f"   counted       {drawer.counted:>15,}  difference {drawer.difference:,}"
        f"{f': {drawer.reason}' if drawer.reason else ''}",
        f"   to the bank   {drawer.banked:>15,}",
    ]


def _days_table(reports: Sequence[DayReport]) -> Table:
    table = Table("day", "sales", "total", "refunds", "expenses", "drawer", "entries")
    for column in table.columns[1:]:
        column.justify = "right"
    for report in reports:
        table.add_row(
            str(report.day),
            f"{report.sales:,}",
            f"{report.sales_total:,}",
            f"{report.refunds_total:,}",
            f"{-report.of('expenses'):,}",
            f"{report.drawer.expected:,}",
            f"{report.entries:,}",
        )
    return table
