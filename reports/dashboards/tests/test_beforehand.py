"""What a server reads before anybody opens a dashboard."""

import logging
from typing import Any

import pytest
from django.db import OperationalError

from inventory.best_sellers import UNITS_SOLD
from pos_project.core.db.followed import UpToDate
from pos_project.tests import shop
from reports.dashboards import beforehand
from reports.dashboards.beforehand import DASHBOARDS, read_beforehand
from reports.summaries import remembered
from sales.latest_buyers import LAST_PURCHASES

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = ("main", "inventory/detailed", "product-analysis", "staff-performance")


@pytest.fixture
def stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is the test's: what is read beforehand closes its own."""
    monkeypatch.setattr(beforehand.connections, "close_all", lambda: None)


@pytest.fixture
def open_shop(stays_open: None, as_admin: Any) -> Any:
    mug = shop.a_product("9.00")
    shop.stock(mug, 5)
    shop.sell((mug, 2), customer=shop.a_customer())
    remembered.forget()
    return as_admin


@pytest.mark.parametrize("path", PATHS)
def test_the_first_dashboard_is_asked_no_more_than_a_later_one(path: str, open_shop: Any) -> None:
    read_beforehand()
    first, later = (
        shop.statements(lambda: open_shop.get(f"/api/dashboard/{path}")) for _ in range(2)
    )
    assert len(first) == len(later)


@pytest.mark.parametrize(
    ("path", "figures"), [("products", UNITS_SOLD), ("customers", LAST_PURCHASES)]
)
def test_the_first_list_of_a_till_reads_no_history(
    path: str, figures: UpToDate[Any], open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, read = type(figures.get()), []
    figures.forget()
    read_beforehand()
    monkeypatch.setattr(kind, "read_all", read.append)
    assert open_shop.get(f"/api/{path}").json()["total"] == 1
    assert read == []


def test_every_dashboard_can_be_read_by_nobody_in_particular(
    open_shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        read_beforehand()
    assert caplog.records == []


def test_none_is_begun_when_the_time_is_over(open_shop: Any) -> None:
    assert shop.statements(lambda: read_beforehand(seconds=-1)) == []


def test_a_database_that_does_not_answer_stops_no_server(
    stays_open: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError(2013, "Lost connection")

    monkeypatch.setattr(DASHBOARDS[0], "read", away)
    read_beforehand()
    assert "the database is away" in caplog.text
