"""Queries that are put together once and run many times.

Building a QuerySet and turning it into SQL costs five times what running it does. A function that
returns one, decorated with `prepared`, is called once per shape of its arguments; after that only
its SQL is run, with the arguments of the call.
"""

import functools
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesListIterable,
)

from pos_project.core.db.transactions import LOST_CONNECTION, error_number

R = TypeVar("R")
Argument = int | str | date | Sequence[int]
_ROWS_AT_ONCE = 2000
_FIRST_ID = 2**62  # an id that no row has stands for an argument while SQL is made


class Prepared(Generic[R]):
    """What `prepared` makes of a function. A call returns the rows as a list.

    Arguments are ids, texts, days, moments or lists of ids, which end up in the SQL as they are:
    no `icontains`. A list of no ids finds nothing.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any]"]) -> None:
        self.build = build
        self._shapes: dict[tuple[Any, ...], _Shape] = {}
        functools.update_wrapper(self, build)

    def __call__(self, *arguments: Argument) -> list[R]:
        found = self._shape_of(arguments)
        return [] if found is None else found[0].run(found[1])

    def iterator(self, *arguments: Argument) -> Iterator[R]:
        """The rows one by one, where they are too many for a list."""
        found = self._shape_of(arguments)
        return iter(()) if found is None else found[0].iterate(found[1])

    def _shape_of(self, arguments: Sequence[Argument]) -> "tuple[_Shape, list[Any]] | None":
        values: list[Any] = []
        shape: list[Any] = []
        for argument in arguments:
            if isinstance(argument, int | str):
                shape.append(type(argument))
                values.append(argument)
            elif isinstance(argument, datetime):
                shape.append(datetime)
                values.append(_adapted(argument))
            elif isinstance(argument, date):
                shape.append(date)
                values.append(str(argument))
            elif not (ids := list(argument)):
                return None
            elif written_by_us():
                shape.append(list)
                values.append(ids)
            else:
                ids = _padded(ids)
                shape.append(len(ids))
                values += ids
        key = tuple(shape)
        known = self._shapes.get(key)
        if known is None:
            known = self._shapes[key] = _Shape(self.build, key)
        return known, values


def prepared(build: Callable[..., "QuerySet[Any]"]) -> Prepared[Any]:
    """Make a function that returns a QuerySet one that returns its rows, put together once.

    It may return model instances (without `select_related`), `values_list(…, named=True)`, or
    `values_list(…)` otherwise, flat or as tuples.
    """
    return Prepared(build)


def _adapted(moment: datetime) -> Any:
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)


def written_by_us() -> bool:
    """Whether numbers are ours to write: MySQL's drivers write parameters into the text, with a
    call for each. A list of any length is one parameter then, and its statement one shape."""
    return connections[DEFAULT_DB_ALIAS].vendor == "mysql"


def _padded(ids: list[int]) -> list[int]:
    """The ids, the last repeated up to a power of two: few lengths, so few shapes."""
    return ids + ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids))


class _Shape:
    """The SQL of one shape of arguments, and how its rows are read."""

    def __init__(self, build: Callable[..., "QuerySet[Any]"], shape: Sequence[Any]) -> None:
        marks = list(_marks(shape))
        rows = build(*marks)
        flat = [each for mark in marks for each in (mark if isinstance(mark, list) else [mark])]
        places = {
            str(_adapted(mark) if isinstance(mark, datetime) else mark): place
            for place, mark in enumerate(flat)
        }
        connection = connections[DEFAULT_DB_ALIAS]
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, parameters = compiler.as_sql()
        self._parameters = list(parameters)
        self._slots = [
            (slot, places[str(value)])
            for slot, value in enumerate(parameters)
            if str(value) in places
        ]
        missing = set(range(len(flat))) - {place for _, place in self._slots}
        assert not missing, (self.sql, missing)
        self._parts = self.sql.split("%s") if written_by_us() else []
        self._converters = [
            (position, functions, expression)
            for position, (functions, expression) in compiler.get_converters(
                [column[0] for column in compiler.select]
            ).items()
        ]
        self._locks = rows.query.select_for_update
        self._make = _maker(rows, compiler)

    def iterate(self, values: Sequence[Any]) -> Iterator[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(*self._with(values))
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from self._made(rows, connection)

    def run(self, values: Sequence[Any]) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        assert connection.in_atomic_block or not self._locks, self.sql
        return self._made(_fetched(connection, *self._with(values)), connection)

    def _with(self, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """The statement, and the parameters that the driver has to write into it."""
        parameters = self._parameters.copy()
        for slot, place in self._slots:
            parameters[slot] = values[place]
        if not self._parts:
            return self.sql, parameters
        text = [self._parts[0]]
        left = []
        for part, value in zip(self._parts[1:], parameters, strict=True):
            if type(value) is int:
                text.append(str(value))
            elif type(value) is list:
                text.append(", ".join([str(int(each)) for each in value]))
            else:
                text.append("%s")
                left.append(value)
            text.append(part)
        return "".join(text), left

    def _made(self, rows: Sequence[Any], connection: Any) -> list[Any]:
        if self._converters:
            rows = [self._converted(row, connection) for row in rows]
        if self._make is None:
            return [value for (value,) in rows]
        return [self._make(row) for row in rows]

    def _converted(self, row: Sequence[Any], connection: Any) -> list[Any]:
        values = list(row)
        for position, functions, expression in self._converters:
            value = values[position]
            for function in functions:
                value = function(value, expression, connection)
            values[position] = value
        return values


def _fetched(connection: Any, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
    try:
        return _sent(connection, sql, parameters)
    except (DatabaseError, InterfaceError) as error:
        # The server went away while nobody used the connection: nothing was begun.
        if connection.in_atomic_block or error_number(error) not in LOST_CONNECTION:
            raise
        connection.close()
        return _sent(connection, sql, parameters)


def _sent(connection: Any, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: Sequence[Sequence[Any]] = cursor.fetchall()
    return found


def _marks(shape: Sequence[Any]) -> Iterator[Any]:
    """Arguments that are recognised again among the SQL's parameters."""
    for number, kind in enumerate(shape):
        if kind is str:
            yield f"prepared argument {number}"
        elif kind is datetime:
            yield datetime(9999, 1, number + 1, tzinfo=UTC)
        elif kind is date:
            yield date(9999, 1, number + 1)
        elif kind is list:
            yield [_FIRST_ID + number]
        elif isinstance(kind, int):
            first = _FIRST_ID + (number + 1) * 2**20
            yield list(range(first, first + kind))
        else:
            yield _FIRST_ID + number


def _maker(rows: "QuerySet[Any]", compiler: Any) -> Callable[[Sequence[Any]], Any] | None:
    """What makes of a row what the QuerySet yields; None where that is the row's one value."""
    kind = rows._iterable_class  # type: ignore[attr-defined]  # (not in the stubs)
    if kind is FlatValuesListIterable:
        return None
    if kind is ValuesListIterable:
        return tuple
    if kind is NamedValuesListIterable:
        names = list(rows.query.selected or ())
        row_type: Any = namedtuple("Row", names)  # type: ignore[misc]  # (named at run time)
        make: Callable[[Sequence[Any]], Any] = row_type._make
        return make
    assert kind is ModelIterable, kind
    assert not compiler.klass_info.get("related_klass_infos"), "no select_related here"
    model = compiler.klass_info["model"]
    fields = compiler.klass_info["select_fields"]
    names = [compiler.select[position][0].target.attname for position in fields]
    return functools.partial(_instance, model, names)


def _instance(model: Any, names: Sequence[str], row: Sequence[Any]) -> Any:
    return model.from_db(DEFAULT_DB_ALIAS, names, row)
