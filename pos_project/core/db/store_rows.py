"""Which store's rows are read: of one store, or of all.

Reports ask for it where they stand (`reported_store`), and everything that reads rows for them
narrows itself, in SQL and in the ORM alike. Lists narrow their rows by the way to a store that
their table has.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

REPORTED_STORE: ContextVar[int | None] = ContextVar("reported_store", default=None)
# How a row finds its store that has none of its own.
_WAYS = ("sale", "purchase", "refund", "entry", "log", "expense")


@contextmanager
def reported_store(store_id: int | None) -> Iterator[None]:
    """Inside, reports read the rows of this store; of all stores when it is None."""
    token = REPORTED_STORE.set(store_id)
    try:
        yield
    finally:
        REPORTED_STORE.reset(token)


def reported(path: str = "store_id") -> Q:
    """A condition of the ORM: a row is of the store that is reported."""
    store_id = REPORTED_STORE.get()
    return Q() if store_id is None else Q(**{path: store_id})


def and_reported(column: str) -> str:
    """The same in SQL, to stand after other conditions; nothing where all stores are reported."""
    store_id = REPORTED_STORE.get()
    return "" if store_id is None else f" AND {column} = {int(store_id)}"


def and_reported_sale(column: str) -> str:
    """The same of a row that names its sale in this column."""
    store_id = REPORTED_STORE.get()
    if store_id is None:
        return ""
    return f" AND {column} IN (SELECT id FROM sales WHERE store_id = {int(store_id)})"


def of_store(rows: "QuerySet[Any]", store_id: int | None) -> "QuerySet[Any]":
    """The rows of one store; all of them for None, and where they belong to none."""
    path = None if store_id is None else way_to_store(cast(Hashable, rows.model))
    return rows if path is None else rows.filter(**{path: store_id})


@cache
def way_to_store(model: type[Model]) -> str | None:
    """How a row's store is found: its own column, or that of the document it belongs to."""
    for name in ("store", *_WAYS):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if not field.concrete or not field.is_relation or field.many_to_many:
            continue
        if name == "store":
            return "store_id"
        further = way_to_store(field.related_model)  # type: ignore[arg-type]  # (a model)
        if further:
            return f"{name}__{further}"
    return None
