"""How long every report and list takes, how many statements it sends, how much memory it needs.

Measured in this process: Django's test client, all middleware, a real access token, the JSON
answer included; no network, no server. Rate limits are off. Beside the time on the clock stands
the CPU time, of this process and of its session on the server (MariaDB with `userstat`): the
figure to look at on a machine that is busy with other things.
"""

import gc
import resource
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from pos_project.core.http.permissions import ADMIN
from pos_project.tools.bench.endpoints import Endpoint, endpoints, sample_ids
from sales.models import Sale

TARGET_MS = 100.0
GROWTH, ALLOWANCE_MS = 2.0, 20.0  # not more than twice, or 20 ms more, than at the smallest size
WARM_UPS, REPEATS = 2, 15
ENOUGH_SECONDS = 20.0  # per endpoint: what is slow is not asked for fifteen times
FEWEST = 3


@dataclass(frozen=True)
class Measured:
    """One endpoint at one size. Times in milliseconds, memory in MB."""

    endpoint: Endpoint
    sales: int
    status: int
    first: float
    median: float
    p95: float
    cpu: float  # mean, this process and the server's session together
    statements: int
    grown: float
    size: int  # bytes of the answer


@dataclass(frozen=True)
class Verdict:
    """What the targets say: fast at the largest size, and hardly slower than at the smallest."""

    fast: bool
    flat: bool

    @property
    def holds(self) -> bool:
        return self.fast and self.flat


def measure(
    sales: int,
    *,
    only: str = "",
    repeats: int = REPEATS,
    store_id: int | None = None,
) -> Iterator[Measured]:
    """Measure the database that is connected, which holds so many sales; of one store, if named."""
    last = Sale.objects.completed().latest("business_date").business_date
    assert last is not None
    client = _client()
    chosen = [
        each for each in endpoints(sample_ids(), last=last, store_id=store_id) if only in each.url
    ]
    with override_settings(API_RATE_LIMIT=0):
        for endpoint in chosen:
            yield _measured(client, endpoint, sales, repeats)


def verdict(row: Measured, smallest: Measured | None, *, by_cpu: bool = False) -> Verdict:
    """By the median, or by the CPU time."""
    took = row.cpu if by_cpu else row.median
    base = took if smallest is None else smallest.cpu if by_cpu else smallest.median
    return Verdict(fast=took < TARGET_MS, flat=took <= max(base * GROWTH, base + ALLOWANCE_MS))


def percentile(times: Sequence[float], percent: int) -> float:
    """The time that so many percent of the times do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)]


def _client() -> Client:
    admin = User.objects.filter(role=ADMIN).earliest("id")
    token = access_token(admin, now=timezone.now())
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns when it is missing
    # A crash is an answer too: its status is shown.
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})


def _measured(client: Client, endpoint: Endpoint, sales: int, repeats: int) -> Measured:
    gc.collect()
    before = _peak()
    began = perf_counter()
    first, answer = _timed(client, endpoint.url)
    for _ in range(WARM_UPS - 1):
        _timed(client, endpoint.url)
    times: list[float] = []
    cpu = cpu_ms()
    while len(times) < repeats and (len(times) < FEWEST or perf_counter() - began < ENOUGH_SECONDS):
        times.append(_timed(client, endpoint.url)[0])
    cpu = (cpu_ms() - cpu) / len(times)
    with CaptureQueriesContext(connection) as captured:
        client.get(endpoint.url)
    return Measured(
        endpoint,
        sales,
        status=answer.status_code,
        first=first,
        median=statistics.median(times),
        p95=percentile(times, 95),
        cpu=cpu,
        statements=len(captured),
        grown=_peak() - before,
        size=len(answer.content),
    )


def _timed(client: Client, url: str) -> tuple[float, Any]:
    began = perf_counter()
    answer = client.get(url)
    return (perf_counter() - began) * 1000, answer


def cpu_ms() -> float:
    """CPU time so far in milliseconds: this process, and its session where the server counts."""
    of_server = 0.0
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW SESSION STATUS LIKE 'Cpu_time'")
            row = cursor.fetchone()  # MySQL itself has no such figure
            of_server = float(row[1]) if row else 0.0
    return (process_time() + of_server) * 1000


def _peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
