"""Each request has an id and a line; what a client does wrong is no warning, a fault one line."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from catalog.api.views import BrandViewSet
from pos_project.core import logs
from pos_project.tests import shop

pytestmark = pytest.mark.django_db
HANDLERS = ("", "pos_project.core.db", "django.security")  # loggers that have some of their own


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the handlers of the settings have written since the test began."""
    written = io.StringIO()
    for name in HANDLERS:
        for handler in logging.getLogger(name).handlers:
            if type(handler) is logging.StreamHandler:
                monkeypatch.setattr(handler, "stream", written)
                for each in handler.filters:
                    if isinstance(each, logs.OnceAMinute):
                        monkeypatch.setattr(each, "_seen", {})
    return lambda: written.getvalue().splitlines()


@pytest.fixture
def entries(lines: Callable[[], list[str]]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The same as LOG_FORMAT=json writes it."""
    [handler] = [
        each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler
    ]
    before, handler.formatter = handler.formatter, logs.Json()
    yield lambda: [json.loads(line) for line in lines()]
    handler.formatter = before


# --- The request's name ---


def test_a_request_gets_an_id_of_its_own(client: Client) -> None:
    ids = {client.get("/health/live")["X-Request-ID"] for _ in range(20)}
    assert len(ids) == 20
    assert all(len(each) == 32 for each in ids)


@pytest.mark.parametrize("told", ["a", "till-7.2026_08-12", "x" * 64])
def test_a_sane_id_of_the_client_is_kept(client: Client, told: str) -> None:
    assert client.get("/api/brands", headers={"X-Request-ID": told})["X-Request-ID"] == told


@pytest.mark.parametrize("told", ["", " ", "x" * 65, "a b", "a\x1b[31m", "é", "<script>"])
def test_any_other_is_replaced(client: Client, told: str) -> None:
    answered = client.get("/health/live", headers={"X-Request-ID": told})["X-Request-ID"]
    assert answered != told
    assert len(answered) == 32


def test_pages_of_other_origins_may_send_and_read_it(client: Client) -> None:
    origin = {"Origin": "http://localhost:5173"}
    asked = {"Access-Control-Request-Method": "GET"}
    allowed = client.options("/api/brands", headers={**origin, **asked})
    assert "x-request-id" in allowed["Access-Control-Allow-Headers"]
    answer = client.get("/api/brands", headers=origin)
    assert "X-Request-ID" in answer["Access-Control-Expose-Headers"]


# --- The access log ---


def test_a_request_is_a_line(
    as_staff: APIClient, staff: User, lines: Callable[[], list[str]]
) -> None:
    as_staff.get("/api/brands")  # what a process remembers is read
    as_staff.get("/api/brands?search=secret", headers={"X-Request-ID": "till-7"})
    [_, line] = lines()
    assert "INFO access [till-7] GET /api/brands 200 " in line
    assert f" ms, 2 statements, user {staff.pk}, 127.0.0.1" in line
    assert "secret" not in line


def test_or_an_object(
    as_staff: APIClient, staff: User, entries: Callable[[], list[dict[str, Any]]]
) -> None:
    as_staff.post("/api/sales/checkout", {"items": []}, headers={"X-Request-ID": "till-7"})
    [entry] = entries()
    assert entry.pop("ms") >= 0
    assert entry.pop("time").endswith("+00:00")
    assert entry.pop("message").startswith("POST /api/sales/checkout 400 ")
    assert entry == {
        **{"level": "INFO", "logger": "access", "request_id": "till-7"},
        **{"method": "POST", "path": "/api/sales/checkout", "status": 400, "code": "invalid"},
        **{"statements": 1, "user": staff.pk, "address": "127.0.0.1"},
    }


def test_statements_that_travel_together_are_counted_each(
    as_staff: APIClient, entries: Callable[[], list[dict[str, Any]]], queries: Any
) -> None:
    product = shop.a_product("5.00")
    shop.buy((product, 100, "2.00"))
    items = [{"product_id": product.pk, "quantity": 1}]
    body = {"items": items, "payment_method": "cash", "paid_amount": 5}
    as_staff.post("/api/sales/checkout", body)
    sent = queries(lambda: as_staff.post("/api/sales/checkout", body))
    as_staff.post("/api/sales/checkout", body)
    assert entries()[-1]["statements"] == pytest.approx(len(sent), abs=1)  # (a savepoint of tests)


def test_a_line_holds_no_token_of_a_link_and_nothing_unprintable(
    client: Client, lines: Callable[[], list[str]]
) -> None:
    client.get("/papers/a-token-that-opens-a-receipt")
    client.get("/api/nothing%0a2026-08-12 ERROR everything is lost")
    client.get("/" + "x" * 3000)
    told = lines()
    assert len(told) == 3
    assert "/papers/… 404" in told[0]
    assert r"nothing\n2026" in told[1]
    assert len(told[2]) < 400


def test_what_machines_ask_for_is_no_news(client: Client, lines: Callable[[], list[str]]) -> None:
    client.get("/health")
    client.get("/health/live")
    client.get("/metrics")
    assert lines() == []


def test_a_page_of_somebody_signed_in_names_them(
    office: Client, manager: User, entries: Callable[[], list[dict[str, Any]]]
) -> None:
    office.get("/admin/")
    assert entries()[-1]["user"] == manager.pk


def test_who_it_is_costs_no_statement(
    office: Client, entries: Callable[[], list[dict[str, Any]]], queries: Any
) -> None:
    sent = queries(lambda: office.get("/no-such-page"))
    assert sent == []


# --- Nothing is cried out that nobody has to do anything about ---


def test_what_clients_do_wrong_is_no_warning(
    client: Client, as_staff: APIClient, settings: Any, lines: Callable[[], list[str]]
) -> None:
    as_staff.get("/api/users")
    as_staff.get("/api/customers/999/details")
    as_staff.post("/api/sales/checkout", {"items": "?"})
    as_staff.put("/api/sales")
    client.get("/api/brands")
    client.get("/no-such-page")
    Client(enforce_csrf_checks=True).post("/admin/login/")
    settings.ALLOWED_HOSTS = ["shop.example"]
    client.get("/api/brands", headers={"Host": "evil.example"})
    assert [line for line in lines() if " INFO " not in line] == []
    assert sum(" access " in line for line in lines()) == 8


def test_a_database_that_is_away_is_one_line_however_many_ask(
    as_staff: APIClient,
    office: Client,
    monkeypatch: pytest.MonkeyPatch,
    lines: Callable[[], list[str]],
) -> None:
    gone = [OperationalError(number, "gone") for number in (2002, 2006, 2013)]

    def fail(*_: Any, **__: Any) -> None:
        raise gone[len(lines()) % 3]

    monkeypatch.setattr(BrandViewSet, "list", fail)
    monkeypatch.setattr("pos_project.back_office.home.glance", fail)
    office.raise_request_exception = False
    for _ in range(20):
        assert as_staff.get("/api/brands").status_code == 503
        assert office.get("/admin/").status_code == 503
    [line] = [line for line in lines() if " access " not in line]
    assert " WARNING pos_project.core.db.transactions [" in line
    assert "the database is away" in line


def test_a_bug_is_an_error_with_its_traceback(
    as_staff: APIClient,
    monkeypatch: pytest.MonkeyPatch,
    entries: Callable[[], list[dict[str, Any]]],
) -> None:
    monkeypatch.setattr(BrandViewSet, "list", lambda *_, **__: 1 / 0)
    as_staff.raise_request_exception = False
    assert as_staff.get("/api/brands", headers={"X-Request-ID": "x-1"}).status_code == 500
    [told] = [entry for entry in entries() if entry["level"] == "ERROR"]
    assert "ZeroDivisionError" in told["exception"]
    assert told["request_id"] == "x-1"
