"""Changing rows as a careless hand or a half restored backup would: by SQL, the guards off."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from reports.tests.a_shops_week import Week

Breaking = Callable[[Week], str]


@contextmanager
def unguarded() -> Iterator[None]:
    """Constraints are not looked at inside."""
    if connection.vendor == "mysql":
        off = ("SET check_constraint_checks = 0", "SET foreign_key_checks = 0")
        on = ("SET check_constraint_checks = 1", "SET foreign_key_checks = 1")
    else:
        off = ("PRAGMA ignore_check_constraints = ON",)
        on = ("PRAGMA ignore_check_constraints = OFF",)
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in on:
                cursor.execute(statement)


@contextmanager
def undone() -> Iterator[None]:
    """Unguarded, and rolled back at the end, before anything checks the foreign keys."""
    with unguarded(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def row_of(sql: str) -> Any:
    """The one value that a SELECT finds first."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        assert row is not None, sql
        return row[0]


def change(table: str, row_id: Any, setting: str) -> Any:
    """Change one row by hand, and return its id."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {setting} WHERE id = %s", [row_id])
        assert cursor.rowcount == 1, (table, row_id, setting)
    return row_id


def delete(table: str, row_id: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row_id])
        assert cursor.rowcount == 1, (table, row_id)


def change_first(table: str, where: str, setting: str) -> Any:
    return change(table, row_of(f"SELECT id FROM {table} WHERE {where} ORDER BY id"), setting)


def use_of(sale: Any, product: Any) -> Any:
    return row_of(
        "SELECT u.id FROM sale_item_batches u JOIN sale_items i ON i.id = u.sale_item_id"
        f" WHERE i.sale_id = {sale.pk} AND i.product_id = {product.pk} ORDER BY u.id"
    )


def line_of(sale: Any) -> Any:
    return row_of(f"SELECT id FROM sale_items WHERE sale_id = {sale.pk} ORDER BY id")


def entry_of(event: str, document: Any) -> Any:
    return row_of(
        f"SELECT id FROM journal_entries WHERE event = '{event}' AND document_id = {document.pk}"
    )


def batch_of(product: Any, position: int = 0) -> Any:
    return row_of(
        f"SELECT id FROM batches WHERE product_id = {product.pk} ORDER BY id LIMIT 1 OFFSET"
        f" {position}"
    )


def line_of_entry(event: str, document: Any, account: str) -> Any:
    return row_of(
        f"SELECT id FROM journal_lines WHERE entry_id = {entry_of(event, document)}"
        f" AND account_id = '{account}'"
    )


def named(table: str, words: str, find: Callable[[Week], Any], setting: str) -> Breaking:
    """Change one row of `table`; `words` has the row's id in the place of `{}`."""

    def breaking(week: Week) -> str:
        return words.format(change(table, find(week), setting))

    return breaking


def first(table: str, where: str, setting: str, words: str) -> Breaking:
    return lambda week: words.format(change_first(table, where, setting))
