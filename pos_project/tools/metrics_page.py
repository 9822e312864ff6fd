"""`/metrics`: what Prometheus asks for, for whoever knows `METRICS_TOKEN`; without one, for nobody.

It has a thread of its own in the server and asks the database only where it answers at once, so
that the figures are there while everything else waits.
"""

import os
import time
from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from pos_project.core.http.health import database_answers
from pos_project.core.models import MaintenanceRun
from reports.statements.day_closing import last_closable_day, open_days


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    told = request.META.get("HTTP_AUTHORIZATION", "").encode()
    if not compare_digest(told, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    of_the_database = CollectorRegistry()
    of_the_database.register(OfTheDatabase())
    text = generate_latest(_of_the_processes()) + generate_latest(of_the_database)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _of_the_processes() -> CollectorRegistry:
    """All processes of this server where it has several, else this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # (untyped there)
    return together


class OfTheDatabase(Collector):
    """What is true of the shop, whichever server is asked."""

    def collect(self) -> Iterator[Metric]:
        began = time.perf_counter()
        told: list[Metric] = []
        try:
            if is_up := database_answers():
                told = [_open_days(), *_runs()]
        except (DatabaseError, InterfaceError):
            is_up, told = False, []
        yield GaugeMetricFamily(
            "pos_database_up", "Whether the database answers within a second or two", value=is_up
        )
        yield GaugeMetricFamily(
            "pos_database_seconds",
            "How long it took to answer these questions",
            value=time.perf_counter() - began,
        )
        yield from told


def _open_days() -> Metric:
    return GaugeMetricFamily(
        "pos_open_days", "Days that are over and not closed", value=open_days(last_closable_day())
    )


def _runs() -> Iterator[Metric]:
    ok = GaugeMetricFamily("pos_run_ok", "Whether a command last ended well", labels=["run"])
    finished = GaugeMetricFamily(
        "pos_run_finished_timestamp_seconds", "When it last ended", labels=["run"]
    )
    succeeded = GaugeMetricFamily(
        "pos_run_succeeded_timestamp_seconds", "When it last ended well", labels=["run"]
    )
    for run in MaintenanceRun.objects.order_by("name"):
        ok.add_metric([run.name], run.ok)
        finished.add_metric([run.name], run.finished_at.timestamp())
        if run.succeeded_at:
            succeeded.add_metric([run.name], run.succeeded_at.timestamp())
    yield from (ok, finished, succeeded)
