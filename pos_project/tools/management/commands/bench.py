"""`manage.py bench`: the program at size. A shop of a million sales, in a database of its own."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from json import dumps, loads
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pos_project.tools.bench import back_office, scratch
from pos_project.tools.bench import till as tills
from pos_project.tools.bench.generate import ShopInUse, Wanted, fill
from pos_project.tools.bench.reports import ALLOWANCE_MS, GROWTH, REPEATS, TARGET_MS, measure
from pos_project.tools.bench.tables import Findings, till_table
from reports.reconciliation.reconcile import reconcile
from reports.summaries.building import build_missing

SIZES = [5_000, 200_000, 1_000_000]
MOST_SALES = 5_000_000
MOST_CLIENTS = 200
MOST_STORES = 100
ABOUT_DATA = (
    "Make a database and fill it with N sales, 500 a day up to today, and all that belongs to "
    "them: 10 thousand products and customers, purchases, refunds, dues, expenses, the journal. "
    "The first ten days are traded through the use cases, the others are copies of them. "
    "`manage.py reconcile` holds on it. The same seed on the same day makes the same shop. It "
    "refuses a database that has products or sales. --stores spreads the sales over so many "
    "stores: each buys what it sells, has every product on its shelves and a till with a shift a "
    "day."
)
ABOUT_REPORTS = (
    "Time every GET route at each size: median and 95th percentile in milliseconds through all "
    "middleware with a real token, in this process (no network), the number of SQL statements, "
    "and by how much the process's memory peak grew. Databases that are missing are made first; "
    f"their closed days are summed up. Target at the largest size: below {TARGET_MS:.0f} ms, and "
    f"not more than {GROWTH:.0f} times, or {ALLOWANCE_MS:.0f} ms more, than at the smallest."
)
ABOUT_TILL = (
    "Start the production server (as `manage.py serve` does) on a free port of this machine, on a "
    "database bench_till_<N> of its own, and let clients sell, buy, look up and sign in over HTTP. "
    "In the same run two yardsticks: the floor, which is the SQL of a checkout sent again over "
    "plain connections (MariaDB), and bare, a function that answers a constant on the same server. "
    "Then prove the books. CPU is of the server's processes, of the database's where it runs on "
    "this machine, and of the clients, per request."
)
ABOUT_OFFICE = (
    "Open every page of the back office as an admin: the home page, every list (also searched, by "
    "each filter, sorted by each column), every form, one row's page and its actions. Median, "
    "95th percentile and CPU time in milliseconds in this process (no network, no browser), and "
    "the number of SQL statements; each row is printed as it is measured. Target: below "
    f"{back_office.TARGET_MS:.0f} ms. A database that is missing is made first. Exit code 1 when "
    "a page is over the target."
)


class Command(BaseCommand):
    help = (
        "Measure the program at size, in databases of its own (bench_<sales>; a file beside the "
        "shop's on SQLite), never in the shop's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, parser_class=ArgumentParser)
        data = parts.add_parser(
            "data", help="fill an empty database with a shop of N sales", description=ABOUT_DATA
        )
        data.add_argument("--sales", type=int, required=True, metavar="N")
        data.add_argument("--database", metavar="NAME", help="instead of bench_<N>")
        data.add_argument(
            "--today", type=int, default=0, metavar="N", help="so many more sales, today"
        )
        data.add_argument(
            "--open-batches", type=int, default=0, metavar="N", help="at least so many in stock"
        )
        data.add_argument("--stores", type=int, default=1, metavar="N", help="so many stores (1)")
        data.add_argument("--seed", type=int, default=1, help="another number, another past (1)")
        data.add_argument(
            "--fresh", action="store_true", help="drop the bench_… database first, if it is there"
        )
        reports = parts.add_parser(
            "reports", help="time every report and list at each size", description=ABOUT_REPORTS
        )
        reports.add_argument("--sales", type=int, nargs="+", default=SIZES, metavar="N")
        reports.add_argument(
            "--prefix", default=scratch.PREFIX, help="what the databases' names begin with"
        )
        reports.add_argument(
            "--stores", type=int, default=1, metavar="N", help="of databases that are made (1)"
        )
        reports.add_argument("--store", type=int, metavar="ID", help="ask for this store alone")
        reports.add_argument("--only", default="", metavar="TEXT", help="routes with this text")
        reports.add_argument("--repeat", type=int, default=REPEATS, metavar="N")
        reports.add_argument(
            "--cpu",
            action="store_true",
            help="judge by CPU time (MariaDB: with userstat=1), where the machine has other work",
        )
        reports.add_argument(
            "--json", action="store_true", help="print a line of JSON per measurement, at once"
        )
        till = parts.add_parser(
            "till", help="check out with several clients at once", description=ABOUT_TILL
        )
        till.add_argument("--sales", type=int, default=SIZES[0], metavar="N")
        till.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32], metavar="N")
        till.add_argument("--seconds", type=float, default=5.0, metavar="S", help="of each (5)")
        till.add_argument("--only", default="", metavar="TEXT", help="work with this text")
        till.add_argument(
            "--growth",
            type=int,
            metavar="N",
            help="instead: what a worker holds after a tenth, half and all of N requests",
        )
        till.add_argument("--json", action="store_true", help="print a line of JSON for each")
        till.add_argument(
            "--compare", metavar="OLD.json", help="what an earlier run printed, beside this one"
        )

        pages = parts.add_parser(
            "office", help="time every page of the back office", description=ABOUT_OFFICE
        )
        pages.add_argument("--sales", type=int, default=SIZES[1], metavar="N")
        pages.add_argument("--database", metavar="NAME", help="instead of bench_<N>")
        pages.add_argument(
            "--only", default="", metavar="TEXT", help='pages with this text, such as "sales.sale:"'
        )
        pages.add_argument("--repeat", type=int, default=back_office.REPEATS, metavar="N")
        pages.add_argument(
            "--cpu",
            action="store_true",
            help="judge by CPU time (MariaDB: with userstat=1), where the machine has other work",
        )
        pages.add_argument("--json", action="store_true", help="print JSON, a page a line")

    def handle(self, *, part: str, **options: Any) -> None:
        parts: dict[str, Callable[..., None]] = {
            "data": self.data,
            "reports": self.reports,
            "till": self.till,
            "office": self.office,
        }
        parts[part](**options)

    def data(
        self,
        *,
        sales: int,
        database: str | None,
        seed: int,
        fresh: bool,
        today: int = 0,
        open_batches: int = 0,
        stores: int = 1,
        **_: Any,
    ) -> None:
        if not 1 <= sales <= MOST_SALES:
            raise CommandError(f"--sales must be from 1 to {MOST_SALES}.")
        if not 1 <= stores <= MOST_STORES:
            raise CommandError(f"--stores must be from 1 to {MOST_STORES}.")
        name = database or scratch.scratch_name(sales)
        if fresh:
            if not name.startswith(scratch.PREFIX):
                raise CommandError(f"Only a database {scratch.PREFIX}… is dropped.")
            scratch.drop(name)
        scratch.create(name)
        began = timezone.now()
        with scratch.database(name), _bar("Trading", total=sales) as bar:
            try:
                filled = fill(
                    Wanted(sales, stores=stores, today=today, open_batches=open_batches),
                    now=began,
                    seed=seed,
                    in_bulk=connection.vendor == "mysql",
                    traded=lambda number: bar.advance(bar.task_ids[0], number),
                    indexing=lambda: bar.update(bar.task_ids[0], description="Indexing"),
                )
            except ShopInUse as error:
                raise CommandError(str(error)) from error
        seconds = (timezone.now() - began).total_seconds()
        self.stdout.write(
            f"{name}: {filled.sales:,} sales of {filled.days:,} days in {seconds:.0f} s."
        )

    def reports(
        self,
        *,
        sales: list[int],
        prefix: str,
        only: str,
        repeat: int,
        cpu: bool,
        json: bool,
        stores: int = 1,
        store: int | None = None,
        **_: Any,
    ) -> None:
        sizes = sorted(set(sales))
        for size in sizes:
            self._prepare(f"{prefix}{size}", size, stores=stores)
        found = Findings(sizes, by_cpu=cpu)
        with _bar("Measuring") as bar:
            for size in sizes:
                with scratch.database(f"{prefix}{size}"):
                    for row in measure(size, only=only, repeats=max(repeat, 1), store_id=store):
                        measured = found.add(row)
                        shown = f"{size:,} sales: {row.endpoint.url}"
                        bar.update(bar.task_ids[0], advance=1, description=shown)
                        if json:
                            self.stdout.write(dumps(measured))
                            self.stdout.flush()
        if json:
            return
        Console(file=cast(IO[str], self.stdout), width=150).print(found.table())
        self.stdout.write(
            f"Median / 95th percentile / CPU in ms. {found.holding} of {len(found.verdicts)} within"
            " the targets."
        )

    def till(
        self,
        *,
        sales: int,
        clients: list[int],
        seconds: float,
        only: str,
        growth: int | None,
        json: bool,
        compare: str | None,
        **_: Any,
    ) -> None:
        if not all(1 <= each <= MOST_CLIENTS for each in clients) or not 0 < seconds <= 600:
            raise CommandError(f"1 to {MOST_CLIENTS} clients, at most 600 seconds each.")
        before = _earlier(compare) if compare else {}
        name = f"{scratch.PREFIX}till_{sales}"
        if not scratch.exists(name):
            self.data(sales=sales, database=name, seed=1, fresh=False)
        scratch.create(name)
        rows = []
        with scratch.database(name), _bar("Measuring") as bar:
            show = partial(bar.update, bar.task_ids[0])

            def now_at(what: str) -> None:
                show(description=what)

            measured = (
                tills.measure_growth(requests=growth, now_at=now_at)
                if growth
                else tills.measure(clients=clients, seconds=seconds, only=only, now_at=now_at)
            )
            for row in measured:
                rows.append(row)
                show(advance=1)
                if json:
                    self.stdout.write(dumps(asdict(row)))
                    self.stdout.flush()
            show(description="Proving the books")
            broken = [verdict.invariant.name for verdict in reconcile() if not verdict.holds]
        if not json:
            Console(file=cast(IO[str], self.stdout), width=150).print(till_table(rows, before))
        if broken:
            raise CommandError(f"The books no longer agree: {', '.join(broken)}.")

    def office(
        self,
        *,
        sales: int,
        database: str | None,
        only: str,
        repeat: int,
        cpu: bool,
        json: bool,
        **_: Any,
    ) -> None:
        name = database or scratch.scratch_name(sales)
        self._prepare(name, sales)
        opened, over = 0, 0
        if not json:
            self.stdout.write("median    p95    CPU  SQL  page")
        with scratch.database(name):
            for row in back_office.measure(only=only, repeats=max(repeat, 1)):
                holds = row.holds(by_cpu=cpu)
                opened, over = opened + 1, over + (not holds)
                if json:
                    self.stdout.write(dumps({**asdict(row), "holds": holds}))
                    continue
                figures = f"{row.median:6.0f} {row.p95:6.0f} {row.cpu:6.0f} {row.statements:4d}"
                over_it = "" if holds else f"   <- status {row.status}, over the target"
                self.stdout.write(f"{figures}  {row.page}{over_it}")
        if not json:
            self.stdout.write(
                f"{name}: {opened} pages, {over} over {back_office.TARGET_MS:.0f} ms."
            )
        if over:
            raise CommandError(f"{over} of {opened} pages are over the target.", returncode=1)

    def _prepare(self, name: str, sales: int, *, stores: int = 1) -> None:
        """The database, made if it is missing, up to date, its closed days summed up."""
        if not scratch.exists(name):
            self.data(sales=sales, database=name, seed=1, fresh=False, stores=stores)
        scratch.create(name)
        with scratch.database(name), _bar(f"Summing up {name}") as bar:
            build_missing(on_progress=lambda days: bar.advance(bar.task_ids[0], days))


def _earlier(path: str) -> dict[tuple[str, int], dict[str, Any]]:
    """What `bench till --json` printed into a file, by work and clients."""
    try:
        lines = [loads(line) for line in Path(path).read_text().splitlines() if line[:1] == "{"]
        return {(line["work"], line["clients"]): line for line in lines}
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{path} is no output of `bench till --json`.") from error


@contextmanager
def _bar(words: str, *, total: int | None = None) -> Iterator[Progress]:
    """A progress bar with one task beside the result, where there is a terminal."""
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=screen, disable=not screen.is_terminal
    ) as bar:
        bar.add_task(words, total=total)
        yield bar
