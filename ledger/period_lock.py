"""An accountant closes the past: into locked days nothing is posted any more.

Late documents count today then, as with sealed days. A lock may be taken back; who did and why
stays on record. Sealed days stay sealed all the same.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Store
from ledger import closing, sealing
from ledger.closing_models import PeriodLock
from pos_project.core.days import business_day
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.errors import Conflict, DomainError, Invalid
from pos_project.core.http.permissions import ADMIN
from pos_project.core.posting_context import Actor

# A sale that began before midnight is surely written, or given up, by then (ADR 0028).
GRACE = timedelta(minutes=10)


class AdminsOnly(DomainError):
    code = "permission_denied"
    status = 403


def locked_through() -> date | None:
    """The last locked day, None when none is."""
    return PeriodLock.objects.order_by("-id").values_list("locked_through", flat=True).first()


def is_locked(day: date) -> bool:
    """Whether nothing may be posted into `day`. Asked inside the transaction that would.

    Whoever asks holds a shared lock until their transaction ends: a lock that is being set waits
    for them, and they read it once it is set.
    """
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM stores WHERE id = %s LOCK IN SHARE MODE", [Store.FIRST_ID]
            )
            cursor.fetchall()
    last = locked_through()
    return last is not None and day <= last


def lock_through(
    day: date | None,
    *,
    reason: str,
    by: Actor,
    role: str,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> PeriodLock:
    """Lock the books up to and including `day`; an earlier day, or None, takes the lock back.

    Raises Invalid for a day that is not over, AdminsOnly when somebody else takes it back,
    Conflict when it says what holds already.
    """
    return once(key, lambda: _lock(day, reason, by, role, at or timezone.now()))


def _lock(day: date | None, reason: str, by: Actor, role: str, at: datetime) -> PeriodLock:
    # The exclusive side of `is_locked`: tills that write the past finish first, the others wait.
    Store.objects.select_for_update().get(pk=Store.FIRST_ID)
    last = locked_through()
    if day == last:
        text = f"The books are locked through {last} already." if last else "Nothing is locked."
        raise Conflict(text, fields={"locked_through": [text]})
    if day is not None and day >= business_day(at - GRACE):
        text = "Only days that ended at least 10 minutes ago can be locked."
        raise Invalid(text, fields={"locked_through": [text]})
    if last is not None and (day is None or day < last) and role != ADMIN:
        raise AdminsOnly("Only an admin may take a lock back.")
    return PeriodLock.objects.create(
        locked_through=day,
        reason=reason,
        user_id=by.pk,
        created_at=at,
        counted=None if day is None else _counted(day),
    )


def _counted(through: date) -> dict[str, Any]:
    """The rows of the days that are locked and not closed: the others are under a seal."""
    after = closing.last_sealed_day()
    days: dict[str, dict[str, int]] = {}
    for book in sealing.books():
        if not book.by_moment:
            for day, count in book.count_by_day(after, through).items():
                days.setdefault(day.isoformat(), {})[book.table] = count
    return {"after": after and after.isoformat(), "days": days}
