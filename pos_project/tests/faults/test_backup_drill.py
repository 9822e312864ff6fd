"""The drill: back up while tills sell, lose the machine, restore on an empty one, sell on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections

from catalog.models import Product
from ledger import closing
from ledger.journal_models import JournalLine
from pos_project.core.days import at_noon, today
from pos_project.core.db import guards
from pos_project.tests import shop
from pos_project.tests.faults.tills import OwnDatabase, Queue, tell, while_serving
from pos_project.tests.races import at_once
from pos_project.tests.servers import serving, until
from pos_project.tests.storm import Till
from pos_project.tools.backups import archive
from sales.models import Sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.dear, pytest.mark.real_time]

Environment = dict[str, str]
PICTURE = "pictures/0123456789abcdef0123456789abcdef.png"


@pytest.fixture
def machine(products: list[Product], own_database: OwnDatabase, tmp_path: Path) -> Environment:
    """Where the shop trades: a closed day, a picture, and the database of the test."""
    closed = today() - timedelta(days=2)
    shop.sell((shop.a_service(), 1), at=at_noon(closed))
    closing.seal(closed)
    picture = tmp_path / "media" / PICTURE
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    return {**own_database(), "MEDIA_ROOT": str(tmp_path / "media")}


@pytest.fixture
def empty_machine(machine: Environment, tmp_path: Path) -> Iterator[Environment]:
    media = {"MEDIA_ROOT": str(tmp_path / "restored-media")}
    if connection.vendor == "sqlite":
        yield {**machine, **media, "SQLITE_PATH": str(tmp_path / "restored.sqlite3")}
        return
    name = f"{machine['DB_NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield {**machine, **media, "DB_NAME": name}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def manage(*words: str, fails: bool = False, **environment: str) -> str:
    """What a command printed; it succeeds, or fails as expected."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, said
    assert "Traceback" not in said
    return said


def backed_up(folder: Path, machine: Environment, **more: str) -> Path:
    manage("backup", str(folder), **machine, **more)
    [file] = folder.iterdir()
    return file


def look_into(machine: Environment, monkeypatch: pytest.MonkeyPatch, act: Any) -> Any:
    """What `act` finds in the database of that machine."""
    monkeypatch.setitem(
        connections.settings["default"], "NAME", machine.get("DB_NAME") or machine["SQLITE_PATH"]
    )
    [found] = at_once(act)
    if isinstance(found, Exception):
        raise found
    return found


def sales_there() -> set[int]:
    return set(Sale.objects.completed().values_list("id", flat=True))


def the_shop() -> dict[str, Any]:
    """Every row but those of Django's that `migrate` makes for what is installed, and that a
    backup ran."""
    made = {"auth_permission", "django_content_type", "maintenance_runs"}
    return {table: rows for table, rows in shop.everything().items() if table not in made}


