"""Each user of the database can do its own task, and none of the others'."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections

from pos_project.core.db.guards.rights import past_the_guards
from pos_project.tests import shop
from pos_project.tests.races import at_once
from pos_project.tools.database_users import table_rights
from reports.reconciliation.reconcile import reconcile

pytestmark = pytest.mark.django_db(transaction=True)
PREFIX = "pos_test"


def test_sqlite_has_no_users() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("there they are")
    with pytest.raises(CommandError, match="SQLite has no users"):
        call_command("database_users", "--print")


def test_of_append_only_tables_only_derived_columns_may_be_changed() -> None:
    rights = table_rights()

    assert rights["batches"] == "UPDATE (`remaining`)"
    assert rights["customer_dues"] == "UPDATE (`due_amount`, `status`)"
    assert rights["sales"] == "UPDATE"
    assert rights["products"] == "UPDATE, DELETE"
    assert not {"audit_entries", "day_seals", "django_migrations", "payments"} & rights.keys()


@pytest.fixture
def users() -> Iterator[dict[str, str]]:
    """The four users on the test's server: name → password."""
    host = ("--host", "%", "--prefix", f"{PREFIX}_{connection.settings_dict['NAME'][-8:]}")
    said = StringIO()
    try:
        call_command("database_users", *host, stdout=said)
    except CommandError as refused:
        pytest.skip(f"the suite's user may make no users: {refused}")
    made = dict(line.split()[:2] for line in said.getvalue().splitlines())
    yield {name.rsplit("_", 1)[1]: f"{name} {secret}" for name, secret in made.items()}
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f"DROP USER '{name}'@'%'")


@pytest.fixture
def as_user(users: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def act_as(who: str, act: Any) -> Any:
        """What `act` returns or raises over a connection of that user."""
        name, secret = users[who].split()
        with monkeypatch.context() as patch:
            patch.setitem(connections.settings["default"], "USER", name)
            patch.setitem(connections.settings["default"], "PASSWORD", secret)
            [outcome] = at_once(act)
        return outcome

    return act_as


def sql(statement: str) -> Any:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


@pytest.mark.mariadb
def test_the_servers_user_trades_closes_days_and_proves_the_books(as_user: Any) -> None:
    def a_day() -> list[str]:
        shop.a_days_work()
        shop.a_days_corrections()
        call_command("nightly", stdout=StringIO())
        call_command("purge_idempotency", "--older-than", "1", stdout=StringIO())
        assert past_the_guards() == []
        return [verdict.invariant.name for verdict in reconcile() if not verdict.holds]

    assert as_user("app", a_day) == []


REFUSED = {
    "ALTER TABLE products ADD COLUMN x INT": 1142,
    "CREATE TABLE mine (id INT)": 1142,
    "TRUNCATE TABLE payments": 1142,
    "DROP TRIGGER append_only_payments_update": 1142,
    "UPDATE payments SET amount = 1": 1142,
    "UPDATE batches SET unit_cost = 1": 1143,
    "DELETE FROM payments": 1142,
    "DELETE FROM sales": 1142,
    "UPDATE audit_entries SET changes = NULL": 1142,
    "DELETE FROM django_migrations": 1142,
}


@pytest.mark.mariadb
def test_the_servers_user_can_change_neither_tables_nor_history(as_user: Any) -> None:
    for statement, number in REFUSED.items():
        refused = as_user("app", sql(statement))
        assert isinstance(refused, DatabaseError), statement
        assert refused.args[0] in (number, 1142, 1143, 1360), (statement, refused)


@pytest.mark.mariadb
def test_who_only_reads_writes_nothing(as_user: Any) -> None:
    for who in ("report", "backup"):
        assert as_user(who, sql("SELECT COUNT(*) FROM sales")) is None
        refused = as_user(who, sql("DELETE FROM products"))
        assert isinstance(refused, DatabaseError)
        assert refused.args[0] == 1142


@pytest.mark.mariadb
def test_the_backups_user_can_back_up(as_user: Any, tmp_path: Path) -> None:
    shop.a_days_work()
    assert as_user("backup", lambda: call_command("backup", str(tmp_path), verbosity=0)) is None
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.mariadb
def test_who_migrates_can_change_tables(as_user: Any) -> None:
    assert as_user("migrate", sql("CREATE TABLE for_a_moment (id INT)")) is None
    assert as_user("migrate", sql("DROP TABLE for_a_moment")) is None


@pytest.mark.mariadb
def test_what_is_printed_is_what_is_done() -> None:
    said = StringIO()
    call_command("database_users", "--print", "--keep-passwords", stdout=said)
    lines = said.getvalue().splitlines()
    name = connection.settings_dict["NAME"]
    assert all(line.startswith("GRANT ") and line.endswith(";") for line in lines)
    assert f"GRANT UPDATE (`remaining`) ON `{name}`.`batches` TO 'pos_app'@'%';" in lines
    with pytest.raises(CommandError, match="letters, digits"):
        call_command("database_users", "--print", "--host", "'; DROP")
