"""Staying signed in and signing out (docs/api.md §6)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import RefreshToken, User
from accounts.sessions import open_session
from accounts.tokens import access_token, refresh_token

REFUSED = "Refresh token is invalid or expired"


def browser(user: User) -> APIClient:
    """A client with the refresh cookie of a session of its own."""
    client = APIClient(raise_request_exception=False)
    client.cookies["refreshToken"] = open_session(user, at=timezone.now()).refresh_token
    return client


def cookie_of(client: APIClient) -> str:
    return client.cookies["refreshToken"].value


def with_cookie(value: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.cookies["refreshToken"] = value
    return client


def live_tokens(user: User) -> int:
    return RefreshToken.objects.filter(user=user, used_at=None, revoked_at=None).count()


def assert_refused(answer: Any) -> None:
    assert answer.status_code == 401
    assert answer.json()["message"] == REFUSED
    assert answer["WWW-Authenticate"] == "Bearer"
    cookie = answer.cookies["refreshToken"]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_refresh_answers_like_a_login_with_a_new_cookie(staff: User) -> None:
    client = browser(staff)
    first = cookie_of(client)

    answer = client.post("/api/auth/refresh")

    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("accessToken")
    assert body == {
        "message": "Token refreshed",
        "user": {"id": staff.pk, "name": staff.name, "role": "staff"},
    }
    assert answer.cookies["refreshToken"]["max-age"] == 86400
    assert cookie_of(client) != first
    assert client.post("/api/auth/refresh").status_code == 200
    assert RefreshToken.objects.values("family").distinct().count() == 1


def test_without_a_cookie_nobody_is_signed_in(db: None) -> None:
    answer = APIClient().post("/api/auth/refresh")

    assert answer.status_code == 401
    assert answer.json()["message"] == "No refresh cookie"


def test_a_spent_token_signs_all_devices_of_the_user_out(staff: User, manager: User) -> None:
    client, tablet, stranger = browser(staff), browser(staff), browser(manager)
    thief = with_cookie(cookie_of(client))
    assert client.post("/api/auth/refresh").status_code == 200

    assert_refused(thief.post("/api/auth/refresh"))

    assert live_tokens(staff) == 0
    assert_refused(client.post("/api/auth/refresh"))
    assert_refused(tablet.post("/api/auth/refresh"))
    assert stranger.post("/api/auth/refresh").status_code == 200


def test_a_token_that_we_signed_but_do_not_know_counts_as_stolen(staff: User) -> None:
    browser(staff)

    assert_refused(with_cookie(refresh_token(staff, now=timezone.now())).post("/api/auth/refresh"))

    assert live_tokens(staff) == 0


def test_a_token_withdrawn_by_logging_out_is_merely_refused(staff: User) -> None:
    client, tablet = browser(staff), browser(staff)
    kept = cookie_of(client)
    client.post("/api/auth/logout")

    assert_refused(with_cookie(kept).post("/api/auth/refresh"))
    assert tablet.post("/api/auth/refresh").status_code == 200


@pytest.mark.parametrize("change", [{"status": "banned"}, {"archived_at": timezone.now()}])
def test_the_tokens_of_a_user_who_left_are_revoked(staff: User, change: dict[str, Any]) -> None:
    client = browser(staff)
    browser(staff)
    User.objects.filter(pk=staff.pk).update(**change)

    assert_refused(client.post("/api/auth/refresh"))
    assert live_tokens(staff) == 0


def test_the_token_of_a_deleted_user_is_refused(staff: User) -> None:
    client = browser(staff)
    RefreshToken.objects.all().delete()
    staff.delete()

    assert_refused(client.post("/api/auth/refresh"))
    assert client.post("/api/auth/logout").status_code == 200


def test_an_expired_token_is_refused_and_nothing_else_is_revoked(staff: User) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        client = browser(staff)
    browser(staff)

    assert_refused(client.post("/api/auth/refresh"))
    assert live_tokens(staff) == 2


@pytest.mark.parametrize(
    "garbage", ["x", "a.b.c", "....", "null", "%00", "é.é.é", "W10.W10.W10", "x" * 8000, '"\\054"']
)
def test_a_garbage_cookie_is_refused_and_logs_out_all_the_same(db: None, garbage: str) -> None:
    assert_refused(with_cookie(garbage).post("/api/auth/refresh"))
    assert with_cookie(garbage).post("/api/auth/logout").status_code == 200


def test_an_access_token_is_no_refresh_token_nor_the_other_way_round(staff: User) -> None:
    now = timezone.now()
    assert_refused(with_cookie(access_token(staff, now=now)).post("/api/auth/refresh"))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {refresh_token(staff, now=now)}")
    assert client.get("/api/users/me").status_code == 401


def test_logging_out_ends_the_chain_and_clears_the_cookie(staff: User) -> None:
    client, tablet = browser(staff), browser(staff)
    before = with_cookie(cookie_of(client))
    client.post("/api/auth/refresh")

    # with the first, spent cookie: its successor goes as well
    answer = before.post("/api/auth/logout")

    assert answer.status_code == 200
    assert answer.json() == {"message": "Logged out"}
    assert answer.cookies["refreshToken"]["max-age"] == 0
    assert_refused(client.post("/api/auth/refresh"))
    assert tablet.post("/api/auth/refresh").status_code == 200


def test_logging_out_always_succeeds(staff: User) -> None:
    client = APIClient()
    assert client.post("/api/auth/logout").status_code == 200
    client.credentials(HTTP_AUTHORIZATION="Bearer stale.or.wrong")
    assert client.post("/api/auth/logout").status_code == 200
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        expired = browser(staff)
    assert expired.post("/api/auth/logout").status_code == 200


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil", ""])
def test_a_foreign_page_can_neither_refresh_nor_log_out(
    staff: User, path: str, origin: str
) -> None:
    client = browser(staff)

    answer = client.post(path, HTTP_ORIGIN=origin)

    assert answer.status_code == 403
    assert answer.json()["message"] == "Access denied"
    assert live_tokens(staff) == 1
    assert client.post("/api/auth/refresh").status_code == 200


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://testserver"])
def test_our_own_pages_refresh_with_their_origin(staff: User, origin: str) -> None:
    answer = browser(staff).post("/api/auth/refresh", HTTP_ORIGIN=origin)

    assert answer.status_code == 200


def test_a_refresh_ignores_the_authorization_header(staff: User) -> None:
    answer = browser(staff).post("/api/auth/refresh", HTTP_AUTHORIZATION="Bearer stale.or.wrong")

    assert answer.status_code == 200


def test_a_refreshed_access_token_carries_the_present_role(staff: User) -> None:
    client = browser(staff)
    User.objects.filter(pk=staff.pk).update(role="manager")

    assert client.post("/api/auth/refresh").json()["user"]["role"] == "manager"