def test_a_shop_backed_up_while_its_tills_sell_is_restored_and_sells_on(
    machine: Environment,
    empty_machine: Environment,
    products: list[Product],
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told_before: dict[str, int] = {}
    files: list[Path] = []
    with serving(tmp_path / "log", **machine) as server:
        queue = Queue(server.base_url, token, products)

        def back_up() -> None:
            until(lambda: queue.acknowledged >= 15, "sales")
            told_before.update(queue.sale_of)
            files.append(backed_up(tmp_path / "backups", machine))

        while_serving(queue, back_up)
    assert set(queue.told) == {201}, queue.last_refusal  # nobody waited in vain
    sold = look_into(machine, monkeypatch, sales_there)

    said = manage("restore", str(files[0]), **empty_machine)

    head = closing.head().seal
    assert f"head {head}" in said
    assert f"Head: {head}" in said
    assert f"All {len(guards.expected())} append-only triggers are up." in said
    assert (Path(empty_machine["MEDIA_ROOT"]) / PICTURE).read_bytes() == b"a picture"
    restored = look_into(empty_machine, monkeypatch, sales_there)
    assert set(told_before.values()) <= restored <= sold
    with pytest.raises(DatabaseError, match="append only"):
        look_into(empty_machine, monkeypatch, history_is_changed)
    with serving(tmp_path / "restored-log", **empty_machine) as server:
        till = Queue(server.base_url, token, products)
        for key, sale in list(told_before.items())[:3]:
            till._ask(key)
            assert till.sale_of[key] == sale
        assert Till(server.base_url, token).sell(products[0].pk)[0] == 201
    tell(
        "backed up while tills sell, restored on an empty machine",
        requests=sum(queue.told.values()),
        acknowledged=len(told_before),
        lost=len(set(told_before.values()) - restored),
        doubled=len(restored - sold),
        told=queue.told,
    )


def history_is_changed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {JournalLine._meta.db_table} SET debit = debit + 1")


def test_every_row_comes_back_from_an_encrypted_backup(
    machine: Environment,
    empty_machine: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = tmp_path / "key"
    public = manage("backup", "--new-key", str(key)).split()[0].partition("=")[2]
    file = backed_up(tmp_path / "backups", machine, BACKUP_RECIPIENTS=public)
    assert file.name.endswith(".zip.age")

    assert "It is encrypted" in manage("restore", str(file), fails=True, **empty_machine)
    manage("backup", "--new-key", str(tmp_path / "other"))
    wrong = ("--identity", str(tmp_path / "other"))
    assert "cannot be decrypted" in manage(
        "restore", str(file), *wrong, fails=True, **empty_machine
    )
    manage("restore", str(file), "--identity", str(key), **empty_machine)

    before = look_into(machine, monkeypatch, the_shop)
    assert sum(map(len, before.values())) > 50
    assert look_into(empty_machine, monkeypatch, the_shop) == before


def test_a_shop_that_trades_is_not_overwritten_unless_told(
    machine: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backed_up(tmp_path / "backups", machine)
    before = look_into(machine, monkeypatch, the_shop)
    look_into(machine, monkeypatch, shop.a_product)
    with_one_more = look_into(machine, monkeypatch, the_shop)

    said = manage("restore", str(file), fails=True, **machine)
    assert "has rows already" in said
    assert look_into(machine, monkeypatch, the_shop) == with_one_more

    manage("restore", str(file), "--overwrite", **machine)
    assert look_into(machine, monkeypatch, the_shop) == before


def test_a_broken_backup_is_refused_before_anything_is_touched(
    machine: Environment, empty_machine: Environment, tmp_path: Path
) -> None:
    file = backed_up(tmp_path / "backups", machine)
    assert "Whole: made" in manage("restore", str(file), "--check", **empty_machine)
    whole = file.read_bytes()
    middle = len(whole) // 2  # of the tables: a byte of a name or a time harms nobody
    other_byte = bytes([whole[middle] ^ 1])
    for broken in (whole[:-100], whole[:middle] + other_byte + whole[middle + 1 :], b"no backup"):
        file.write_bytes(broken)
        said = manage("restore", str(file), "--overwrite", fails=True, **empty_machine)
        assert "was not restored" in said


def test_where_the_database_s_tool_is_missing_it_is_said(
    machine: Environment, tmp_path: Path
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite needs no tool")
    said = manage("backup", str(tmp_path / "backups"), fails=True, **machine, PATH="/nowhere")
    assert "Neither mariadb-dump nor mysqldump is on this machine" in said
    assert list((tmp_path / "backups").iterdir()) == []


def test_only_old_backups_are_deleted(machine: Environment, tmp_path: Path) -> None:
    for day in range(1, 5):
        (tmp_path / archive.name_of(f"2026-01-0{day}T00:00:00Z", encrypted=day % 2 > 0)).touch()
    manage("backup", str(tmp_path), "--keep", "2", **machine)
    left = sorted(path.name for path in tmp_path.glob("pos-*"))
    assert len(left) == 2
    assert left[0] == "pos-2026-01-04T00-00-00Z.zip"
