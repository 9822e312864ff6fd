"""Locking the books in the back office: by the use case, and by whom it allows."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from conftest import at_the_office
from ledger.closing_models import PeriodLock
from ledger.period_lock import locked_through
from pos_project.core.days import today

pytestmark = pytest.mark.django_db

LOCK = "/admin/ledger/periodlock/add/"
LAST_MONTH = today() - timedelta(days=30)


def lock(user: User, day: date | None, reason: str = "Reported") -> Any:
    client = at_the_office(user)
    return client.post(LOCK, {"locked_through": day.isoformat() if day else "", "reason": reason})


def test_a_manager_locks_the_books_and_the_page_says_what_holds(manager: User) -> None:
    assert lock(manager, LAST_MONTH)["Location"] == "/admin/ledger/periodlock/"

    kept = PeriodLock.objects.get()
    assert (kept.locked_through, kept.reason, kept.user) == (LAST_MONTH, "Reported", manager)
    client = at_the_office(manager)
    for page in (LOCK, "/admin/ledger/periodlock/"):
        assert f"{LAST_MONTH:%d-%m-%Y}" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("day", "reason", "field", "said"),
    [
        (today(), "Reported", "locked_through", "Only days that ended at least 10 minutes ago"),
        (LAST_MONTH, "Again", "locked_through", "locked through"),
        (LAST_MONTH + timedelta(days=1), " ", "reason", "required"),
        (LAST_MONTH - timedelta(days=1), "Back", "__all__", "Only an admin may take a lock back."),
        (None, "Back", "__all__", "Only an admin may take a lock back."),
    ],
)
def test_what_may_not_be_is_said_and_the_lock_stays(
    manager: User, day: date | None, reason: str, field: str, said: str
) -> None:
    lock(manager, LAST_MONTH)

    answer = lock(manager, day, reason)

    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors[field])
    assert locked_through() == LAST_MONTH


def test_an_admin_takes_a_lock_back_and_both_stay_on_the_list(manager: User, admin: User) -> None:
    lock(manager, LAST_MONTH)

    assert lock(admin, None, "A late invoice").status_code == 302

    assert locked_through() is None
    assert PeriodLock.objects.count() == 2


def test_staff_lock_nothing(staff: User) -> None:
    assert lock(staff, LAST_MONTH)["Location"].startswith("/admin/login/")
    assert not PeriodLock.objects.exists()
