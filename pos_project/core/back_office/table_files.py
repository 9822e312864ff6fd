"""Tables that people bring as files: CSV in the ways that spreadsheets write it, and XLSX.

A cell is read as the text that a person meant, or as `Doubtful` where a spreadsheet has changed
what was entered: nothing is guessed. Rows are numbered as a spreadsheet numbers them.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pos_project.core.http.csv_file import restored
from pos_project.core.written_text import visible

MAX_ROWS, MAX_COLUMNS = 50_000, 200
_SEPARATORS = ",;\t|"
_OLD_EXCEL, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
# What Windows-1252 leaves undefined; a file with one of these is in something else.
_LAST_RESORT = "cp1252"
_ERRORS = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|[#]+)", re.IGNORECASE
)
_ZEROS = re.compile(r"0{2,}")  # a number format that only shows zeros before a number
_KEPT_DIGITS = 15  # a spreadsheet keeps no more of a number


class BadFile(Exception):
    """The file cannot be read as a table; the message says why, and what to do."""


class Doubtful(str):
    """What stands in a cell that a spreadsheet has changed; `problem` says what to do."""

    problem: str

    def __new__(cls, shown: str, problem: str) -> "Doubtful":
        cell = super().__new__(cls, shown)
        cell.problem = problem
        return cell


class Date(str):
    """A cell that holds a day, written YYYY-MM-DD: right in a column of days, and only there."""


class FromNumber(str):
    """A cell that holds a number; `lost` says what its code may have lost by that."""

    lost: str

    def __new__(cls, shown: str, lost: str = "") -> "FromNumber":
        cell = super().__new__(cls, shown)
        cell.lost = lost
        return cell


@dataclass(frozen=True)
class TableRow:
    """The cells of a row, as many as the header has; `number` is that of the spreadsheet, `width`
    how many cells were written."""

    number: int
    cells: Sequence[str]
    width: int


@dataclass(frozen=True)
class Table:
    """A header and rows; blank rows are left out. `notes` say how the file was understood."""

    header: Sequence[str]
    rows: Sequence[TableRow]
    width: int  # cells that were written in the row of the header
    notes: Sequence[str] = field(default=())


def read_table(raw: bytes, *, most_rows: int = MAX_ROWS) -> Table:
    """The table in a file. Raises BadFile."""
    if raw.startswith(_OLD_EXCEL):
        raise BadFile("This is an old Excel file (.xls). Save it as .xlsx or as CSV.")
    if raw.startswith(_ZIP):
        records, notes = _of_workbook(raw)
    else:
        records, notes = _of_text(raw)
    return _table(records, notes, most_rows)


def column_name(position: int) -> str:
    """The letter over a column, from 0: A, B, … AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


Records = Iterator[tuple[int, list[str]]]


def _table(records: Records, notes: list[str], most_rows: int) -> Table:
    header: list[str] = []
    rows: list[TableRow] = []
    header_width = 0
    for number, cells in records:
        width = len(cells)
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise BadFile(f"Row {number} has more than {MAX_COLUMNS} columns.")
        if not header:
            header, header_width = cells, width
            continue
        if len(rows) == most_rows:
            raise BadFile(f"The file has more than {most_rows:,} rows: cut it into several.")
        rows.append(TableRow(number, cells, width))
    if not header:
        raise BadFile("The file is empty.")
    if not rows:
        raise BadFile("The file has a header and no rows.")
    # A column that holds something has a name, if only its letter.
    width = max(len(header), *(len(row.cells) for row in rows))
    names = [
        str(name) or f"(column {column_name(position)})"
        for position, name in enumerate([*header, *[""] * (width - len(header))])
    ]
    named = [
        position
        for position, name in enumerate(names)
        if (position < len(header) and header[position])
        or any(position < len(row.cells) and row.cells[position] for row in rows)
    ]
    if len(named) < width:
        rows = [
            replace(row, cells=[cell for at, cell in enumerate(row.cells) if at in named])
            for row in rows
        ]
    padded = [
        replace(row, cells=[*row.cells, *[""] * (len(named) - len(row.cells))])
        if len(row.cells) < len(named)
        else row
        for row in rows
    ]
    return Table([names[position] for position in named], padded, header_width, notes)


# --- CSV ---


