"""Who gets in: bearer tokens, roles, and how quickly a demotion acts (docs/api.md §7)."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import access_token
from conftest import make_user, signed_in


def whoami(header: str) -> Any:
    client = APIClient(raise_request_exception=False)
    return client.get("/api/users/me", HTTP_AUTHORIZATION=header)


def forged(
    secret: str = settings.JWT_ACCESS_SECRET, algorithm: str = "HS256", **claims: Any
) -> str:
    soon = int(timezone.now().timestamp()) + 600
    claims = {"token_type": "access", "id": 1, "role": "admin", "exp": soon} | claims
    return jwt.encode({k: v for k, v in claims.items() if v != "absent"}, secret, algorithm)


@pytest.mark.parametrize(
    "header", ["", "Basic eDp5", "Bearer", "Bearer  ", "Token abc", "é", "bearer"]
)
def test_a_header_without_a_bearer_token_is_no_authentication(db: None, header: str) -> None:
    answer = whoami(header)

    assert answer.status_code == 401
    assert answer.json()["message"] == "Authentication required"


@pytest.mark.parametrize(
    "token",
    [
        *("x", "a.b.c", "....", "é.é.é", "W10.W10.W10", "x" * 8000, "a b c", "\x00"),
        "W1t" * 3000 + ".e30.x",
        forged(secret="another-secret-that-is-long-enough-to-sign-with"),
        forged(secret=settings.JWT_REFRESH_SECRET),
        forged(algorithm="HS384"),
        forged(secret="", algorithm="none"),
        forged(exp="absent"),
        forged(exp=1),
        forged(token_type="refresh"),
        forged(token_type="absent"),
        forged(id="1"),
        forged(id=True),
        forged(id=None),
        forged(id="absent"),
        forged(id=999_999),
        forged(nbf=4_000_000_000),
    ],
)
def test_a_token_that_is_not_good_is_refused(db: None, token: str) -> None:
    make_user("admin", pk=1)
    answer = whoami(f"Bearer {token}")

    assert answer.status_code == 401
    assert answer.json()["message"] == "Token is invalid or expired"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_forged_looking_token_of_ours_is_good(db: None) -> None:
    make_user("staff", pk=1)

    assert whoami(f"Bearer {forged()}").json()["data"]["role"] == "staff"
    assert whoami(f"bearer {forged()}").status_code == 200


def test_a_token_works_neither_in_the_query_nor_as_a_cookie(staff: User) -> None:
    token = access_token(staff, now=timezone.now())
    client = APIClient()
    client.cookies["accessToken"] = client.cookies["refreshToken"] = token

    assert client.get(f"/api/users/me?access_token={token}&token={token}").status_code == 401


def test_an_access_token_lives_for_an_hour(staff: User) -> None:
    client = signed_in(staff)
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert client.get("/api/users/me").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert client.get("/api/users/me").status_code == 401


def test_an_access_token_carries_id_role_and_times(staff: User) -> None:
    now = timezone.now()
    claims = jwt.decode(access_token(staff, now=now), options={"verify_signature": False})

    assert (claims["id"], claims["role"]) == (staff.pk, "staff")
    assert claims["exp"] - claims["iat"] == 3600


def test_a_demotion_acts_at_once(as_admin: APIClient, staff: User) -> None:
    second = make_user("admin", email="second@shop.example")
    theirs = signed_in(second)
    assert theirs.get("/api/users").status_code == 200

    as_admin.put(f"/api/users/{second.pk}", {"role": "staff"})

    assert theirs.get("/api/users").status_code == 403
    assert theirs.get("/api/users/me").json()["data"]["role"] == "staff"


@pytest.mark.parametrize("status", ["inactive", "banned"])
def test_a_deactivation_acts_at_once(as_admin: APIClient, staff: User, status: str) -> None:
    theirs = signed_in(staff)
    as_admin.put(f"/api/users/{staff.pk}", {"status": status})

    answer = theirs.get("/api/users/me")
    assert answer.status_code == 401
    assert answer.json()["message"] == "Token is invalid or expired"


def test_a_removal_acts_at_once(as_admin: APIClient, manager: User, staff: User) -> None:
    make_user("staff", email="hired@shop.example", created_by=manager)  # manager: archived
    clients = [signed_in(manager), signed_in(staff)]
    for user in (manager, staff):
        as_admin.delete(f"/api/users/{user.pk}")

    assert [client.get("/api/users/me").status_code for client in clients] == [401, 401]


def test_the_user_is_read_in_one_statement(as_staff: APIClient, queries: Any) -> None:
    assert len(queries(lambda: as_staff.get("/api/users/me"))) == 1
