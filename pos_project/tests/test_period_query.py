"""The period of a dashboard (docs/api.md §4): each bound works alone, nonsense is refused."""

from datetime import date

import pytest
import time_machine
from django.http import QueryDict

from pos_project.core.errors import Invalid
from pos_project.core.http.period_query import WholeNumber, period_of


@pytest.fixture(autouse=True)
def _the_eighth_of_february():
    with time_machine.travel("2026-02-08T18:00:00+06:00", tick=False):
        yield


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", date(2026, 1, 9), date(2026, 2, 8)),
        ("fromDate=&toDate=", date(2026, 1, 9), date(2026, 2, 8)),
        ("fromDate=2026-02-01", date(2026, 2, 1), date(2026, 2, 8)),
        ("toDate=2026-01-31", date(2026, 1, 1), date(2026, 1, 31)),
        ("toDate=2026-02-20", date(2026, 1, 21), date(2026, 2, 20)),
        ("fromDate=2025-01-01&toDate=2025-12-31", date(2025, 1, 1), date(2025, 12, 31)),
        ("fromDate=2026-02-08&toDate=2026-02-08", date(2026, 2, 8), date(2026, 2, 8)),
        ("toDate=2000-01-01", date(1999, 12, 2), date(2000, 1, 1)),
    ],
)
def test_a_period_has_both_ends_whatever_was_sent(query, first, last):
    asked = period_of(QueryDict(query))
    assert (asked.first, asked.last) == (first, last)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("fromDate=2026-02-30", "fromDate"),
        ("fromDate=08-02-2026", "fromDate"),
        ("toDate=yesterday", "toDate"),
        ("toDate=2026-2-1", "toDate"),
        ("toDate=1999-12-31", "toDate"),
        ("fromDate=2026-02-09", "fromDate"),
        ("fromDate=2026-02-02&toDate=2026-02-01", "fromDate"),
    ],
)
def test_what_is_no_date_or_ends_before_it_begins_is_refused(query, field):
    with pytest.raises(Invalid) as refused:
        period_of(QueryDict(query))
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", 30),
        ("days=", 30),
        ("days=7", 7),
        ("days=0", 1),
        ("days=-3", 1),
        ("days=99999999999", 365),
        ("days=abc", 30),
        ("days=2.5", 30),
    ],
)
def test_a_number_is_brought_into_its_bounds(query, days):
    assert WholeNumber("days", default=30, most=365).parse(QueryDict(query)) == days
