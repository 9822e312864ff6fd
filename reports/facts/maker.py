"""What makes a fact: the rows that count, what each adds to which figure, and how months sum up.

The same definition freezes closed days and computes the others live, so the two cannot differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import connection, models

from reports.facts.days import Days, month_before, month_end
from reports.models import Fact, Span

Parameters = dict[str, Any]


class Maker(Protocol):
    """One kind of fact. `cumulative` months sum everything up to their end, so that any run of
    months is the difference of two of them."""

    @property
    def name(self) -> str: ...
    @property
    def models(self) -> Sequence[type[Fact]]: ...
    @property
    def cumulative(self) -> bool: ...

    def make_days(self, days: Days) -> None:
        """Insert the facts of these days, one set of rows a day."""

    def make_month(self, month: date) -> None:
        """Insert the facts of a month, from those of its days (and of the month before)."""


@dataclass(frozen=True)
class Events:
    """Rows that count: where they are, on which day, whose, and what each adds to the figures.

    `source` is FROM and WHERE, with `{days}` in the place of the condition on `day`.
    """

    source: str
    day: str
    keys: tuple[str, ...]
    adds: Mapping[str, str]


@dataclass(frozen=True)
class TableMaker:
    """A fact that is a table of sums. `figures` names its columns and how each is summed up."""

    name: str
    model: type[Fact]
    keys: tuple[str, ...]
    figures: Mapping[str, str]  # column → SUM, MIN or MAX
    events: tuple[Events, ...]
    cumulative: bool = False
    models: Sequence[type[Fact]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", (self.model,))
        for events in self.events:
            assert len(events.keys) == len(self.keys), (self.name, events)
            assert set(events.adds) <= set(self.figures), (self.name, events)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def rows(self, days: Days, name: str = "day") -> str:
        """SQL of what counts on these days: day, keys and figures, one row an event."""
        return " UNION ALL ".join(self._rows(events, days, name) for events in self.events)

    def make_days(self, days: Days) -> None:
        columns = ", ".join(("first_day", *self.keys))
        self._insert(
            Span.DAY,
            columns,
            f"SELECT {columns}, {self.sums()} FROM ({self.rows(days)}) happened GROUP BY {columns}",  # noqa: S608
            days.parameters(),
        )

    def make_month(self, month: date) -> None:
        keys = ", ".join(self.keys)
        figures = ", ".join((*self.keys, *self.figures))
        parts = "span = %(of_days)s AND first_day BETWEEN %(first)s AND %(last)s"
        if self.cumulative:
            parts = f"({parts}) OR (span = %(of_months)s AND first_day = %(before)s)"
        self._insert(
            Span.MONTH,
            f"first_day, {keys}",
            f"SELECT %(first)s, {keys}, {self.sums()}"  # noqa: S608
            f" FROM (SELECT {figures} FROM {self.table} WHERE {parts}) parts GROUP BY {keys}",
            {
                "of_days": Span.DAY.value,
                "of_months": Span.MONTH.value,
                "first": month,
                "last": month_end(month),
                "before": month_before(month),
            },
        )

    def sums(self, prefix: str = "") -> str:
        """The figures' columns, summed up each in its way."""
        return ", ".join(self._sum(column, prefix) for column in self.figures)

    def _sum(self, column: str, prefix: str) -> str:
        kind = self.figures[column]
        model_field = self.model._meta.get_field(column)
        if kind == "SUM" and isinstance(model_field, models.DecimalField):
            # SQLite sums floats: what is stored has the column's places again.
            return f"ROUND(SUM({prefix}{column}), {model_field.decimal_places}) AS {column}"
        return f"{kind}({prefix}{column}) AS {column}"

    def _rows(self, events: Events, days: Days, name: str) -> str:
        source = events.source.format(days=days.on(events.day, name))
        keys = [f"{key} AS {column}" for key, column in zip(events.keys, self.keys, strict=True)]
        adds = [
            f"{events.adds.get(column, '0' if kind == 'SUM' else 'NULL')} AS {column}"
            for column, kind in self.figures.items()
        ]
        return f"SELECT {events.day} AS first_day, {', '.join((*keys, *adds))} {source}"

    def _insert(self, span: Span, keys: str, select: str, parameters: Parameters) -> None:
        columns = f"span, {keys}, {', '.join(self.figures)}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.table} ({columns})"  # noqa: S608  (names are our own models)
                f" SELECT {span.value}, summed.* FROM ({select}) summed",
                parameters,
            )
