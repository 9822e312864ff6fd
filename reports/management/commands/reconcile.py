import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from datetime import date
from typing import IO, Any, cast

from django.core.checks import Tags
from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger import kept_heads
from pos_project.core.commands import ShopCommand
from pos_project.core.http.fields import parse_day
from pos_project.core.runs import record_run
from reports.reconciliation.checks import INVARIANTS, Invariant
from reports.reconciliation.reconcile import UnknownInvariant, Verdict, chosen, reconcile
from reports.reconciliation.repair import Repaired, repair
from reports.reconciliation.scope import Scope

EPILOG = """
Reads everything at one moment and, without --fix, changes nothing; the tills go on selling. Run it
every night, after a restore, and whenever a figure looks odd. An invariant that holds is one line;
one that does not names the rows that break it, the oldest first. A check that cannot read its rows
is a broken invariant, too, with the reason. docs/invariants.md explains each.

With --since only what counts on that business day or later is looked at, and what rows of those
days touched: an older sale that was paid or refunded since, the batches of goods that moved, the
customers and suppliers who traded. Stock and debts of those are added up from the beginning, and
goods that moved are replayed from their first movement. What has no business day (held sales,
products, the seals' chain) is looked at whole. Good for every hour; the whole is for every night.

--fix recomputes the derived columns, which are sums of other rows: what was paid, is due and was
refunded of sales and purchases, dues, what batches still hold. It changes a row only where
everything about it holds afterwards, with an entry in the audit; history itself is never touched.
It says what changed, and what a column had counted that no row tells of any more. Then everything
is checked as without it: what is still broken is left to you.

exit codes: 0 every invariant holds and nothing had to be changed, 1 some row breaks an invariant
or --fix changed something, 2 no such invariant or date

examples:
  manage.py reconcile                  all invariants
  manage.py reconcile --only I1,I13    stock and FIFO
  manage.py reconcile --since 2026-11-01
  manage.py reconcile --fix            recompute derived columns, then check
  manage.py reconcile --json           for programs
  manage.py reconcile -v 2             also says how long each check took
  manage.py reconcile --list           the invariants, without checking them
  manage.py reconcile --head 3f1a…     also: is this seal, kept elsewhere, in the chain? (Those that
                                       nightly kept in HEADS_FILE are looked for anyway.)
"""
FOUND_OUT = (
    "\nDerived columns were recomputed: something changed them, or took away rows that they had"
    " counted.\nFind out what it was before you rely on them (docs/reconcile.md); the audit has"
    " each change."
)

NO_HEAD = (
    "\nNo head of the seals is known: whoever may change the database could have sealed other rows"
    " anew.\n`manage.py nightly` keeps one from the first closed day on (docs/closing.md)."
)


