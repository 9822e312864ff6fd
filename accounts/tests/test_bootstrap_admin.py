"""The first admin of a fresh install (`manage.py bootstrap_admin`)."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import User
from conftest import make_user

NAMES = ("ENABLE", "NAME", "USERNAME", "EMAIL", "PASSWORD")


@pytest.fixture(autouse=True)
def _clean_environment(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"BOOTSTRAP_ADMIN_{name}", raising=False)


def bootstrap(*options: str) -> str:
    out = StringIO()
    call_command("bootstrap_admin", *options, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Any:
    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BOOTSTRAP_ADMIN_{name}", value)

    return put


def test_the_documented_login_works_after_it(environment: Any) -> None:
    environment(ENABLE="true")
    said = bootstrap()

    assert "admin@gmail.com" in said
    assert "too common" in said
    assert "admin123" not in said
    body = {"email": "admin@gmail.com", "password": "admin123"}
    answer = APIClient().post("/api/auth/login", body).json()
    assert answer["message"] == "Login successful"
    admin = User.objects.get()
    assert answer["user"] == {"id": admin.pk, "name": "superAdmin", "role": "admin"}
    assert (admin.verify, admin.created_by) == (True, None)


def test_the_environment_names_the_admin(environment: Any) -> None:
    environment(
        ENABLE="1", NAME=" Rina ", USERNAME="rina", EMAIL="rina@shop.example", PASSWORD="$ecret pw"
    )
    bootstrap()

    admin = User.objects.get()
    assert (admin.name, admin.username, admin.email) == ("Rina", "rina", "rina@shop.example")
    assert admin.check_password("$ecret pw")


def test_options_win_over_the_environment_and_need_no_switch(environment: Any) -> None:
    environment(ENABLE="false", NAME="Rina", EMAIL="rina@shop.example")
    bootstrap("--email=boss@shop.example", "--password=a-good-password")

    assert User.objects.get().email == "boss@shop.example"
    assert User.objects.get().name == "Rina"


@pytest.mark.parametrize("switch", [None, "", "false", "0"])
def test_it_does_nothing_unless_it_is_switched_on(environment: Any, switch: str | None) -> None:
    if switch is not None:
        environment(ENABLE=switch)

    assert "nothing done" in bootstrap()
    assert not User.objects.exists()


def test_running_it_twice_changes_nothing(environment: Any) -> None:
    environment(ENABLE="true")
    bootstrap()
    before = User.objects.values().get()
    environment(EMAIL="other@shop.example", PASSWORD="another-password")

    assert "already" in bootstrap()
    assert User.objects.values().get() == before


def test_an_admin_who_may_not_sign_in_is_no_admin(environment: Any) -> None:
    make_user("admin", status="banned")
    make_user("manager")
    environment(ENABLE="true")
    bootstrap()

    assert User.objects.filter(role="admin", status="active").count() == 1


@pytest.mark.parametrize("password", ["admin123", ""])
def test_production_refuses_the_published_password(
    environment: Any, settings: Any, password: str
) -> None:
    settings.PRODUCTION = True
    environment(ENABLE="true", EMAIL="boss@shop.example", PASSWORD=password)

    with pytest.raises(CommandError, match=r"admin123|password: "):
        bootstrap()
    assert not User.objects.exists()


def test_production_takes_a_password_of_ones_own(environment: Any, settings: Any) -> None:
    settings.PRODUCTION = True
    environment(ENABLE="true", EMAIL="boss@shop.example", PASSWORD="a-good-password")
    bootstrap()

    assert User.objects.get().email == "boss@shop.example"


@pytest.mark.parametrize(
    ("option", "named"),
    [("--email=nonsense", "email"), ("--password=short", "password"), ("--name=x", "name")],
)
def test_a_wrong_value_is_named(option: str, named: str) -> None:
    with pytest.raises(CommandError, match=f"{named}: "):
        bootstrap(option)
    assert not User.objects.exists()


def test_a_taken_address_is_named() -> None:
    make_user("staff", email="admin@gmail.com")

    with pytest.raises(CommandError, match="taken: email"):
        bootstrap("--name=Rina")


def test_the_help_names_the_variables(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("bootstrap_admin", "--help")
    said = " ".join(capsys.readouterr().out.split())
    for word in ("BOOTSTRAP_ADMIN_ENABLE", "BOOTSTRAP_ADMIN_PASSWORD", "--email", "as often as"):
        assert word in said
