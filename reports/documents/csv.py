"""A document's lines as CSV: no headings, no totals, so that a sum over a column is right."""

from collections.abc import Iterator, Sequence
from typing import Any

from pos_project.core.http.csv_file import encode
from reports.documents.document import Document, Table


def render(document: Document) -> Iterator[bytes]:
    """The file, line by line. A document for spreadsheets has one table."""
    [table] = document.tables
    return encode([row] for row in _lines(table))


def _lines(table: Table) -> Iterator[Sequence[Any]]:
    labels = [column.label for column in table.columns]
    yield ["Section", *labels] if table.sectioned else labels
    heading = ""
    for row in table.rows:
        if row.style == "heading":
            heading = row.cells[0]
        elif row.style == "line":
            yield [heading, *row.cells] if table.sectioned else row.cells
