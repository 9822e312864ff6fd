"""Every way of forging one row of one table: a cell changed, the row deleted, a twin copied in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, models, transaction

Model = type[models.Model]


@dataclass(frozen=True)
class Forgery:
    """`cell` is a column, or `(deleted)` or `(copied)`; `sql` is what the cheat runs."""

    table: str
    cell: str
    sql: str
    values: Sequence[Any]

    def __str__(self) -> str:
        return f"{self.table}.{self.cell}"


def forgeries(model: Model, row: dict[str, Any]) -> Iterator[Forgery]:
    """What may be done to a row: columns and their values, as the models have them."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    [key] = [field for field in model._meta.concrete_fields if field.primary_key]
    where = f"{quote(str(key.column))} = %s"
    kept = [field for field in model._meta.concrete_fields if not field.generated]
    for field in kept:
        for value in _others(field, row[field.attname]):
            sql = f"UPDATE {quote(table)} SET {quote(str(field.column))} = %s WHERE {where}"
            yield Forgery(table, str(field.column), sql, [_stored(field, value), row[key.attname]])
    yield Forgery(
        table, "(deleted)", f"DELETE FROM {quote(table)} WHERE {where}", [row[key.attname]]
    )
    names = [quote(str(field.column)) for field in kept]
    twin = ["%s" if field.primary_key else name for field, name in zip(kept, names, strict=True)]
    new_key = next(iter(_others(key, row[key.attname])))
    yield Forgery(
        table,
        "(copied)",
        f"INSERT INTO {quote(table)} ({', '.join(names)}) SELECT {', '.join(twin)}"
        f" FROM {quote(table)} WHERE {where}",
        [_stored(key, new_key), row[key.attname]],
    )


def _stored(field: Any, value: Any) -> Any:
    field = getattr(field, "target_field", field)
    return value if value is None else field.get_db_prep_save(value, connection)


def _others(field: Any, value: Any) -> Iterator[Any]:
    """Other values that the column takes, none of them far from the one that is there."""
    if field.null and value is not None:
        yield None
    if field.choices:
        yield next(code for code, _ in field.choices if code != value)
        return
    if isinstance(field, models.ForeignKey):
        target = field.target_field
        others = target.model._base_manager.exclude(pk=value).order_by("pk")
        known = others.values_list(target.attname, flat=True).last()
        if known is not None:
            yield known
        return
    if field.primary_key and not isinstance(field, models.CharField):
        yield field.model._base_manager.aggregate(last=models.Max("pk"))["last"] + 1000
        return
    yield from _near(field, value)


def _near(field: Any, value: Any) -> Iterator[Any]:
    if isinstance(field, models.BooleanField):
        yield not value
    elif isinstance(field, models.DecimalField):
        yield (value or Decimal(0)) + Decimal(1).scaleb(-field.decimal_places)
    elif isinstance(field, models.IntegerField):
        yield (value or 0) + 1
    elif isinstance(field, models.DateTimeField):
        yield (value or datetime.fromisoformat("2026-08-01T00:00:00Z")) - timedelta(seconds=1)
    elif isinstance(field, models.DateField):
        yield (value or date(2026, 8, 1)) - timedelta(days=1)
    elif isinstance(field, models.JSONField):
        yield {**(value or {}), "forged": 1}
    elif isinstance(field, models.BinaryField):
        yield bytes(value) + b"x"
    elif isinstance(field, models.UUIDField):
        yield "0" * 32
    elif isinstance(field, models.GenericIPAddressField):
        yield "192.0.2.99"
    else:
        text = value or ""
        yield f"{text}x" if len(text) < (field.max_length or 99) else f"{text[:-1]}~"


@contextmanager
def done(forgery: Forgery) -> Iterator[bool]:
    """Inside, it is done, or was refused by the database (False); undone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(forgery.sql, list(forgery.values))
        except IntegrityError:
            yield False
        else:
            yield True
        transaction.set_rollback(True)
