"""Moments and business days. A business day is the shop's local day (`SHOP_TIME_ZONE`)."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from django.utils import timezone

from pos_project.core.written_text import western_digits

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
EARLIEST_BIRTHDAY = date(1900, 1, 1)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")


def today() -> date:
    """The shop's local day, now."""
    return timezone.localdate()


def business_day(moment: datetime) -> date:
    """The shop's local day of an aware moment."""
    return timezone.localdate(moment)


def day_start(day: date) -> datetime:
    """The first moment of a business day."""
    return datetime.combine(day, time(0), tzinfo=timezone.get_default_timezone())


def at_noon(day: date) -> datetime:
    """Noon of a business day, for a document that has a date but no time."""
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def moment_of(day: date | None, now: datetime) -> datetime:
    """When a document dated `day` happened: now for today (or no or a future date), else noon."""
    if day is None or day >= business_day(now):
        return now
    return at_noon(day).astimezone(UTC)


def read_day(text: str, *, first: date = FIRST_DAY) -> date | None:
    """The day that a person wrote as 2026-11-05 or, day first, as 05/11/2026, in any digits; None
    where that is no day between `first` and 2100."""
    written = western_digits(text).strip()
    try:
        if _ISO.fullmatch(written):
            day = date.fromisoformat(written)
        elif match := _DAY_FIRST.fullmatch(written):
            day = date(int(match[3]), int(match[2]), int(match[1]))
        else:
            return None
    except ValueError:
        return None
    return day if first <= day <= LAST_DAY else None


def local_iso(moment: datetime) -> str:
    """F1: ISO 8601 with the shop's offset, whole seconds: `2026-02-08T15:04:05+06:00`."""
    return _iso(moment, timezone.get_default_timezone())


@lru_cache(maxsize=4096)  # lists show the same rows again and again
def _iso(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def local_text(moment: datetime) -> str:
    """F2: `08-02-2026 03:04 PM` in the shop's zone, as the published client parses it."""
    return moment.astimezone(timezone.get_default_timezone()).strftime("%d-%m-%Y %I:%M %p")
