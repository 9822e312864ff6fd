"""How often one may try (docs/api.md §10): per address, and per account from that address."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import sign_in
from accounts.models import LoginEvent, User
from conftest import signed_in
from pos_project.core.http.throttling import Limit
from pos_project.core.models import RateCounter

LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
TABLE = {"BACKEND": "pos_project.core.db.counters.CounterTable"}
REDIS_DOWN = {
    "BACKEND": "pos_project.core.db.counters.RedisOrTable",
    "LOCATION": "redis://127.0.0.1:1/0",  # nobody listens there
    "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
}
RIGHT = {"email": "staff@shop.example", "password": "a-good-password"}


@pytest.fixture
def _three_tries(settings: Any) -> None:
    settings.LOGIN_RATE_LIMIT, settings.LOGIN_RATE_WINDOW = 3, 900


def login(email: str = RIGHT["email"], **headers: str) -> Any:
    return APIClient().post("/api/auth/login", RIGHT | {"email": email}, **headers)


@pytest.mark.usefixtures("_three_tries")
@pytest.mark.parametrize("counter", [LOCAL, TABLE, REDIS_DOWN], ids=["local", "table", "no-redis"])
def test_every_attempt_counts_and_the_headers_say_how_many_are_left(
    staff: User, settings: Any, counter: dict[str, Any]
) -> None:
    settings.CACHES = {"default": counter}

    answers = [login() for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert {answer["X-RateLimit-Limit"] for answer in answers} == {"3"}
    refused = answers[-1]
    assert refused.json()["message"] == "Too many sign-in attempts, please wait."
    assert refused.json()["error"] == refused.json()["message"]
    assert refused.json()["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 900
    assert int(refused["X-RateLimit-Reset"]) > 0
    assert RateCounter.objects.exists() == (counter is not LOCAL)


@pytest.mark.usefixtures("_three_tries")
def test_a_limited_attempt_is_recorded(staff: User) -> None:
    for _ in range(4):
        login("Somebody@shop.example")

    event = LoginEvent.objects.latest("id")
    assert (event.outcome, event.user, event.email) == ("limited", None, "Somebody@shop.example")
    assert LoginEvent.objects.count() == 4


@pytest.mark.usefixtures("_three_tries")
def test_an_address_is_limited_whatever_account_it_tries(staff: User) -> None:
    for number in range(3):
        login(f"guess{number}@shop.example")

    assert login().status_code == 429


@pytest.mark.usefixtures("_three_tries")
def test_guessing_from_one_address_does_not_lock_the_owner_out(staff: User) -> None:
    for _ in range(5):
        login(REMOTE_ADDR="203.0.113.66")

    assert login(REMOTE_ADDR="192.0.2.1").status_code == 200


@pytest.mark.usefixtures("_three_tries")
def test_a_made_up_forwarded_address_is_no_fresh_start(staff: User) -> None:
    statuses = [login(HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").status_code for n in range(4)]

    assert statuses == [200, 200, 200, 429]


@pytest.mark.usefixtures("_three_tries")
def test_behind_a_proxy_each_client_has_its_own_count(staff: User, settings: Any) -> None:
    settings.TRUST_PROXY = 1

    statuses = [login(HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").status_code for n in range(4)]

    assert statuses == [200] * 4


@pytest.mark.usefixtures("_three_tries")
def test_the_addresses_of_one_ipv6_network_share_a_count(staff: User) -> None:
    statuses = [login(REMOTE_ADDR=f"2001:db8:0:1::{n}").status_code for n in range(1, 5)]

    assert statuses == [200, 200, 200, 429]
    assert login(REMOTE_ADDR="2001:db8:0:2::1").status_code == 200


@pytest.mark.usefixtures("_three_tries")
def test_an_account_has_a_count_of_its_own_for_each_address(
    staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        login("STAFF@shop.example ")
    # the address's own window begins anew, while the account's goes on
    monkeypatch.setattr(
        sign_in,
        "Limit",
        lambda group, *rest: Limit("anew" if group == "login" else group, *rest),
    )

    assert login().status_code == 429
    assert login("manager@shop.example").status_code == 401


@pytest.mark.usefixtures("_three_tries")
@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"email": ["x"], "password": 1}'])
def test_a_senseless_attempt_counts_too(staff: User, body: str) -> None:
    for _ in range(3):
        answer = APIClient().generic("POST", "/api/auth/login", body, "application/json")
        assert answer.status_code == 400

    assert login().status_code == 429
    answer = APIClient().generic("POST", "/api/auth/login", body, "application/json")
    assert answer.status_code == 429


@pytest.mark.usefixtures("_three_tries")
def test_preflights_and_refreshes_do_not_count(staff: User) -> None:
    for _ in range(5):
        APIClient().options(
            "/api/auth/login",
            HTTP_ORIGIN="http://localhost:5173",
            HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        )
        APIClient().options("/api/auth/login")
        assert APIClient().post("/api/auth/refresh").status_code == 401

    assert login()["X-RateLimit-Remaining"] == "2"


def test_a_limit_of_zero_is_no_limit(staff: User) -> None:
    answers = [login() for _ in range(15)]

    assert {answer.status_code for answer in answers} == {200}
    assert "X-RateLimit-Limit" not in answers[0]


@pytest.mark.parametrize("counter", [LOCAL, TABLE, REDIS_DOWN], ids=["local", "table", "no-redis"])
def test_everything_else_is_limited_per_user(
    staff: User, manager: User, settings: Any, counter: dict[str, Any]
) -> None:
    settings.CACHES = {"default": counter}
    settings.API_RATE_LIMIT, settings.API_RATE_WINDOW = 2, 3600
    client = signed_in(staff)

    answers = [client.get("/api/users/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["message"] == "Too many requests, please slow down."
    assert answers[2]["X-RateLimit-Remaining"] == "0"
    assert int(answers[2]["Retry-After"]) >= 1
    assert signed_in(manager).get("/api/users/me")["X-RateLimit-Remaining"] == "1"


def test_a_request_for_what_is_not_offered_counts_too(staff: User, settings: Any) -> None:
    settings.API_RATE_LIMIT, settings.API_RATE_WINDOW = 2, 3600
    client = signed_in(staff)

    assert [client.patch("/api/users").status_code for _ in range(3)] == [405, 405, 429]


def test_a_request_that_is_refused_counts_too(staff: User, settings: Any) -> None:
    settings.API_RATE_LIMIT, settings.API_RATE_WINDOW = 2, 3600
    client = signed_in(staff)
    statuses = [client.get("/api/users").status_code for _ in range(3)]
    assert statuses == [403, 403, 429]
