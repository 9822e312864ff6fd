"""What a report is: a name, which days it is of, the function of the API that has its figures, and
how these stand in a table. One view shows them all (`views`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from pos_project.core.period import Period
from reports.documents.document import Column, Document, Kind, Row, Style, Subject, Table
from reports.statements.api.base import StatementView
from reports.statements.scope import Scope


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: whose books and which days, by the name of which range; `of`
    names the account or party of a report that is of one."""

    scope: Scope
    range: str
    of: str = ""

    @property
    def period(self) -> Period:
        return self.scope.period


@dataclass(frozen=True)
class Chart:
    """A picture of a report's table: rows of a style, named by their cell `label`, with the
    figures of the columns `values`; the first `most` of them."""

    values: Sequence[int]
    label: int = 0
    style: Style = "line"
    most: int = 31
    oldest_first: bool = False  # the table has the newest first


@dataclass(frozen=True)
class Window:
    """Some lines of a document that has `count` of them. `first` are those of its first page, where
    the chart is drawn from them."""

    document: Document
    count: int
    first: Sequence[Row] = ()


@dataclass(frozen=True)
class Report:
    """`build` makes the document. `of_day` is of the end of the last day chosen. `usual` is the
    range it opens with. `window` reads only so many lines from a position on, where all of them
    would be a long read."""

    name: str
    title: str
    says: str
    build: Callable[[Asked], Document]
    of_day: bool = False
    usual: str = "this_month"
    chart: Chart | None = None
    window: Callable[[Asked, int, int], Window] | None = None
    explains: str = ""  # what `explain` calls the one it is of
    of_now: bool = False  # how it is at this moment: there are no days to choose
    of_entries: bool = False  # can leave out what was entered later than a day
    # What is done about it: what that is called, and the page that does it.
    next_step: tuple[str, Callable[[Asked], str]] | None = None


def statement(view: type[StatementView]) -> Callable[[Asked], Document]:
    """The document of a statement of the API."""

    def build(asked: Asked) -> Document:
        shown = view()
        return shown.document(shown.read(asked.scope), asked.scope)

    return build


@dataclass(frozen=True)
class Field:
    """A column of a listing: the attribute of a row it shows, and what the cell is about."""

    label: str
    source: str
    kind: Kind = "text"
    width: float = 1.0
    about: Callable[[Any], Subject] | None = None
    is_summed: bool = False


def listing(
    title: str,
    name: str,
    read: Callable[[Asked], Sequence[Any]],
    fields: Sequence[Field],
    *notes: str,
) -> Callable[[Asked], Document]:
    """A document with a line for each row that `read` returns, and their sums beneath."""
    readers = [attrgetter(field.source) for field in fields]

    def build(asked: Asked) -> Document:
        found = read(asked)
        rows = [
            Row(
                [value(row) for value in readers],
                about={at: field.about(row) for at, field in enumerate(fields) if field.about},
            )
            for row in found
        ]
        if any(field.is_summed for field in fields):
            sums = [
                sum(value(row) for row in found) if field.is_summed else None
                for field, value in zip(fields, readers, strict=True)
            ]
            rows.append(Row(["Total", *sums[1:]], "grand"))
        columns = [Column(field.label, field.kind, field.width) for field in fields]
        return asked.scope.document(title, name, Table(columns, rows), *notes)

    return build
