"""Moments and business days. A business day is the shop's local day (`SHOP_TIME_ZONE`)."""

from datetime import UTC, date, datetime, time

from django.utils import timezone

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


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


def local_iso(moment: datetime) -> str:
    """F1: ISO 8601 with the shop's offset, whole seconds: `2026-02-08T15:04:05+06:00`."""
    return moment.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")


def local_text(moment: datetime) -> str:
    """F2: `08-02-2026 03:04 PM` in the shop's zone, as the published client parses it."""
    return moment.astimezone(timezone.get_default_timezone()).strftime("%d-%m-%Y %I:%M %p")
