"""Reading a file in the format of the Online Retail data set: all of it, before any of it counts.

The data set: Chen, D. (2015), Online Retail, UCI Machine Learning Repository, doi 10.24432/C5BW33.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path

from pos_project.core.back_office import table_files
from pos_project.core.back_office.table_columns import Column, Kind, understand
from pos_project.core.back_office.table_files import BadFile, Doubtful
from pos_project.core.days import FIRST_DAY
from pos_project.core.money import MAX_AMOUNT, ZERO
from pos_project.core.written_text import searchable

NEEDED = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
METHOD, TAX, COST = "PaymentMethod", "Tax", "UnitCost"  # where the file has them
_ALSO = {
    "InvoiceNo": ("invoice", "invoice number", "receipt"),
    "StockCode": ("stock code", "sku", "item code"),
    "InvoiceDate": ("invoice date", "date"),
    "UnitPrice": ("unit price", "price"),
    "CustomerID": ("customer id", "customer"),
    METHOD: ("payment method", "payment type", "paid by", "tender"),
    TAX: ("tax amount", "vat", "vat amount", "sales tax"),
    COST: ("unit cost", "cost", "cost price"),
}
COLUMNS = [
    Column(name, name, Kind.AS_IT_IS, _ALSO.get(name, ())) for name in (*NEEDED, METHOD, TAX, COST)
]
MOST_ROWS = 2_000_000
MAX_UNITS = 1_000_000
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_PRICE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_TIME = r"( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AP]M)?)?"  # the day counts, the time does not
_SLASHED = re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}){_TIME}", re.IGNORECASE)
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){_TIME}", re.IGNORECASE)
_INVOICE = re.compile(r"[!-~]{1,40}")
_MADE_A_FLOAT = re.compile(r"([0-9]+)\.0+")  # by a program that knew it only as a number


class Dates(Enum):
    """The order in which a file writes its days."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


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
    method: str | None = None  # the code of a payment method; None where the file has none
    tax: Decimal = ZERO  # of the whole row, beside its price
    cost: Decimal | None = None  # per unit

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True)
class RetailFile:
    """The rows of a file; `notes` say how it was understood and what was left out."""

    rows: Sequence[Row]
    notes: Sequence[str]


