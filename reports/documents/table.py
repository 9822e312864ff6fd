"""A statement as a table, before anybody decides whether it is printed or opened in a spreadsheet.

Lines carry the figures; headings and totals are for readers. A CSV has the lines only, with the
heading they stand under in a column of its own, so that a sum over a column is right.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pos_project.core.http.csv_file import BYTE_ORDER_MARK, cell

Kind = Literal["text", "day", "money", "count"]
Style = Literal["heading", "line", "total", "grand"]


@dataclass(frozen=True)
class Column:
    label: str
    kind: Kind = "text"
    width: float = 1.0  # its share of the page

    @property
    def is_figure(self) -> bool:
        return self.kind in ("money", "count")


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; a heading has one. None is an empty cell."""

    cells: Sequence[Any]
    style: Style = "line"


@dataclass(frozen=True)
class Sheet:
    """`about` are lines under the title: whose statement, which days. `name` is for files."""

    title: str
    name: str
    about: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Row]
    notes: Sequence[str] = field(default=())

    def csv(self, *, sectioned: bool = False) -> Iterator[str]:
        """The lines as CSV; `sectioned` puts the heading they stand under before them."""
        labels = [column.label for column in self.columns]
        line = csv.writer(_Pieces())
        yield BYTE_ORDER_MARK + line.writerow(["Section", *labels] if sectioned else labels)
        for cells in self._lines(sectioned):
            yield line.writerow([_written(value) for value in cells])

    def _lines(self, sectioned: bool) -> Iterator[Sequence[Any]]:
        heading = ""
        for row in self.rows:
            if row.style == "heading":
                heading = row.cells[0]
            elif row.style == "line":
                yield [heading, *row.cells] if sectioned else row.cells


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else cell(value)


class _Pieces:
    """Where the CSV writer writes to: it hands back each line."""

    def write(self, text: str) -> str:
        return text
