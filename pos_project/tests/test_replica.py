"""Reports are read from the replica that the settings name; whatever decides anything is not."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client

from accounts.models import User
from conftest import at_the_office, signed_in
from pos_project.core.db.replica import REPORTS, NothingIsMadeThere, report_snapshot
from pos_project.core.errors import Invalid
from pos_project.tests import shop
from pos_project.tests.races import on_file
from pos_project.tests.test_permission_matrix import MATRIX

__all__ = ["on_file"]
pytestmark = pytest.mark.django_db(transaction=True)
# Dashboards, statements, explanations, what users did; but not lists that are worked with.
REPORT = re.compile(
    r"dashboard/|ledger/(?!accounts|entries|period-lock|cash-counts|due-credits)|users/.*/|sales/1/explain"
)


@pytest.fixture
def sent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is sent to a second connection, which stands for a replica of the test's database."""
    if connection.vendor == "sqlite":
        request.getfixturevalue("on_file")
    monkeypatch.setitem(connections.settings, REPORTS, {**connections.settings["default"]})
    replica, statements = connections[REPORTS], []
    replica.alias = "default"  # (tests may open connections of that name alone)

    def note(execute: Any, statement: str, *words: Any) -> Any:
        statements.append(statement)
        return execute(statement, *words)

    with replica.execute_wrapper(note):
        yield statements
    replica.close()
    del connections[REPORTS]


def test_reports_alone_are_read_there(sent: list[str], manager: User) -> None:
    shop.sell((shop.a_service(), 1))
    client, there = signed_in(manager), set()
    client.raise_request_exception = False
    for path, methods in MATRIX.items():
        real = path.replace("users/1", f"users/{manager.pk}")  # (one who is not there is 404)
        for method in methods:
            sent.clear()
            getattr(client, method)(f"/api/{real}", **({} if method == "get" else {"data": {}}))
            if sent:
                there.add((method, path))
    reports = {("get", path) for path in MATRIX if REPORT.match(path) and "get" in MATRIX[path]}
    assert there == reports


def test_the_back_office_is_not_read_there(sent: list[str], manager: User) -> None:
    office: Client = at_the_office(manager)
    for page in ("/admin/", "/admin/sales/sale/", "/health", "/health/ready"):
        assert office.get(page).status_code == 200
    assert sent == []


def test_all_of_a_report_is_read_there_at_one_moment(sent: list[str], manager: User) -> None:
    client = signed_in(manager)
    here: list[str] = []

    def note(execute: Any, statement: str, *words: Any) -> Any:
        here.append(statement)
        return execute(statement, *words)

    with connection.execute_wrapper(note):
        assert client.get("/api/ledger/trial-balance").status_code == 200
    assert [each for each in here if "journal" in each.lower()] == []
    assert any("journal" in each.lower() for each in sent)


def test_nothing_can_be_written_there(sent: list[str], manager: User) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no read only transactions, and no replicas")
    with pytest.raises(DatabaseError, match="READ ONLY"), report_snapshot():
        User.objects.update(name="Somebody else")
    assert User.objects.get(pk=manager.pk).name == manager.name


def test_afterwards_the_primary_is_asked_again(sent: list[str]) -> None:
    primary = connections["default"]
    with report_snapshot():
        assert connections["default"] is connections[REPORTS]
    assert connections["default"] is primary
    with pytest.raises(Invalid), report_snapshot():
        raise Invalid("a question that cannot be answered")
    assert connections["default"] is primary


def test_no_table_is_made_there() -> None:
    router = NothingIsMadeThere()
    assert router.allow_migrate(REPORTS, "sales") is False
    assert router.allow_migrate("default", "sales") is None
