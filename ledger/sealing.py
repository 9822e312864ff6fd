"""What a seal is: SHA-256 over the seal before and every row of the day, in one canonical form.

One line per row, ended by a line feed: a JSON array of the table's name and an object of its
columns, sorted by name, without the empty ones (so a column added later, empty in old rows, leaves
old seals as they are). Decimals are text with all their places, moments UTC with microseconds.
Columns that move are left out. Tables follow by name, rows by id.

The first line says what is sealed, after what and by which form; the last, since form 2, which
tables are covered, how many rows of each there are, and how many from before no seal covers.
"""

import functools
import hashlib
import heapq
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import models
from django.db.models import Q

from ledger.closing_models import DaySeal
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.prepared import Prepared

GENESIS = hashlib.sha256(b"The books begin here.").hexdigest()
FORM = 2  # the first did not hash what it covers; its seals are verified as they were made
# What every seal covers, whatever its form.
ALWAYS_COVERED = frozenset({"inventory_log", "journal_entries", "journal_lines", "payments"})
_CHECKSUM = struct.Struct(">qI")


@dataclass(frozen=True)
class Way:
    """How rows lead to their business day, and which rows go this way."""

    day: str
    which: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Book:
    """A table whose rows are sealed with their business day; each row goes one of the `ways`.

    What happens to the shop, and not in its books, has a moment instead: it is sealed with the
    day in whose hours it fell.
    """

    model: type[AppendOnly]
    ways: tuple[Way, ...]
    by_moment: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def has_own_day(self) -> bool:
        """Whether its rows have a business day; lines have that of what they belong to."""
        return not self.by_moment and "__" not in self.ways[0].day

    def first_day(self) -> date | None:
        """The first day with a row; None for tables without a day of their own."""
        if not self.has_own_day:
            return None
        day = self.ways[0].day
        first: date | None = self.model._default_manager.aggregate(first=models.Min(day))["first"]
        return first

    def rows(self, seal: DaySeal) -> Iterator[tuple[int, bytes]]:
        """The rows of a seal's day, by id: (id, canonical line)."""
        days: tuple[Any, ...] = (seal.begins_at, seal.ends_at) if self.by_moment else (seal.day,)
        ways = [read.iterator(*days) for read in _readers(self)]
        rows = heapq.merge(*ways, key=lambda row: row[0]) if len(ways) > 1 else ways[0]
        columns = _columns(self.model)
        for row in rows:
            yield row[0], _line_of(self.table, columns, row[1:])

    def count(self, first: DaySeal | None, last: DaySeal) -> int:
        """How many rows there are from a seal's day, or ever, up to another's."""
        return sum(rows.count() for rows in self._within(first, last))

    def count_before(self, seal: DaySeal) -> int:
        """How many rows are older than a seal's day."""
        began = seal.begins_at if self.by_moment else seal.day
        return sum(rows.count() for rows in self._where(("lt", began)))

    def count_by_day(self, after: date | None, through: date) -> dict[date, int]:
        """How many rows count on each day that has any, after one and up to another."""
        late = [] if after is None else [("gt", after)]
        counts: dict[date, int] = {}
        for way, rows in zip(self.ways, self._where(*late, ("lte", through)), strict=True):
            for day, count in rows.values_list(way.day).annotate(models.Count("pk")).order_by():
                counts[day] = counts.get(day, 0) + count
        return counts

    def _within(self, first: DaySeal | None, last: DaySeal) -> Iterator[models.QuerySet[Any]]:
        end = ("lt", last.ends_at) if self.by_moment else ("lte", last.day)
        if first is None:
            return self._where(end)
        return self._where(("gte", first.begins_at if self.by_moment else first.day), end)

    def _where(self, *limits: tuple[str, Any]) -> Iterator[models.QuerySet[Any]]:
        for way in self.ways:
            # In one filter: rows that lead there over several others go one and the same way.
            when = {f"{way.day}__{how}": value for how, value in limits}
            yield self.model._default_manager.filter(way.which, **when)


@dataclass(frozen=True)
class _Column:
    attname: str
    name: str
    text: Callable[[Any], Any]


@dataclass(frozen=True)
class Sealed:
    """A day's rows, hashed. Tables are `earlier` where no seal covers their rows from before."""

    seal: str
    row_counts: dict[str, int]
    earlier: dict[str, int]
    checksums: bytes


