"""Attacks on the books in plain SQL, as somebody with a database client would try them.

Generated per table and column from the tables themselves: a new one is attacked too.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from model_bakery import baker

from inventory.transfer_models import Transfer
from ledger.journal_models import JournalEntry, JournalLine
from ledger.numbering import number_documents
from ledger.till_models import Shift
from pos_project.core.db import guards
from pos_project.core.db.guards.rules import guarded_models
from pos_project.tests import shifts, shop, transfers
from reports.statements.cash_counting import Counted, count_cash
from sales.models import Sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

TABLES = guarded_models()
COLUMNS = [
    (model, field)
    for model in TABLES
    for field in model._meta.concrete_fields
    if not field.generated
]
FIXED = [(model, field) for model, field in COLUMNS if field.attname not in model.MOVING_COLUMNS]
TEXTS = (models.CharField, models.TextField)
DOCUMENTS = [model for model in TABLES if model.DRAFT_STATUSES]
LINES = [model for model in TABLES if model.LINE_OF]


def named(value: Any) -> str | None:
    if isinstance(value, models.Field):
        return str(value.column)
    return value._meta.db_table if isinstance(value, type) else None


of_each_table = pytest.mark.parametrize("model", TABLES, ids=named)
of_each_line = pytest.mark.parametrize("model", LINES, ids=named)
of_each_document = pytest.mark.parametrize("model", DOCUMENTS, ids=named)
of_each_fixed_column = pytest.mark.parametrize(("model", "field"), FIXED, ids=named)


@pytest.fixture(scope="module")
def books(standing):
    standing(shop.a_days_work)
    standing(shop.a_debt_written_off)
    standing(lambda: count_cash(Counted(Decimal(1), reason="Counted"), by=shop.a_cashier()))
    standing(shifts.a_days_shifts)
    standing(transfers.a_days_transfers)
    standing(number_documents)
    standing(lambda: shop.a_count((shop.a_product(), 2)))
    standing(lambda: baker.make("accounts.LoginEvent", email="rahim@shop.example", outcome="wrong"))


def sql(text, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.rowcount


def refused(text, *parameters):
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        sql(text, *parameters)


def posted(model):
    """The posted rows of a table, oldest first."""
    rows = models.QuerySet(model).order_by("id")
    if model.DRAFT_STATUSES:
        rows = rows.exclude(status__in=model.DRAFT_STATUSES)
    if model.LINE_OF:
        drafts = model._meta.get_field(model.LINE_OF).related_model.DRAFT_STATUSES
        rows = rows.exclude(**{f"{model.LINE_OF}__status__in": drafts})
    assert rows, "the day left a row to attack"
    return rows


def draft_of(model):
    """A document that is not posted yet, and its table's name."""
    if model is Sale:
        return Sale.objects.get(status="pending")
    if model is Shift:
        return Shift.objects.get(status="open")
    if model is Transfer:
        return Transfer.objects.get(status="asked")
    row = posted(model).first()
    values = columns_of(row, id=None, status="draft")
    for unique in ("document_id", "invoice_key"):
        if unique in values:
            values[unique] = None
    return model.objects.create(**{name: value for name, value in values.items() if name != "id"})


def columns_of(row, **changes):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.generated
    } | changes


def insert(model, values, *, verb="INSERT INTO", tail=""):
    """The statement and parameters that insert these values by attname."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    given = {fields[name]: value for name, value in values.items() if value is not None}
    columns = ", ".join(field.column for field in given)
    marks = ", ".join(["%s"] * len(given))
    prepared = [field.get_db_prep_save(value, connection) for field, value in given.items()]
    return f"{verb} {model._meta.db_table} ({columns}) VALUES ({marks}) {tail}", *prepared


def another(field, value):
    """Some other value for a column."""
    field = getattr(field, "target_field", field)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return datetime(2001, 1, 1, tzinfo=UTC)
    if isinstance(field, models.DateField):
        return date(2001, 1, 1)
    if isinstance(field, models.DecimalField):
        return (value or Decimal(0)) + Decimal("0.01")
    if isinstance(field, TEXTS):
        return "x"
    if isinstance(field, models.BinaryField):
        return b"x"
    if isinstance(field, models.JSONField):
        return {"x": 1}
    if isinstance(field, models.GenericIPAddressField):
        return "192.0.2.1"
    if isinstance(field, models.SmallIntegerField):
        return (value or 0) + 1
    assert isinstance(field, models.IntegerField), field
    return (value or 0) + 1_000_000


def change(model, row, field, value):
    return (
        f"UPDATE {model._meta.db_table} SET {field.column} = %s WHERE id = %s",
        field.get_db_prep_save(value, connection),
        row.pk,
    )


# --- Edits ---


@of_each_fixed_column
def test_no_column_of_a_posted_row_is_edited(model, field):
    row = posted(model).first()
    value = getattr(row, field.attname)
    refused(*change(model, row, field, another(field, value)))
    if field.null and value is not None:
        refused(*change(model, row, field, None))


@pytest.mark.parametrize(
    ("model", "field"), [pair for pair in FIXED if isinstance(pair[1], TEXTS)], ids=named
)
def test_nor_its_spelling(model, field):
    """MySQL's collation takes `Tea`, `tea` and `tea ` for the same; an edit they are."""
    row = posted(model).exclude(**{field.attname: None}).first()
    value = getattr(row, field.attname) if row else None
    if not value:
        row, value = posted(model).first(), ""
    spaced = f"{value} "[: field.target_field.max_length if field.is_relation else field.max_length]
    for spelling in {value.swapcase(), spaced} - {value}:
        refused(*change(model, row, field, spelling))