class Command(ShopCommand):
    requires_migrations_checks = False  # not for --list
    help = "Prove that stock, sales, dues, payments and the journal agree."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EPILOG
        parser.formatter_class = _HelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--only", metavar="I1,I7", help="check only these invariants, by id or by name"
        )
        parser.add_argument(
            "--since", metavar="DATE", help="only business days from this one on (YYYY-MM-DD)"
        )
        parser.add_argument(
            "--rows", type=int, default=5, metavar="N", help="name at most N rows per invariant (5)"
        )
        parser.add_argument(
            "--head", metavar="SEAL", help="a seal printed by close_day and kept elsewhere"
        )
        parser.add_argument(
            "--fix",
            action="store_true",
            help="first recompute the derived columns (never history), and say what changed",
        )
        parser.add_argument("--list", action="store_true", help="list the invariants and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for invariant in INVARIANTS:
                self.stdout.write(f"{invariant.id:<4} {invariant.name}: {invariant.sentence}")
            return
        self.check_migrations()
        # Says so when the database does not guard its history.
        self.check(tags=[Tags.database], databases=["default"])
        ids = None
        if options["only"] is not None:
            ids = [each.strip() for each in options["only"].split(",") if each.strip()]
        since = None if options["since"] is None else _day(options["since"])
        if ids is not None and options["head"] is not None:
            ids.append("the_kept_head_is_in_the_chain")
        _count(ids)  # (says so before anything is changed)
        repaired = repair(Scope(since)) if options["fix"] else Repaired()
        verdicts = self._verdicts(ids, Scope(since, head=options["head"]))
        is_green = not repaired.changes and all(verdict.holds for verdict in verdicts)
        if ids is None and since is None:
            broken = [verdict.invariant.id for verdict in verdicts if not verdict.holds]
            record_run("reconcile", ok=is_green, detail=", ".join(broken))
        most = max(options["rows"], 1)
        heads = len(kept_heads.known()) + (options["head"] is not None)
        if options["json"]:
            answer = _as_json(verdicts, most, since) | {"heads": heads}
            if options["fix"]:
                answer["fix"] = asdict(repaired)
            self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))
        else:
            if options["fix"]:
                self._print_repaired(repaired)
            self._print(verdicts, most, with_seconds=options["verbosity"] > 1)
            if repaired.changes:
                self.stdout.write(FOUND_OUT)
            if not heads:
                self.stdout.write(NO_HEAD)
        if not is_green:
            raise SystemExit(1)

    def _verdicts(self, ids: list[str] | None, scope: Scope) -> list[Verdict]:
        count = _count(ids)
        # Progress goes to the terminal beside the result, never into it.
        console = Console(stderr=True)
        if not console.is_terminal:
            return reconcile(ids, scope=scope)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[part]}"),
        )
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
            task = progress.add_task("Reading the books", total=count, part="")

            def decided(invariant: Invariant) -> None:
                progress.update(task, advance=1, description=invariant.name, part="")

            def looked_at(what: str, share: float) -> None:
                progress.update(task, part=f"{what} {share:.0%}")

            scope.on_part = looked_at
            return reconcile(ids, scope=scope, on_progress=decided)

    def _print_repaired(self, repaired: Repaired) -> None:
        for word, rows in (
            ("changed", repaired.changes),
            ("missing", repaired.missing),
            ("left   ", repaired.left),
        ):
            for row in rows:
                self.stdout.write(f"{word} {row}")
        self.stdout.write(
            f"{len(repaired.changes)} columns recomputed, {len(repaired.left)} left alone.\n"
        )

    def _print(self, verdicts: list[Verdict], most: int, *, with_seconds: bool) -> None:
        broken = [verdict for verdict in verdicts if not verdict.holds]
        console = Console(file=cast(IO[str], self.stdout))
        if console.is_terminal:
            console.print(_table(verdicts))
        else:
            for verdict in verdicts:
                kept, word = verdict.invariant, "ok    " if verdict.holds else "BROKEN"
                took = f" ({verdict.seconds:.1f} s)" if with_seconds else ""
                self.stdout.write(f"{kept.id:<4} {word} {kept.sentence}{took}")
        for verdict in broken:
            kept = verdict.invariant
            self.stdout.write(f"\n{kept.id} {kept.name}: {verdict.count} row(s), the first:")
            for violation in verdict.violations[:most]:
                self.stdout.write(f"  {violation}")
        held = len(verdicts) - len(broken)
        self.stdout.write(f"\n{held} of {len(verdicts)} invariants hold.")


class _HelpFormatter(RawDescriptionHelpFormatter):
    """Keeps the lines of the epilog."""


def _count(ids: list[str] | None) -> int:
    """How many invariants will be checked."""
    try:
        return sum(len(check.invariants) for check in chosen(ids))
    except UnknownInvariant as unknown:
        raise CommandError(
            f"No such invariant: {unknown}. See manage.py reconcile --list.", returncode=2
        ) from unknown


def _day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise CommandError(
            f"--since {text}: no date YYYY-MM-DD between 2000 and 2100.", returncode=2
        )
    return day


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("invariant", "says", "seconds", "result")
    for verdict in verdicts:
        kept = verdict.invariant
        result = "[green]holds[/]" if verdict.holds else f"[bold red]{verdict.count} broken[/]"
        table.add_row(kept.id, kept.sentence, f"{verdict.seconds:.1f}", result)
    return table


def _as_json(verdicts: list[Verdict], most: int, since: date | None) -> dict[str, Any]:
    return {
        "since": since and since.isoformat(),
        "holds": all(verdict.holds for verdict in verdicts),
        "invariants": [
            {
                "id": verdict.invariant.id,
                "name": verdict.invariant.name,
                "sentence": verdict.invariant.sentence,
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
