"""Documents as a workbook, a sheet each: headings and totals as they are printed, figures as
numbers. Text is neutralised as in CSV, so that no spreadsheet runs it."""

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
from openpyxl.utils import get_column_letter

from pos_project.core.http.csv_file import cell, neutralised
from reports.documents.document import Column, Document, Kind, Table, TooLong

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_000_000  # a sheet has 1,048,576
LETTERS_A_SHARE = 16  # how many letters a column of width 1 shows
BOLD = Font(bold=True)
_FORMATS: dict[Kind, str] = {
    "day": "dd-mm-yyyy",
    "count": "#,##0.###",
    **dict.fromkeys(("money", "charge", "accounting"), "#,##0.00"),  # type: ignore[dict-item]
}


def render(*documents: Document) -> bytes:
    """The file. Raises TooLong for more rows than a sheet has."""
    with _book() as book:
        for document in documents:
            for table in document.tables:
                _write(book, table.title or document.title, table)
        return _saved(book)


def render_rows(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A plain table as a workbook of one sheet."""
    with _book() as book:
        sheet = book.create_sheet(_sheet_name(title, book.sheetnames))
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, label, bold=True) for label in header])
        for number, row in enumerate(rows, start=1):
            _limit(number)
            sheet.append([_cell(sheet, value) for value in row])
        return _saved(book)


@contextmanager
def _book() -> Iterator[Workbook]:
    """A workbook that is written as it is filled; left half-way, its files are closed."""
    book = Workbook(write_only=True)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()
        raise


def _write(book: Workbook, title: str, table: Table) -> None:
    sheet = book.create_sheet(_sheet_name(title, book.sheetnames))
    sheet.freeze_panes = "A2"
    for at, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width * LETTERS_A_SHARE
    sheet.append([_cell(sheet, column.label, bold=True) for column in table.columns])
    for number, row in enumerate(table.rows, start=1):
        _limit(number)
        bold = row.style != "line"
        sheet.append(
            [
                _cell(sheet, value, column, bold=bold)
                for value, column in zip(row.cells, table.columns, strict=False)
            ]
        )
    nothing = [None] * (len(table.columns) - 2)
    for each in table.sums:
        amount = _cell(sheet, each.amount, Column("", "money"), bold=each.is_total)
        sheet.append([_cell(sheet, each.label, bold=each.is_total), *nothing, amount])


def _cell(sheet: Any, value: Any, column: Column | None = None, *, bold: bool = False) -> Any:
    if not isinstance(value, Decimal | int | float | date) or isinstance(value, bool):
        value = neutralised(ILLEGAL_CHARACTERS_RE.sub("", cell(value)))
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None)  # a spreadsheet knows no zones
    written = WriteOnlyCell(sheet, value)
    kind = column.kind if column else "text"
    if kind in _FORMATS and not isinstance(value, str):
        written.number_format = _FORMATS[kind]
    elif isinstance(value, datetime):
        written.number_format = "dd-mm-yyyy hh:mm"
    elif isinstance(value, date):
        written.number_format = _FORMATS["day"]
    elif isinstance(value, Decimal):
        written.number_format = _FORMATS["money"]
    if bold:
        written.font = BOLD
    return written


def _limit(number: int) -> None:
    if number > MAX_ROWS:
        raise TooLong(f"More than {MAX_ROWS:,} rows: choose fewer days.")


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    """At most 31 letters, none that a spreadsheet refuses, and no name twice."""
    name = re.sub(r"[\[\]:*?/\\]", "", title)[:28].strip() or "Sheet"
    return name if name not in taken else f"{name} {len(taken)}"


def _saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
