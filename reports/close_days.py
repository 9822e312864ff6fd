"""Closing days as the shop does it: seal each, then freeze what it came to."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone

from ledger import closing
from ledger.models import DaySeal
from pos_project.core.days import business_day
from reports.facts.freezing import freeze_missing


def last_closable_day(now: datetime | None = None) -> date:
    """The latest day that is over."""
    return business_day((now or timezone.now()) - closing.GRACE) - closing.ONE_DAY


def close_until(last: date, *, on_day: Callable[[DaySeal], None] | None = None) -> list[DaySeal]:
    """Close every open day up to and with `last`, oldest first; none when all are closed.

    Each day is a transaction of its own: stopped half-way, it is continued by the next call.
    Raises DayNotOver.
    """
    seals = []
    while (day := closing.next_day()) is not None and day <= last:
        seals.append(closing.seal(day))
        if on_day:
            on_day(seals[-1])
    if seals:
        freeze_missing(last, since=seals[0].day)
    return seals
