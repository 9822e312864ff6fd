"""A document as data: what stands on it, before anybody decides how it looks.

Receipts, invoices, goods received notes, day closings and every statement are built as this one
model and shown by the same renderers (`html`, `pdf`, `csv`). Lines carry the figures; headings,
totals and sums are for readers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from accounts.models import Store
from pos_project.core.errors import Invalid
from pos_project.core.images.pictures import image_url
from pos_project.core.money import money
from pos_project.core.period import Period

MAX_LINES = 2000  # some fifty pages; whoever needs more wants a spreadsheet

Kind = Literal["text", "day", "count", "money", "charge", "accounting"]
Style = Literal["heading", "line", "total", "grand"]


class TooLong(Invalid):
    """More lines than a page or a printed document should have."""


class Size(StrEnum):
    """What it is printed on."""

    A4 = "a4"
    ROLL = "80mm"  # a till's thermal roll


@dataclass(frozen=True)
class Letterhead:
    """Whose document it is, from the shop's settings."""

    name: str
    address: str = ""
    phone: str = ""
    tax_number: str = ""
    logo: str | None = None  # storage key of the picture
    currency_sign: str = ""
    header: str = ""
    footer: str = ""

    @classmethod
    def of(cls, store: Store) -> "Letterhead":
        return cls(
            store.name,
            store.address,
            store.phone,
            store.tax_number,
            store.logo or None,
            store.currency_sign,
            store.receipt_header,
            store.receipt_footer,
        )

    @property
    def for_the_books(self) -> "Letterhead":
        """Without what is said to customers."""
        return replace(self, header="", footer="")

    @property
    def logo_url(self) -> str | None:
        return image_url(self.logo, None)

    @property
    def lines(self) -> list[str]:
        """What stands beneath the shop's name."""
        tax_number = self.tax_number and f"Tax number {self.tax_number}"
        return [line for line in (self.address, self.phone, tax_number, self.header) if line]


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` is its share of the page. Figures stand on the right."""

    label: str
    kind: Kind = "text"
    width: float = 1.0

    @property
    def is_figure(self) -> bool:
        return self.kind not in ("text", "day")


@dataclass(frozen=True)
class Subject:
    """What a cell is about, for pages that lead there: an account, a sale, a customer …

    `days` are those of the figure, where they are not the document's own.
    """

    kind: str
    id: Any
    days: Period | None = None


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; a heading has one. None is an empty cell. `about` says by
    position what a cell is about."""

    cells: Sequence[Any]
    style: Style = "line"
    about: Mapping[int, Subject] = field(default_factory=dict)


@dataclass(frozen=True)
class Sum:
    """An amount beneath a table; the total stands out and has the currency's sign."""

    label: str
    amount: Decimal
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """Rows, read once, and sums beneath them. In a spreadsheet, `sectioned` puts the heading that
    a line stands under into a column of its own."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    sums: Sequence[Sum] = ()
    title: str = ""
    sectioned: bool = False

    def printed_rows(self) -> list[Row]:
        """The rows for a reader. Raises TooLong."""
        rows = []
        for row in self.rows:
            rows.append(row)
            if len(rows) > MAX_LINES:
                raise TooLong(f"More than {MAX_LINES} lines: choose fewer days.")
        return rows


@dataclass(frozen=True)
class Document:
    """`reference` tells it from others of its title: a number, a day, when it was printed. `facts`
    are label and value; `code` is printed as a QR code; `name` is that of its files. `head` limits
    what its figures mean, and stands above them in a workbook, which has no facts."""

    title: str
    reference: str
    shop: Letterhead
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    size: Size = Size.A4
    notes: Sequence[str] = ()
    code: str | None = None
    name: str = ""
    head: str = ""

    @property
    def file_name(self) -> str:
        """`receipt-inv-s000042`: safe as a file's name on every system."""
        text = (self.name or f"{self.title}-{self.reference}").lower().replace(" ", "-")
        return "".join(letter for letter in text if letter.isalnum() or letter in "-_.")


def amount(value: Decimal | int, *, sign: str = "") -> str:
    """`1,234.50`, with the currency sign before it if one is given."""
    text = f"{money(Decimal(value)):,.2f}"
    return f"{sign} {text}" if sign else text


def accounted(value: Decimal) -> str:
    """An amount as accountants write it: `1,234.50`, below zero `(1,234.50)`, nothing a dash."""
    if not value:
        return "–"
    return f"({-value:,.2f})" if value < 0 else f"{value:,.2f}"


def day(value: date) -> str:
    """`05-11-2026`, as documents write days."""
    return value.strftime("%d-%m-%Y")


def rate(name: str, percent: Decimal) -> str:
    """A tax rate: `VAT (15 %)`."""
    return f"{name} ({percent.normalize():f} %)"


def written(value: Any, kind: Kind) -> str:
    """A cell for a reader."""
    return "" if value is None else _WRITTEN[kind](value)


_WRITTEN: dict[Kind, Callable[[Any], str]] = {
    "text": str,
    "day": lambda value: day(value) if isinstance(value, date) else str(value),  # or "Total"
    "count": lambda units: f"{Decimal(units).normalize():,f}",  # 2, or 2.5 where there is a part
    "money": amount,
    "charge": lambda value: amount(value) if value else "",
    "accounting": accounted,
}
