"""A command that reads or writes the shop does nothing on a database of another version."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from pos_project.core import commands
from pos_project.core.commands import ShopCommand, require_migrated
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

OURS = (
    "accounts",
    "catalog",
    "inventory",
    "ledger",
    "purchasing",
    "reports",
    "sales",
    "pos_project",
)
# They come before `migrate`, or have a database of their own; `serve` asks for itself.
BEFORE = {"adopt_database", "backup", "bench", "database_users", "draw_tables", "restore", "serve"}
# What each needs to know to run at all.
ASKED: dict[str, list[Any]] = {
    "purge_idempotency": ["--older-than", "30"],
    "import_retail": ["nothing.csv"],
    "explain": ["sale", "1"],
    "export_books": ["--format", "beancount"],
    "turn_off_second_factor": ["admin@shop.example"],
}


def of_the_shop() -> list[str]:
    return sorted(name for name, app in get_commands().items() if str(app).startswith(OURS))


def test_every_command_says_whether_it_wants_the_tables_of_this_version() -> None:
    waiting = {
        name
        for name in of_the_shop()
        if isinstance(load_command_class(get_commands()[name], name), ShopCommand)
    }
    assert waiting == set(of_the_shop()) - BEFORE


@pytest.mark.parametrize("name", [each for each in of_the_shop() if each not in BEFORE])
def test_it_names_the_migration_that_is_missing_and_does_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.a_days_work()
    monkeypatch.setattr(commands, "missing_migrations", lambda: ["ledger.0042_new"])
    before = shop.everything()

    with pytest.raises(CommandError, match=r"1 migration is missing \(ledger.0042_new\)"):
        call_command(name, *ASKED.get(name, []))

    assert shop.everything() == before


def test_a_database_that_is_migrated_is_let_in() -> None:
    require_migrated()
    call_command("reconcile", "--list")
