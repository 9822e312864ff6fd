"""Many rows in one statement, whatever their number.

Django cuts `bulk_create` and `bulk_update` at 999 parameters on SQLite, so a long invoice would
cost more statements than a short one. These two do not. Both take attnames (`sale_id`), send
values through the fields' own conversions, and fill in no model defaults: name every column.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, models

from pos_project.core.db.append_only import refuse_unless_moving

# SQLite allows 32,766 parameters in a statement; mysqlclient writes them into the text.
MAX_PARAMETERS = 30_000


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[int]:
    """Insert all rows in one statement and return their ids in the order of `rows`."""
    columns = [_field(model, name) for name in fields]
    quote = connection.ops.quote_name
    head = "INSERT INTO {} ({}) VALUES ".format(  # noqa: S608  (names are our own models)
        quote(model._meta.db_table), ", ".join(quote(field.column) for field in columns)
    )
    one_row = "({})".format(", ".join(["%s"] * len(columns)))
    returning = connection.features.can_return_rows_from_bulk_insert
    tail = f" RETURNING {quote('id')}" if returning else ""
    ids: list[int] = []
    for part in _parts(rows, size=MAX_PARAMETERS // len(columns)):
        values = [
            field.get_db_prep_save(value, connection)
            for row in part
            for field, value in zip(columns, row, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(head + ", ".join([one_row] * len(part)) + tail, values)
            if not returning:
                # MySQL 8 reserves one run of ids for a multi-row insert and names the first.
                cursor.execute(
                    f"SELECT id FROM {quote(model._meta.db_table)} WHERE id >= %s"  # noqa: S608
                    " ORDER BY id LIMIT %s",
                    [cursor.lastrowid, len(part)],
                )
            ids += [row[0] for row in cursor.fetchall()]
    return ids


def set_by_id(
    model: type[models.Model], fields: Sequence[str], values: Mapping[int, Sequence[Any]]
) -> None:
    """Give each row, by its id, its own values of `fields`, in one statement.

    The caller holds the rows' locks and computed the values from what it read under them.
    """
    refuse_unless_moving(model, fields)
    quote = connection.ops.quote_name
    columns = [_field(model, name) for name in fields]
    ids = sorted(values)
    for part in _parts(ids, size=MAX_PARAMETERS // (2 * len(columns) + 1)):
        sets, parameters = [], []
        for position, field in enumerate(columns):
            sets.append(
                "{0} = CASE id {1} ELSE {0} END".format(
                    quote(field.column), " ".join(["WHEN %s THEN %s"] * len(part))
                )
            )
            for row_id in part:
                value = values[row_id][position]
                parameters += [row_id, field.get_db_prep_save(value, connection)]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE {} SET {} WHERE id IN ({})".format(  # noqa: S608
                    quote(model._meta.db_table), ", ".join(sets), ", ".join(["%s"] * len(part))
                ),
                [*parameters, *part],
            )
            assert cursor.rowcount == len(part), (model, part)


def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _parts(items: Sequence[Any], *, size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
