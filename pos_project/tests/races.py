"""Two tills at the same moment, each in a thread with a connection of its own."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, models

from inventory import shelf

MEET_SECONDS = 0.4
PATIENCE_SECONDS = 30


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; what each returned, or the exception it raised."""
    gate = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(position: int) -> None:
        try:
            gate.wait(PATIENCE_SECONDS)
            outcomes[position] = acts[position]()
        except Exception as error:
            outcomes[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,), daemon=True) for each in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "a till hangs"
    return outcomes


def until_a_till_waits() -> None:
    """Return when some session of this database waits for a row lock."""
    waiting = (
        "SELECT COUNT(*) FROM information_schema.innodb_trx AS t"
        " JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id"
        " WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()"
    )
    give_up_at = time.monotonic() + 4
    with connection.cursor() as cursor:
        while time.monotonic() < give_up_at:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.15)  # asked more often than every 0.1 s, InnoDB repeats its last answer
    raise AssertionError("nobody waits")


class Meeting:
    """Where two tills meet half-way through their work, if the guard lets both get there.

    With its lock in place the second till cannot get there before the first has committed: the
    first waits a little, gives up, and goes on alone. Without the lock both meet, having decided
    on the same old figures. One arrangement thus shows the guard and, with the guard taken away,
    the race.
    """

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self.met = False

    def wait(self) -> None:
        try:
            self._barrier.wait(MEET_SECONDS)
            self.met = True
        except threading.BrokenBarrierError:
            pass

    def after(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        """Meet after `owner.name` has returned, once per till."""
        real, been = getattr(owner, name), threading.local()

        def then_meet(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            if not getattr(been, "here", False):
                been.here = True
                self.wait()
            return result

        monkeypatch.setattr(owner, name, then_meet)


def without_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the guard away: `select_for_update` and the locking read of batches lock nothing."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **_: rows.all())

    def unlocked(
        product_ids: Any, *, store_id: int, first: int, ids: Any = ()
    ) -> list[shelf.ShelfBatch]:
        found = shelf._read(product_ids, store_id, first, ids, lock="")
        return list({batch.id: batch for _, batch in found}.values())

    monkeypatch.setattr(shelf, "lock", unlocked)


def unguarded(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at once without any lock.

    InnoDB's shared locks on the rows that foreign keys point to go too: they would turn most of
    these races into deadlocks, which are replayed, and so hide what the missing guard does.
    """
    without_row_locks(monkeypatch)

    def without_key_locks(act: Callable[[], Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
        return act()

    return at_once(*(lambda act=act: without_key_locks(act) for act in acts))


def kinds(outcomes: list[Any]) -> list[str]:
    """The outcomes' classes by name, sorted: what happened, whoever came first."""
    return sorted(type(outcome).__name__ for outcome in outcomes)


@pytest.fixture
def on_file(transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite, let the tills of `at_once` share a database file, as a shop does.

    Tests otherwise run in memory, where threads share one cache with locks of another kind. The
    file starts with what the test has made so far; only `at_once` sees what happens in it.
    """
    if connection.vendor != "sqlite":
        return
    file = tmp_path / "shop.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    # As `migrate` leaves it: two that turned its log on at the same moment would refuse each other.
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode=WAL")
    monkeypatch.setitem(connections.settings["default"], "NAME", str(file))
