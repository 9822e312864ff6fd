"""Closing days in the back office: what is shown is what is closed, as the command does it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from conftest import at_the_office
from ledger import closing
from ledger.models import DaySeal
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from reports.statements import day_closing_admin as page
from reports.statements.day_closing import days_to_close, last_closable_day
from reports.summaries.models import BuiltPeriod

pytestmark = pytest.mark.django_db

CLOSE = "/admin/ledger/dayseal/close/"


@pytest.fixture
def first() -> date:
    """Three days ago a sale of 5.00, and none since but one of today."""
    day, service = last_closable_day() - timedelta(days=2), shop.a_service("5.00")
    shop.sell((service, 1), at=at_noon(day))
    shop.sell((service, 1))
    return day


def sealed() -> list[date]:
    return list(DaySeal.objects.exclude(day=None).order_by("day").values_list("day", flat=True))


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def test_the_page_shows_the_open_days_and_closes_them(office: Client, first: date) -> None:
    last = last_closable_day()
    shown = office.get(CLOSE)
    assert [(each.day, str(each.sales_total)) for each in shown.context["days"]] == [
        (first, "5.00"),
        (first + timedelta(days=1), "0.00"),
        (last, "0.00"),
    ]
    assert "Close these 3 days" in shown.content.decode()
    assert sealed() == []

    answer = office.post(CLOSE, {"until": last.isoformat(), "seen": shown.context["seen"]})

    assert answer["Location"] == "/admin/ledger/dayseal/"
    assert sealed() == list(days(first, last))
    assert BuiltPeriod.objects.exists(), "their figures are summed up, as by the command"
    told = office.get(answer["Location"]).content.decode()
    assert "3 days closed" in told
    assert f"/admin/papers/day-closing/{last}" in told


def test_another_day_than_was_shown_is_shown_first(office: Client, first: date) -> None:
    seen = office.get(CLOSE).context["seen"]

    answer = office.post(CLOSE, {"until": first.isoformat(), "seen": seen})
    assert answer.status_code == 200
    assert [each.day for each in answer.context["days"]] == [first]
    assert sealed() == []
    office.post(CLOSE, {"until": first.isoformat(), "seen": answer.context["seen"]})

    assert sealed() == [first]


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (today(), "can be closed ten minutes after it ended"),
        (today() - timedelta(days=900), "The first open day is"),
        (None, "required"),
    ],
)
def test_a_day_that_cannot_be_closed_says_why(
    office: Client, first: date, until: date | None, said: str
) -> None:
    answer = office.post(CLOSE, {"until": until.isoformat() if until else "", "seen": "any"})

    assert said in str(answer.context["form"].errors["until"])
    assert sealed() == []


def test_a_backlog_is_for_the_command(
    office: Client, first: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MAX_DAYS", 2)
    last = last_closable_day()
    shown = office.get(CLOSE)
    assert [each.day for each in shown.context["days"]] == list(days(first, last))[:2]
    assert f"manage.py close_day {last}" in shown.content.decode()

    refused = office.post(CLOSE, {"until": last.isoformat(), "seen": f"{first}:{last}"})

    assert f"manage.py close_day {last}" in str(refused.context["form"].errors["until"])
    assert sealed() == []


def test_days_closed_meanwhile_are_not_closed_twice(office: Client, first: date) -> None:
    seen = office.get(CLOSE).context["seen"]
    last = last_closable_day()
    closing.seal(first)

    answer = office.post(CLOSE, {"until": last.isoformat(), "seen": seen})
    assert [each.day for each in answer.context["days"]] == list(days(first, last))[1:]
    office.post(CLOSE, {"until": last.isoformat(), "seen": answer.context["seen"]})

    assert office.get(CLOSE)["Location"] == "/admin/ledger/dayseal/", "nothing is left to close"


def test_many_days_cost_the_same_as_one(first: date) -> None:
    one = len(shop.statements(lambda: days_to_close(first, first)))
    assert len(shop.statements(lambda: days_to_close(first - timedelta(days=30), first))) == one


def test_staff_close_nothing(staff: User, first: date) -> None:
    client = at_the_office(staff)
    last = last_closable_day()

    answer: Any = client.post(CLOSE, {"until": last.isoformat(), "seen": f"{first}:{last}"})

    assert answer["Location"].startswith("/admin/login/")
    assert sealed() == []
