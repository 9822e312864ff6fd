"""One's own password, changed in the back office: as the page of people does it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.people import change_own_pin
from conftest import at_the_office

pytestmark = pytest.mark.django_db

PAGE = "/admin/password_change/"
OLD = "a-good-password"
NEW = {"new_password1": "another-good-one", "new_password2": "another-good-one"}


def change(office: Client, **typed: str) -> Any:
    return office.post(PAGE, {"old_password": OLD, **NEW, **typed}, follow=True)


def test_a_new_password_ends_pin_and_other_sessions_and_this_one_stays(
    office: Client, manager: User
) -> None:
    change_own_pin(manager, OLD, "482913")
    elsewhere = at_the_office(manager)

    changed = change(office)

    assert changed.redirect_chain[-1][0] == "/admin/password_change/done/"
    manager.refresh_from_db()
    assert manager.check_password("another-good-one")
    assert manager.pin == "", "it was set by somebody who knew the old password"
    assert manager.updated_by == manager
    assert office.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    entry = AuditEntry.objects.filter(changes__has_key="password").latest("id")
    assert entry.changes["password"] == ["••••", "••••"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"old_password": "wrong"}, "old password was entered incorrectly"),
        ({"new_password1": "short", "new_password2": "short"}, "At least 8 characters."),
        ({"new_password2": "something-else"}, "didn"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    office: Client, manager: User, typed: dict[str, str], why: str
) -> None:
    assert why in change(office, **typed).content.decode()
    manager.refresh_from_db()
    assert manager.check_password(OLD)


def test_the_old_password_is_not_guessed_for_long(
    office: Client, manager: User, settings: Any
) -> None:
    settings.LOGIN_RATE_LIMIT = 2
    for _ in range(2):
        change(office, old_password="wrong")

    assert "Too many attempts" in change(office).content.decode()
    manager.refresh_from_db()
    assert manager.check_password(OLD)
