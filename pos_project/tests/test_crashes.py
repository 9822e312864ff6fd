"""Servers are killed while tills check out: what was acknowledged is there, once, and books agree.

Tills send an Idempotency-Key and ask again until they have an answer, as the README tells them.
Nobody waits for a guessed time: workers are killed when so many sales have been acknowledged.
"""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from catalog.models import Product
from pos_project.core.models import IdempotentRequest
from pos_project.tests import shop
from pos_project.tests.races import at_once, on_file
from pos_project.tests.servers import own_mariadb, serving, until
from pos_project.tests.storm import Till, all_at_once
from reports.reconciliation.reconcile import reconcile
from sales.models import Sale

__all__ = ["on_file"]
pytestmark = [
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]

TILLS, SALES_EACH = 6, 10
PATIENCE_SECONDS = 90  # for all of it, on a machine that is busy with other things


class Queue:
    """Tills that sell until each has made its sales, and what they were told meanwhile."""

    def __init__(self, base_url: str, token: str, products: list[Product]) -> None:
        self.till = Till(base_url, token)
        self.items = [{"product_id": product.pk, "quantity": 1} for product in products]
        self.told: Counter[int | str] = Counter()
        self.sale_of: dict[str, int] = {}  # by key
        self.keyless: list[int] = []
        self._lock = threading.Lock()

    @property
    def acknowledged(self) -> int:
        return len(self.sale_of) + len(self.keyless)

    def serve(self, *, keyed: int = TILLS, keyless: int = 0) -> None:
        """Return when all tills have made their sales. Those without a key never ask again."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS

        def till(position: int) -> None:
            for number in range(SALES_EACH):
                if position >= keyed:
                    self._ask(None)
                    continue
                key = f"till-{position}-sale-{number}"
                while key not in self.sale_of and time.monotonic() < give_up_at:
                    self._ask(key)

        all_at_once(keyed + keyless, till)

    def _ask(self, key: str | None) -> None:
        body = {"items": self.items, "payment_method": "cash", "paid_amount": 100}
        try:
            status, answer = self.till.call("POST", "/api/sales/checkout", body, key=key)
        except (OSError, HTTPException, ValueError) as error:  # the server died under the request
            with self._lock:
                self.told[type(error).__name__] += 1
            time.sleep(0.05)
            return
        with self._lock:
            self.told[status] += 1
            if status == 201 and key:
                self.sale_of[key] = answer["sale_id"]
            elif status == 201:
                self.keyless.append(answer["sale_id"])
        if status != 201:
            time.sleep(0.05)


@pytest.fixture
def cashier(transactional_db: None) -> User:
    return shop.a_cashier()


@pytest.fixture
def token(cashier: User) -> str:
    return access_token(cashier, now=timezone.now())


@pytest.fixture
def products(cashier: User) -> list[Product]:
    goods = [shop.a_product("5.00"), shop.a_product("3.00")]
    shop.buy(*((product, 40, "2.35") for product in goods for _ in range(3)))
    return goods


def the_tests_own_database() -> dict[str, str]:
    """The environment that points a server at it."""
    name = str(connections.settings["default"]["NAME"])
    if connection.vendor == "sqlite":
        return {"DB_HOST": "", "SQLITE_PATH": name}
    return {"DB_NAME": connection.settings_dict["NAME"]}


def while_serving(queue: Queue, disturb: Callable[[], None], **tills: int) -> None:
    """Let the tills sell and disturb them meanwhile."""
    selling = threading.Thread(target=lambda: queue.serve(**tills))
    selling.start()
    try:
        disturb()
    finally:
        selling.join(PATIENCE_SECONDS + 60)
    assert not selling.is_alive()


def what_is_there() -> tuple[list[int], int, list[str]]:
    """Sales, kept answers, and broken laws, seen from a connection of its own."""
    broken = [verdict.law.name for verdict in reconcile() if not verdict.holds]
    sales = list(Sale.objects.completed().order_by("id").values_list("id", flat=True))
    return sales, IdempotentRequest.objects.count(), broken


def test_sales_survive_the_kill_of_workers_and_of_the_whole_server(
    request: pytest.FixtureRequest, products: list[Product], token: str, tmp_path: Path
) -> None:
    request.getfixturevalue("on_file")
    log = tmp_path / "server.log"
    with serving(log, **the_tests_own_database()) as server:
        queue = Queue(server.base_url, token, products)

        def kill_servers() -> None:
            # Each once: a worker that dies right after it was started anew is a crash loop, which
            # ends the server. Then all of it at once.
            for number, pid in enumerate(server.workers()):
                until(lambda count=8 + 16 * number: queue.acknowledged >= count, "sales")
                server.kill_worker(pid)
            until(lambda: queue.acknowledged >= 40, "sales")
            server.kill()
            server.start()

        while_serving(queue, kill_servers)
    [(sales, kept, broken)] = at_once(what_is_there)

    assert set(queue.told) <= {201, 409, 503, *died(queue)}, (queue.told, log.read_text()[-2000:])
    assert len(queue.sale_of) == TILLS * SALES_EACH, queue.told
    assert sorted(queue.sale_of.values()) == sales, "each acknowledged sale once, and no other"
    assert kept == len(sales)
    assert broken == []


def died(queue: Queue) -> set[int | str]:
    """How it shows that a server died under a request: there was no answer."""
    return {told for told in queue.told if isinstance(told, str)}


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A socket's path may have 107 characters; pytest's own folders are longer."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.mariadb
def test_sales_survive_the_kill_of_the_database(
    products: list[Product],
    token: str,
    short_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = tmp_path / "server.log"
    with own_mariadb(short_folder) as database:
        database.take_over("shop")
        there = {"DB_HOST": "127.0.0.1", "DB_PORT": str(database.port), "DB_NAME": "shop"}
        there |= {"DB_USER": "root", "DB_PASSWORD": ""}
        with serving(log, **there) as server:
            queue = Queue(server.base_url, token, products)

            def restart() -> None:
                until(lambda: queue.acknowledged >= 15, "sales")
                database.kill()
                until(lambda: queue.told[503] > 0, "a till that hears of it")
                database.start()

            while_serving(queue, restart, keyless=2)
        for name, value in {
            "HOST": "127.0.0.1",
            "PORT": str(database.port),
            "NAME": "shop",
        }.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        [(sales, kept, broken)] = at_once(what_is_there)

    assert set(queue.told) <= {201, 409, 503}, (queue.told, log.read_text()[-2000:])
    assert len(queue.sale_of) == TILLS * SALES_EACH, queue.told
    acknowledged = [*queue.sale_of.values(), *queue.keyless]
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(sales)
    assert kept == len(queue.sale_of)
    # Without a key a till that got no answer cannot know; but nothing of it happened twice.
    assert len(sales) - len(acknowledged) <= 2 * SALES_EACH - len(queue.keyless)
    assert broken == []
