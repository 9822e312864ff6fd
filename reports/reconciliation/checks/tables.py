"""What holds for every table: keys point somewhere, unique names are keyed, answers are kept."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from catalog.scanned_codes import scanned_key
from pos_project.core.db.search_text import SEARCH_TEXT, Searchable
from pos_project.core.db.unique_keys import KeyField
from reports.reconciliation.invariant import MOST, Derived, Violation, invariant
from reports.reconciliation.rows import breaking, rows, rows_of, table
from reports.reconciliation.scope import Part, Scope, is_dated
from reports.summaries.models import Summary

APPS = ("core", "accounts", "catalog", "ledger", "inventory", "purchasing", "sales", "summaries")


def our_models() -> Iterator[type[models.Model]]:
    """The shop's own tables."""
    for label in APPS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


@invariant("I19", "A kept request has its answer: it committed together with its effect.")
def kept_requests_have_answers(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT id, user_id, status FROM idempotent_requests
        WHERE PART(id) AND (status IS NULL OR body IS NULL
            OR status <> 302 AND (status < 200 OR status > 299))
        """,
        "request {0} of user {1}",
        expected="a stored answer with a 2xx status, or 302 of a form",
        found="status {2}",
        parts=scope.parts("idempotent_requests"),
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


@invariant("I21", "Every foreign key points at a row that is there.")
def keys_point_at_rows(scope: Scope) -> Iterator[Violation]:
    for model in our_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and not issubclass(model, Summary):
                # (summaries are sums of rows, compared with them by an invariant of their own)
                yield from _lost_keys(scope, model, field)


def _lost_keys(
    scope: Scope, model: type[models.Model], key: "models.ForeignKey[Any, Any]"
) -> Iterator[Violation]:
    """Rows whose foreign key names no row."""
    quote = connection.ops.quote_name
    target: Any = key.target_field
    assert model._meta.pk is not None
    of, own, column = table(model), quote(str(model._meta.pk.column)), quote(str(key.column))
    lost = (
        f" LEFT JOIN {quote(table(target.model))} p ON p.{quote(target.column)} = c.{column}"
        f" WHERE c.{column} IS NOT NULL AND p.{quote(target.column)} IS NULL"
    )
    if scope.since is not None and is_dated(of):
        found = rows_of(
            scope.parts(of),
            f"SELECT c.{own}, c.{column} FROM {quote(of)} c{lost} AND PART(c.id)"
            f" ORDER BY 1 LIMIT {MOST}",
        )
    else:
        # Value by value, as the key's own index has them: fewer than rows, and in their order.
        # Where they are few, their index is jumped through before anything is joined.
        values = quote(of)
        if not is_dated(table(target.model)):
            values = f"(SELECT DISTINCT {column} FROM {quote(of)})"
        found = (
            row
            for (value,) in rows(f"SELECT DISTINCT c.{column} FROM {values} c{lost} LIMIT {MOST}")
            for row in rows(
                f"SELECT {own}, {column} FROM {quote(of)} WHERE {column} = %s"
                f" ORDER BY 1 LIMIT {MOST}",
                [value],
            )
        )
    for row_id, value in found:
        yield Violation(
            f"{of} {row_id}, {key.column}",
            f"a row of {table(target.model)}",
            f"{value}, which is not there",
        )


@invariant("I21", "Every id is above zero: rows are numbered by the database, upwards.")
def ids_are_positive(scope: Scope) -> Iterator[Violation]:
    for model in our_models():
        key = model._meta.pk
        if isinstance(key, models.IntegerField):
            of, column = table(model), connection.ops.quote_name(str(key.column))
            for (row_id,) in rows(
                f"SELECT {column} FROM {of} WHERE {column} < 1 ORDER BY 1 LIMIT {MOST}"
            ):
                yield Violation(f"{of} {row_id}", "an id above zero", str(row_id))


@invariant(
    "I31",
    "A unique key is the folded text beside it; empty only when archived or reversed.",
    derives=("purchases.invoice_key",),
)
def unique_keys_fold_their_text(scope: Scope) -> Iterator[Violation]:
    for model in our_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, KeyField) and field.null:  # (a required one stands alone)
                of = table(model)
                # Master data has no business day: it is looked at whatever the day.
                asked = scope if is_dated(of) else scope.whole()
                yield from _keys_of(asked.parts(of), model, field)


def _keys_of(
    parts: Iterable[Part], model: type[models.Model], key: KeyField
) -> Iterator[Violation]:
    text = _text_beside(model, key)
    archived = "archived_at" if _has(model, "archived_at") else "NULL"
    if _has(model, "reverses_id"):  # a document that was reversed leaves its number free
        archived = (
            f"(SELECT MIN(r.id) FROM {table(model)} r WHERE r.reverses_id = {table(model)}.id)"
        )
    for row_id, kept, told, is_gone in rows_of(
        parts,
        f"SELECT id, {key.column}, {text}, {archived} FROM {table(model)}"
        " WHERE PART(id) ORDER BY id",
    ):
        expected = None if is_gone else key.get_prep_value(key.fold(told))
        if kept != expected:
            yield Violation(
                f"{table(model)} {row_id}, {key.column}",
                str(expected),
                str(kept),
                Derived(table(model), row_id, {str(key.column): expected}),
            )


@invariant("I31", "What master data is searched by spells the columns beside it.")
def search_texts_spell_their_columns(scope: Scope) -> Iterator[Violation]:
    for model in our_models():
        if not issubclass(model, Searchable):
            continue
        field: Any = model._meta.get_field(SEARCH_TEXT)
        columns = field.columns
        for row_id, kept, *told in rows_of(
            scope.whole().parts(table(model)),
            f"SELECT id, {SEARCH_TEXT}, {', '.join(columns)} FROM {table(model)}"
            " WHERE PART(id) ORDER BY id",
        ):
            expected = field.spelled(model(**dict(zip(columns, told, strict=True))))
            if kept != expected:
                yield Violation(
                    f"{table(model)} {row_id}, {SEARCH_TEXT}", repr(expected), repr(kept)
                )


@invariant("I31", "Each barcode of a product on the list has its row, and no other has one.")
def barcodes_have_their_rows(scope: Scope) -> Iterator[Violation]:
    kept: dict[int, set[str]] = {}
    for product_id, key in rows("SELECT product_id, code_key FROM barcodes"):
        kept.setdefault(product_id, set()).add(key)
    for product_id, codes, is_gone in rows_of(
        scope.whole().parts("products"),
        "SELECT id, barcodes, archived_at FROM products WHERE PART(id) ORDER BY id",
    ):
        expected = set() if is_gone else {scanned_key(code) for code in codes.split()}
        found = kept.get(product_id, set())
        if found != expected:
            yield Violation(
                f"products {product_id}, barcodes",
                " ".join(sorted(expected)),
                " ".join(sorted(found)),
            )


def _text_beside(model: type[models.Model], key: KeyField) -> str:
    """The column a key folds: `sku` for `sku_key`, `invoice_no` for `invoice_key`."""
    assert key.column is not None
    stem = key.column.removesuffix("_key")
    return stem if _has(model, stem) else f"{stem}_no"


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)
