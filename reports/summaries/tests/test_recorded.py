"""Counts of what users recorded: of closed days and months built, the same as counting anew."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.models import User
from conftest import make_user
from pos_project.core.days import at_noon, today
from pos_project.core.db.merged_list import Timeline
from pos_project.core.http.day_range import DayRange
from pos_project.tests import shop
from reports.dashboards import user_history
from reports.dashboards.user_history import UserHistory
from reports.summaries.building import build_missing, invalidate
from reports.summaries.day_sets import Days, month_after, month_before, month_end, month_of
from reports.summaries.models import Granularity, RecordedSummary
from reports.summaries.recorded import RECORDED
from sales import holds

pytestmark = pytest.mark.usefixtures("the_books_agree")

THIS_MONTH = month_of(today())
LAST_MONTH = month_before(THIS_MONTH)
BEFORE = month_before(LAST_MONTH)
DAYS = (BEFORE, BEFORE + timedelta(days=9), LAST_MONTH, month_end(LAST_MONTH), THIS_MONTH, today())


@pytest.fixture
def seller(db: None) -> User:
    return make_user("staff")


@pytest.fixture
def three_months(seller: User) -> None:
    """A sale of the seller on each of some days, and one of somebody else's."""
    for day in DAYS:
        for by in (seller, shop.a_cashier()):
            shop.sell((shop.a_service(), 1), by=by, at=at_noon(day))


def sales_of(user: User | None, first: date | None, last: date | None) -> int:
    return UserHistory(DayRange(first, last), user=user, kind="Sale").counts["Sale"]


@pytest.mark.parametrize("building", ["nothing", "all but the last days", "everything"])
def test_every_range_counts_the_same_built_or_not(
    seller: User, three_months: None, building: str
) -> None:
    if building != "nothing":
        build_missing(BEFORE + timedelta(days=40) if building.startswith("all but") else None)

    edges = sorted({*DAYS, month_end(BEFORE), BEFORE - timedelta(days=1), BEFORE.replace(day=2)})
    for first in (None, *edges):
        for last in (None, *edges):
            if first and last and first > last:
                continue
            expected = sum(
                (first is None or day >= first) and (last is None or day <= last) for day in DAYS
            )
            assert sales_of(seller, first, last) == expected, (first, last)
            assert sales_of(None, first, last) == 2 * expected, (first, last)


def test_closed_days_are_not_counted_again(
    seller: User, three_months: None, queries: Callable[..., list[str]]
) -> None:
    build_missing()
    days = DayRange(BEFORE, month_end(LAST_MONTH))

    sent = queries(lambda: len(UserHistory(days, user=seller)))

    assert not [sql for sql in sent if "COUNT(" in sql]
    assert RecordedSummary.objects.filter(
        granularity=Granularity.MONTH, first_day=LAST_MONTH
    ).exists()


def test_a_late_row_is_counted_too(seller: User, three_months: None) -> None:
    build_missing()
    shop.sell((shop.a_service(), 1), by=seller, at=at_noon(LAST_MONTH))

    assert sales_of(seller, LAST_MONTH, LAST_MONTH) == 2
    assert sales_of(seller, None, None) == len(DAYS) + 1
    build_missing()
    assert sales_of(seller, LAST_MONTH, month_end(LAST_MONTH)) == 3


def test_a_held_sale_counts_from_the_day_it_was_held(seller: User) -> None:
    held_on = LAST_MONTH
    order = shop.an_order((shop.a_service(), 1))
    held = holds.hold(order, by=seller, at=at_noon(held_on))
    build_missing()
    assert sales_of(seller, held_on, held_on) == 1

    shop.complete(held)

    assert sales_of(seller, held_on, held_on) == 1
    assert sales_of(seller, month_after(held_on), None) == 0


def test_built_counts_are_those_of_the_list(seller: User, three_months: None) -> None:
    build_missing()
    history = UserHistory(DayRange(), user=seller)
    assert history.counts == Timeline(history.sources).counts
    assert len(history[:100]) == len(history)


def test_a_wrong_count_is_named(seller: User, three_months: None) -> None:
    build_missing()
    closed = Days.of(day for day in DAYS if day < today())
    assert not [*RECORDED.differing_days(closed), *RECORDED.differing_month(LAST_MONTH)]
    wrong = RecordedSummary.objects.filter(user=seller, kind="Sale", first_day=LAST_MONTH)

    wrong.update(recorded=9)

    [of_day] = RECORDED.differing_days(closed)
    assert of_day.what == f"first_day {LAST_MONTH}, user_id {seller.pk}, kind Sale"
    assert (of_day.expected, of_day.found) == ("1", "9")
    # 2 until the month before, 9 on its first day as far as is known, 1 on its last.
    [of_month] = RECORDED.differing_month(LAST_MONTH)
    assert (of_month.expected, of_month.found) == ("12", "9")


def test_a_deep_page_is_the_same_as_one_from_the_top(
    seller: User, three_months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is built: day after day, with a gap, nothing."""
    whole = list(UserHistory(DayRange()))
    monkeypatch.setattr(user_history, "DEEP", 0)
    for build in (lambda: None, build_missing, lambda: invalidate([month_end(LAST_MONTH)])):
        build()
        history = UserHistory(DayRange())
        for start in range(len(whole)):
            assert history[start : start + 3] == whole[start : start + 3], start
        assert history[len(whole) :] == []
