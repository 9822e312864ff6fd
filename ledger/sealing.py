"""What a seal is: SHA-256 over the seal before and every row of the day, in one canonical form.

One line per row, ended by a line feed: a JSON array of the table's name and an object of its
columns, sorted by name, without the empty ones (so a column added later, empty in old rows, leaves
old seals as they are). Decimals are text with all their places, moments UTC with microseconds.
Columns that move are left out. Tables follow by name, rows by id.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import models

from pos_project.core.db.append_only import AppendOnly

GENESIS = hashlib.sha256(b"The books begin here.").hexdigest()
_CHECKSUM = struct.Struct(">qI")
ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Book:
    """A table whose rows are sealed with the business day that `day` leads to."""

    model: type[AppendOnly]
    day: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def has_own_day(self) -> bool:
        """Whether its rows have a business day; lines have that of what they belong to."""
        return "__" not in self.day

    def last_id(self) -> int:
        """The newest row's id, 0 when there is none."""
        return self.model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0

    def first_day(self) -> date | None:
        """The first day with a row; None for lines, whose day is that of what they belong to."""
        if not self.has_own_day:
            return None
        first: date | None = self.model._default_manager.aggregate(first=models.Min(self.day))[
            "first"
        ]
        return first

    def rows(self, day: date) -> Iterator[tuple[int, bytes]]:
        """The rows of a day, by id: (id, canonical line)."""
        columns = _columns(self.model)
        rows = self.model._default_manager.filter(**{self.day: day}).order_by("id")
        names = [column.attname for column in columns]
        for row in rows.values_list("id", *names).iterator(chunk_size=ROWS_AT_ONCE):
            values = {
                column.name: column.text(value)
                for column, value in zip(columns, row[1:], strict=True)
                if value is not None
            }
            yield row[0], line(self.table, values)


@dataclass(frozen=True)
class _Column:
    attname: str
    name: str
    text: Callable[[Any], Any]


@dataclass(frozen=True)
class Sealed:
    """A day's rows, hashed."""

    seal: str
    row_counts: dict[str, int]
    checksums: bytes


_BOOKS: dict[str, Book] = {}


def covers(model: type[AppendOnly], *, day: str = "business_date") -> None:
    """Seal the rows of this table too. Rooms above this one register theirs when they start."""
    book = Book(model, day)
    _BOOKS[book.table] = book


def books(tables: Iterable[str] | None = None) -> list[Book]:
    """The sealed tables by name; for an old seal, those that it covered."""
    return [_BOOKS[table] for table in sorted(_BOOKS if tables is None else tables)]


def line(table: str, values: Any) -> bytes:
    return orjson.dumps([table, values], option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def seal_of(day: date, *, after: str, tables: Iterable[str] | None = None) -> Sealed:
    """Hash a day's rows behind the seal before, in bounded memory."""
    digest = hashlib.sha256(line("day_seals", {"day": day.isoformat(), "previous": after}))
    packing, packed, counts = zlib.compressobj(), [], {}
    for book in books(tables):
        count = 0
        for row_id, text in book.rows(day):
            digest.update(text)
            packed.append(packing.compress(_CHECKSUM.pack(row_id, zlib.crc32(text))))
            count += 1
        counts[book.table] = count
    packed.append(packing.flush())
    return Sealed(digest.hexdigest(), counts, b"".join(packed))


def checksums(row_counts: dict[str, int], packed: bytes) -> dict[tuple[str, int], int]:
    """(table, id) → checksum, of every row under a seal."""
    tables = (table for table in sorted(row_counts) for _ in range(row_counts[table]))
    pairs = _CHECKSUM.iter_unpack(zlib.decompress(packed))
    return {
        (table, row_id): checksum for table, (row_id, checksum) in zip(tables, pairs, strict=True)
    }


def _columns(model: type[AppendOnly]) -> list[_Column]:
    return [
        _Column(field.attname, field.column or field.attname, _text_of(field))
        for field in model._meta.concrete_fields
        if not field.generated and field.attname not in model.MOVING_COLUMNS
    ]


def _text_of(field: Any) -> Callable[[Any], Any]:
    field = getattr(field, "target_field", field)
    if isinstance(field, models.DecimalField):
        places = field.decimal_places
        return lambda value: f"{Decimal(value):.{places}f}"
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return date.isoformat
    return lambda value: value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
