"""What holds for every table: keys point somewhere, unique names are keyed, answers are kept."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from pos_project.core.keys import KeyField, key_of
from reports.laws.law import Violation, law
from reports.laws.reading import breaking, rows, slices, table
from reports.models import Fact

ROOMS = ("core", "accounts", "catalog", "ledger", "inventory", "purchasing", "sales", "reports")


def our_models() -> Iterator[type[models.Model]]:
    """The shop's own tables."""
    for room in ROOMS:
        yield from apps.get_app_config(room).get_models(include_auto_created=True)


@law("I19", "A kept request has its answer: it committed together with its effect.")
def kept_requests_have_answers() -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT id, user_id, status FROM idempotent_requests
        WHERE status IS NULL OR body IS NULL OR status < 200 OR status > 299
        """,
        "request {0} of user {1}",
        expected="a stored answer with a 2xx status",
        found="status {2}",
    )
    yield from breaking(
        """
        SELECT MIN(id), user_id, COUNT(*) FROM idempotent_requests
        GROUP BY user_id, key_hash HAVING COUNT(*) > 1
        """,
        "request {0} of user {1}",
        expected="one row per user and key",
        found="{2} rows",
    )


@law("I21", "Every foreign key points at a row that is there.")
def keys_point_at_rows() -> Iterator[Violation]:
    quote = connection.ops.quote_name
    for model in our_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or issubclass(model, Fact):
                continue  # facts are sums of rows, compared with them by a law of their own
            target: Any = field.target_field
            column, other = quote(field.column), quote(target.column)
            key = model._meta.pk
            assert key is not None
            assert key.column is not None
            own = quote(key.column)
            yield from breaking(
                f"SELECT c.{own}, c.{column} FROM {quote(table(model))} c"
                f" LEFT JOIN {quote(table(target.model))} p ON p.{other} = c.{column}"
                f" WHERE c.{column} IS NOT NULL AND p.{other} IS NULL",
                f"{table(model)} {{0}}, {field.column}",
                expected=f"a row of {table(target.model)}",
                found="{1}, which is not there",
            )


@law("R28", "A unique key is the folded text beside it, and empty exactly when archived.")
def unique_keys_fold_their_text() -> Iterator[Violation]:
    for model in our_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, KeyField):
                yield from _keys_of(model, field)


def _keys_of(model: type[models.Model], key: KeyField) -> Iterator[Violation]:
    text = _text_beside(model, key)
    archived = "archived_at" if _has(model, "archived_at") else "NULL"
    for first, last in slices(table(model)):
        for row_id, kept, told, archived_at in rows(
            f"SELECT id, {key.column}, {text}, {archived} FROM {table(model)}"
            " WHERE id BETWEEN %s AND %s ORDER BY id",
            [first, last],
        ):
            expected = None if archived_at else key.get_prep_value(key_of(told))
            if kept != expected:
                yield Violation(f"{table(model)} {row_id}, {key.column}", str(expected), str(kept))


def _text_beside(model: type[models.Model], key: KeyField) -> str:
    """The column a key folds: `sku` for `sku_key`, `invoice_no` for `invoice_key`."""
    assert key.column is not None
    stem = key.column.removesuffix("_key")
    return stem if _has(model, stem) else f"{stem}_no"


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)
