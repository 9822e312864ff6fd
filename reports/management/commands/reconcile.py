import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import IO, Any, cast

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from reports.laws import LAWS, Law
from reports.reconcile import UnknownLaw, Verdict, chosen, reconcile

EPILOG = """
Reads everything at one moment and writes nothing; the tills go on selling meanwhile. Run it every
night, after a restore, and whenever a figure looks odd. A law that holds is one line; a law that
does not names the rows that break it, the oldest first.

exit codes: 0 every law holds, 1 some row breaks a law, 2 no such law

examples:
  manage.py reconcile                  all laws
  manage.py reconcile --only I1,I13    stock and FIFO
  manage.py reconcile --json           for programs
  manage.py reconcile --list           the laws, without checking them
  manage.py reconcile --head 3f1a…     also: is the seal that was kept elsewhere in the chain?
"""


class Command(BaseCommand):
    help = "Prove that stock, sales, dues, payments and the journal agree, law by law."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EPILOG
        parser.formatter_class = _HelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--only", metavar="I1,I7", help="check only these laws, by id or by name"
        )
        parser.add_argument(
            "--rows", type=int, default=5, metavar="N", help="name at most N rows per law (5)"
        )
        parser.add_argument(
            "--head", metavar="SEAL", help="a seal printed by close_day and kept elsewhere"
        )
        parser.add_argument("--list", action="store_true", help="list the laws and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for law in LAWS:
                self.stdout.write(f"{law.id:<4} {law.name}: {law.sentence}")
            return
        # Says so when the database does not guard its history.
        self.check(tags=[Tags.database], databases=["default"])
        ids = None
        if options["only"] is not None:
            ids = [each.strip() for each in options["only"].split(",") if each.strip()]
        verdicts = self._verdicts(ids, options["head"])
        most = max(options["rows"], 1)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(verdicts, most), indent=2, ensure_ascii=False))
        else:
            self._print(verdicts, most)
        if not all(verdict.holds for verdict in verdicts):
            raise SystemExit(1)

    def _verdicts(self, ids: list[str] | None, head: str | None) -> list[Verdict]:
        try:
            count = sum(len(check.laws) for check in chosen(ids)) + (head is not None)
        except UnknownLaw as unknown:
            raise CommandError(
                f"No such law: {unknown}. See manage.py reconcile --list.", returncode=2
            ) from unknown
        # Progress goes to the terminal beside the result, never into it.
        console = Console(stderr=True)
        if not console.is_terminal:
            return reconcile(ids, head=head)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
            task = progress.add_task("Reading the books", total=count)
            return reconcile(ids, head=head, on_progress=_advance(progress, task))

    def _print(self, verdicts: list[Verdict], most: int) -> None:
        broken = [verdict for verdict in verdicts if not verdict.holds]
        console = Console(file=cast(IO[str], self.stdout))
        if console.is_terminal:
            console.print(_table(verdicts))
        else:
            for verdict in verdicts:
                word = "ok    " if verdict.holds else "BROKEN"
                self.stdout.write(f"{verdict.law.id:<4} {word} {verdict.law.sentence}")
        for verdict in broken:
            self.stdout.write(
                f"\n{verdict.law.id} {verdict.law.name}: {verdict.count} row(s), the first:"
            )
            for violation in verdict.violations[:most]:
                self.stdout.write(f"  {violation}")
        held = len(verdicts) - len(broken)
        self.stdout.write(f"\n{held} of {len(verdicts)} laws hold.")


class _HelpFormatter(RawDescriptionHelpFormatter):
    """Keeps the lines of the epilog."""


def _advance(progress: Progress, task: Any) -> Callable[[Law], None]:
    def advance(law: Law) -> None:
        progress.update(task, advance=1, description=f"{law.id:<4} {law.name}")

    return advance


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("law", "says", "seconds", "result")
    for verdict in verdicts:
        result = "[green]holds[/]" if verdict.holds else f"[bold red]{verdict.count} broken[/]"
        table.add_row(verdict.law.id, verdict.law.sentence, f"{verdict.seconds:.1f}", result)
    return table


def _as_json(verdicts: list[Verdict], most: int) -> dict[str, Any]:
    return {
        "holds": all(verdict.holds for verdict in verdicts),
        "laws": [
            {
                "id": verdict.law.id,
                "name": verdict.law.name,
                "sentence": verdict.law.sentence,
                "holds": verdict.holds,
                "count": verdict.count,
                "seconds": round(verdict.seconds, 3),
                "violations": [
                    {
                        "row": violation.row,
                        "expected": violation.expected,
                        "found": violation.found,
                    }
                    for violation in verdict.violations[:most]
                ],
            }
            for verdict in verdicts
        ],
    }
