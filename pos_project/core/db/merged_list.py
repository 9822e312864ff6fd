"""Several kinds of rows as one list, newest first: sales, payments and refunds, for example.

Each kind is a strand. A page is cut inside the database: of each strand no more than the newest
rows up to the end of the page are read, from an index over their moments; these few are put in
order, and what lists show is read for the rows of the page alone. So a page costs the same number
of statements whatever is on it, and what it costs does not grow with what happened before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, overload

from django.db import connection
from django.db.models import Expression, F, Q, QuerySet, Value

Row = dict[str, Any]

PIECE = 1000  # rows read at once where a whole history is read
# No row has it. Asked for when none of a strand's rows is on the page, so that every page costs
# the same number of statements.
NO_ID = 0


@dataclass(frozen=True)
class Source:
    """Rows of one kind, and what a list shows of them.

    `kind` is the wire's word; `rows` have `created_at` and `id`, and an index that yields them in
    that order; `columns` maps the list's names to columns or expressions; `fixed` is the same for
    every row.
    """

    kind: str
    rows: QuerySet[Any]
    columns: Mapping[str, str | Expression]
    fixed: Row = field(default_factory=dict)

    def shown(self, ids: Sequence[int]) -> dict[int, Row]:
        """What a list shows of the rows with these ids, by id."""
        # A prefix, because an annotation may not be named like a field of the model.
        columns = {
            f"shown_{name}": F(column) if isinstance(column, str) else column
            for name, column in self.columns.items()
        }
        found = self.rows.model._default_manager.filter(pk__in=ids or [NO_ID]).values(
            "pk", **columns
        )
        return {
            row["pk"]: {
                "type": self.kind,
                **self.fixed,
                **{name: row[f"shown_{name}"] for name in self.columns},
            }
            for row in found
        }


class Place(NamedTuple):
    """Which row of which strand."""

    source: int
    row_id: int


class End(NamedTuple):
    """A row, and its moment: where the next piece goes on."""

    moment: datetime
    place: Place

    def below(self, source: int) -> Q:
        """The rows of a strand that come after this one."""
        earlier = Q(created_at__lt=self.moment)
        if source < self.place.source:
            return earlier
        if source > self.place.source:
            return Q(created_at__lte=self.moment)
        return earlier | Q(created_at=self.moment, pk__lt=self.place.row_id)


class Timeline(Sequence[Row]):
    """The rows of all `strands`, newest first: a sequence that counts and cuts in the database.

    At the same moment the strands follow in the given order, and within one the higher id first,
    so that the same question always has the same answer.
    """

    def __init__(self, sources: Iterable[Source], *, kind: str | None = None) -> None:
        """With a `kind`, only the sources of it."""
        self.sources = tuple(source for source in sources if kind in (None, source.kind))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind."""
        counts = {source.kind: 0 for source in self.sources}
        for source in self.sources:
            counts[source.kind] += source.rows.count()
        return counts

    def __len__(self) -> int:
        return sum(self.counts.values())

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, int):
            at = range(len(self))[index]
            return self[at : at + 1][0]
        start, stop, step = index.indices(len(self))
        assert step == 1, index
        return self._shown(self.places(start, stop)) if start < stop else []

    def __iter__(self) -> Iterator[Row]:
        """All rows in order, a piece at a time: a whole history is never in memory at once."""
        end = None
        while places := self.places(0, PIECE, end=end):
            rows = self._shown(places)
            yield from rows
            end = End(rows[-1]["created_at"], places[-1])

    def places(self, start: int, stop: int, *, end: End | None = None) -> list[Place]:
        """The rows from `start` to `stop` in order, of those after `end`."""
        # By hand, because SQLite knows no LIMIT in a part of a UNION but inside a subquery of its
        # own, which the ORM does not write.
        parts: list[str] = []
        parameters: list[Any] = []
        for position, source in enumerate(self.sources):
            rows = source.rows.filter(end.below(position)) if end else source.rows
            newest = rows.order_by("-created_at", "-pk").values_list(
                "created_at", Value(position), "pk"
            )[:stop]
            sql, values = newest.query.sql_with_params()
            parts.append(f"SELECT * FROM ({sql}) AS strand_{position}")
            parameters += values
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(parts) + " ORDER BY 1 DESC, 2, 3 DESC LIMIT %s OFFSET %s",
                [*parameters, stop - start, start],
            )
            return [Place(position, row_id) for _, position, row_id in cursor.fetchall()]

    def _shown(self, places: Sequence[Place]) -> list[Row]:
        shown = [
            source.shown([place.row_id for place in places if place.source == position])
            for position, source in enumerate(self.sources)
        ]
        return [shown[place.source][place.row_id] for place in places]
