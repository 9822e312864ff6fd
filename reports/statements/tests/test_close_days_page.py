"""Closing days in the back office: what is shown is what is closed, as the command does it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from conftest import at_the_office
from ledger import closing
from ledger.closing_models import DaySeal
from ledger.models import CashCount
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from reports.statements import day_closing_admin as page
from reports.statements.day_closing import close_until, days_to_close, last_closable_day
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


def test_a_backlog_is_closed_piece_by_piece(
    office: Client, first: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "AT_ONCE", 2)
    last = last_closable_day()
    shown = office.get(CLOSE)
    assert [each.day for each in shown.context["days"]] == list(days(first, last))[:2]
    assert "Close these 3 days" in shown.content.decode()
    assert "And the 1 day after them" in shown.content.decode()

    answer = office.post(CLOSE, {"until": last.isoformat(), "seen": shown.context["seen"]})

    assert sealed() == list(days(first, last))[:2]
    assert answer["Location"] == f"{CLOSE}?until={last}&goes_on=1"
    rest = office.get(answer["Location"])
    assert [each.day for each in rest.context["days"]] == [last]
    assert "Closing goes on by itself" in rest.content.decode()
    office.post(answer["Location"], {"until": last.isoformat(), "seen": rest.context["seen"]})
    assert sealed() == list(days(first, last))


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


# --- Counted cash, and what the list says of it ---


COUNT = "/admin/ledger/dayseal/count/"


def count(office: Client, day: date, **fields: Any) -> Any:
    seen = office.get(COUNT, {"day": day.isoformat()}).context["seen"]
    form = {"day": day.isoformat(), "seen": seen, "bank_account": "BANK", **fields}
    return office.post(COUNT, form, follow=True)


def test_cash_is_counted_before_the_day_is_closed(office: Client, first: date) -> None:
    asks = office.get(CLOSE).content.decode()
    assert "was not counted" in asks
    assert f"{COUNT}?day={last_closable_day()}" in asks

    told = count(office, last_closable_day(), counted="3", reason="Lost", banked="1")

    assert "3.00 counted, 2.00 short; 1.00 to the bank, 2.00 stay" in told.content.decode()
    shown = office.get(CLOSE)
    assert "was not counted" not in shown.content.decode()
    office.post(CLOSE, {"until": str(last_closable_day()), "seen": shown.context["seen"]})
    listed = office.get("/admin/ledger/dayseal/").context["cl"].result_list
    assert [
        (row.came_to.takings, row.came_to.expected, row.came_to.counted, row.came_to.difference)
        for row in listed
    ] == [(0, 5, 3, -2), (0, 5, None, 0), (5, 5, None, 0)]
    page = office.get("/admin/ledger/dayseal/").content.decode()
    assert "not counted" in page
    assert DaySeal.objects.latest("id").seal not in page


def test_notes_and_coins_are_added_up(office: Client, first: date) -> None:
    told = count(office, last_closable_day(), of_2="2", of_1="1").content.decode()
    assert "5.00 counted, it agrees" in told


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Say what lies in the drawer"),
        ({"counted": "4"}, "1.00 short: say why."),
        ({"counted": "5", "banked": "6"}, "No more than was counted."),
        ({"counted": "5", "of_1": "4"}, "They add up to 4.00."),
        ({"counted": "5", "seen": "another"}, "Cash came or went meanwhile"),
    ],
)
def test_what_cannot_be_counted_is_said_in_words(
    office: Client, first: date, fields: dict[str, str], said: str
) -> None:
    answer = count(office, last_closable_day(), **fields)
    assert said in answer.content.decode()
    assert not CashCount.objects.exists()


def test_another_day_is_shown_before_it_is_counted(office: Client, first: date) -> None:
    seen = office.get(COUNT, {"day": str(last_closable_day())}).context["seen"]
    form = {"day": str(first), "seen": seen, "counted": "5", "bank_account": "BANK"}

    shown = office.post(COUNT, form)

    assert (shown.context["day"], shown.context["expected"]) == (first, "5.00")
    assert not CashCount.objects.exists()
    office.post(COUNT, {**form, "seen": shown.context["seen"]})
    assert CashCount.objects.get().business_date == first


def test_the_day_over_is_counted_first_then_today(office: Client, first: date) -> None:
    assert office.get(COUNT).context["day"] == last_closable_day()
    count(office, last_closable_day(), counted="5")
    assert office.get(COUNT).context["day"] == today()


def test_the_report_of_an_open_day_is_reached_from_the_list(office: Client, first: date) -> None:
    answer = office.post("/admin/ledger/dayseal/report-of/", {"day": first.isoformat()})
    assert answer["Location"] == f"/admin/papers/day-closing/{first}"
    assert "nobody counted" in office.get(answer["Location"]).content.decode()


def test_the_list_costs_the_same_for_one_day_as_for_twenty(office: Client, queries: Any) -> None:
    def page() -> Any:
        return office.get("/admin/ledger/dayseal/")

    last = last_closable_day()
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(last - timedelta(days=19)))
    close_until(last - timedelta(days=19))
    page()
    one = len(queries(page))
    close_until(last)
    assert len(page().context["cl"].result_list) == 20
    assert len(queries(page)) == one
