"""Tills that sell while something breaks, and the account of it afterwards.

They send an Idempotency-Key and ask again until they have an answer, as the README tells them.
Nobody waits for a guessed time: things break when so many sales have been acknowledged.
"""

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from catalog.models import Product
from pos_project.core.models import IdempotentRequest
from pos_project.tests.races import at_once
from pos_project.tests.servers import ShopServer
from pos_project.tests.storm import Till, all_at_once
from reports.reconciliation.reconcile import reconcile
from sales.models import Sale

# The long form: `FAULT_SALES=200 pytest -s …` lets each till sell more, and tells its figures.
OwnDatabase = Callable[[], dict[str, str]]
TILLS = 6
SALES_EACH = int(os.environ.get("FAULT_SALES") or 10)
PATIENCE_SECONDS = 90 + 2 * SALES_EACH  # for all of it, on a machine that is busy with other things


class Queue:
    """Tills that sell until each has made its sales, and what they were told meanwhile."""

    def __init__(self, base_url: str, token: str, products: list[Product]) -> None:
        self.till = Till(base_url, token)
        self.items = [{"product_id": product.pk, "quantity": 1} for product in products]
        self.told: Counter[int | str] = Counter()
        self.last_refusal: Any = None
        self.sale_of: dict[str, int] = {}  # by key
        self.keyless: list[int] = []
        self.keys_asked = self.keyless_asked = 0
        self._lock = threading.Lock()

    @property
    def acknowledged(self) -> int:
        return len(self.sale_of) + len(self.keyless)

    def serve(self, *, keyed: int = TILLS, keyless: int = 0) -> None:
        """Return when all tills have made their sales. Those without a key never ask again."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        self.keys_asked += keyed * SALES_EACH
        self.keyless_asked += keyless * SALES_EACH
        series = self.keys_asked  # of the keys, so that the tills may come a second time

        def till(position: int) -> None:
            for number in range(SALES_EACH):
                if position >= keyed:
                    self._ask(None)
                    continue
                key = f"series-{series}-till-{position}-sale-{number}"
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
            else:
                self.last_refusal = answer
        if status != 201:
            time.sleep(0.05)


def while_serving(queue: Queue, disturb: Callable[[], None], **tills: int) -> None:
    """Let the tills sell and disturb them meanwhile."""
    selling = threading.Thread(target=lambda: queue.serve(**tills))
    selling.start()
    try:
        disturb()
    finally:
        selling.join(PATIENCE_SECONDS + 60)
    assert not selling.is_alive()


@dataclass(frozen=True)
class Account:
    """What came of it: sales that were acknowledged and are not there, or are there twice."""

    requests: int
    acknowledged: int
    lost: int
    doubled: int
    failures: int  # 5xx other than 503
    broken: list[str]  # invariants


def settle(fault: str, queue: Queue, server: ShopServer) -> Account:
    """Compare what the tills were told with what is in the database; fail if anything is amiss.

    Every key was acknowledged. Without a key a till that got no answer cannot know whether it
    sold; but nothing of it may have happened twice.
    """
    [(sales, kept, broken)] = at_once(_what_is_there)
    keyed, keyless = list(queue.sale_of.values()), queue.keyless
    acknowledged = [*keyed, *keyless]
    unknown = queue.keyless_asked - len(keyless)
    account = Account(
        requests=sum(queue.told.values()),
        acknowledged=len(acknowledged),
        lost=len(set(acknowledged) - set(sales)),
        doubled=max(0, len(sales) - len(acknowledged) - unknown)
        + len(acknowledged)
        - len(set(acknowledged)),
        failures=failures(queue.told),
        broken=broken,
    )
    tell(
        fault,
        requests=account.requests,
        acknowledged=account.acknowledged,
        lost=account.lost,
        doubled=account.doubled,
        told=queue.told,
    )
    seen = account, queue.told, queue.last_refusal, server.log.read_text()[-2000:]
    assert len(keyed) == queue.keys_asked, seen
    assert kept == len(keyed), seen
    assert (account.lost, account.doubled, account.failures, broken) == (0, 0, 0, []), seen
    assert {told for told in queue.told if isinstance(told, int)} <= {201, 409, 503}, seen
    return account


def failures(told: Mapping[Any, int]) -> int:
    """How often a 5xx other than 503 was answered."""
    return sum(told[status] for status in told if isinstance(status, int) and 503 != status >= 500)


def tell(
    fault: str,
    *,
    requests: int,
    acknowledged: int,
    lost: int,
    doubled: int,
    told: Mapping[Any, int],
) -> None:
    """A row of docs/reliability.md, for whoever runs this with `-s`."""
    figures = (requests, acknowledged, lost, doubled, failures(told))
    answers = ", ".join(f"{count} × {answer}" for answer, count in told.items())
    sys.stdout.write(f"\n| {fault} | {' | '.join(map(str, figures))} | {answers} |\n")


def _what_is_there() -> tuple[list[int], int, list[str]]:
    """Sales, kept answers, and broken invariants, seen from a connection of its own."""
    broken = [verdict.invariant.name for verdict in reconcile() if not verdict.holds]
    sales = list(Sale.objects.completed().order_by("id").values_list("id", flat=True))
    return sales, IdempotentRequest.objects.count(), broken
