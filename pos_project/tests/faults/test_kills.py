"""Servers and databases are killed, restarted and frozen while tills check out."""

from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from catalog.models import Product
from pos_project.tests.faults.tills import TILLS, OwnDatabase, Queue, settle, while_serving
from pos_project.tests.servers import OwnMariaDB, serving, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.dear, pytest.mark.real_time]


def test_workers_and_the_whole_server_are_killed(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **own_database()) as server:
        queue = Queue(server.base_url, token, products)

        def kill_servers() -> None:
            for number, pid in enumerate(server.workers()):
                until(lambda count=8 + 16 * number: queue.acknowledged >= count, "sales")
                server.kill_worker(pid)
            until(lambda: queue.acknowledged >= 40, "sales")
            server.kill()
            server.start()

        while_serving(queue, kill_servers)
        settle("workers and server killed", queue, server)


def of_the(database: OwnMariaDB, **more: str) -> dict[str, str]:
    """The environment of a server of that database."""
    return {
        **{"DB_HOST": "127.0.0.1", "DB_PORT": str(database.port), "DB_NAME": "shop"},
        **{"DB_USER": "root", "DB_PASSWORD": "", "DB_READ_TIMEOUT": "2", **more},
    }


@pytest.mark.mariadb
@pytest.mark.parametrize("how", ["killed", "restarted"])
def test_the_database_goes_away_and_comes_back(
    how: str, database: OwnMariaDB, products: list[Product], token: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **of_the(database)) as server:
        queue = Queue(server.base_url, token, products)

        def restart() -> None:
            until(lambda: queue.acknowledged >= 15, "sales")
            database.kill() if how == "killed" else database.stop()
            until(lambda: queue.told[503] > 0, "a till that hears of it")
            assert asked(server.base_url, "/health/live")[0] == 200
            assert asked(server.base_url, "/health/ready")[0] == 503
            database.start()

        while_serving(queue, restart, keyless=2)
        settle(f"database {how}", queue, server)
        assert asked(server.base_url, "/health/ready")[0] == 200


@pytest.mark.mariadb
def test_the_database_freezes_and_thaws(
    database: OwnMariaDB, products: list[Product], token: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **of_the(database)) as server:
        queue = Queue(server.base_url, token, products)

        def freeze() -> None:
            until(lambda: queue.acknowledged >= 15, "sales")
            with database.frozen():
                for _ in range(3):  # with all threads waiting for it
                    for path, expected in (("ready", 503), ("live", 200)):
                        status, seconds = asked(server.base_url, f"/health/{path}")
                        assert status == expected
                        assert seconds < 2.5  # two, and a busy machine
                    assert asked(server.base_url, "/health")[0] == 503
                until(lambda: queue.told[503] > 0, "a till that hears of it")

        while_serving(queue, freeze, keyless=2)
        settle("database frozen", queue, server)


def asked(base_url: str, path: str) -> tuple[int, float]:
    """Status of a GET and how many seconds it took."""
    began = monotonic()
    try:
        with urlopen(base_url + path, timeout=30) as answer:
            status = answer.status
    except HTTPError as error:
        status = error.code
    return status, monotonic() - began


@pytest.mark.mariadb
def test_the_database_turns_read_only_and_takes_a_right_away(
    database: OwnMariaDB, products: list[Product], token: str, tmp_path: Path
) -> None:
    database.run("CREATE USER till@127.0.0.1", "GRANT ALL ON shop.* TO till@127.0.0.1")
    with serving(tmp_path / "log", **of_the(database, DB_USER="till")) as server:
        queue = Queue(server.base_url, token, products)

        def forbid() -> None:
            until(lambda: queue.acknowledged >= 10, "sales")
            for no, yes in (
                ("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"),
                (
                    "REVOKE ALL ON shop.* FROM till@127.0.0.1; GRANT SELECT ON shop.* TO"
                    " till@127.0.0.1",
                    "GRANT ALL ON shop.* TO till@127.0.0.1",
                ),
            ):
                before = queue.told[503]
                database.run(*no.split("; "))
                until(lambda before=before: queue.told[503] > before + 5, "tills that hear of it")
                database.run(yes)

        while_serving(queue, forbid, keyed=2 * TILLS)  # or they are done before the second fault
        settle("read only; no right to insert", queue, server)
