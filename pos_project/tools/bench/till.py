"""Tills at work: the production server on this machine, and clients that check out.

What is measured is the documented checkout: three lines, a customer, paid in cash, by clients that
each keep one connection and send the next sale when the last one is answered.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, perf_counter, sleep
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from inventory.models import Batch
from pos_project.core.http.permissions import STAFF
from pos_project.tools.bench.reports import percentile
from sales.models import Customer

HOST = "127.0.0.1"
START_SECONDS = 30.0
LINES = 3
SHELF = 60  # products sold, those with the most stock


@dataclass(frozen=True)
class Shop:
    """What the clients need to know."""

    token: str
    goods: Sequence[tuple[int, float]]  # id, price
    customer_ids: Sequence[int]

    def checkout(self, chance: Random) -> dict[str, Any]:
        """The documented body."""
        chosen = chance.sample(self.goods, LINES)
        items = [
            {"product_id": product_id, "quantity": 1, "unit_price": price}
            for product_id, price in chosen
        ]
        total = round(sum(price for _, price in chosen), 2)
        return {
            "customer_id": chance.choice(self.customer_ids),
            "items": items,
            "subtotal": total,
            "tax": 0,
            "discount": 0,
            "total_amount": total,
            "paid_amount": total,
            "payment_method": "cash",
        }


@dataclass
class Rush:
    """What the clients saw. Times in milliseconds; CPU is of all requests together."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)  # by status
    app_cpu: float | None = None
    db_cpu: float | None = None

    @property
    def a_second(self) -> float:
        return len(self.times) / self.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return percentile(self.times, 95)

    def of_each(self, cpu: float | None) -> float | None:
        """CPU per request that was answered, whatever the answer."""
        answered = len(self.times) + sum(self.refused.values())
        return None if cpu is None else cpu / answered


def rush(*, clients: int, seconds: float, warm_up: float = 2.0) -> Rush:
    """Serve the connected database and let `clients` check out for so many seconds."""
    shop = _shop()
    port = _free_port()
    with _server(port) as server:
        _work(shop, port, clients, warm_up)
        cpu_before = _cpu(server.pid), _db_cpu()
        found = _work(shop, port, clients, seconds)
        found.app_cpu = _difference(cpu_before[0], _cpu(server.pid))
        found.db_cpu = _difference(cpu_before[1], _db_cpu())
    return found


def _shop() -> Shop:
    seller = User.objects.filter(role=STAFF).earliest("id")
    stocked = (
        Batch.objects.filter(is_open=1, product__status="active")
        .values_list("product_id", "product__price")
        .annotate(units=Sum("remaining"))
        .order_by("-units")[:SHELF]
    )
    return Shop(
        access_token(seller, now=timezone.now()),
        [(product_id, float(price)) for product_id, price, _ in stocked],
        list(Customer.objects.listed().values_list("pk", flat=True)[:500]),
    )


@contextmanager
def _server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server of `manage.py serve`, on a port of its own, for the connected database."""
    name = str(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        **{"HOST": HOST, "PORT": str(port)},
        "API_RATE_LIMIT": "0",
        "LOG_LEVEL": "WARNING",
        **({"SQLITE_PATH": name} if connection.vendor == "sqlite" else {"DB_NAME": name}),
    }
    words = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as server:  # noqa: S603
        try:
            _wait_for(server, port)
            yield server
        finally:
            server.terminate()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    give_up_at = monotonic() + START_SECONDS
    while monotonic() < give_up_at and server.poll() is None:
        try:
            line = http.client.HTTPConnection(HOST, port, timeout=5)
            line.request("GET", "/health")
            if line.getresponse().status == 200:
                return
        except OSError:
            sleep(0.1)
    raise RuntimeError(f"The server did not answer on port {port}.")


def _work(shop: Shop, port: int, clients: int, seconds: float) -> Rush:
    found, lock = Rush(), threading.Lock()
    began = perf_counter()
    until = began + seconds

    def client(number: int) -> None:
        chance = Random(number)  # noqa: S311  (which goods, not a secret)
        line = http.client.HTTPConnection(HOST, port, timeout=60)
        headers = {"Authorization": f"Bearer {shop.token}", "Content-Type": "application/json"}
        while perf_counter() < until:
            body = json.dumps(shop.checkout(chance))
            asked = perf_counter()
            line.request("POST", "/api/sales/checkout", body, headers)
            answer = line.getresponse()
            answer.read()
            took = (perf_counter() - asked) * 1000
            with lock:
                if answer.status == 201:
                    found.times.append(took)
                else:
                    found.refused[answer.status] = found.refused.get(answer.status, 0) + 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = perf_counter() - began
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _cpu(pid: int) -> float | None:
    """CPU time of a process and its children so far, in ms; None where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    spent = (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            spent += _cpu(int(child)) or 0.0
    return spent


def _db_cpu() -> float | None:
    """CPU time of the database server so far, in ms; None where it does not count it."""
    if connection.vendor != "mysql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Cpu_time'")
        row = cursor.fetchone()
    return float(row[1]) * 1000 if row and float(row[1]) else None


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
