"""Signing in over the wire (docs/api.md §6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import LoginEvent, RefreshToken, User
from accounts.sessions import open_session
from conftest import make_user

RIGHT = {"email": "staff@shop.example", "password": "a-good-password"}


def login(body: Any = None, **headers: str) -> Any:
    return APIClient(raise_request_exception=False).post(
        "/api/auth/login", RIGHT if body is None else body, **headers
    )


def outcomes() -> list[str]:
    return list(LoginEvent.objects.order_by("id").values_list("outcome", flat=True))


def test_signing_in_answers_exactly_the_documented_keys(staff: User) -> None:
    answer = login()

    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("accessToken").count(".") == 2
    assert body == {
        "message": "Login successful",
        "user": {"id": staff.pk, "name": staff.name, "role": "staff"},
    }


def test_the_access_token_opens_the_api(staff: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {login().json()['accessToken']}")

    assert client.get("/api/users/me").json()["data"]["id"] == staff.pk


def test_the_refresh_token_comes_as_a_cookie_and_only_its_hash_is_kept(staff: User) -> None:
    answer = login()

    cookie = answer.cookies["refreshToken"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == ("/", "Lax", 86400)
    assert not cookie["secure"]
    assert cookie.value not in answer.content.decode()
    row = RefreshToken.objects.get()
    assert row.user == staff
    assert row.token_hash not in cookie.value
    assert cookie.value not in row.token_hash


def test_the_cookie_takes_its_attributes_from_the_settings(staff: User, settings: Any) -> None:
    settings.COOKIE_SECURE, settings.COOKIE_SAME_SITE = True, "None"
    settings.REFRESH_TOKEN_EXPIRES_IN = timedelta(minutes=15)

    cookie = login().cookies["refreshToken"]

    assert (cookie["secure"], cookie["samesite"], cookie["max-age"]) == (True, "None", 900)


def test_signing_in_sets_the_last_login_and_is_recorded(staff: User) -> None:
    login(HTTP_USER_AGENT="till/1.0", REMOTE_ADDR="192.0.2.7")

    staff.refresh_from_db()
    event = LoginEvent.objects.get()
    assert (event.outcome, event.user, event.email) == ("ok", staff, RIGHT["email"])
    assert (event.address, event.user_agent) == ("192.0.2.7", "till/1.0")
    assert staff.last_login == event.created_at


@pytest.mark.parametrize("typed", ["STAFF@Shop.Example", "  staff@shop.example  "])
def test_the_e_mail_is_compared_without_case_and_blanks(staff: User, typed: str) -> None:
    assert login(RIGHT | {"email": typed}).status_code == 200


def test_a_password_is_compared_with_its_blanks(db: None) -> None:
    make_user("staff", password=" spaced out ")

    assert login(RIGHT | {"password": " spaced out "}).status_code == 200
    assert login(RIGHT | {"password": "spaced out"}).status_code == 401


def test_another_device_stays_signed_in(staff: User) -> None:
    first, second = APIClient(), APIClient()
    first.post("/api/auth/login", RIGHT)
    second.post("/api/auth/login", RIGHT)

    assert first.post("/api/auth/refresh").status_code == 200
    assert second.post("/api/auth/refresh").status_code == 200


def test_an_unknown_e_mail_and_a_wrong_password_get_the_same_answer(staff: User) -> None:
    wrong = login(RIGHT | {"password": "not-the-password"})
    unknown = login(RIGHT | {"email": "nobody@shop.example"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json()["message"] == "Invalid credentials"
    assert wrong["WWW-Authenticate"] == unknown["WWW-Authenticate"] == "Bearer"
    assert "refreshToken" not in wrong.cookies
    assert outcomes() == ["wrong", "wrong"]
    assert LoginEvent.objects.filter(user=staff).count() == 1


@pytest.mark.parametrize("length", [8, 1000, 1001])
def test_an_unknown_e_mail_costs_as_many_hashes_as_a_wrong_password(
    staff: User, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    login(RIGHT | {"password": "x" * length})
    wrong, hashed = len(hashed), []
    login({"email": "nobody@shop.example", "password": "x" * length})

    assert len(hashed) == wrong == (0 if length > 1000 else 1)


@pytest.mark.parametrize("status", ["inactive", "banned"])
def test_only_who_knows_the_password_learns_that_an_account_is_not_active(
    db: None, status: str
) -> None:
    make_user("staff", status=status)

    refused = login()
    assert refused.status_code == 403
    assert refused.json()["message"] == "This account is not active"
    assert login(RIGHT | {"password": "not-the-password"}).status_code == 401
    assert outcomes() == ["inactive", "wrong"]
    assert not RefreshToken.objects.exists()


def test_an_archived_user_cannot_sign_in(staff: User) -> None:
    staff.archive(keys=("email_key", "username_key"))

    assert login().status_code == 401


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "staff@shop.example"}, {"password"}),
        ({"email": " ", "password": "a-good-password"}, {"email"}),
        ({"email": None, "password": None}, {"email", "password"}),
        ({"email": ["x"], "password": {"a": 1}}, {"email", "password"}),
        ({"email": True, "password": "a-good-password"}, {"email"}),
    ],
)
def test_missing_credentials_are_named(staff: User, body: Any, fields: set[str]) -> None:
    answer = login(body)

    assert answer.status_code == 400
    assert answer.json()["message"] == "email and password are required"
    assert set(answer.json()["errors"]) == fields


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", '"x"', "{", '{"email": NaN}', '{"email": "a\\u0000b", "password": "x"}'],
)
def test_a_body_that_is_no_json_object_is_refused(db: None, body: str) -> None:
    answer = APIClient().generic("POST", "/api/auth/login", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["success"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"email": "x" * 100_000, "password": "y" * 100_000},
        {"email": "ﷺ" * 254, "password": "y"},
        {"email": 5, "password": 5},
        {"email": "a@b.c' OR 1=1 --", "password": "😀"},
    ],
)
def test_odd_credentials_are_merely_wrong(staff: User, body: dict[str, Any]) -> None:
    assert login(body).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_AUTHORIZATION": "Bearer not.a.token"},
        {"HTTP_AUTHORIZATION": "Basic eDp5"},
        {"HTTP_AUTHORIZATION": "Bearer"},
        {"HTTP_COOKIE": "refreshToken=\x01; =;;; a"},
        {"HTTP_X_FORWARDED_FOR": "x" * 5000},
        {"HTTP_USER_AGENT": "é" * 5000},
    ],
)
def test_strange_headers_do_not_keep_anybody_out(staff: User, headers: dict[str, str]) -> None:
    assert login(**headers).status_code == 200


@pytest.mark.parametrize(
    ("forwarded", "kept"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1%" + "z" * 300, "2001:db8::1"),
        ("garbage", "127.0.0.1"),
        ("203.0.113.9, ' OR 1=1", "127.0.0.1"),
        ("," * 300, "127.0.0.1"),
        ("٣.٣.٣.٣", "127.0.0.1"),
    ],
)
def test_behind_one_proxy_the_last_forwarded_address_is_recorded(
    staff: User, settings: Any, forwarded: str, kept: str
) -> None:
    settings.TRUST_PROXY = 1

    assert login(HTTP_X_FORWARDED_FOR=forwarded).status_code == 200
    assert LoginEvent.objects.get().address == kept


def test_a_connection_without_an_address_is_served(staff: User) -> None:
    assert login(REMOTE_ADDR="").status_code == 200
    assert LoginEvent.objects.get().address == "0.0.0.0"  # noqa: S104  (what an unknown address is kept as)


def test_long_expired_tokens_of_the_user_are_purged(staff: User, manager: User) -> None:
    now = timezone.now()
    for user, days in ((staff, 10), (staff, 1), (manager, 10)):
        open_session(user, at=now - timedelta(days=days))

    login()

    assert RefreshToken.objects.filter(user=staff).count() == 2
    assert RefreshToken.objects.filter(user=manager).count() == 1


def test_a_hash_made_under_older_settings_is_replaced(staff: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ]
    staff.password = make_password(RIGHT["password"], hasher="scrypt")
    staff.save()

    assert login().status_code == 200
    staff.refresh_from_db()
    assert staff.password.startswith("md5$")
    assert login().status_code == 200


def test_a_failed_login_leaves_no_last_login(staff: User) -> None:
    login(RIGHT | {"password": "not-the-password"})

    staff.refresh_from_db()
    assert staff.last_login is None


def test_only_posting_signs_in(staff: User) -> None:
    assert APIClient().get("/api/auth/login").status_code == 405
    assert APIClient().post("/api/auth/login/", RIGHT).status_code == 200


def test_the_back_office_lets_in_managers_by_e_mail_but_not_staff(
    client: Any, manager: User, staff: User
) -> None:
    assert client.login(username="Manager@Shop.Example", password="a-good-password")
    client.logout()
    assert not client.login(username="manager@shop.example", password="wrong")
    assert not client.login(username="nobody@shop.example", password="a-good-password")
    assert client.login(username="staff@shop.example", password="a-good-password")
    assert client.get("/admin/").status_code == 302
    User.objects.filter(pk=manager.pk).update(status="banned")
    assert not client.login(username="manager@shop.example", password="a-good-password")
