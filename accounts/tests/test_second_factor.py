"""Two-factor sign-in: for whoever wants it, at both doors, each code once."""

import re
from base64 import b32decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient
from time_machine import travel

from accounts import second_factor
from accounts.models import AuditEntry, LoginEvent, RefreshToken, SecondFactor, User
from accounts.second_factor import MAX_WRONG, code_at
from conftest import at_the_office, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a-good-password"
OWN = "/admin/accounts/store/my-second-factor/"
DOOR = "/admin/login/"
HALF_A_MINUTE = timedelta(seconds=30)


def has_it(user: User) -> tuple[str, list[str]]:
    """Turned on a while ago; the salt and the recovery codes."""
    at, salt = timezone.now() - timedelta(hours=1), second_factor.new_salt()
    codes = second_factor.turn_on(user, salt, code_of(salt, at), is_password=lambda _: True, at=at)
    return salt, codes


def code_of(salt: str, at: datetime | None = None) -> str:
    return code_at(b32decode(second_factor.written_secret(salt)), at or timezone.now())


def at_the_api(user: User, **said: str) -> Any:
    body = {"email": user.email, "password": PASSWORD, **said}
    return APIClient().post("/api/auth/login", body)


def outcomes() -> list[str]:
    return list(LoginEvent.objects.order_by("id").values_list("outcome", flat=True))


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    """RFC 6238, appendix B, its last six digits."""
    assert code_at(b"12345678901234567890", datetime.fromtimestamp(moment, UTC)) == code


def test_a_copy_of_the_database_gives_no_codes(manager: User, settings: Any) -> None:
    salt, _ = has_it(manager)
    before = second_factor.written_secret(salt)

    settings.SECRET_KEY = "another server"

    assert second_factor.written_secret(salt) != before


# --- At the API ---


def test_without_it_nothing_is_asked(manager: User) -> None:
    assert at_the_api(manager).status_code == 200


def test_the_api_asks_for_the_code(manager: User) -> None:
    salt, _ = has_it(manager)

    asked, wrong = at_the_api(manager), at_the_api(manager, otp="000000")
    right = at_the_api(manager, otp=code_of(salt))

    assert (asked.status_code, asked.json()["code"]) == (401, "otp_required")
    assert "asks for the code" in asked.json()["message"]
    assert (wrong.status_code, wrong.json()["code"]) == (401, "otp_wrong")
    assert right.status_code == 200
    assert outcomes() == ["no_code", "no_code", "ok"]
    assert RefreshToken.objects.count() == 1


def test_a_wrong_password_never_says_that_there_is_a_code(manager: User) -> None:
    salt, _ = has_it(manager)

    answer = at_the_api(manager, password="wrong", otp=code_of(salt))

    assert answer.json()["code"] == "invalid_credentials"


def test_a_code_counts_once(manager: User) -> None:
    salt, _ = has_it(manager)
    code = code_of(salt)

    assert at_the_api(manager, otp=code).status_code == 200
    assert at_the_api(manager, otp=code).status_code == 401


def test_an_older_code_than_the_last_counts_no_more(manager: User) -> None:
    salt, _ = has_it(manager)
    before = code_of(salt, timezone.now() - HALF_A_MINUTE)

    assert at_the_api(manager, otp=code_of(salt)).status_code == 200
    assert at_the_api(manager, otp=before).status_code == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_half_a_minute_off(manager: User, steps: int, status: int) -> None:
    salt, _ = has_it(manager)

    answer = at_the_api(manager, otp=code_of(salt, timezone.now() + steps * HALF_A_MINUTE))

    assert answer.status_code == status


def test_a_code_is_taken_as_it_is_shown(manager: User) -> None:
    salt, codes = has_it(manager)
    code = code_of(salt)

    assert at_the_api(manager, otp=f" {code[:3]} {code[3:]} ").status_code == 200
    assert at_the_api(manager, otp=codes[0].upper().replace("-", " ")).status_code == 200


def test_a_recovery_code_counts_once(manager: User) -> None:
    _, codes = has_it(manager)

    assert at_the_api(manager, otp=codes[3]).status_code == 200
    assert at_the_api(manager, otp=codes[3]).status_code == 401
    assert second_factor.codes_left(SecondFactor.objects.get()) == 9
    assert codes[0] not in SecondFactor.objects.get().recovery_hashes


def test_after_so_many_wrong_codes_no_code_is_looked_at_for_a_while(
    manager: User, settings: Any
) -> None:
    settings.LOGIN_RATE_LIMIT = 0  # the limit is the account's, wherever one asks from
    salt, _ = has_it(manager)
    for _ in range(MAX_WRONG):
        at_the_api(manager, otp="000000")

    limited = at_the_api(manager, otp=code_of(salt))

    assert (limited.status_code, limited.json()["code"]) == (429, "otp_limited")
    assert limited["Retry-After"] == "900"
    assert outcomes()[-1] == "limited"
    with travel(timezone.now() + timedelta(minutes=15)):
        assert at_the_api(manager, otp=code_of(salt)).status_code == 200


def test_a_right_code_forgets_the_wrong_ones(manager: User, settings: Any) -> None:
    settings.LOGIN_RATE_LIMIT = 0
    salt, codes = has_it(manager)
    for code in (codes[0], code_of(salt), codes[1]):
        for _ in range(MAX_WRONG - 1):
            at_the_api(manager, otp="000000")
        assert at_the_api(manager, otp=code).status_code == 200


