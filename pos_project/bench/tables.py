"""What the bench found, as a table for people or JSON for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from pos_project.bench.reports import Measured, Verdict, verdict

Key = tuple[str, str]  # route, range


class Findings:
    """All measurements of one run, and what the targets say of the largest size."""

    def __init__(
        self, rows: Sequence[Measured], sizes: Sequence[int], *, by_cpu: bool = False
    ) -> None:
        self.rows, self.sizes = rows, sizes
        self._by_size: dict[int, dict[Key, Measured]] = {size: {} for size in sizes}
        for row in rows:
            self._by_size[row.sales][_key(row)] = row
        smallest = self._by_size[sizes[0]]
        self.verdicts: Mapping[Key, Verdict] = {
            key: verdict(row, smallest.get(key), by_cpu=by_cpu)
            for key, row in self._by_size[sizes[-1]].items()
        }

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

    def as_json(self) -> list[dict[str, Any]]:
        return [{**asdict(row), "holds": self.verdicts[_key(row)].holds} for row in self.rows]


def _key(row: Measured) -> Key:
    return row.endpoint.route, row.endpoint.range


def _words(said: Verdict, row: Measured) -> str:
    if row.status != 200:
        return f"[bold red]status {row.status}[/]"
    if said.holds:
        return "[green]holds[/]"
    return f"[bold red]{'grows' if said.fast else 'slow'}[/]"
