"""The days of a report, by one click: today, last week, this quarter …"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import get_format

from pos_project.core.period import ONE_DAY, Period

OWN = "own"


@dataclass(frozen=True)
class Range:
    """A choice of days; `months` (or else `days`) is how far back the days before it begin."""

    name: str
    title: str
    of: Callable[[date], Period]
    days: int = 0
    months: int = 0


def _week(day: date) -> date:
    """The first day of the week, which is the calendar's of the date fields."""
    first = int(get_format("FIRST_DAY_OF_WEEK"))  # 0 is Sunday
    return day - timedelta(days=(day.isoweekday() - first) % 7)


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


RANGES = {
    each.name: each
    for each in (
        Range("today", "Today", lambda now: Period(now, now), days=1),
        Range("yesterday", "Yesterday", lambda now: Period(now - ONE_DAY, now - ONE_DAY), days=1),
        Range("this_week", "This week", lambda now: Period(_week(now), now), days=7),
        Range(
            "last_week",
            "Last week",
            lambda now: Period(_week(now) - timedelta(days=7), _week(now) - ONE_DAY),
            days=7,
        ),
        Range("this_month", "This month", lambda now: Period(now.replace(day=1), now), months=1),
        Range(
            "last_month",
            "Last month",
            lambda now: Period(_months_before(now.replace(day=1), 1), now.replace(day=1) - ONE_DAY),
            months=1,
        ),
        Range("this_quarter", "This quarter", lambda now: Period(_quarter(now), now), months=3),
        Range(
            "last_quarter",
            "Last quarter",
            lambda now: Period(_months_before(_quarter(now), 3), _quarter(now) - ONE_DAY),
            months=3,
        ),
        Range("this_year", "This year", lambda now: Period(date(now.year, 1, 1), now), months=12),
        Range(
            "last_year",
            "Last year",
            lambda now: Period(date(now.year - 1, 1, 1), date(now.year - 1, 12, 31)),
            months=12,
        ),
        Range("last_30_days", "Last 30 days", lambda now: Period(now - timedelta(29), now)),
    )
}


def before(period: Period, name: str) -> Period:
    """The days to compare with: the month before up to the same day, a whole month with a whole
    month; of days of one's own choice, as many right before them."""
    chosen = RANGES.get(name)
    if chosen and chosen.months:
        first = _months_before(period.first, chosen.months)
        is_whole = chosen.name.startswith("last_")
        last = period.first - ONE_DAY if is_whole else _months_before(period.last, chosen.months)
        return Period(first, last)
    back = timedelta(days=chosen.days if chosen and chosen.days else period.days)
    return Period(period.first - back, period.last - back)


def quarters(last: date) -> list[Period]:
    """The quarters of the day's year up to it, the newest first."""
    found = [Period(_quarter(last), last)]
    while found[-1].first.month > 1:
        end = found[-1].first - ONE_DAY
        found.append(Period(_quarter(end), end))
    return found
