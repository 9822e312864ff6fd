"""What makes a summary: the rows that count, what each adds to which figure, and how months sum up.

The same definition sums up closed days and computes the others live, so the two cannot differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from django.db import connection, models

from reports.summaries.day_sets import Days, month_before, month_end
from reports.summaries.models import Granularity, Summary
from reports.summaries.raw import exact, rows

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A figure of a summary that is wrong, and what it should be."""

    what: str
    expected: str
    found: str


class SummaryBuilder(Protocol):
    """One kind of summary. `keys` are the columns by which it is kept. `cumulative` months sum
    everything up to their end, so that any run of months is the difference of two of them."""

    @property
    def name(self) -> str: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def models(self) -> Sequence[type[Summary]]: ...
    @property
    def cumulative(self) -> bool: ...

    def prepare(self) -> None:
        """Before all missing days are built: invalidate those that master data has made wrong."""

    def build_days(self, days: Days) -> None:
        """Insert the summaries of these days, one set of rows a day."""

    def build_month(self, month: date) -> None:
        """Insert the summary of a month, from those of its days (and of the month before)."""

    def differing_days(self, days: Days) -> Iterator[Difference]:
        """Where the summaries of these days are not what the days' rows come to."""

    def differing_month(self, month: date) -> Iterator[Difference]:
        """Where the summary of a month is not what its days add up to."""


@dataclass(frozen=True)
class DayRows:
    """Rows that are only ever added to a business day, and never change in what counts of them.

    `alias` is what SQL calls their table. `counting` are those that count; one that begins to count
    later gets its business day then.
    """

    table: str
    alias: str
    counting: str = "1 = 1"

    @property
    def day(self) -> str:
        return f"{self.alias}.business_date"


class Which(Protocol):
    """Which rows to read: those of some days, or rows that are named."""

    def on(self, column: str, name: str = "day") -> str:
        """SQL of a condition on rows whose business day is in `column`."""

    def parameters(self, name: str = "day") -> Mapping[str, Any]:
        """The values that it needs."""


@dataclass(frozen=True)
class Events:
    """Rows that count: which they are, where, whose, and what each adds to the figures.

    `source` is FROM and WHERE, with `{days}` in the place of the condition on their day; all that
    it joins to a row is written with it.
    """

    source: str
    rows: DayRows
    keys: tuple[str, ...]
    adds: Mapping[str, str]

    @property
    def day(self) -> str:
        return self.rows.day