_BOOKS: dict[str, Book] = {}


def covers(model: type[AppendOnly], *days: str | Way, moment: str | None = None) -> None:
    """Seal the rows of this table too: by their business day, which stands in this column or
    where these lead, or by their moment. Rooms above this one register theirs when they start."""
    ways = [way if isinstance(way, Way) else Way(way) for way in days]
    book = Book(model, tuple(ways or [Way(moment or "business_date")]), moment is not None)
    _BOOKS[book.table] = book


def books(tables: Iterable[str] | None = None) -> list[Book]:
    """The sealed tables by name; for a seal that was made, those that it covered."""
    return [_BOOKS[table] for table in sorted(_BOOKS if tables is None else tables)]


def line(table: str, values: Any) -> bytes:
    return orjson.dumps([table, values], option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def seal_of(
    seal: DaySeal, *, tables: Iterable[str] | None = None, new: Iterable[str] = ()
) -> Sealed:
    """Hash a day's rows behind the seal before, in bounded memory.

    `seal` says the day, what is before it and the form. Of `new` tables, which no seal before
    covered, older rows are counted.
    """
    assert seal.day is not None
    digest = hashlib.sha256(_first_line(seal, seal.day))
    packing, packed, counts, earlier = zlib.compressobj(), [], {}, {}
    for book in books(tables):
        count = 0
        for row_id, text in book.rows(seal):
            digest.update(text)
            packed.append(packing.compress(_CHECKSUM.pack(row_id, zlib.crc32(text))))
            count += 1
        counts[book.table] = count
        if book.table in new:
            earlier[book.table] = book.count_before(seal)
    packed.append(packing.flush())
    if seal.form >= FORM:
        digest.update(line("row_counts", {"earlier": earlier, "rows": counts}))
    return Sealed(digest.hexdigest(), counts, earlier, b"".join(packed))


def _first_line(seal: DaySeal, day: date) -> bytes:
    values = {"day": day.isoformat(), "previous": seal.previous}
    if seal.form >= FORM:
        assert seal.begins_at is not None
        assert seal.ends_at is not None
        moments = {name: getattr(seal, name) for name in ("begins_at", "ends_at", "created_at")}
        values |= {name: moment_text(moment) for name, moment in moments.items()}
        return line("day_seals", {**values, "form": seal.form})
    return line("day_seals", values)


def checksums(row_counts: dict[str, int], packed: bytes) -> dict[tuple[str, int], int]:
    """(table, id) → checksum, of every row under a seal."""
    tables = (table for table in sorted(row_counts) for _ in range(row_counts[table]))
    pairs = _CHECKSUM.iter_unpack(zlib.decompress(packed))
    return {
        (table, row_id): checksum for table, (row_id, checksum) in zip(tables, pairs, strict=True)
    }


def texts(
    model: type[AppendOnly], rows: "models.QuerySet[Any]", *more: str
) -> Iterator[tuple[tuple[Any, ...], bytes]]:
    """Rows by id: what of them was asked for besides, and the canonical line of each."""
    columns, count = _columns(model), len(more)
    names = [column.attname for column in columns]
    for row in rows.order_by("id").values_list(*more, *names):
        yield row[:count], _line_of(model._meta.db_table, columns, row[count:])


def _line_of(table: str, columns: Sequence["_Column"], row: Sequence[Any]) -> bytes:
    values = {
        column.name: column.text(value)
        for column, value in zip(columns, row, strict=True)
        if value is not None
    }
    return line(table, values)


@functools.cache
def _readers(book: Book) -> list[Prepared[Any]]:
    """The statement of each way to a seal's rows, put together once: days have many tables."""
    names = [column.attname for column in _columns(book.model)]

    def reader(way: Way) -> Prepared[Any]:
        def rows(*days: Any) -> models.QuerySet[Any]:
            hows = ("gte", "lt") if book.by_moment else ("exact",)
            when = {f"{way.day}__{how}": day for how, day in zip(hows, days, strict=True)}
            found = book.model._default_manager.filter(way.which, **when)
            return found.order_by("id").values_list("id", *names)

        return Prepared(rows)

    return [reader(way) for way in book.ways]


@functools.cache
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
        return moment_text
    if isinstance(field, models.DateField):
        return date.isoformat
    return lambda value: value


def moment_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
