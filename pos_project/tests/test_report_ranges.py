"""Ranges of days that reports offer by one click, and the days each is compared with."""

from datetime import date

import pytest

from pos_project.core.back_office.ranges import RANGES, before, quarters
from pos_project.core.period import Period


@pytest.mark.parametrize(
    ("name", "now", "first", "last"),
    [
        ("today", "2026-03-31", "2026-03-31", "2026-03-31"),
        ("yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("this_week", "2026-08-12", "2026-08-09", "2026-08-12"),  # weeks begin on Sunday
        ("this_week", "2026-08-09", "2026-08-09", "2026-08-09"),
        ("last_week", "2026-08-12", "2026-08-02", "2026-08-08"),
        ("this_month", "2026-08-31", "2026-08-01", "2026-08-31"),
        ("last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-01", "2025-12-01", "2025-12-31"),
        ("this_quarter", "2026-05-31", "2026-04-01", "2026-05-31"),
        ("last_quarter", "2026-01-31", "2025-10-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-01-01", "2026-01-01"),
        ("last_year", "2024-02-29", "2023-01-01", "2023-12-31"),
        ("last_30_days", "2026-08-12", "2026-07-14", "2026-08-12"),
    ],
)
def test_a_range_is_chosen_by_one_click(name: str, now: str, first: str, last: str) -> None:
    period = RANGES[name].of(date.fromisoformat(now))

    assert period == Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("name", "days", "earlier"),
    [
        ("this_month", "2026-08-01 2026-08-12", "2026-07-01 2026-07-12"),
        ("this_month", "2026-03-01 2026-03-31", "2026-02-01 2026-02-28"),
        ("last_month", "2026-02-01 2026-02-28", "2026-01-01 2026-01-31"),
        ("this_quarter", "2026-07-01 2026-08-12", "2026-04-01 2026-05-12"),
        ("last_quarter", "2026-04-01 2026-06-30", "2026-01-01 2026-03-31"),
        ("this_year", "2024-01-01 2024-02-29", "2023-01-01 2023-02-28"),
        ("yesterday", "2026-08-11 2026-08-11", "2026-08-10 2026-08-10"),
        ("this_week", "2026-08-09 2026-08-12", "2026-08-02 2026-08-05"),
        ("own", "2026-08-03 2026-08-05", "2026-07-31 2026-08-02"),
        ("last_30_days", "2026-07-14 2026-08-12", "2026-06-14 2026-07-13"),
    ],
)
def test_the_days_before_are_the_same_of_the_month_before(
    name: str, days: str, earlier: str
) -> None:
    period, expected = (
        Period(*(date.fromisoformat(day) for day in each.split())) for each in (days, earlier)
    )

    assert before(period, name) == expected


def test_the_quarters_of_a_year_end_with_its_day() -> None:
    found = quarters(date(2026, 8, 12))

    assert [(each.first.isoformat(), each.last.isoformat()) for each in found] == [
        ("2026-07-01", "2026-08-12"),
        ("2026-04-01", "2026-06-30"),
        ("2026-01-01", "2026-03-31"),
    ]
