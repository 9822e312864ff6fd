"""Documents as a workbook, a sheet each: headings and totals as they are printed, figures as
numbers."""

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from pos_project.core.http.xlsx_file import COUNT, DAY, MONEY, Sheet, saved, workbook
from reports.documents.document import Document, Kind, Table

LETTERS_A_SHARE = 16  # how many letters a column of width 1 shows
_FORMATS: dict[Kind, str] = {
    "day": DAY,
    "count": COUNT,
    "money": MONEY,
    "charge": MONEY,
    "accounting": MONEY,
}


def render(*documents: Document) -> bytes:
    """The file. Raises TooManyRows."""
    with workbook() as book:
        for document in documents:
            for table in document.tables:
                _write(book, table.title or document.title, table, document.head)
        return saved(book)


def _write(book: Workbook, title: str, table: Table, head: str) -> None:
    sheet = Sheet(book, title, heads=2 if head else 1)
    for at, column in enumerate(table.columns, start=1):
        width = column.width * LETTERS_A_SHARE
        sheet.cells.column_dimensions[get_column_letter(at)].width = width
    formats = [_FORMATS.get(column.kind) for column in table.columns]
    if head:
        sheet.append([head], bold=True)
    sheet.append([column.label for column in table.columns], bold=True)
    for row in table.rows:
        sheet.append(row.cells, formats, bold=row.style != "line")
    nothing = [None] * (len(table.columns) - 2)
    for each in table.sums:
        sheet.append([each.label, *nothing, each.amount], bold=each.is_total)
