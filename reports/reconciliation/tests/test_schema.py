"""Triggers, columns and constraints that are not those of `migrate` are named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from ledger.models import Payment
from pos_project.core.db import guards
from pos_project.core.db.guards import moments
from reports.reconciliation.checks import CHECKS, SCHEMA_CHECKS
from reports.reconciliation.checks.tables import our_models
from reports.reconciliation.reconcile import examine, reconcile

pytestmark = pytest.mark.django_db(transaction=True)


def named() -> list[str]:
    return [str(found) for verdict in examine(SCHEMA_CHECKS) for found in verdict.violations]


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_the_database_of_migrate_holds() -> None:
    assert named() == []


def test_reconcile_looks_at_the_schema_with_all_else() -> None:
    kept = {verdict.invariant for verdict in reconcile()}
    assert kept == {each for check in (*SCHEMA_CHECKS, *CHECKS) for each in check.invariants}
    assert [verdict.holds for verdict in reconcile(["I17", "I33"])] == [True, True]


@pytest.mark.dear
def test_a_trigger_of_another_name_is_named() -> None:
    on_mysql = connection.vendor == "mysql"
    row, body = ("FOR EACH ROW", "SET NEW.note = NULL") if on_mysql else ("", "BEGIN SELECT 1; END")
    execute(f"CREATE TRIGGER tidy_up BEFORE INSERT ON payments {row} {body}")
    try:
        assert named() == [
            "trigger tidy_up of payments: expected none, found one that migrate did not make"
        ]
    finally:
        execute("DROP TRIGGER tidy_up")


@pytest.mark.dear
def test_a_trigger_that_is_gone_is_named() -> None:
    execute("DROP TRIGGER append_only_payments_update")
    try:
        assert named() == [
            "trigger append_only_payments_update of payments: expected the one of migrate,"
            " found none"
        ]
    finally:
        guards.install()


@pytest.mark.mariadb
def test_a_trigger_that_was_taken_down_and_put_up_again_is_named_until_migrate() -> None:
    recorder = MigrationRecorder(connection)
    was_there = recorder.has_table()
    recorder.ensure_schema()
    try:
        moments.remember()
        assert named() == []
        trigger = guards.expected()["append_only_payments_update"]
        execute(f"DROP TRIGGER {trigger.name}", trigger.create)
        [found] = named()
        assert found.startswith(f"trigger {trigger.name}: expected the one of migrate, found one")
        guards.install()  # as migrate does
        assert named() == []
    finally:
        recorder.migration_qs.filter(app=moments.APP).delete()
        if not was_there:
            execute("DROP TABLE django_migrations")


@contextmanager
def payments_rewritten(old: str, new: str) -> Iterator[None]:
    """The table's own text with another column or constraint, as only SQLite keeps it."""

    def put(before: str, after: str) -> None:
        execute("PRAGMA writable_schema = ON")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE sqlite_master SET sql = replace(sql, %s, %s) WHERE name = 'payments'",
                [before, after],
            )
        execute("PRAGMA writable_schema = RESET")

    put(old, new)
    try:
        yield
    finally:
        put(new, old)


@contextmanager
def altered(there: str, back: str) -> Iterator[None]:
    execute(f"ALTER TABLE payments {there}")
    try:
        yield
    finally:
        execute(f"ALTER TABLE payments {back}")


@pytest.mark.dear
def test_a_column_that_was_narrowed_is_named() -> None:
    narrowed = (
        altered("MODIFY reference_no varchar(20) NULL", "MODIFY reference_no varchar(100) NULL")
        if connection.vendor == "mysql"
        else payments_rewritten('"reference_no" varchar(100)', '"reference_no" varchar(20)')
    )
    with narrowed:
        assert named() == [
            "payments, column reference_no: expected varchar(100), may be empty,"
            " found varchar(20), may be empty"
        ]
    assert named() == []


@pytest.mark.dear
def test_a_column_that_may_be_empty_since_is_named() -> None:
    widened = (
        altered("MODIFY amount decimal(14,2) NULL", "MODIFY amount decimal(14,2) NOT NULL")
        if connection.vendor == "mysql"
        else payments_rewritten('"amount" decimal NOT NULL', '"amount" decimal NULL')
    )
    with widened:
        [found] = named()
    assert found.startswith("payments, column amount: expected decimal")
    assert found.endswith(", may be empty")


@pytest.mark.dear
def test_a_constraint_that_is_gone_is_named() -> None:
    name = "ledger_payment_amount_positive"
    [constraint] = [each for each in Payment._meta.constraints if each.name == name]
    if connection.vendor == "mysql":
        execute(f"ALTER TABLE payments DROP CONSTRAINT {name}")
        try:
            found = named()
        finally:
            with connection.schema_editor() as editor:
                editor.add_constraint(Payment, constraint)
    else:
        with payments_rewritten(f'"{name}"', '"another"'):
            found = named()
    assert found == [f"payments, constraint {name}: expected there, found none"]
    assert named() == []


def test_migrations_make_the_columns_that_the_models_say(settings: Any) -> None:
    """The suite's tables are made from the models; a shop's are made by its migrations."""
    settings.MIGRATION_MODULES = {}
    migrated = MigrationLoader(None).project_state().apps

    def columns(model: type[models.Model]) -> dict[str, tuple[str | None, bool]]:
        fields = model._meta.concrete_fields
        return {field.attname: (field.db_type(connection), field.null) for field in fields}

    for model in our_models():
        made = migrated.get_model(model._meta.app_label, model._meta.model_name)
        assert columns(made) == columns(model), model
