"""The triggers come with `migrate`, their absence is told, and a second session does not help."""

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from ledger.journal_models import JournalEntry, JournalLine
from pos_project.core.checks import history_is_guarded, user_cannot_pass_the_guards
from pos_project.core.db import guards
from pos_project.core.db.guards.rights import past_the_guards
from pos_project.tests import shop
from pos_project.tests.races import Meeting, at_once

pytestmark = pytest.mark.django_db(transaction=True)
DATABASES = ["default"]


def sql(text, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(text, parameters or None)
        return cursor.fetchall() if cursor.description else None


# --- Put up by migrate, and missed when they are gone ---


def test_a_command_that_needs_no_database_does_not_open_one(monkeypatch):
    monkeypatch.setattr(guards, "missing", lambda: pytest.fail("opened"))
    assert history_is_guarded() == []


def test_all_is_well_where_all_guards_are_up():
    assert guards.expected()
    assert history_is_guarded(DATABASES) == []


@pytest.mark.parametrize("change", ["gone", "another"])
def test_a_missing_or_changed_guard_is_told_and_put_up_again(change):
    name = "append_only_payments_update"
    sql(f"DROP TRIGGER {name}")
    if change == "another":
        body = "SET NEW.note = NULL" if connection.vendor == "mysql" else "BEGIN SELECT 1; END"
        row = "FOR EACH ROW" if connection.vendor == "mysql" else ""
        sql(f"CREATE TRIGGER {name} BEFORE UPDATE ON payments {row} {body}")
    [warning] = history_is_guarded(DATABASES)
    assert warning.id == "core.W001"
    assert name in warning.msg
    guards.install()
    assert history_is_guarded(DATABASES) == []


def test_a_guard_of_no_table_of_ours_is_taken_down():
    row, body = ("FOR EACH ROW", "SET @stale = 1") if connection.vendor == "mysql" else ("", "")
    body = body or "BEGIN SELECT 1; END"
    sql(f"CREATE TRIGGER append_only_lost_update BEFORE UPDATE ON brands {row} {body}")
    guards.install()
    assert "append_only_lost_update" not in guards.present()


def test_a_migration_works_without_them_and_leaves_them_up():
    guards.remove_to_migrate(plan=["a migration"])
    assert guards.present() == {}
    guards.install()
    guards.remove_to_migrate(plan=[])
    assert guards.missing() == []


@contextmanager
def the_server_says(number: int) -> Iterator[None]:
    def refuse(execute, statement, parameters, many, context):
        if statement.startswith("CREATE TRIGGER"):
            raise OperationalError(number, "no")
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize("number", [1044, 1142, 1227, 1419])
def test_where_the_server_forbids_them_migrate_warns_and_goes_on(number, caplog):
    guards.remove()
    with the_server_says(number), caplog.at_level(logging.WARNING):
        guards.install()
    assert str(number) in caplog.text
    assert [warning.id for warning in history_is_guarded(DATABASES)] == ["core.W001"]
    guards.install()


@pytest.mark.parametrize("number", [1044, 1142, 1227, 1419])
def test_on_a_cluster_the_migration_fails_and_says_what_to_set(number, monkeypatch):
    assert not guards._is_on_a_cluster()
    monkeypatch.setattr(guards, "_is_on_a_cluster", lambda: True)
    guards.remove()
    with the_server_says(number), pytest.raises(CommandError) as failure:
        guards.install()
    assert "log_bin_trust_function_creators = 1" in str(failure.value)
    guards.install()
    assert guards.missing() == []


def test_any_other_failure_to_put_them_up_is_a_failure():
    guards.remove("DELETE")
    with the_server_says(1064), pytest.raises(OperationalError):
        guards.install()
    guards.install()


@pytest.mark.dear
def test_migrations_from_nothing_put_them_up_and_rebuild_guarded_tables(tmp_path: Path):
    """The suite makes its tables without migrations; here they run, forth, back and forth."""
    file = tmp_path / "shop.sqlite3"

    def triggers() -> set[str]:
        with sqlite3.connect(file) as database:
            return {name for (name,) in database.execute("SELECT name FROM sqlite_master")} & names

    def migrate(*what: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", *what],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DB_HOST": "", "SQLITE_PATH": str(file)},
            check=True,
        )

    migrate()
    with sqlite3.connect(file) as database:
        names = {
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        }
    assert {f"append_only_{table}_delete" for table in ("payments", "sales", "login_events")} < (
        names
    )
    migrate("ledger", "0001")
    assert "append_only_journal_lines_update" in triggers()
    migrate()
    assert triggers() == names


# --- Rights ---


