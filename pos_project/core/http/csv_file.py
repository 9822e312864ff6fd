"""CSV that a spreadsheet can open and trusts not to run: the one writer of the API, of statements
and of the back office.

Text that a spreadsheet would take for a formula gets a leading apostrophe; amounts stay numbers.
The file begins with a byte order mark, without which Excel takes UTF-8 for a local code page.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from pos_project.core.days import today
from pos_project.core.http.json import dumps

BYTE_ORDER_MARK = "\ufeff"
# The last four are the full-width forms, which some spreadsheets take for the plain ones.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")

Row = Mapping[str, Any]


def cell(value: Any) -> str:
    """A value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return neutralised(value if isinstance(value, str) else dumps(value).decode())


def neutralised(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if _is_formula(text) else text


def restored(text: str) -> str:
    """The text that was neutralised: what a file brings back that this program wrote."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    return text.startswith(FORMULA_STARTS) or text.strip().startswith(FORMULA_STARTS)


def encode(parts: Iterable[Iterable[Sequence[Any]]]) -> Iterator[bytes]:
    """The file, a piece for each part; the first row of the first part is the header."""
    line = csv.writer(_Pieces())
    mark = BYTE_ORDER_MARK
    for part in parts:
        text = "".join(line.writerow([cell(value) for value in row]) for row in part)
        yield (mark + text).encode()
        mark = ""


def columns_of(rows: Sequence[Row], shape: serializers.Field | None = None) -> list[str]:
    """The columns of a table: an object within a row gives one per field, `customer.name`.

    Read off `shape`, or the serializer that made the rows, where there is one, so that an empty
    table has its header too.
    """
    shape = shape or getattr(getattr(rows, "serializer", None), "child", None)
    if isinstance(shape, serializers.Serializer):
        return list(_of_shape(shape))
    return list(dict.fromkeys(name for row in rows for name in flattened(row)))


def flattened(row: Row, prefix: str = "") -> Iterator[str]:
    """The names of a row's values, those of objects within it dotted."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def write(
    parts: Iterable[Sequence[Row]], shape: serializers.Field | None = None
) -> Iterator[bytes]:
    """Rows of the API as a file. Without a `shape` the first part decides the columns; there is
    always a first one."""

    def tables() -> Iterator[list[list[Any]]]:
        paths: list[list[str]] | None = None
        for part in parts:
            header: list[list[Any]] = []
            if paths is None:
                names = columns_of(part, shape)
                paths, header = [name.split(".") for name in names], [list(names)]
            yield header + [[_value(row, path) for path in paths] for row in part]

    return encode(tables())


def file_name(path: str) -> str:
    """`sales-2026-02-08.csv` for `/api/sales`: what it is, and the day it was made."""
    words = re.findall(r"[A-Za-z0-9_]+", path.removeprefix("/api/"))
    return f"{'-'.join([*words, today().isoformat()])}.csv"


class _Pieces:
    """Where the CSV writer writes to: it hands back each line."""

    def write(self, text: str) -> str:
        return text


def _of_shape(shape: serializers.Serializer, prefix: str = "") -> Iterator[str]:
    for name, field in shape.fields.items():
        if field.write_only:
            continue
        if isinstance(field, serializers.Serializer):
            yield from _of_shape(field, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _value(row: Row, path: Sequence[str]) -> Any:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
