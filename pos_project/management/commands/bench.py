"""`manage.py bench`: the program at size. A shop of a million sales, in a database of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pos_project.bench import scratch
from pos_project.bench.generate import ShopInUse, fill

MOST_SALES = 5_000_000


class Command(BaseCommand):
    help = (
        "Measure the program at size, in databases of its own (bench_<sales>; a file on SQLite), "
        "never in the shop's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, parser_class=ArgumentParser)
        data = parts.add_parser(
            "data",
            help="fill an empty database with a coherent shop of N sales",
            description=(
                "Make a database and fill it with N sales, 500 a day up to today, and all that "
                "belongs to them: 10 thousand products and customers, purchases, refunds, dues, "
                "expenses, the journal. `manage.py reconcile` holds on it. The same seed on the "
                "same day makes the same shop. It refuses a database that has goods or sales."
            ),
        )
        data.add_argument("--sales", type=int, required=True, metavar="N")
        data.add_argument("--database", metavar="NAME", help="instead of bench_<N>")
        data.add_argument("--seed", type=int, default=1, help="another number, another past (1)")
        data.add_argument(
            "--fresh", action="store_true", help="drop the bench_… database first, if it is there"
        )

    def handle(self, *, part: str, **options: Any) -> None:
        self.data(**options)

    def data(self, *, sales: int, database: str | None, seed: int, fresh: bool, **_: Any) -> None:
        if not 1 <= sales <= MOST_SALES:
            raise CommandError(f"--sales must be from 1 to {MOST_SALES}.")
        name = database or scratch.scratch_name(sales)
        if fresh:
            if not name.startswith(scratch.PREFIX):
                raise CommandError(f"Only a database {scratch.PREFIX}… is dropped.")
            scratch.drop(name)
        scratch.create(name)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("sales"),
        )
        screen = Console(stderr=True)
        with (
            scratch.database(name),
            Progress(
                *columns,
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=screen,
                disable=not screen.is_terminal,
            ) as bar,
        ):
            task = bar.add_task("Trading", total=sales)
            began = timezone.now()
            try:
                filled = fill(
                    sales=sales,
                    now=began,
                    seed=seed,
                    in_bulk=connection.vendor == "mysql",
                    traded=lambda number: bar.advance(task, number),
                    indexing=lambda: bar.update(task, description="Indexing"),
                )
            except ShopInUse as error:
                raise CommandError(str(error)) from error
            seconds = (timezone.now() - began).total_seconds()
        self.stdout.write(
            f"{name}: {filled.sales:,} sales of {filled.days:,} days, {filled.rows:,} rows in "
            f"{seconds:.0f} s."
        )
