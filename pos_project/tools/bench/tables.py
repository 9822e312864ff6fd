"""What the bench found, as a table for people or JSON for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from pos_project.tools.bench import till
from pos_project.tools.bench.reports import Measured, Verdict, verdict

Key = tuple[str, str]  # route, range


class Findings:
    """The measurements of one run, smallest size first, and what the targets say of the largest."""

    def __init__(self, sizes: Sequence[int], *, by_cpu: bool = False) -> None:
        self.sizes = sorted(sizes)
        self._by_cpu = by_cpu
        self._by_size: dict[int, dict[Key, Measured]] = {size: {} for size in self.sizes}
        self.verdicts: dict[Key, Verdict] = {}

    def add(self, row: Measured) -> dict[str, Any]:
        """Take in a measurement; it comes back as JSON, with a verdict at the largest size."""
        key = (row.endpoint.route, row.endpoint.range)
        self._by_size[row.sales][key] = row
        if row.sales == self.sizes[-1]:
            smallest = self._by_size[self.sizes[0]].get(key)
            self.verdicts[key] = verdict(row, smallest, by_cpu=self._by_cpu)
        said = self.verdicts.get(key)
        return {**asdict(row), "holds": said.holds if said else None}

    @property
    def holding(self) -> int:
        return sum(said.holds for said in self.verdicts.values())

    def table(self) -> Table:
        sizes = (f"{size:,}" for size in self.sizes)
        table = Table("route", "range", *sizes, "SQL", "MB", "verdict")
        for key, said in self.verdicts.items():
            measured = [self._by_size[size][key] for size in self.sizes]
            table.add_row(
                key[0].removeprefix("/api"),
                key[1],
                *(f"{row.median:.0f} / {row.p95:.0f} / {row.cpu:.0f}" for row in measured),
                "–".join(str(count) for count in sorted({row.statements for row in measured})),
                f"{measured[-1].grown:.0f}",
                _words(said, measured[-1]),
            )
        return table


def _words(said: Verdict, row: Measured) -> str:
    if row.status != 200:
        return f"[bold red]status {row.status}[/]"
    if said.holds:
        return "[green]holds[/]"
    return f"[bold red]{'grows' if said.fast else 'slow'}[/]"


def till_table(
    rows: Sequence[till.Measured], before: Mapping[tuple[str, int], Mapping[str, Any]]
) -> Table:
    """What the tills saw; beside it, where there is one, what an earlier run saw."""
    table = Table("work", "clients", "a second", "median", "p95", "p99", "app", "db", "of floor")
    for name in (
        "clients' own",
        "MiB",
        "refused",
        *(["before: a second, app + db"] * bool(before)),
    ):
        table.add_column(name)
    for row in rows:
        cells = [f"{row.a_second:,.0f}", f"{row.median:.1f}", f"{row.p95:.1f}", f"{row.p99:.1f}"]
        cells += [_figure(row.app_cpu), _figure(row.db_cpu), _figure(row.floor)]
        cells += [_figure(row.client_cpu), _figure(row.memory), str(row.refused)]
        if before:
            old = before.get((row.work, row.clients))
            cells.append(
                f"{old['a_second']:,.0f}, {_figure(old['app_cpu'])} + {_figure(old['db_cpu'])}"
                if old
                else ""
            )
        table.add_row(row.work, str(row.clients), *cells)
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
