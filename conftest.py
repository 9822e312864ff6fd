"""What every test may ask for: signed-in clients, a counted number of SQL statements, a shop."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import access_token
from pos_project.core.remembered import Remembered
from pos_project.tests.switch import guards_off, let_django_empty_the_tables

__all__ = ["guards_off"]

let_django_empty_the_tables()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if connection.vendor == "mysql":
        return
    for item in items:
        if item.get_closest_marker("mariadb"):
            item.add_marker(pytest.mark.skip(reason="needs a MySQL/MariaDB server (DB_HOST)"))


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings: Any, tmp_path: Any) -> None:
    """Cheap hashes, no limits, plain static files, pictures in a folder of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LOGIN_RATE_LIMIT = settings.API_RATE_LIMIT = 0
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    for each in Remembered.everything:
        each.forget()


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
