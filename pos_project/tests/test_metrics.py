"""What is counted adds up over all processes; no stranger is told; alerts ask for what there is."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from catalog.api.views import BrandViewSet
from ledger import closing
from pos_project.core import checks, metrics
from pos_project.core.db import transactions
from pos_project.core.runs import record_run
from pos_project.tests import shop
from pos_project.tests.metric_figures import figures
from pos_project.tools import metrics_page

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
TOKEN = "a token that only Prometheus knows"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _told(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def asked(client: Client | None = None) -> dict[str, float]:
    answer = (client or Client()).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return figures(answer.content.decode())


def grown(act: Callable[[], Any]) -> dict[str, float]:
    """Which counts of ours grew while `act` ran, and by how much."""
    before = asked()
    act()
    after = asked()
    return {
        name: value - before.get(name, 0)
        for name, value in after.items()
        if value != before.get(name, 0) and re.match(r"pos_\w+_total", name)
    }


# --- Who is told ---


def test_nobody_is_told_without_a_token(settings: Any, client: Client) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": ""}):
        assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "told", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_a_stranger_is_told_nothing(client: Client, told: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": told})
    assert answer.status_code == 401
    assert b"pos_" not in answer.content


def test_an_access_token_of_an_admin_is_not_the_one(as_admin: APIClient) -> None:
    assert as_admin.get("/metrics").status_code == 401


def test_a_short_token_stops_the_start(settings: Any) -> None:
    settings.METRICS_TOKEN = "x" * 31
    assert [error.id for error in checks.metrics_token_is_long()] == ["core.E008"]
    for token in ("", "x" * 32):
        settings.METRICS_TOKEN = token
        assert checks.metrics_token_is_long() == []


# --- What is counted ---


def test_requests_are_counted_by_route_method_and_status(as_admin: APIClient, rahim: Any) -> None:
    def ask() -> None:
        as_admin.get(f"/api/customers/{rahim.pk}/details")
        as_admin.get(f"/api/customers/{rahim.pk + 1}/details")
        as_admin.get("/api/no-such-thing")

    route = "/api/customers/<pk>/details"
    assert grown(ask) == {
        f'pos_requests_total{{method="GET", route="{route}", status="200"}}': 1,
        f'pos_requests_total{{method="GET", route="{route}", status="404"}}': 1,
        'pos_requests_total{method="GET", route="/none", status="404"}': 1,
        'pos_refusals_total{code="not_found"}': 1,
        'pos_requests_total{method="GET", route="/metrics", status="200"}': 1,
    }


def test_how_long_it_took_is_counted(as_admin: APIClient) -> None:
    name = 'pos_request_seconds_count{method="GET", route="/api/brands"}'
    before = asked().get(name, 0)
    as_admin.get("/api/brands")
    assert asked()[name] == before + 1


@pytest.mark.django_db(transaction=True)
def test_sales_refusals_and_retries_of_clients_are_counted(as_staff: APIClient) -> None:
    product = shop.a_product("5.00")
    shop.buy((product, 2, "2.00"))

    def checkout(quantity: int, key: str) -> int:
        items = [{"product_id": product.pk, "quantity": quantity}]
        body = {"items": items, "payment_method": "cash", "paid_amount": 100}
        answer = as_staff.post("/api/sales/checkout", body, headers={"Idempotency-Key": key})
        return answer.status_code

    counted = grown(lambda: [checkout(2, "a"), checkout(2, "a"), checkout(1, "b")])
    assert counted["pos_sales_completed_total"] == 1
    assert counted["pos_replayed_answers_total"] == 1
    assert counted['pos_refusals_total{code="insufficient_stock"}'] == 1


@pytest.mark.parametrize(
    ("number", "reason"), [(1213, "deadlock"), (1205, "lock wait"), (2013, "away"), (1020, "busy")]
)
@pytest.mark.django_db(transaction=True)
def test_what_the_database_refused_is_counted_by_reason(
    number: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "_pause", lambda _: None)
    monkeypatch.setattr(transactions.connection, "close", lambda: None)
    tries = iter([OperationalError(number, "no"), None])

    def work() -> None:
        if error := next(tries):
            raise error

    counted = grown(lambda: transactions.transact(work))
    assert counted[f'pos_transaction_retries_total{{reason="{reason}"}}'] == 1


def test_a_bug_is_counted(as_admin: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BrandViewSet, "list", lambda *_, **__: 1 / 0)
    as_admin.raise_request_exception = False
    assert grown(lambda: as_admin.get("/api/brands"))["pos_errors_total"] == 1


# --- What is true of the shop ---


def test_open_days_and_the_last_runs_are_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "next_day", lambda: metrics_page.last_closable_day())
    call_command("reconcile", stdout=StringIO())
    record_run("backup", ok=True)
    good = asked()
    record_run("backup", ok=False, detail="the disk is full")
    told = asked()
    assert told["pos_open_days"] == 1
    assert told["pos_database_up"] == 1
    assert told['pos_run_ok{run="reconcile"}'] == 1
    assert told['pos_run_ok{run="backup"}'] == 0
    finished = 'pos_run_finished_timestamp_seconds{run="backup"}'
    succeeded = 'pos_run_succeeded_timestamp_seconds{run="backup"}'
    assert told[succeeded] == good[succeeded] == good[finished]
    assert told[finished] > good[finished]


def test_only_a_whole_reconcile_is_noted(db: None) -> None:
    call_command("reconcile", "--only", "I1", stdout=StringIO())
    assert 'pos_run_ok{run="reconcile"}' not in asked()


def test_a_command_ends_well_where_it_may_not_write(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError(1290, "read only")

    monkeypatch.setattr("pos_project.core.runs.MaintenanceRun.objects.update_or_create", refuse)
    record_run("backup", ok=True)
    assert 'pos_run_ok{run="backup"}' not in asked()


def test_without_the_database_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_page, "database_answers", lambda: False)
    told = asked()
    assert told["pos_database_up"] == 0
    assert "pos_open_days" not in told
    assert "pos_errors_total" in told


def test_a_database_that_leaves_while_it_is_asked_is_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def leave() -> None:
        raise OperationalError(2013, "lost")

    monkeypatch.setattr(metrics_page, "_open_days", leave)
    assert asked()["pos_database_up"] == 0


# --- Several processes ---

COUNT = """
from pos_project.core import metrics
metrics.SALES.inc({count}); metrics.THREADS.set(12)
"""


def test_processes_add_up_and_one_that_is_gone_stays_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    pids = []
    for count in (2, 3):
        done = subprocess.Popen([sys.executable, "-c", COUNT.format(count=count)], cwd=ROOT)
        assert done.wait(60) == 0
        pids.append(done.pid)
    told = asked()
    assert (told["pos_sales_completed_total"], told["pos_threads"]) == (5, 24)

    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pids[0])
    told = asked()
    assert (told["pos_sales_completed_total"], told["pos_threads"]) == (5, 12)


# --- What alerts and the dashboard ask for ---


def expressions() -> dict[str, str]:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    asked_for = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }
    return asked_for | {"alerts.yml": (MONITORING / "alerts.yml").read_text()}


def test_alerts_and_dashboard_ask_for_what_is_told(db: None) -> None:
    for name in ("backup", "reconcile"):
        record_run(name, ok=True)
    metrics.TRANSACTION_RETRIES.labels("deadlock")
    metrics.SERVER_REFUSALS.labels(400)
    asked()
    told = {name.partition("{")[0] for name in asked()}
    for place, text in expressions().items():
        named = set(re.findall(r"\bpos_\w+", text))
        assert named <= told, place
    everything = set(re.findall(r"\bpos_\w+", " ".join(expressions().values())))
    kind = re.compile(r"_(bucket|sum|count|created|total)$")
    ours = {kind.sub("", name) for name in told if name.startswith("pos_")}
    assert ours - {kind.sub("", name) for name in everything} == set(), "that nobody looks at"


@pytest.mark.dear
@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts.test.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
    ],
    ids=" ".join,
)
def test_prometheus_accepts_the_rules(words: tuple[str, ...]) -> None:
    promtool = shutil.which("promtool")
    if not promtool:
        pytest.skip("needs promtool (Debian: prometheus) on this machine")
    done = subprocess.run([promtool, *words], cwd=MONITORING, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