def test_a_moving_and_a_fixed_column_do_not_move_together():
    refused("UPDATE sales SET paid_amount = 0, total_amount = 0 WHERE status = 'completed'")


@pytest.mark.parametrize(
    ("model", "field"), [pair for pair in COLUMNS if pair not in FIXED], ids=named
)
def test_moving_columns_move(model, field):
    row = posted(model).first()
    with transaction.atomic():
        sql(*change(model, row, field, getattr(row, field.attname)))
        transaction.set_rollback(True)


# --- Deletes, and inserts that delete or update ---


@of_each_table
def test_no_posted_row_is_deleted(model):
    table, row = model._meta.db_table, posted(model).first()
    refused(f"DELETE FROM {table} WHERE id = %s", row.pk)
    if connection.vendor == "mysql":
        refused(f"DELETE IGNORE FROM {table} WHERE id = %s", row.pk)


@of_each_table
def test_no_posted_row_is_replaced(model):
    row = posted(model).first()
    before = posted(model).filter(pk=row.pk).values_list().get()
    refused(*insert(model, columns_of(row), verb="REPLACE INTO"))
    assert posted(model).filter(pk=row.pk).values_list().get() == before


@of_each_table
def test_no_posted_row_is_replaced_by_way_of_another_unique_column(model):
    for field in model._meta.concrete_fields:
        row = posted(model).exclude(**{field.attname: None}).first()
        if field.unique and not field.primary_key and row:
            refused(*insert(model, columns_of(row, id=None), verb="REPLACE INTO"))


def test_no_posted_entry_is_replaced_by_way_of_its_document():
    entry = JournalEntry.objects.filter(event="sale").first()
    refused(*insert(JournalEntry, columns_of(entry, id=None, status="draft"), verb="REPLACE INTO"))


@of_each_table
def test_no_posted_row_is_upserted(model):
    row = posted(model).first()
    field = next(f for f in model._meta.concrete_fields if (model, f) in FIXED and not f.unique)
    value = field.get_db_prep_save(another(field, getattr(row, field.attname)), connection)
    tail = (
        f"ON DUPLICATE KEY UPDATE {field.column} = %s"
        if connection.vendor == "mysql"
        else f"ON CONFLICT (id) DO UPDATE SET {field.column} = %s"
    )
    refused(*insert(model, columns_of(row), tail=tail), value)


@of_each_table
def test_what_is_refused_is_refused_to_those_who_ignore_it(model):
    row = posted(model).first()
    field = next(f for f in model._meta.concrete_fields if (model, f) in FIXED and not f.unique)
    value = field.get_db_prep_save(another(field, getattr(row, field.attname)), connection)
    ways = ("IGNORE",) if connection.vendor == "mysql" else ("OR IGNORE", "OR REPLACE", "OR FAIL")
    for way in ways:
        refused(
            f"UPDATE {way} {model._meta.db_table} SET {field.column} = %s WHERE id = %s",
            value,
            row.pk,
        )


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="UPDATE OR REPLACE is SQLite's")
@pytest.mark.parametrize("model", [*DOCUMENTS, *LINES], ids=named)
def test_no_free_row_is_moved_onto_a_posted_one(model):
    target = posted(model).last()
    free = draft_of(model) if model in DOCUMENTS else line_of_a_draft(model)
    refused(
        f"UPDATE OR REPLACE {model._meta.db_table} SET rowid = %s WHERE id = %s",
        target.pk,
        free.pk,
    )
    if model is Sale:
        refused(
            "UPDATE OR REPLACE sales SET invoice_no = %s WHERE id = %s", target.invoice_no, free.pk
        )


# --- Lines of posted documents, and drafts ---


