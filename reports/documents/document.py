"""A paper as data: what stands on it, before anybody decides how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from accounts.models import Store
from pos_project.core.images.pictures import image_url
from pos_project.core.money import money


class Size(StrEnum):
    """What it is printed on."""

    A4 = "a4"
    ROLL = "80mm"  # a till's thermal roll


@dataclass(frozen=True)
class Shop:
    """The letterhead, from the shop's settings."""

    name: str
    address: str = ""
    phone: str = ""
    tax_number: str = ""
    logo: str | None = None  # storage key of the picture
    currency_sign: str = ""
    header: str = ""
    footer: str = ""

    @classmethod
    def of(cls, store: Store) -> "Shop":
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
    def logo_url(self) -> str | None:
        return image_url(self.logo, None)


@dataclass(frozen=True)
class Column:
    """A column of a table. `weight` is its share of the width; numbers stand on the right."""

    title: str
    weight: float = 1
    is_number: bool = False


@dataclass(frozen=True)
class Sum:
    """A line beneath a table; `is_total` makes it stand out."""

    label: str
    value: str
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of text, and sums beneath them."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sum] = ()
    title: str = ""


@dataclass(frozen=True)
class Paper:
    """One printed document. `facts` are label and value; `code` is printed as a QR code."""

    title: str
    number: str
    shop: Shop
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    size: Size = Size.A4
    notes: Sequence[str] = field(default_factory=tuple)
    code: str | None = None

    @property
    def file_name(self) -> str:
        """`receipt-INV-S000042`: safe as a file's name on every system."""
        text = f"{self.title}-{self.number}".lower().replace(" ", "-")
        return "".join(letter for letter in text if letter.isalnum() or letter in "-_.")


def amount(value: Decimal | int, *, sign: str = "") -> str:
    """`1,234.50`, with the currency sign before it if one is given."""
    text = f"{money(Decimal(value)):,.2f}"
    return f"{sign} {text}" if sign else text


def deducted(value: Decimal) -> str:
    """An amount that goes off: `-4.97`."""
    return f"-{amount(value)}"


def units(value: Decimal) -> str:
    """`2`, or `2.5` where a fraction is stored."""
    return f"{value.normalize():f}"