@dataclass(frozen=True)
class TableBuilder:
    """A summary that is a table of sums. `figures` names its columns and how each is summed up."""

    name: str
    model: type[Summary]
    keys: tuple[str, ...]
    figures: Mapping[str, str] = field(hash=False)  # column → SUM, MIN or MAX
    events: tuple[Events, ...] = field(hash=False)
    cumulative: bool = False
    models: Sequence[type[Summary]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", (self.model,))
        for events in self.events:
            assert len(events.keys) == len(self.keys), (self.name, events)
            assert set(events.adds) <= set(self.figures), (self.name, events)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def only(self, *columns: str) -> "TableBuilder":
        """The same with these figures alone, to be read: what is not asked for is not summed."""
        return replace(
            self,
            figures={column: self.figures[column] for column in columns},
            events=tuple(
                replace(events, adds=adds)
                for events in self.events
                if (adds := {each: events.adds[each] for each in columns if each in events.adds})
            ),
        )

    @property
    def day_rows(self) -> tuple[DayRows, ...]:
        """All rows of a day that are in its figures."""
        return tuple(dict.fromkeys(events.rows for events in self.events))

    def sums_of_events(
        self, which: Which, name: str = "day", *, by: Sequence[str], only: str = ""
    ) -> Iterator[str]:
        """SQL of what these events of each kind come to, by these keys; `only` is more
        conditions. Each by itself: to be summed up at once, without a table of all events."""
        grouped = f" GROUP BY {', '.join(by)}" if by else ""
        for events in self.events:
            shown = (
                self._sum(column)
                if column in events.adds
                else f"{self._nothing(column)} AS {column}"
                for column in self.figures
            )
            yield (
                f"SELECT {', '.join((*by, *shown))}"
                f" FROM ({self._rows(events, which, name)}) happened WHERE 1 = 1{only}{grouped}"
            )

    def prepare(self) -> None:
        """What happened does not change."""

    def build_days(self, days: Days) -> None:
        self._insert(Granularity.DAY, self._of_days(days), days.parameters())

    def build_month(self, month: date) -> None:
        self._insert(Granularity.MONTH, self._of_month(), _month(month))

    def differing_days(self, days: Days) -> Iterator[Difference]:
        built = f"span = {Granularity.DAY.value} AND {days.on('first_day')}"
        return self._differing(self._of_days(days), built, days.parameters())

    def differing_month(self, month: date) -> Iterator[Difference]:
        built = f"span = {Granularity.MONTH.value} AND first_day = %(month)s"
        return self._differing(self._of_month(), built, _month(month))

    def _of_days(self, days: Days) -> str:
        by = ("first_day", *self.keys)
        columns, parts = ", ".join(by), " UNION ALL ".join(self.sums_of_events(days, by=by))
        return f"SELECT {columns}, {self.sums()} FROM ({parts}) parts GROUP BY {columns}"

    def _of_month(self) -> str:
        """SQL of a month: the sum of its days, and of the month before where months add up."""
        keys, columns = ", ".join(self.keys), ", ".join((*self.keys, *self.figures))
        parts = "(span = %(of_days)s AND first_day BETWEEN %(month)s AND %(last)s)"
        if self.cumulative:
            parts += " OR (span = %(of_months)s AND first_day = %(before)s)"
        return (
            f"SELECT %(month)s AS first_day, {keys}, {self.sums()}"
            f" FROM (SELECT {columns} FROM {self.table} WHERE {parts}) parts GROUP BY {keys}"
        )

    def sums(self) -> str:
        """The figures' columns, summed up each in its way."""
        return ", ".join(self._sum(column) for column in self.figures)

    def _sum(self, column: str) -> str:
        kind, places = self.figures[column], self.places(column)
        if kind == "SUM" and places and connection.vendor == "sqlite":
            # It sums floats: what is stored has the column's places again.
            return f"ROUND(SUM({column}), {places}) AS {column}"
        return f"{kind}({column}) AS {column}"

    def _rows(self, events: Events, which: Which, name: str) -> str:
        source = events.source.format(days=which.on(events.day, name))
        keys = [f"{key} AS {column}" for key, column in zip(events.keys, self.keys, strict=True)]
        adds = [
            f"{events.adds.get(column, self._nothing(column))} AS {column}"
            for column in self.figures
        ]
        return f"SELECT {events.day} AS first_day, {', '.join((*keys, *adds))} {source}"

    def _nothing(self, column: str) -> str:
        return "0" if self.figures[column] == "SUM" else "NULL"

    def _insert(self, granularity: Granularity, select: str, parameters: Parameters) -> None:
        columns = ", ".join(("first_day", *self.keys, *self.figures))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.table} (span, {columns})"
                f" SELECT {granularity.value}, summed.* FROM ({select}) summed",
                parameters,
            )

    def _differing(self, select: str, built: str, parameters: Parameters) -> Iterator[Difference]:
        keys = ("first_day", *self.keys)
        columns = ", ".join((*keys, *self.figures))
        shown, wrong = [], []
        for column, kind in self.figures.items():
            for side, name in enumerate(("expected", "found")):
                shown.append(
                    f"{kind}(CASE WHEN side = {side} THEN {column} END) AS {name}_{column}"
                )
            wrong.append(self._is_wrong(column))
        sql = (
            f"SELECT {', '.join((*keys, *shown))} FROM ("
            f"SELECT 0 AS side, {columns} FROM ({select}) expected"
            f" UNION ALL SELECT 1, {columns} FROM {self.table} WHERE {built}"
            f") both_sides GROUP BY {', '.join(keys)}"
            f" HAVING {' OR '.join(wrong)} ORDER BY {', '.join(keys)}"
        )
        for row in rows(sql, parameters):
            whose, sides = row[: len(keys)], row[len(keys) :]
            what = ", ".join(f"{key} {value}" for key, value in zip(keys, whose, strict=True))
            for at, column in enumerate(self.figures):
                expected, found = (self._shown(column, each) for each in sides[2 * at : 2 * at + 2])
                if expected != found:
                    yield Difference(f"{what}, {column}", expected, found)

    def _is_wrong(self, column: str) -> str:
        expected, found = f"expected_{column}", f"found_{column}"
        if self.figures[column] != "SUM":
            return f"COALESCE({expected}, '') <> COALESCE({found}, '')"
        # Floats on SQLite, summed in another order: half of the last digit, or their own noise.
        noise = f" + 1e-12 * ABS({expected})" if connection.vendor == "sqlite" else ""
        return (
            f"ABS(COALESCE({expected}, 0) - COALESCE({found}, 0))"
            f" > {0.4 * 10 ** -self.places(column)}{noise}"
        )

    def _shown(self, column: str, value: Any) -> str:
        if value is None and self.figures[column] != "SUM":
            return "nothing"
        if self.places(column):
            return str(exact(value, self.places(column)))
        return str(value or 0)

    def places(self, column: str) -> int:
        """Of the column, after the point."""
        field_ = self.model._meta.get_field(column)
        return field_.decimal_places if isinstance(field_, models.DecimalField) else 0

    def digits(self, column: str) -> int:
        """Of the column, if it is a decimal."""
        field_ = self.model._meta.get_field(column)
        return field_.max_digits if isinstance(field_, models.DecimalField) else 0


def _month(month: date) -> Parameters:
    return {
        "of_days": Granularity.DAY.value,
        "of_months": Granularity.MONTH.value,
        "month": month,
        "last": month_end(month),
        "before": month_before(month),
    }