@pytest.fixture
def web_user():
    """The shop's database user as docs/append-only.md wants it: it may work on rows, no more."""
    base, password = connection.settings_dict["NAME"], "a-good-password"
    name = f"web_of_{base}"[:32]
    try:
        sql(f"DROP USER IF EXISTS {name}")
        sql(f"CREATE USER {name} IDENTIFIED BY '{password}'")
    except OperationalError:
        pytest.skip("may not create users")
    sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{base}`.* TO {name}")
    known = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=name, PASSWORD=password)
    yield
    connection.close()
    connection.settings_dict.update(known)
    sql(f"DROP USER {name}")


@pytest.mark.mariadb
def test_a_user_with_rights_past_the_guards_is_told_before_deployment():
    assert past_the_guards() == ["DROP", "TRIGGER"]
    [warning] = user_cannot_pass_the_guards(DATABASES)
    assert warning.id == "core.W002"


@pytest.mark.mariadb
def test_the_shops_own_user_cannot_pass_the_guards_nor_see_them(web_user):
    assert user_cannot_pass_the_guards(DATABASES) == []
    assert [message.id for message in history_is_guarded(DATABASES)] == ["core.I002"]
    for attack in ("TRUNCATE payments", "DROP TRIGGER append_only_payments_update"):
        with pytest.raises(OperationalError):
            sql(attack)


@pytest.mark.mariadb
def test_the_guards_hold_for_a_user_who_may_not_make_them(web_user, caplog):
    with caplog.at_level(logging.WARNING):
        guards.install()
    assert "1142" in caplog.text
    shop.sell((shop.a_service(), 1))
    with pytest.raises(IntegrityError, match="append only"):
        sql("UPDATE payments SET amount = amount + 1")


# --- A second session ---


def a_balanced_draft() -> JournalEntry:
    entry = JournalEntry.objects.create(
        store_id=1,
        event="adjustment",
        business_date="2026-01-01",
        created_by=shop.a_cashier(),
        created_at=timezone.now(),
    )
    for debit, credit in ((5, 0), (0, 5)):
        a_line(entry, debit, credit)
    return entry


def a_line(entry: JournalEntry, debit: int, credit: int) -> None:
    JournalLine.objects.create(
        entry=entry, account_id="CASH", debit=Decimal(debit), credit=Decimal(credit)
    )


def flip(entry: JournalEntry) -> None:
    sql("UPDATE journal_entries SET status = 'posted' WHERE id = %s", entry.pk)


@contextmanager
def an_old_snapshot() -> Iterator[JournalEntry]:
    """A session that still sees the entry balance, while another has added a line since."""
    entry = a_balanced_draft()
    sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with transaction.atomic():
        assert JournalLine.objects.filter(entry=entry).count() == 2
        at_once(lambda: a_line(entry, 1, 0))
        assert JournalLine.objects.filter(entry=entry).count() == 2, "what the old snapshot shows"
        yield entry
        transaction.set_rollback(True)


@pytest.mark.mariadb
def test_an_old_snapshot_does_not_post_an_unbalanced_entry():
    with (
        an_old_snapshot() as entry,
        pytest.raises(IntegrityError, match="debit equal to credit"),
        transaction.atomic(),
    ):
        flip(entry)


@pytest.fixture
def without_lock(request: pytest.FixtureRequest) -> Iterator[None]:
    """One trigger (its name, its lock) is put up without its lock, as long as the test runs."""
    name, lock = request.param
    sql(f"DROP TRIGGER {name}")
    sql(guards.expected()[name].create.replace(lock, ""))
    yield
    guards.install()


@pytest.mark.mariadb
@pytest.mark.parametrize(
    "without_lock", [("append_only_journal_entries_update", " FOR UPDATE")], indirect=True
)
def test_control_a_trigger_that_reads_without_a_lock_lets_it_through(without_lock):
    with an_old_snapshot() as entry:
        flip(entry)
        assert JournalEntry.objects.get(pk=entry.pk).status == "posted"


@pytest.fixture
def a_line_while_posting():
    """One session posts an entry; before it commits, another adds a line."""
    entry, flipped, added = a_balanced_draft(), Meeting(), Meeting()

    def post() -> None:
        with transaction.atomic():
            flip(entry)
            flipped.wait()
            added.wait()  # in vain: the other session waits for this one

    def add_late() -> None:
        flipped.wait()
        try:
            a_line(entry, 1, 0)
        finally:
            added.wait()

    return entry, post, add_late


@pytest.mark.mariadb
def test_no_line_slips_in_while_its_entry_is_being_posted(a_line_while_posting):
    entry, *sessions = a_line_while_posting
    posted, late = at_once(*sessions)
    assert posted is None
    assert isinstance(late, IntegrityError)
    assert JournalLine.objects.filter(entry=entry).count() == 2


@pytest.mark.mariadb
@pytest.mark.parametrize(
    "without_lock", [("append_only_journal_lines_insert", " LOCK IN SHARE MODE")], indirect=True
)
def test_control_where_the_trigger_does_not_lock_the_entry_the_line_slips_in(
    a_line_while_posting, without_lock
):
    entry, *sessions = a_line_while_posting
    assert at_once(*sessions) == [None, None]
    assert JournalLine.objects.filter(entry=entry).count() == 3


def test_a_database_that_cannot_be_opened_is_said_in_one_sentence(tmp_path):
    nowhere = {**os.environ, "DB_HOST": "", "SQLITE_PATH": str(tmp_path / "missing" / "shop.db")}

    came = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "reconcile"],
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert came.returncode == 1
    assert "The database cannot be opened" in came.stderr
    assert "Traceback" not in came.stderr
