"""What the columns of a file mean, and what their cells say: told where in doubt, never guessed."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pos_project.core.back_office.table_files import (
    BadFile,
    Date,
    Doubtful,
    FromNumber,
    Table,
    TableRow,
)
from pos_project.core.days import read_day
from pos_project.core.written_text import searchable, western_digits

_CUT_NUMBER = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,3}", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_CODE_AS_DAY = re.compile(
    rf"[0-9]{{1,2}}[- ]({_MONTHS})|({_MONTHS})[- ][0-9]{{2}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+",
    re.IGNORECASE,
)
_NAME_AS_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|[+-]?\.[0-9]+")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]{1,2}|[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([, \u00a0\u202f'][0-9]{2,3})+(\.[0-9]+)?")
_YES, _NO = {"1", "yes", "y", "true"}, {"0", "no", "n", "false"}


class Kind(Enum):
    """What the cells of a column are."""

    TEXT = "a name"
    CODE = "a code"
    NUMBER = "a number"
    DAY = "a day"
    YES_OR_NO = "yes or no"
    AS_IT_IS = "whatever it is"


@dataclass(frozen=True)
class Column:
    """A column that is understood: what it is called in sentences, and what others call it.

    A name that ends in `…` stands for all names that begin so: tills add the name of a store.
    """

    name: str
    title: str
    kind: Kind
    also: Sequence[str] = ()

    def is_called(self, header: str) -> bool:
        said = _plain(header)
        for name in (self.name, self.title, *self.also):
            known = _plain(name.removesuffix("…"))
            if said == known or (name.endswith("…") and said.startswith(f"{known} ")):
                return True
        return False


@dataclass(frozen=True)
class UnderstoodRow:
    """The cells of the columns that are understood. `problems`: column → what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    problems: Mapping[str, str]


@dataclass(frozen=True)
class Understood:
    """A file as its columns say. `unknown` are headers that nobody knows."""

    columns: Sequence[str]
    rows: Sequence[UnderstoodRow]
    unknown: Sequence[str]
    notes: Sequence[str]


def understand(table: Table, columns: Sequence[Column], *, needed: Sequence[str]) -> Understood:
    """The columns and rows of a table. Raises BadFile where a needed column is missing, or where
    two are called alike or mean the same."""
    found: dict[str, int] = {}
    unknown: list[str] = []
    _refuse_equal(table.header)
    for position, header in enumerate(table.header):
        meant = next((each for each in columns if each.is_called(header)), None)
        if meant is None:
            unknown.append(header)
        elif meant.name in found:
            raise BadFile(
                f"Two columns mean the {meant.title}: “{table.header[found[meant.name]]}” and"
                f" “{header}”. Leave the one that is meant."
            )
        else:
            found[meant.name] = position
    titles = {each.name: each.title for each in columns}
    missing = [titles[name] for name in needed if name not in found]
    if missing:
        one = "column for the " if len(missing) == 1 else "columns for the "
        raise BadFile(
            f"There is no {one}{' and the '.join(missing)}."
            f" The first row of the file has: {', '.join(table.header)}."
        )
    known = [each for each in columns if each.name in found]
    rows = [_row(row, known, found) for row in table.rows]
    return Understood([each.name for each in known], rows, unknown, table.notes)


def number_problem(text: str) -> str:
    """What is wrong with a text that should be a number; empty where nothing is."""
    if _NUMBER.fullmatch(text):
        return ""
    if _CUT_NUMBER.fullmatch(text):
        return f"{text} is a number that the spreadsheet has cut. Write it out."
    if _COMMA.fullmatch(text):
        whole, _, part = text.rpartition(",")
        return f"{text} has a decimal comma. Write {whole.replace('.', '')}.{part}."
    if _THOUSANDS.fullmatch(text):
        bare = re.sub("[^0-9.+-]", "", text)
        return f"{text} has separators between its digits. Write {bare}."
    return f"{text} is no number."


def _plain(header: str) -> str:
    return " ".join(re.sub(r"[^\w]+|_", " ", searchable(header)).split())


def _refuse_equal(header: Sequence[str]) -> None:
    called: dict[str, list[str]] = defaultdict(list)
    for name in header:
        called[_plain(name) or name].append(name)
    for names in called.values():
        if len(names) > 1:
            raise BadFile(f"Two columns are called “{names[0]}”. Leave the one that is meant.")


def _row(row: TableRow, columns: Sequence[Column], found: Mapping[str, int]) -> UnderstoodRow:
    cells: dict[str, str] = {}
    problems: dict[str, str] = {}
    for column in columns:
        cell = row.cells[found[column.name]]
        problem = _problem(cell, column.kind) if cell else ""
        if problem:
            problems[column.name] = problem
        cells[column.name] = _said(cell, column.kind)
    return UnderstoodRow(row.number, cells, problems)


def _problem(cell: str, kind: Kind) -> str:
    """What a spreadsheet has made of a cell that should hold something else."""
    if isinstance(cell, Doubtful):
        return cell.problem
    if kind == Kind.NUMBER:
        return number_problem(western_digits(cell))
    if kind == Kind.DAY:
        return "" if read_day(cell) else f"{cell} is no day. Write 2026-11-05 or 05/11/2026."
    if kind == Kind.YES_OR_NO:
        known = searchable(cell) in _YES | _NO
        return "" if known else f"{cell} is neither yes nor no."
    if kind == Kind.AS_IT_IS:
        return ""
    if isinstance(cell, Date):
        return f"The spreadsheet has made the day {cell} of this. Enter it as text."
    if isinstance(cell, FromNumber):
        return f"This is a number: {cell.lost}." if cell.lost else ""
    if kind == Kind.CODE and _CUT_NUMBER.fullmatch(cell) and "+" in cell:
        return f"{cell} is a number that the spreadsheet has cut. Enter the code as text."
    if (kind == Kind.CODE and _CODE_AS_DAY.fullmatch(cell)) or (
        kind == Kind.TEXT and _NAME_AS_DAY.fullmatch(cell)
    ):
        return f"{cell} is a day, as spreadsheets make one of a text. Enter it as text."
    return ""


def _said(cell: str, kind: Kind) -> str:
    if kind == Kind.NUMBER:
        return western_digits(cell)
    if kind == Kind.DAY and (day := read_day(cell)):
        return day.isoformat()
    if kind == Kind.YES_OR_NO:
        return "1" if searchable(cell) in _YES else "0" if searchable(cell) in _NO else cell
    return cell