def _of_text(raw: bytes) -> tuple[Records, list[str]]:
    text, notes = _decoded(raw)
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise BadFile("This is a web page, not a table. Save it as .xlsx or as CSV.")
    first, _, rest = text.partition("\n")
    before = 0
    if re.fullmatch(r"sep=.\r?", first.lower()):  # what Excel is told by some programs
        separator, text, before = first[4], rest, 1
    else:
        separator = _separator(text)
    return _records(text, separator, before), notes


def _decoded(raw: bytes) -> tuple[str, list[str]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in raw[:200]:
        # Of text in Latin letters every second byte is zero in UTF-16.
        encoding = "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8-sig":
            raise BadFile("This is no table. Save it as .xlsx or as CSV in UTF-8.") from None
    else:
        if "\0" in text:
            raise BadFile("This is no table. Save it as .xlsx or as CSV in UTF-8.")
        return text, []
    try:
        text = raw.decode(_LAST_RESORT)
    except UnicodeDecodeError:
        raise BadFile("The letters of this file cannot be read. Save it as CSV UTF-8.") from None
    told = "The file is not in UTF-8: it was read as Windows-1252. Look at letters with accents."
    return text, [told]


def _separator(text: str) -> str:
    """What stands most often between the names of the header."""
    start = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", start)
    return max(_SEPARATORS, key=bare.count)


def _records(text: str, separator: str, before: int) -> Records:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = before
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(_of_csv(number, str(error))) from error
        yield number, [_of_csv_cell(cell) for cell in cells]


def _of_csv(number: int, error: str) -> str:
    if "field larger" in error:
        return f"Row {number} has a cell of more than 131,072 letters."
    return f'Row {number} has a quotation mark (") that is not closed.'


def _of_csv_cell(cell: str) -> str:
    return _checked(restored(_trimmed(cell)))


def _trimmed(text: str) -> str:
    """The text without white space and invisible characters around it."""
    trimmed = text.strip()
    while trimmed and (not visible(trimmed[0]) or not visible(trimmed[-1])):
        trimmed = trimmed[bool(not visible(trimmed[0])) : None if visible(trimmed[-1]) else -1]
        trimmed = trimmed.strip()
    return trimmed


def _checked(text: str) -> str:
    if _ERRORS.fullmatch(text):
        return Doubtful(text, f"The spreadsheet says {text} here: it could not work the cell out.")
    return text


# --- XLSX ---


def _of_workbook(raw: bytes) -> tuple[Records, list[str]]:
    import openpyxl  # takes a while to load, and few processes ever import

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (KeyError, ValueError, OSError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise BadFile("This file cannot be opened. Save it as .xlsx or as CSV.") from error
    sheets = book.worksheets
    if not sheets:
        raise BadFile("The workbook has no sheet with cells.")
    active = book.active
    sheet: Any = active if active in sheets else sheets[0]
    notes = [f"Of {len(sheets)} sheets “{sheet.title}” was read."] if len(sheets) > 1 else []
    return _of_sheet(sheet), notes


def _of_sheet(sheet: Any) -> Records:
    sheet.reset_dimensions()  # many programs write them wrongly
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [_of_cell(cell) for cell in row]


def _of_cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return Date(value.date().isoformat())
    if isinstance(value, date):
        return Date(value.isoformat())
    if isinstance(value, int | float):
        return _of_number(value, str(cell.number_format or ""))
    if isinstance(value, time):
        return Doubtful(value.isoformat(), "This is a time of day. Format the cell as text.")
    return _checked(restored(_trimmed(str(value))))


def _of_number(value: int | float, shown_as: str) -> str:
    text = format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
    if "." in text:
        text = format(Decimal(format(value, f".{_KEPT_DIGITS}g")), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    if len(text.lstrip("-").replace(".", "").lstrip("0")) > _KEPT_DIGITS:
        lost = f"of more than {_KEPT_DIGITS} digits a spreadsheet keeps the first. Enter it as text"
        return FromNumber(text, lost)
    if _ZEROS.fullmatch(shown_as) and len(shown_as) > len(text):
        return FromNumber(
            text,
            f"the zeros of {text.zfill(len(shown_as))} are only shown by the cell's format."
            " Enter it as text",
        )
    return FromNumber(text)
