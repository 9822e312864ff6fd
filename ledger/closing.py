"""Closing business days: once sealed, nothing is posted into a day, and any change to it shows."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from ledger.closing_models import DaySeal
from ledger.sealing import FORM, books, seal_of
from pos_project.core.days import day_start
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.errors import DomainError
from pos_project.core.period import ONE_DAY
from pos_project.core.remembered import Remembered

# A till that began before midnight has given up by then.
GRACE = timedelta(minutes=10)


class DayNotOver(DomainError):
    """Today, a day to come, or a day that ended only just now."""

    code = "day_not_over"


class NotInOrder(DomainError):
    """An earlier day is open, or there is nothing to close yet."""

    code = "day_not_in_order"


def is_sealed(day: date) -> bool:
    """Whether a past day is closed; if not, it stays open until the caller's transaction ends.

    Asked by every write into a past day (`past_days`); today's writes never ask. The days before
    the first closed one are closed with it.
    """
    hold_chain(exclusively=False)
    return DaySeal.objects.filter(day__gte=day).exists()


def last_sealed_day() -> date | None:
    return DaySeal.objects.aggregate(last=Max("day"))["last"]


# Asked by every write; a day is closed ten minutes after it ended, so seconds do not matter.
LAST_SEALED_DAY: Remembered[list[date | None]] = Remembered(lambda: [last_sealed_day()], of=DaySeal)


def head() -> DaySeal:
    """The newest seal; the genesis before any day was closed."""
    return DaySeal.objects.order_by("-id")[0]


def next_day() -> date | None:
    """The first open day: the one after the last closed, or the first that has any row."""
    last = last_sealed_day()
    if last is not None:
        return last + ONE_DAY
    return min((first for book in books() if (first := book.first_day())), default=None)


def is_over(day: date, now: datetime | None = None) -> bool:
    """Whether it may be closed: it ended at least ten minutes ago."""
    return (now or timezone.now()) >= day_start(day + ONE_DAY) + GRACE


def seal(day: date, *, now: datetime | None = None, key: RequestKey | None = None) -> DaySeal:
    """Close a day, in order; a day closed already gives the seal it has.

    Waits for writes into past days that are under way. Raises DayNotOver, or NotInOrder when an
    earlier day is open or nothing has happened yet.
    """
    return once(key, lambda: _seal(day, now or timezone.now()))


def _seal(day: date, now: datetime) -> DaySeal:
    if not is_over(day, now):
        raise DayNotOver(f"{day} can be closed ten minutes after it ended, not before.")
    hold_chain(exclusively=True)
    known = DaySeal.objects.filter(day=day).first()
    if known is not None:
        return known
    due = next_day()
    if due is None:
        raise NotInOrder("Nothing has happened yet that could be closed.")
    if day != due:
        raise NotInOrder(f"{due} is the next day to be closed, not {day}.")
    previous = head()
    made = DaySeal(
        day=day,
        form=FORM,
        previous=previous.seal,
        # From the end of the hours before, though the shop may have moved to another zone since.
        begins_at=previous.ends_at or day_start(day),
        ends_at=day_start(day + ONE_DAY),
        created_at=now,
    )
    new = {book.table for book in books()} - previous.row_counts.keys()
    sealed = seal_of(made, new=new)
    made.seal, made.row_counts = sealed.seal, sealed.row_counts
    made.earlier, made.checksums = sealed.earlier, sealed.checksums
    made.save()
    return made


def hold_chain(*, exclusively: bool) -> None:
    """Hold the genesis: writers of past days share it, whoever seals has it alone.

    SQLite has one writer at a time anyway. What is read after this is what was committed before.
    """
    if connection.vendor != "mysql":
        return
    lock = "FOR UPDATE" if exclusively else "LOCK IN SHARE MODE"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM day_seals WHERE day IS NULL {lock}")  # noqa: S608  (ours)
        assert cursor.fetchone(), "migrate makes the genesis"
