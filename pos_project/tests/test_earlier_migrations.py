"""A database made before the migrations were put together is refused, adopted, then migrated."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pos_project.core.db.earlier_migrations import INITIAL, LAST_OF_BEFORE, RENAMED_APPS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made_before(transactional_db: None) -> MigrationRecorder:
    """The record of an earlier version, in the place of ours."""
    recorder = MigrationRecorder(connection)
    recorder.flush()
    for app, name in LAST_OF_BEFORE.items():
        recorder.record_applied(app, name)
    return recorder


def test_migrate_refuses_it_and_says_what_to_do(made_before: MigrationRecorder) -> None:
    with pytest.raises(SystemCheckError, match=r"run `manage\.py adopt_database`"):
        call_command("migrate", verbosity=0, skip_checks=False)

    assert ("sales", INITIAL) not in made_before.applied_migrations()


def test_adopting_it_records_one_migration_an_app(made_before: MigrationRecorder) -> None:
    call_command("adopt_database")

    assert set(made_before.applied_migrations()) == {
        (RENAMED_APPS.get(app, app), INITIAL) for app in LAST_OF_BEFORE
    }


def test_adopting_twice_changes_nothing(made_before: MigrationRecorder) -> None:
    call_command("adopt_database")
    before = set(made_before.applied_migrations())
    call_command("adopt_database")

    assert set(made_before.applied_migrations()) == before


def test_one_whose_tables_are_not_complete_is_left_as_it_is(made_before: MigrationRecorder) -> None:
    made_before.record_unapplied("sales", LAST_OF_BEFORE["sales"])
    before = set(made_before.applied_migrations())
    with pytest.raises(
        CommandError, match=r"sales\.0008_dues_cancelled_by_sale_day was never applied"
    ):
        call_command("adopt_database")

    assert set(made_before.applied_migrations()) == before
