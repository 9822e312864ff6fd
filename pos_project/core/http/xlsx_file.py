"""Workbooks (XLSX) that a spreadsheet trusts not to run: the one writer of reports and lists.

Text is neutralised as in CSV; figures and days are cells of their kind.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from pos_project.core.errors import Invalid
from pos_project.core.http.csv_file import cell, neutralised

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_000_000  # a sheet has 1,048,576
BOLD = Font(bold=True)
MONEY, COUNT, DAY, MOMENT = "#,##0.00", "#,##0.###", "dd-mm-yyyy", "dd-mm-yyyy hh:mm"


class TooManyRows(Invalid):
    """More than a sheet has."""


class Sheet:
    """A sheet that is written as it is filled; its first rows (`heads` of them) stay in sight."""

    def __init__(self, book: Workbook, title: str, *, heads: int = 1) -> None:
        self.cells = book.create_sheet(_sheet_name(title, book.sheetnames))
        self.cells.freeze_panes = f"A{heads + 1}"
        self._rows = 0

    def append(
        self, values: Sequence[Any], formats: Sequence[str | None] = (), *, bold: bool = False
    ) -> None:
        """A row; a value whose format is None, or missing, has that of its type.

        Raises TooManyRows.
        """
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise TooManyRows(f"More than {MAX_ROWS:,} rows: choose fewer days.")
        told = [*formats, *[None] * (len(values) - len(formats))]
        self.cells.append(
            [self._cell(value, how, bold=bold) for value, how in zip(values, told, strict=False)]
        )

    def _cell(self, value: Any, how: str | None, *, bold: bool) -> WriteOnlyCell:
        if isinstance(value, bool) or not isinstance(value, Decimal | int | float | date):
            value, how = neutralised(ILLEGAL_CHARACTERS_RE.sub("", cell(value))), "General"
        elif isinstance(value, datetime):
            how = how or MOMENT
            if timezone.is_aware(value):  # a spreadsheet knows no zones
                value = timezone.localtime(value).replace(tzinfo=None)
        elif isinstance(value, date):
            how = how or DAY
        elif isinstance(value, Decimal):
            how = how or MONEY
        written = WriteOnlyCell(self.cells, value)
        written.number_format = how or "General"
        if bold:
            written.font = BOLD
        return written


@contextmanager
def workbook() -> Iterator[Workbook]:
    """A workbook; left half-way, its files are closed."""
    book = Workbook(write_only=True)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()
        raise


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def render(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A plain table as a workbook of one sheet. Raises TooManyRows."""
    with workbook() as book:
        sheet = Sheet(book, title)
        sheet.append(header, bold=True)
        for row in rows:
            sheet.append(row)
        return saved(book)


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    """At most 31 letters, none that a spreadsheet refuses, and no name twice."""
    name = re.sub(r"[\[\]:*?/\\]", "", title)[:28].strip() or "Sheet"
    return name if name not in taken else f"{name} {len(taken)}"