def line_of_a_draft(model):
    parent = model._meta.get_field(model.LINE_OF).related_model
    draft = draft_of(parent)
    known = models.QuerySet(model).filter(**{model.LINE_OF: draft}).first()
    if known:
        return known
    values = columns_of(posted(model).first(), id=None)
    values[f"{model.LINE_OF}_id"] = draft.pk
    del values["id"]
    return model.objects.create(**values)


@of_each_line
def test_no_line_comes_late(model):
    refused(*insert(model, columns_of(posted(model).first(), id=None)))


@of_each_line
def test_no_line_moves_into_a_posted_document(model):
    key = model._meta.get_field(model.LINE_OF)
    refused(
        *change(model, line_of_a_draft(model), key, getattr(posted(model).first(), key.attname))
    )


@of_each_line
def test_no_line_moves_out_of_a_posted_document(model):
    key = model._meta.get_field(model.LINE_OF)
    draft = getattr(line_of_a_draft(model), key.attname)
    refused(*change(model, posted(model).first(), key, draft))


@of_each_line
def test_a_line_of_a_draft_may_change_and_go(model):
    table, line = model._meta.db_table, line_of_a_draft(model)
    column = {"journal_lines": "debit", "transfer_lines": "asked"}.get(table, "subtotal")
    assert sql(f"UPDATE {table} SET {column} = {column} + 1 WHERE id = %s", line.pk) == 1
    assert sql(f"DELETE FROM {table} WHERE id = %s", line.pk) == 1


@of_each_document
def test_a_draft_may_change_but_not_go(model):
    table, draft = model._meta.db_table, draft_of(model)
    column = "asked_at" if model is Transfer else "created_at"
    assert sql(f"UPDATE {table} SET {column} = '2026-01-01' WHERE id = %s", draft.pk) == 1
    refused(f"DELETE FROM {table} WHERE id = %s", draft.pk)


@of_each_document
def test_nothing_posted_becomes_a_draft_again(model):
    for status in model.DRAFT_STATUSES:
        refused(f"UPDATE {model._meta.db_table} SET status = %s", status)


@of_each_document
def test_nothing_is_inserted_as_posted(model):
    row = posted(model).first()
    values = columns_of(row, id=None, document_id=None, invoice_no="INV-NEW", invoice_key="inv-new")
    values |= {"z_number": 99} if model is Shift else {}
    values |= {"number": "TRF-999999"} if model is Transfer else {}
    known = {field.attname for field in model._meta.concrete_fields}
    refused(*insert(model, {name: value for name, value in values.items() if name in known}))


# --- Entries that do not balance ---


def a_draft_with(*sides):
    entry = draft_of(JournalEntry)
    for debit, credit in sides:
        JournalLine.objects.create(
            entry=entry, account_id="CASH", debit=Decimal(debit), credit=Decimal(credit)
        )
    return entry


@pytest.mark.parametrize(
    "sides",
    [
        pytest.param([], id="no line"),
        pytest.param([("5", "0")], id="one line"),
        pytest.param([("5", "0"), ("0", "5.01")], id="a cent too much"),
        pytest.param([("5", "0"), ("5", "0")], id="debits only"),
        pytest.param([("99999999.99", "0"), ("0", "99999999.98")], id="a cent of millions"),
    ],
)
@pytest.mark.parametrize("status", ["posted", "Posted", "whatever"])
def test_an_entry_that_does_not_balance_is_not_posted(sides, status):
    entry = a_draft_with(*sides)
    refused("UPDATE journal_entries SET status = %s WHERE id = %s", status[:10], entry.pk)


@pytest.mark.parametrize(
    "sides",
    [
        pytest.param([("5", "0"), ("0", "5")], id="two lines"),
        pytest.param([("0.1", "0")] * 3 + [("0", "0.3")], id="tenths, which no float adds up"),
        pytest.param(
            [("99999999.99", "0")] * 50 + [("0", "99999999.99")] * 50, id="a hundred long lines"
        ),
    ],
)
def test_an_entry_that_balances_is_posted(sides):
    entry = a_draft_with(*sides)
    assert sql("UPDATE journal_entries SET status = 'posted' WHERE id = %s", entry.pk) == 1


# --- That nothing was forgotten ---


def test_every_guard_is_up():
    assert guards.expected()
    assert guards.missing() == []


def test_every_column_of_every_guarded_table_is_attacked_or_moves():
    attacked = {(model._meta.db_table, field.column) for model, field in COLUMNS}
    with connection.cursor() as cursor:
        there = {
            (model._meta.db_table, column.name)
            for model in TABLES
            for column in connection.introspection.get_table_description(
                cursor, model._meta.db_table
            )
        }
    generated = {
        (model._meta.db_table, field.column)
        for model in TABLES
        for field in model._meta.concrete_fields
        if field.generated
    }
    assert there - generated == attacked
