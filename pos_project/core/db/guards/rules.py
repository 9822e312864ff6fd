"""What the database itself holds fast, read off the models: one list for Python and for SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from pos_project.core.db.append_only import AppendOnly


@dataclass(frozen=True)
class Column:
    """`is_text`: compared byte by byte, for MySQL takes `Tea` and `tea ` for the same."""

    name: str
    is_text: bool


@dataclass(frozen=True)
class Document:
    """What a line belongs to: `key` points to `table`, whose row is free while a draft."""

    table: str
    key: str
    drafts: tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    """The lines of a document (`table`, by `key`) whose two sums agree when it is posted."""

    table: str
    key: str
    debit: str
    credit: str


@dataclass(frozen=True)
class Guarded:
    """An append-only table, and what may still change in it.

    `fixed` never change once a row is posted. `unique` are the sets of columns by which SQLite's
    REPLACE finds the row it would silently delete.
    """

    table: str
    fixed: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...]
    drafts: tuple[str, ...] = ()
    document: Document | None = None
    balance: Balance | None = None


def guarded_models() -> list[type[AppendOnly]]:
    """Every append-only model, in the order of their tables' names."""
    found = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
    return sorted(found, key=lambda model: model._meta.db_table)


def guarded_tables() -> list[Guarded]:
    """The rules of the tables that are there: `migrate` may have been stopped half-way."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        return [
            _rules(model, _columns(cursor, model._meta.db_table))
            for model in guarded_models()
            if _tables(model) <= there
        ]


def _columns(cursor: Any, table: str) -> set[str]:
    return {row.name for row in connection.introspection.get_table_description(cursor, table)}


def _tables(model: type[AppendOnly]) -> set[str]:
    """The tables that a model's triggers read."""
    tables = {model._meta.db_table}
    if model.LINE_OF:
        tables.add(_document(model).table)
    if model.BALANCED_LINES:
        tables.add(_balance(model).table)
    return tables


def _rules(model: type[AppendOnly], there: set[str]) -> Guarded:
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.column in there and not field.generated
    ]
    fixed = [field for field in fields if field.attname not in model.MOVING_COLUMNS]
    return Guarded(
        table=model._meta.db_table,
        fixed=tuple(_column(field) for field in fixed),
        unique=tuple(sorted(set(_unique(model, fields)))),
        drafts=tuple(model.DRAFT_STATUSES),
        document=_document(model) if model.LINE_OF else None,
        balance=_balance(model) if model.BALANCED_LINES else None,
    )


def _column(field: Any) -> Column:
    kind = (field.db_type(connection) or "").lower()
    return Column(field.column, any(word in kind for word in ("char", "text", "json")))


def _unique(model: type[AppendOnly], fields: Iterable[Any]) -> Iterator[tuple[str, ...]]:
    columns = {field.name: field.column for field in fields}
    yield from ((field.column,) for field in fields if field.unique)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and set(constraint.fields) <= set(
            columns
        ):
            yield tuple(columns[name] for name in constraint.fields)


def _document(model: type[AppendOnly]) -> Document:
    key: Any = model._meta.get_field(model.LINE_OF or "")
    parent: Any = key.related_model
    return Document(parent._meta.db_table, key.column, tuple(parent.DRAFT_STATUSES))


def _balance(model: type[AppendOnly]) -> Balance:
    assert model.BALANCED_LINES is not None
    related, debit, credit = model.BALANCED_LINES
    lines: Any = model._meta.get_field(related)
    return Balance(lines.related_model._meta.db_table, lines.field.column, debit, credit)
