"""A database that cannot save or does not answer: 503 with Retry-After, nothing written, no 500."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Brand
from pos_project.core.db import migrated, transactions
from pos_project.core.db.transactions import transact
from pos_project.core.errors import CannotSave
from pos_project.core.http import health, middleware

UNABLE = [
    OperationalError(1290, "The MariaDB server is running with the --read-only option"),
    OperationalError(1836, "Running in read-only mode"),
    OperationalError(1047, "WSREP has not yet prepared node for application use"),
    OperationalError(1142, "INSERT command denied to user"),
    OperationalError(1045, "Access denied for user"),
    OperationalError(1021, "Disk full"),
    OperationalError(1114, "The table 'sales' is full"),
    OperationalError(1030, 'Got error 28 "No space left on device" from storage engine'),
    OperationalError("database or disk is full"),
    OperationalError("attempt to write a readonly database"),
    OperationalError("disk I/O error"),
    OperationalError("unable to open database file"),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", UNABLE, ids=str)
def test_what_cannot_be_saved_is_not_tried_again(error: OperationalError) -> None:
    tries = []

    def do() -> None:
        Brand.objects.create(name="Acme")
        tries.append(True)
        raise error

    with pytest.raises(CannotSave) as refusal:
        transact(do)
    assert (refusal.value.status, refusal.value.retry_after_seconds) == (503, 30)
    assert tries == [True]
    assert not Brand.objects.exists()


def told_to_come_again(answer: Any, code: str) -> None:
    assert answer.status_code == 503, answer.content
    assert int(answer["Retry-After"]) > 0
    body = answer.json()
    assert body["success"] is False
    assert body["message"] == body["error"]
    assert body["code"] == code


@contextmanager
def failing(error: Exception) -> Iterator[None]:
    """Every statement fails."""
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=error):
        yield


@pytest.mark.parametrize(
    ("error", "code"),
    [(UNABLE[2], "cannot_save"), (OperationalError(2013, "Lost connection"), "busy")],
)
def test_a_read_that_fails_is_503_in_the_envelope(
    as_admin: APIClient, error: Exception, code: str
) -> None:
    with failing(error):
        told_to_come_again(as_admin.get("/api/brands"), code)


def test_a_page_that_fails_is_503_too(client: Client, admin: User) -> None:
    client.force_login(admin)
    client.raise_request_exception = False
    with failing(OperationalError(2006, "MySQL server has gone away")):
        answer = client.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert b"busy" in answer.content


def test_a_bug_stays_a_500(as_admin: APIClient) -> None:
    as_admin.raise_request_exception = False
    with failing(ProgrammingError(1146, "Table 'brands' doesn't exist")):
        answer = as_admin.get("/api/brands")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


@pytest.fixture
def pragma() -> Iterator[Callable[[str], None]]:
    """Sets an SQLite pragma, for this test."""
    if connection.vendor != "sqlite":
        pytest.skip("is about SQLite")

    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {sql}")

    yield run
    run("query_only = 0")
    run("max_page_count = 1073741823")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", ["query_only = 1", "max_page_count = 1"])
def test_sqlite_that_is_full_or_read_only_is_503(
    as_admin: APIClient, pragma: Callable[[str], None], fault: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # or there are free pages left of other tests
    pragma(fault)
    answers = [
        as_admin.post("/api/brands", {"name": f"{number} {'x' * 90}"}) for number in range(100)
    ]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert refused, "it was never full"
    for answer in refused:
        told_to_come_again(answer, "cannot_save")
    assert as_admin.get("/api/brands").status_code == 200
    pragma("query_only = 0")
    pragma("max_page_count = 1073741823")
    assert as_admin.post("/api/brands", {"name": "After"}).status_code == 201


# --- health ---


def test_live_asks_nobody(client: Client) -> None:
    """(Without the `db` fixture any statement would fail.)"""
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()["status"]) == (200, "OK")


@pytest.mark.parametrize("path", ["/health", "/health/", "/health/ready", "/health/ready/"])
def test_health_is_ok_while_the_database_answers(db: None, client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "OK")
    assert answer.json().keys() == {"status", "time"}


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_health_is_an_error_when_it_does_not(
    db: None, client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError(2003, "Can't connect to MySQL server")

    monkeypatch.setattr(health, "_probe", away)
    answer = client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (503, "ERROR")


def test_a_database_of_another_day_is_not_ready(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "of_this_code", lambda: {("sales", "9999_tomorrow")})
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health").status_code == 200


def test_a_database_of_another_day_stops_the_start(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PORT = 0
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setattr(migrated, "of_this_code", lambda: {("sales", "9999_tomorrow")})
    with pytest.raises(CommandError, match=r"1 migrations? .*sales.9999_tomorrow.*migrate"):
        call_command("serve")


# --- compressed answers ---


def test_large_answers_are_compressed_and_small_ones_are_not(as_admin: APIClient) -> None:
    small = as_admin.get("/api/brands", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small
    for number in range(100):
        Brand.objects.create(name=f"A brand with a number in its name, {number}")
    large = as_admin.get("/api/brands", headers={"Accept-Encoding": "gzip"})
    assert large["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in large["Vary"]
    plain = as_admin.get("/api/brands")
    assert gzip.decompress(large.content) == plain.content
    assert len(plain.content) > middleware.COMPRESS_FROM_BYTES > len(large.content)


def test_the_whole_list_of_what_is_unable_is_known() -> None:
    assert all(transactions.is_unable(error) for error in UNABLE)
    assert not transactions.is_unable(OperationalError(1213, "Deadlock found"))
