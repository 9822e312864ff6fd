"""Many tills at once over HTTP: threads with a plain HTTP client against a running server."""

import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from pos_project.tests.servers import ShopServer, serving
from reports.reconciliation.reconcile import reconcile

# The short form is for every build. `STORM_SECONDS=20 … -s` blows longer and tells its figures.
STORM_SECONDS = float(os.environ.get("STORM_SECONDS") or 0)


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[ShopServer]:
    """The production server, two processes of four threads, over the test database."""
    name = connection.settings_dict["NAME"]
    with serving(tmp_path / "server.log", DB_NAME=name) as running:
        yield running


def every_law_holds() -> None:
    assert [verdict.invariant.name for verdict in reconcile() if not verdict.holds] == []


def tell(what: str, answers: Counter[Any], seconds: float, server: ShopServer) -> None:
    """What was seen, for whoever runs the long form with `-s`."""
    total, replays = sum(answers.values()), server.log.read_text().count("refused by the engine")
    told = ", ".join(f"{kind}: {count}" for kind, count in sorted(answers.items()))
    sys.stdout.write(
        f"\n{what}: {total} requests in {seconds:.1f} s ({total / seconds:.0f}/s), "
        f"{replays} replayed after a refusal of the engine; {told}\n"
    )


@dataclass
class Till:
    """One client: a base URL such as `http://127.0.0.1:3000` and a bearer token."""

    base_url: str
    token: str

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> tuple[int, Any]:
        """Status and JSON body of one request, under an Idempotency-Key if one is given."""
        request = urllib.request.Request(
            self.base_url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def sell(
        self, *product_ids: int, quantity: int = 1, customer_id: int | None = None
    ) -> tuple[int, Any]:
        """Sell so many of each product to a walk-in who pays more than enough; or to a customer,
        who pays one and owes the rest."""
        items = [{"product_id": each, "quantity": quantity} for each in product_ids]
        body = {"items": items, "payment_method": "cash", "paid_amount": 99999}
        if customer_id:
            body |= {"customer_id": customer_id, "paid_amount": 1}
        return self.call("POST", "/api/sales/checkout", body)


def all_at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` … `act(count − 1)` in as many threads, started together; their results."""
    gate = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(position: int) -> None:
        gate.wait()
        results[position] = act(position)

    threads = [threading.Thread(target=run, args=(position,)) for position in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@dataclass
class Storm:
    """What came of a storm: how often each answer was given, and the texts of what was refused."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    sales: list[int] = field(default_factory=list)

    def note(self, kind: str, status: int, body: Any) -> None:
        self.answers[kind, status] += 1
        if kind == "sale" and status == 201:
            self.sales.append(body["sale_id"])
        if status >= 400:
            self.refusals.append(f"{kind} {status}: {body.get('message')}")


def storm(
    base_url: str,
    tokens: list[str],
    product_ids: list[int],
    supplier_id: int,
    *,
    customer_id: int | None = None,
    requests_each: int | None = None,
    seconds: float | None = None,
) -> Storm:
    """Each till sells carts of 3 of the products in random order, with purchases and refunds
    between them, for so many requests or so many seconds. A customer buys on credit and pays."""
    outcome, lock = Storm(), threading.Lock()
    until = time.monotonic() + (seconds or 3600)

    def till(position: int) -> None:
        dice = random.Random(position)
        client = Till(base_url, tokens[position])
        done = 0
        while time.monotonic() < until and (requests_each is None or done < requests_each):
            done += 1
            chance = dice.random()
            if chance < 0.1:
                items = [
                    {"product_id": each, "quantity": 3, "cost_price": dice.randint(100, 900) / 100}
                    for each in dice.sample(product_ids, 2)
                ]
                answer = client.call(
                    "POST", "/api/purchase", {"supplier_id": supplier_id, "items": items}
                )
                kind = "purchase"
            elif customer_id and chance < 0.25:
                dues = {"amount": 3, "method": "cash"}
                answer, kind = (
                    client.call("POST", f"/api/customers/{customer_id}/dues", dues),
                    "due",
                )
            elif customer_id and chance < 0.5:
                answer = client.sell(*dice.sample(product_ids, 3), customer_id=customer_id)
                kind = "sale"
            else:
                answer = client.sell(*dice.sample(product_ids, 3))
                kind = "sale"
                if answer[0] == 201 and chance > 0.85:
                    with lock:
                        outcome.note(kind, *answer)
                    body = {"sale_id": answer[1]["sale_id"]}
                    answer, kind = client.call("POST", "/api/refunds", body), "refund"
            with lock:
                outcome.note(kind, *answer)

    all_at_once(len(tokens), till)
    return outcome
