"""Many rows in one statement, whatever their number.

Django cuts `bulk_create` and `bulk_update` at 999 parameters on SQLite, so a long invoice would
cost more statements than a short one; and building a query costs more than running it. Everything
here is put together once per model and fields. All take attnames (`sale_id`), send values through
the fields' own conversions, and fill in no model defaults: name every column. What is written may
be sent later (`pipeline.py`): whoever catches an error asks for the ids first.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from pos_project.core.db.append_only import refuse_unless_moving
from pos_project.core.db.pipeline import Ids, Statement, send

# SQLite allows 32,766 parameters in a statement; mysqlclient writes them into the text.
MAX_PARAMETERS = 30_000
# Values that drivers take as they are, whatever the column: no conversion would change them.
_PLAIN = (int, str, Decimal, type(None))

# Written by us, as MySQL's drivers would write them into the text, only slower: numbers, and words,
# dates and moments, which hold nothing that could end a text or begin an escape.
_NUMBERS: dict[type, Callable[[Any], str]] = {
    int: str,
    Decimal: "{:f}".format,
    type(None): lambda _: "NULL",
}
_MARK, _NOTHING = "%s", object()  # what the driver writes; what no column holds
_is_plain = re.compile(r"[A-Za-z0-9 .:_-]*").fullmatch

Convert = Callable[[Any, Any], Any]  # a value and the connection


@dataclass(frozen=True)
class _Insert:
    """What an INSERT of some columns of a model has in common, for any rows."""

    table: str
    head: str
    tail: str
    convert: tuple[Convert, ...]


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Ids:
    """Insert all rows in one statement; their ids, in the order of `rows`, once asked for."""
    insert = _insert(model, tuple(fields))
    connection = connections[DEFAULT_DB_ALIAS]
    written_by_us = connection.vendor == "mysql"
    numbers = _NUMBERS if written_by_us else {}
    sent = []
    for part in _parts(rows, size=MAX_PARAMETERS // len(insert.convert)):
        values: list[Any] = []
        texts = []
        # Most columns of a document's lines hold one value, whose text stands there already.
        marks, before = [_MARK] * len(insert.convert), [_NOTHING] * len(insert.convert)
        for row in part:
            for place, (value, convert) in enumerate(zip(row, insert.convert, strict=True)):
                if value is before[place] and marks[place] is not _MARK:
                    continue
                before[place] = value
                number = numbers.get(type(value))
                if number:
                    marks[place] = number(value)
                    continue
                if type(value) not in _PLAIN:
                    value = convert(value, connection)
                if written_by_us and type(value) is str and _is_plain(value):
                    marks[place] = f"'{value}'"
                else:
                    marks[place] = _MARK
                    values.append(value)
            texts.append(f"({', '.join(marks)})")
        sent.append(
            Statement(
                insert.head + ", ".join(texts) + insert.tail,
                values,
                rows=len(part),
                returning=bool(insert.tail),
                table=insert.table,
            )
        )
        send(sent[-1])
    return Ids(sent)


def insert(row: models.Model) -> None:
    """Insert a new row as it stands, and give it its id. Its model's defaults apply."""
    fields = _own_fields(type(row))
    row.pk = insert_rows(type(row), fields, [[getattr(row, name) for name in fields]])[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def set_by_id(
    model: type[models.Model], fields: Sequence[str], values: Mapping[int, Sequence[Any]]
) -> None:
    """Give each row, by its id, its own values of `fields`, in one statement.

    The caller holds the rows' locks and computed the values from what it read under them.
    """
    refuse_unless_moving(model, fields)
    _set_by_id(model, fields, values)


def set_lines(
    model: type[models.Model], fields: Sequence[str], values: Mapping[int, Sequence[Any]]
) -> None:
    """The same of lines whose document is still a draft; the database refuses it of others."""
    assert model.LINE_OF, model  # type: ignore[attr-defined]  # (of a line)
    _set_by_id(model, fields, values)


def _set_by_id(
    model: type[models.Model], fields: Sequence[str], values: Mapping[int, Sequence[Any]]
) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    columns = [_field(model, name) for name in fields]
    ids = sorted(values)
    for part in _parts(ids, size=MAX_PARAMETERS // (2 * len(columns) + 1)):
        sets, parameters = [], []
        for position, field in enumerate(columns):
            name = connection.ops.quote_name(field.column)
            sets.append(f"{name} = CASE id {' '.join(['WHEN %s THEN %s'] * len(part))} END")
            for row_id in part:
                value = values[row_id][position]
                parameters += [row_id, field.get_db_prep_save(value, connection)]
        table, marks = model._meta.db_table, ", ".join(["%s"] * len(part))
        send(
            Statement(
                f"UPDATE {table} SET {', '.join(sets)} WHERE id IN ({marks})",
                [*parameters, *part],
                rows=len(part),
            )
        )


def set_drafts(model: type[models.Model], ids: Sequence[int], **values: Any) -> None:
    """Give drafts of an append-only model, by their ids, the same values, in one statement.

    It fails when one of them is no draft any more.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    drafts: tuple[str, ...] = model.DRAFT_STATUSES  # type: ignore[attr-defined]  # (of a document)
    sql, convert = _set_drafts(model, tuple(values), len(ids), len(drafts))
    prepared = [
        value if type(value) in _PLAIN else each(value, connection)
        for each, value in zip(convert, values.values(), strict=True)
    ]
    send(Statement(sql, [*prepared, *ids, *drafts], rows=len(ids)))


@lru_cache(maxsize=512)
def _insert(model: type[models.Model], names: tuple[str, ...]) -> _Insert:
    connection = connections[DEFAULT_DB_ALIAS]
    quote = connection.ops.quote_name
    fields = [_field(model, name) for name in names]
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(field.column) for field in fields)
    returning = connection.features.can_return_rows_from_bulk_insert
    return _Insert(
        table,
        head=f"INSERT INTO {table} ({columns}) VALUES ",
        tail=f" RETURNING {quote('id')}" if returning else "",
        convert=tuple(_converter(field) for field in fields),
    )


@lru_cache(maxsize=512)
def _set_drafts(
    model: type[models.Model], names: tuple[str, ...], rows: int, drafts: int
) -> tuple[str, tuple[Convert, ...]]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [_field(model, name) for name in names]
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    ids, statuses = (", ".join(["%s"] * count) for count in (rows, drafts))
    return (
        f"UPDATE {quote(model._meta.db_table)} SET {sets}"
        f" WHERE id IN ({ids}) AND status IN ({statuses})",
        tuple(_converter(field) for field in fields),
    )


def _converter(field: Any) -> Convert:
    """The field's own conversion. A statement's rows mostly share one day, moment and kind: the
    last is kept."""
    if not isinstance(field, models.DateField | models.CharField):
        own: Callable[..., Any] = field.get_db_prep_save
        return own
    last: tuple[Any, Any] = None, None

    def convert(value: Any, connection: Any) -> Any:
        nonlocal last
        known, converted = last
        if value is not known:
            converted = field.get_db_prep_save(value, connection)
            if isinstance(converted, str):
                converted = str.__str__(converted)  # of a choice, its text alone
            last = value, converted
        return converted

    return convert


@lru_cache(maxsize=64)
def _own_fields(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    )


def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _parts(items: Sequence[Any], *, size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
