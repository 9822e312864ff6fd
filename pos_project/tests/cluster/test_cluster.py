"""Two servers on two nodes of a Galera cluster of three, and what is done to it while tills sell.

`make test-cluster`, where each till sells 200 times a phase; FAULT_SALES says how often.
"""

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from catalog.models import Product
from pos_project.tests import shop
from pos_project.tests.cluster.galera import Node, galera
from pos_project.tests.faults.test_kills import asked
from pos_project.tests.faults.tills import SALES_EACH, TILLS, Queue, settle, while_serving
from pos_project.tests.races import at_once
from pos_project.tests.servers import ShopServer, serving, until
from pos_project.tests.storm import Till, all_at_once
from reports.reconciliation.reconcile import reconcile

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.cluster,
    pytest.mark.real_time,
    pytest.mark.skipif(connection.vendor != "mysql", reason="needs a MariaDB server (DB_HOST)"),
]
PHASES = 5  # in which all tills make their sales
KEYS_SENT_TO_BOTH = 20
LAST_ONES = 10
MOST_BUSY = 0.01  # of the answers, while a node is away
OUT_OF_TURN_SECONDS = 2.0


class Balancer:
    """What stands in front of two servers: each in turn, but not one that said 503, until it says
    that it is ready."""

    def __init__(self, tills: Sequence[Till]) -> None:
        self.tills = tills
        self._turns = itertools.cycle(range(len(tills)))
        self._back_at = [0.0] * len(tills)

    def call(self, *words: Any, **named: Any) -> tuple[int, Any]:
        number = next(self._turns)
        if not self._is_in_turn(number):
            number = 1 - number
        try:
            answer = self.tills[number].call(*words, **named)
        except OSError:
            self._back_at[number] = time.monotonic() + OUT_OF_TURN_SECONDS
            raise
        if answer[0] == 503:
            self._back_at[number] = time.monotonic() + OUT_OF_TURN_SECONDS
        return answer

    def _is_in_turn(self, number: int) -> bool:
        if self._back_at[number] > time.monotonic():
            return False
        if self._back_at[number]:
            self._back_at[number] = time.monotonic() + OUT_OF_TURN_SECONDS  # (for the others)
            if asked(self.tills[number].base_url, "/health/ready")[0] != 200:
                return False
            self._back_at[number] = 0.0
        return True


@pytest.fixture
def cashier(transactional_db: None) -> User:
    return shop.a_cashier()


@pytest.fixture
def products(cashier: User) -> list[Product]:
    """Two hot ones, of which there is enough, and one of which there are ten."""
    hot = [shop.a_product("5.00"), shop.a_product("3.00")]
    each = 2 * PHASES * TILLS * SALES_EACH
    shop.buy(*((product, each, "2.35") for product in hot for _ in range(2)))
    rare = shop.a_product("7.00")
    shop.buy((rare, LAST_ONES, "4.00"))
    return [*hot, rare]


@pytest.fixture
def nodes(products: list[Product], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sequence[Node]]:
    """The cluster, with what the test has made. Django's new connections go to its first node."""
    with tempfile.TemporaryDirectory() as folder, galera(Path(folder)) as started:
        started[0].take_over("shop")
        for name, value in {
            **{"HOST": "127.0.0.1", "PORT": str(started[0].port), "NAME": "shop"},
            **{"USER": "root", "PASSWORD": ""},
        }.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        yield started


@pytest.fixture
def servers(nodes: Sequence[Node], tmp_path: Path) -> Iterator[Sequence[ShopServer]]:
    """One on each of the first two nodes."""
    with ExitStack() as running:
        yield [
            running.enter_context(serving(tmp_path / node.name, **node.environment()))
            for node in nodes[:2]
        ]


