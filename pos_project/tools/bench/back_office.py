"""How long every page of the back office takes to open, and how many statements it sends.

Measured in this process: Django's test client with an admin's session, all middleware, the page
drawn; no network, no server, no browser. An action that leads on to a paper is followed there.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from time import perf_counter
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import User
from pos_project.core.http.permissions import ADMIN
from pos_project.tools.bench.back_office_pages import Page, pages, ways
from pos_project.tools.bench.endpoints import sample_ids
from pos_project.tools.bench.reports import cpu_ms, percentile

TARGET_MS = 500.0
REPEATS = 5
# Whose page is opened: of the busiest, where `sample_ids` knows one, else of the newest row.
_BUSIEST = {
    "catalog.product": "products",
    "sales.customer": "customers",
    "sales.sale": "sales",
    "purchasing.supplier": "suppliers",
    "purchasing.purchase": "purchases",
}


@dataclass(frozen=True)
class Opened:
    """One page. Times in milliseconds, the first one cold; `size` in bytes.

    `cpu` is the mean of this process and of its session on the server together, as in `reports`.
    """

    page: Page
    status: int
    first: float
    median: float
    p95: float
    cpu: float
    statements: int
    size: int

    def holds(self, *, by_cpu: bool = False) -> bool:
        return self.status == 200 and (self.cpu if by_cpu else self.median) < TARGET_MS


def measure(*, only: str = "", repeats: int = REPEATS) -> Iterator[Opened]:
    """Open every page of the database that is connected; `only` those with this text."""
    admin = User.objects.filter(role=ADMIN).earliest("id")
    ids = sample_ids()

    def busiest(model: type[Model]) -> int | None:
        return ids.get(_BUSIEST.get(model._meta.label_lower, ""))

    every = chain(pages(admin, row_of=busiest), ways(admin))
    chosen = [page for page in every if only in str(page)]
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns when it is missing
    with override_settings(API_RATE_LIMIT=0), _signed_in(admin) as client:
        for page in chosen:
            yield _opened(client, page, repeats)


def _opened(client: Client, page: Page, repeats: int) -> Opened:
    first, answer = _timed(client, page.url)
    cpu = cpu_ms()
    times = [_timed(client, page.url)[0] for _ in range(repeats)]
    cpu = (cpu_ms() - cpu) / repeats
    with CaptureQueriesContext(connection) as captured:
        client.get(page.url, follow=True)
    return Opened(
        page,
        status=answer.status_code,
        first=first,
        median=statistics.median(times),
        p95=percentile(times, 95),
        cpu=cpu,
        statements=len(captured),
        size=len(b"".join(answer)),  # papers come in a stream
    )


def _timed(client: Client, url: str) -> tuple[float, Any]:
    began = perf_counter()
    answer = client.get(url, follow=True)
    return (perf_counter() - began) * 1000, answer


@contextmanager
def _signed_in(user: User) -> Iterator[Client]:
    """A client with a session of its own, which is gone afterwards; no sign-in is recorded."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    # A crash is an answer too: its status is shown.
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    try:
        yield client
    finally:
        session.delete()