def read(
    path: Path,
    *,
    today: date,
    dates: Dates | None = None,
    methods: Mapping[str, str] | None = None,
) -> RetailFile:
    """Every data row of the file, checked. Raises BadFile for the first thing that is wrong.

    `dates` says how days are written, where every one of them can be read both ways. `methods`
    are the shop's payment methods: what a file may call one → its code.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    table = table_files.read_table(raw, most_rows=MOST_ROWS)
    written = {row.number: row.width for row in table.rows}
    file = understand(table, COLUMNS, needed=NEEDED)
    for row in file.rows:
        if written[row.number] != table.width:
            raise BadFile(
                f"Row {row.number} has {written[row.number]} cells, the header has {table.width}."
            )
        for name, cell in row.cells.items():
            if isinstance(cell, Doubtful) and name != "Description":  # (staff write anything there)
                raise BadFile(f"Row {row.number}: {name}: {cell.problem}")
    texts = [(row.number, _readable(row.number, row.cells)) for row in file.rows]
    order = _order([(number, row["InvoiceDate"]) for number, row in texts], dates)
    known = {searchable(name): code for name, code in (methods or {}).items()}
    rows = [_row(number, row, today=today, order=order, methods=known) for number, row in texts]
    _require_whole_invoices(rows)
    left_out = [f"Left out: the columns {', '.join(file.unknown)}."] if file.unknown else []
    return RetailFile(rows, [*file.notes, *left_out])


def _order(days: Sequence[tuple[int, str]], said: Dates | None) -> Dates:
    """How the file writes its days: as was said, or as those show that are no day the other way.

    Raises BadFile where each could be either: sold on the wrong days, nothing could be undone.
    """
    if said is not None:
        return said
    parts = [
        (number, text, int(match[1]), int(match[2]))
        for number, text in days
        if (match := _SLASHED.fullmatch(text))
    ]
    day_first = any(first > 12 for *_, first, _ in parts)
    month_first = [(number, text) for number, text, _, second in parts if second > 12]
    if month_first and not day_first:
        number, text = month_first[0]
        raise BadFile(
            f"Row {number}: InvoiceDate is {text!r}: the file writes the month first. If all of it"
            " does, say --dates month-first."
        )
    in_doubt = [(number, text) for number, text, first, second in parts if first != second]
    if in_doubt and not day_first:
        number, text = in_doubt[0]
        raise BadFile(
            f"Row {number}: InvoiceDate is {text!r}, and like every date of this file it could be"
            " read day first or month first. Say --dates day-first or --dates month-first."
        )
    return Dates.DAY_FIRST


def _row(
    number: int,
    texts: Mapping[str, str],
    *,
    today: date,
    order: Dates,
    methods: Mapping[str, str],
) -> Row:
    if not _INVOICE.fullmatch(texts["InvoiceNo"]):
        raise _wrong(number, "InvoiceNo", texts, "1 to 40 letters and digits")
    if not 1 <= len(texts["StockCode"]) <= 50:
        raise _wrong(number, "StockCode", texts, "1 to 50 characters")
    if len(texts["CustomerID"]) > 50:
        raise _wrong(number, "CustomerID", texts, "at most 50 characters")
    return Row(
        number,
        _whole(texts["InvoiceNo"]).upper(),
        _whole(texts["StockCode"]),
        texts["Description"],
        _units(number, texts),
        _day(number, texts, today=today, order=order),
        _amount(number, "UnitPrice", texts),
        _whole(texts["CustomerID"]) or None,
        texts["Country"],
        _method(number, texts, methods),
        _cents(number, TAX, texts) or ZERO,
        _cents(number, COST, texts),
    )


def _readable(number: int, cells: Mapping[str, str]) -> dict[str, str]:
    """The texts with stray spaces taken out."""
    texts = {name: " ".join(cell.split()) for name, cell in cells.items()}
    for name, text in texts.items():
        if not text.isprintable() or len(text) > 255:
            raise BadFile(f"Row {number}: {name} is longer than 255 characters or not readable.")
    return texts


def _whole(text: str) -> str:
    """A number or code as it was: 17850 for 17850.0."""
    match = _MADE_A_FLOAT.fullmatch(text)
    return match[1] if match else text


def _units(number: int, texts: Mapping[str, str]) -> int:
    text = _whole(texts["Quantity"])
    if not _WHOLE.fullmatch(text) or abs(int(text)) > MAX_UNITS:
        expected = f"a whole number from −{MAX_UNITS:,} to {MAX_UNITS:,}"
        raise _wrong(number, "Quantity", texts, expected)
    return int(text)


def _amount(number: int, name: str, texts: Mapping[str, str]) -> Decimal:
    text = texts[name]
    if not _PRICE.fullmatch(text) or abs(Decimal(text)) > MAX_AMOUNT:
        raise _wrong(number, name, texts, "an amount such as 2.55")
    return Decimal(text)


def _cents(number: int, name: str, texts: Mapping[str, str]) -> Decimal | None:
    """An amount that the file need not have, from 0, of at most 2 decimals."""
    if not texts.get(name):
        return None
    amount = _amount(number, name, texts)
    if amount < 0 or amount != round(amount, 2):
        raise _wrong(number, name, texts, "an amount from 0, with at most 2 decimals")
    return amount


def _method(number: int, texts: Mapping[str, str], methods: Mapping[str, str]) -> str | None:
    if not texts.get(METHOD):
        return None
    code = methods.get(searchable(texts[METHOD]))
    if code is None:
        known = ", ".join(sorted(set(methods.values())))
        raise _wrong(number, METHOD, texts, f"a payment method of the shop: {known}")
    return code


def _day(number: int, texts: Mapping[str, str], *, today: date, order: Dates) -> date:
    text = texts["InvoiceDate"]
    year = month = day = 0
    if match := _ISO.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _SLASHED.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        if order == Dates.MONTH_FIRST:
            day, month = month, day
    try:
        found = date(year, month, day)
    except ValueError:
        how = "day/month/year" if order == Dates.DAY_FIRST else "month/day/year"
        raise _wrong(number, "InvoiceDate", texts, f"a real day as {how}") from None
    if not FIRST_DAY <= found <= today:
        raise _wrong(number, "InvoiceDate", texts, f"a day from {FIRST_DAY:%d/%m/%Y} to today")
    return found


def _wrong(number: int, name: str, texts: Mapping[str, str], expected: str) -> BadFile:
    shown = texts[name] if len(texts[name]) <= 40 else texts[name][:39] + "…"
    return BadFile(f"Row {number}: {name} is {shown!r}; expected {expected}.")


def _require_whole_invoices(rows: Sequence[Row]) -> None:
    """An invoice is one document: of one day, one customer and one payment method."""
    first: dict[str, Row] = {}
    for row in rows:
        start = first.setdefault(row.invoice, row)
        for what, of_row, of_start in (
            ("date or customer", (row.day, row.customer), (start.day, start.customer)),
            ("payment method", row.method, start.method),
        ):
            if of_row != of_start:
                raise BadFile(
                    f"Row {row.number}: invoice {row.invoice} has another {what} in row"
                    f" {start.number}."
                )
