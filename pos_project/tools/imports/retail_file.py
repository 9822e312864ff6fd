"""Reading a file in the format of the Online Retail data set: all of it, before any of it counts.

The data set: Chen, D. (2015), Online Retail, UCI Machine Learning Repository, doi 10.24432/C5BW33.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pos_project.core.days import FIRST_DAY
from pos_project.core.money import MAX_AMOUNT

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
MAX_UNITS = 1_000_000
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_PRICE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_INVOICE = re.compile(r"[!-~]{1,40}")


class BadFile(Exception):
    """The file cannot be imported; the message names the row and what is wrong with it."""


@dataclass(frozen=True)
class Row:
    """One line of the file. `number` counts as a spreadsheet does: the header is row 1."""

    number: int
    invoice: str  # in capitals: a cancellation's starts with C
    code: str
    description: str
    quantity: int
    day: date
    price: Decimal  # per unit
    customer: str | None  # None for a walk-in
    country: str

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def read(path: Path, *, today: date) -> list[Row]:
    """Every data row of the file, checked. Raises BadFile for the first thing that is wrong."""
    records = _records(_text(path))
    _, header = next(records, (1, []))
    header = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in header]
    if not any(header):
        raise BadFile("The file is empty.")
    if missing:
        raise BadFile(
            f"Row 1 is no header of this format: {', '.join(missing)} is missing. Expected a "
            f"comma-separated file with the columns {', '.join(COLUMNS)}."
        )
    rows = []
    for number, fields in records:
        if len(fields) != len(header):
            raise BadFile(f"Row {number} has {len(fields)} fields, the header has {len(header)}.")
        rows.append(_row(number, dict(zip(header, fields, strict=True)), today=today))
    if not rows:
        raise BadFile("The file has a header and no rows.")
    _require_whole_invoices(rows)
    return rows


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    if b"\0" in raw:
        row = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise BadFile(f"Row {row} holds a zero byte: this is no text in UTF-8. Save it as CSV.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise BadFile(f"Row {row} is not UTF-8. Save the file as CSV in UTF-8.") from error


def _records(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that are not blank, with their numbers."""
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            fields = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(f"Row {number} is no CSV: {error}.") from error
        if fields:
            yield number, fields


def _row(number: int, fields: dict[str, str], *, today: date) -> Row:
    texts = {name: _readable(number, name, fields[name]) for name in COLUMNS}
    if not _INVOICE.fullmatch(texts["InvoiceNo"]):
        raise _wrong(number, "InvoiceNo", texts, "1 to 40 letters and digits")
    if not 1 <= len(texts["StockCode"]) <= 50:
        raise _wrong(number, "StockCode", texts, "1 to 50 characters")
    if len(texts["CustomerID"]) > 50:
        raise _wrong(number, "CustomerID", texts, "at most 50 characters")
    return Row(
        number,
        texts["InvoiceNo"].upper(),
        texts["StockCode"],
        texts["Description"],
        _units(number, texts),
        _day(number, texts, today=today),
        _unit_price(number, texts),
        texts["CustomerID"] or None,
        texts["Country"],
    )


def _readable(number: int, name: str, text: str) -> str:
    """The text with stray spaces taken out."""
    text = " ".join(text.split())
    if not text.isprintable() or len(text) > 255:
        raise BadFile(f"Row {number}: {name} is longer than 255 characters or not readable.")
    return text


def _units(number: int, texts: dict[str, str]) -> int:
    text = texts["Quantity"]
    if not _WHOLE.fullmatch(text) or abs(int(text)) > MAX_UNITS:
        expected = f"a whole number from −{MAX_UNITS:,} to {MAX_UNITS:,}"
        raise _wrong(number, "Quantity", texts, expected)
    return int(text)


def _unit_price(number: int, texts: dict[str, str]) -> Decimal:
    text = texts["UnitPrice"]
    if not _PRICE.fullmatch(text) or abs(Decimal(text)) > MAX_AMOUNT:
        raise _wrong(number, "UnitPrice", texts, "an amount such as 2.55")
    return Decimal(text)


def _day(number: int, texts: dict[str, str], *, today: date) -> date:
    match = _DAY.fullmatch(texts["InvoiceDate"])
    try:
        day, month, year = (int(part) for part in match.groups()) if match else (0, 0, 0)
        found = date(year, month, day)
    except ValueError:
        raise _wrong(number, "InvoiceDate", texts, "a real day as day/month/year") from None
    if not FIRST_DAY <= found <= today:
        raise _wrong(number, "InvoiceDate", texts, f"a day from {FIRST_DAY:%d/%m/%Y} to today")
    return found


def _wrong(number: int, name: str, texts: dict[str, str], expected: str) -> BadFile:
    shown = texts[name] if len(texts[name]) <= 40 else texts[name][:39] + "…"
    return BadFile(f"Row {number}: {name} is {shown!r}; expected {expected}.")


def _require_whole_invoices(rows: Sequence[Row]) -> None:
    """An invoice is one document: of one day and one customer."""
    first: dict[str, Row] = {}
    for row in rows:
        start = first.setdefault(row.invoice, row)
        if (row.day, row.customer) != (start.day, start.customer):
            raise BadFile(
                f"Row {row.number}: invoice {row.invoice} has another date or customer in row "
                f"{start.number}."
            )
