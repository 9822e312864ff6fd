"""What every test may ask for: signed-in clients, a counted number of SQL statements, a shop."""

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from hypothesis import settings as hypothesis
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import access_token
from catalog import coming_prices
from pos_project.core import remembered
from pos_project.core.db import transactions
from pos_project.core.db.guards import moments
from pos_project.core.remembered import Remembered
from pos_project.tests import pristine, shop
from pos_project.tests.examples import PROFILES
from pos_project.tests.invariants import the_books_agree
from pos_project.tests.switch import guards_off
from purchasing.models import Supplier
from reports.summaries import remembered as summaries
from reports.summaries.building import CATCHING_UP
from sales.models import Customer

__all__ = ["guards_off", "the_books_agree"]

R = TypeVar("R")

for name, percent in PROFILES.items():
    hypothesis.register_profile(name, max_examples=percent, deadline=None)

# It is this moment when a test begins, so that none depends on the hour at which it runs.
CLOCK = datetime.fromisoformat(os.environ.get("TEST_CLOCK") or "2026-08-12T14:00:00+06:00")


def clock(*, tick: bool) -> time_machine.travel:
    """Inside, it is CLOCK; time goes on from there, or stands."""
    return time_machine.travel(CLOCK.astimezone(UTC), tick=tick)


# For all of a run: to say so once is cheaper than to change and restore it for every test.
IN_TESTS = override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    LOGIN_RATE_LIMIT=0,
    API_RATE_LIMIT=0,
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    # Static files are found when asked for, not by a walk through all of them for each client.
    WHITENOISE_AUTOREFRESH=True,
)


def pytest_configure() -> None:
    IN_TESTS.enable()
    # No test counts statements on a machine so busy that what is remembered runs out meanwhile.
    remembered.SECONDS = float("inf")


def pytest_unconfigure() -> None:
    IN_TESTS.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    with clock(tick=False):  # modules ask for today, too
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")
        if item.get_closest_marker("mariadb"):
            item.add_marker("dear")
            if connection.vendor != "mysql":
                item.add_marker(pytest.mark.skip(reason="needs a MySQL/MariaDB server (DB_HOST)"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        pristine.note_migrations()
        pristine.keep()


@pytest.fixture(scope="session")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders that are not there yet: most tests never write a file."""
    root = tmp_path_factory.mktemp("media")
    return (root / str(number) for number in count())


@pytest.fixture(autouse=True)
def _clean_slate(settings: Any, _folders: Iterator[Path]) -> None:
    """Nothing in a cache, no snapshot of a stream that a test before left half read, and pictures
    and heads of seals in places of the test's own. No reader builds summaries on the way, at a
    moment that nobody chose: `CATCHING_UP.forget()` lets the next one."""
    transactions._SNAPSHOT.set(None)
    settings.MEDIA_ROOT = next(_folders)
    settings.HEADS_FILE = next(_folders)
    cache.clear()
    for each in Remembered.everything:
        each.forget()
    coming_prices.LastLook.day = None
    summaries.forget()
    CATCHING_UP.later()


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Time goes on from CLOCK, but for tests whose servers or browsers have clocks of their own."""
    is_real = request.node.get_closest_marker("real_time")
    with nullcontext() if is_real else clock(tick=True):
        yield


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[..., Any]]:
    """`standing(trade)` is `trade()`, done once: what it wrote is there for every test of the
    module. For modules without transaction tests, whose other tests do not mind the rows."""
    outermost = transaction.atomic()
    outermost._from_testcase = True  # type: ignore[attr-defined]  # (as TestCase's own are)
    with django_db_blocker.unblock():
        outermost.__enter__()

    def make(act: Callable[[], R]) -> R:
        for each in Remembered.everything:
            each.forget()
        with django_db_blocker.unblock(), clock(tick=False):
            return act()

    yield make
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outermost.__exit__(None, None, None)
        moments.remember()  # triggers put up meanwhile: that note was rolled back, they were not


def signed_in(user: User) -> APIClient:
    """A client with a real access token of `user`."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user, now=timezone.now())}")
    return client


def make_user(role: str, **fields: Any) -> User:
    return User.objects.create_user(
        **{
            "name": f"The {role}",
            "email": f"{role}@shop.example",
            "role": role,
            "password": "a-good-password",
            **fields,
        }
    )


@pytest.fixture
def admin(db: None) -> User:
    return make_user("admin")


@pytest.fixture
def manager(db: None) -> User:
    return make_user("manager")


@pytest.fixture
def staff(db: None) -> User:
    return make_user("staff")


@pytest.fixture
def as_admin(admin: User) -> APIClient:
    return signed_in(admin)


@pytest.fixture
def as_manager(manager: User) -> APIClient:
    return signed_in(manager)


@pytest.fixture
def as_staff(staff: User) -> APIClient:
    return signed_in(staff)


def at_the_office(user: User) -> Client:
    """A browser in which `user` is signed in to the back office."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def office(manager: User) -> Client:
    return at_the_office(manager)


@pytest.fixture
def rahim(db: None) -> Customer:
    return shop.a_customer()


@pytest.fixture
def delta(db: None) -> Supplier:
    return shop.a_supplier()


@pytest.fixture
def queries() -> Callable[[Callable[[], Any]], list[str]]:
    """Runs something and returns the SQL statements it sent, in order."""

    def run(action: Callable[[], Any]) -> list[str]:
        for each in Remembered.everything:  # or it might run out in the middle of `action`
            each.forget()
            each.get()
        with CaptureQueriesContext(connection) as captured:
            action()
        return [query["sql"] for query in captured.captured_queries]

    return run