# --- At the back office ---


def sign_in(client: Client, user: User, **said: str) -> Any:
    typed = {"username": user.email, "password": PASSWORD, "next": "/admin/", **said}
    return client.post(DOOR, typed)


def second_page(answer: Any) -> str:
    [half] = re.findall(r'name="half" value="([^"]+)"', answer.content.decode())
    return str(half)


def test_the_back_office_asks_for_the_code_on_a_second_page(manager: User) -> None:
    salt, _ = has_it(manager)
    client = Client()

    asked = sign_in(client, manager)
    page = asked.content.decode()
    assert "Now the code that your app shows." in page
    assert PASSWORD not in page
    assert "_auth_user_id" not in client.session
    wrong = client.post(DOOR, {"half": second_page(asked), "otp": "000000", "next": "/admin/"})
    assert "Not the code that the app shows now" in wrong.content.decode()
    right = client.post(DOOR, {"half": second_page(wrong), "otp": code_of(salt), "next": "/admin/"})

    assert (right.status_code, right["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == str(manager.pk)
    assert outcomes() == ["no_code", "ok"]


def test_the_second_page_alone_lets_nobody_in(manager: User) -> None:
    has_it(manager)
    client = Client()
    half = second_page(sign_in(client, manager))

    assert "asks for the code" in client.post(DOOR, {"half": half}).content.decode()
    assert "took too long" in client.post(DOOR, {"half": "1.forged"}).content.decode()
    with travel(timezone.now() + timedelta(minutes=6)):
        assert "took too long" in client.post(DOOR, {"half": half}).content.decode()
    manager.set_password("another-good-one")
    manager.save()
    assert "took too long" in client.post(DOOR, {"half": half}).content.decode()
    assert "_auth_user_id" not in client.session


def test_without_it_the_back_office_asks_for_nothing_more(manager: User) -> None:
    assert sign_in(Client(), manager).status_code == 302
    assert outcomes() == ["ok"]


# --- Turning it on and off ---


def turn_on(office: Client, **said: str) -> Any:
    page = office.get(OWN).content.decode()
    assert 'src="data:image/svg+xml' in page
    [key] = re.findall(r"The key: <code[^>]*>([A-Z2-7 ]+)</code>", page)
    code = code_at(b32decode(key.replace(" ", "")), timezone.now())
    return office.post(OWN, {"code": code, "password": PASSWORD, **said})


def test_it_is_turned_on_by_a_code_and_the_password(office: Client, manager: User) -> None:
    shown = turn_on(office)

    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", shown.content.decode())
    assert len(set(codes)) == 10
    assert "no-store" in shown["Cache-Control"]
    assert at_the_api(manager).json()["code"] == "otp_required"
    assert at_the_api(manager, otp=codes[0]).status_code == 200
    [entry] = AuditEntry.objects.filter(object_repr=f"two-factor sign-in of user {manager.pk}")
    assert (entry.action, entry.actor) == (AuditEntry.Action.CREATE, manager)
    assert "salt" not in entry.changes


@pytest.mark.parametrize(
    ("said", "why"),
    [({"code": "000000"}, "Not the code"), ({"password": "wrong"}, "Not your password.")],
)
def test_a_wrong_code_or_password_turns_nothing_on(
    office: Client, said: dict[str, str], why: str
) -> None:
    assert why in turn_on(office, **said).content.decode()
    assert not SecondFactor.objects.exists()


def test_it_is_turned_off_by_the_password(office: Client, manager: User) -> None:
    has_it(manager)
    assert "10 recovery codes are left" in office.get(OWN).content.decode()

    wrong = office.post(OWN, {"password": "wrong"}).content.decode()
    assert "Not your password." in wrong
    assert at_the_api(manager).status_code == 401

    office.post(OWN, {"password": PASSWORD})

    assert at_the_api(manager).status_code == 200
    assert AuditEntry.objects.filter(action=AuditEntry.Action.DELETE).count() == 1


def test_an_admin_takes_it_off(admin: User, manager: User) -> None:
    has_it(manager)
    person = reverse("admin:accounts_user_change", args=[manager.pk])
    address = reverse("admin:accounts_user_take_off_second_factor", args=[manager.pk])
    assert address in at_the_office(admin).get(person).content.decode()

    at_the_office(manager).post(address)
    assert at_the_api(manager).status_code == 401
    at_the_office(admin).post(address)

    assert at_the_api(manager).status_code == 200
    assert address not in at_the_office(admin).get(person).content.decode()
    entry = AuditEntry.objects.filter(action=AuditEntry.Action.DELETE).get()
    assert entry.actor == admin


def test_a_command_lets_the_last_admin_in(admin: User, capsys: Any) -> None:
    has_it(admin)

    call_command("turn_off_second_factor", admin.email.upper())

    assert at_the_api(admin).status_code == 200
    for email, why in ((admin.email, "is off"), ("nobody@shop.example", "Nobody signs in")):
        with pytest.raises(CommandError, match=why):
            call_command("turn_off_second_factor", email)


def test_staff_can_have_it_at_the_till(staff: User) -> None:
    salt, _ = has_it(staff)

    assert at_the_api(staff).status_code == 401
    assert at_the_api(staff, otp=code_of(salt)).status_code == 200
    assert at_the_api(make_user("staff", email="other@shop.example")).status_code == 200