def test_a_cluster_sells_nothing_twice_and_loses_nothing(
    cashier: User,
    products: list[Product],
    nodes: Sequence[Node],
    servers: Sequence[ShopServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    *hot, rare = products
    token = access_token(cashier, now=timezone.now())
    queue = Queue("", token, hot)
    tills = [Till(server.base_url, token) for server in servers]
    queue.till = Balancer(tills)  # type: ignore[assignment]  # (posts as a till does)

    def books_agree_everywhere() -> None:
        for node in nodes:
            until(lambda node=node: has_caught_up(node, nodes[0]), f"node {node.name}")
            monkeypatch.setitem(connections.settings["default"], "PORT", str(node.port))
            [broken] = at_once(what_is_broken)
            assert broken == [], node.name
        monkeypatch.setitem(connections.settings["default"], "PORT", str(nodes[0].port))

    def phase(what: str, disturb: Callable[[int], None], *, most_busy: float = MOST_BUSY) -> None:
        queue.told = Counter()
        before = queue.acknowledged
        while_serving(queue, lambda: disturb(before))
        settle(f"cluster: {what}", queue, servers[0])
        books_agree_everywhere()
        most = max(TILLS, most_busy * sum(queue.told.values()))  # what each was just waiting for
        assert queue.told[503] <= most, (what, queue.told)

    def after(sales: int) -> Callable[[], bool]:
        return lambda: queue.acknowledged >= sales

    phase("hot products, from two nodes", lambda _: None)
    the_last_ones(queue, tills, rare)
    one_key_sent_to_both(queue, tills)

    def kill(before: int) -> None:
        until(after(before + TILLS), "sales")
        nodes[1].kill()
        until(after(before + TILLS * SALES_EACH // 2), "sales without it", seconds=120)
        nodes[1].rejoin()

    phase("a node killed, rejoining", kill)
    assert asked(servers[1].base_url, "/health/ready")[0] == 200

    def freeze(before: int) -> None:
        until(after(before + TILLS), "sales")
        with nodes[1].frozen():
            until(after(before + TILLS * SALES_EACH // 2), "sales without it", seconds=120)

    phase("a node frozen", freeze)

    def lose_quorum(before: int) -> None:
        until(after(before + TILLS), "sales")
        with nodes[1].frozen(), nodes[2].frozen():
            until(lambda: queue.told[503] > 5, "tills that hear of it", seconds=120)
            assert asked(servers[0].base_url, "/health/live")[0] == 200
            assert asked(servers[0].base_url, "/health/ready")[0] == 503
        for node in nodes:
            until(node.is_synced, f"node {node.name}", seconds=120)

    phase("quorum lost and found", lose_quorum, most_busy=1)


def the_last_ones(queue: Queue, tills: Sequence[Till], product: Product) -> None:
    """Forty clients on two nodes want the last ten: ten are sold."""
    answers = all_at_once(4 * LAST_ONES, lambda number: tills[number % 2].sell(product.pk))
    told = Counter(status for status, _ in answers)
    while told[503]:  # who was told to come again does
        again = all_at_once(told.pop(503), lambda number: tills[number % 2].sell(product.pk))
        answers += again
        told += Counter(status for status, _ in again)
    assert told == {201: LAST_ONES, 400: 3 * LAST_ONES}
    queue.keyless += [body["sale_id"] for status, body in answers if status == 201]
    queue.keyless_asked += LAST_ONES


def one_key_sent_to_both(queue: Queue, tills: Sequence[Till]) -> None:
    """The same request to both nodes at the same moment: one sale, and both are told of it."""
    body = {"items": queue.items, "payment_method": "cash", "paid_amount": 100}
    for number in range(KEYS_SENT_TO_BOTH):
        key = f"both-{number}"

        def ask(position: int, key: str = key) -> Any:
            while True:
                status, answer = tills[position].call("POST", "/api/sales/checkout", body, key=key)
                if status not in (409, 503):
                    return status, answer

        (first, second) = all_at_once(2, ask)
        assert first == second
        assert first[0] == 201, first
        queue.sale_of[key] = first[1]["sale_id"]
        queue.keys_asked += 1


def has_caught_up(node: Node, first: Node) -> bool:
    return node.status("wsrep_last_committed") == first.status("wsrep_last_committed") != ""


def what_is_broken() -> list[str]:
    return [verdict.invariant.name for verdict in reconcile() if not verdict.holds]
