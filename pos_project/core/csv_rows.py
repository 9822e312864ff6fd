"""Rows as CSV that a spreadsheet opens without running it: a text is never a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own code page
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """What csv.writer writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file, line by line: header first, amounts as numbers, days as YYYY-MM-DD."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: Any) -> Any:
    """A value as CSV holds it. A text that a spreadsheet would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, Decimal | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    # Also after blanks: spreadsheets trim them.
    if text.startswith(FORMULA_STARTS) or text.strip().startswith(FORMULA_STARTS):
        return f"'{text}"
    return text
