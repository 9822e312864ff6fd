"""Freezing: a day that is over is summed once. Writing into it afterwards thaws it.

A day may be frozen 10 minutes after its end, when no sale that began in it is still under way
(`transactions.GIVE_UP_AFTER_SECONDS`). Whoever writes into a past day shares a lock until they
commit; whoever freezes holds it alone: no late row is ever missing from a frozen day.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from pos_project.core.days import business_day
from pos_project.core.db.transactions import transact
from pos_project.core.period import ONE_DAY
from reports.summaries.builder import Maker, TableMaker
from reports.summaries.builders import MAKERS
from reports.summaries.day_sets import Days, month_after, month_before, month_end, month_of
from reports.summaries.models import FrozenPeriod, Span
from reports.summaries.raw import as_day, rows
from sales.models import Sale

log = logging.getLogger(__name__)

AFTER_MIDNIGHT = timedelta(minutes=10)
FEW = 3  # days, and months, that a reader freezes on the way
LOOK_BACK = timedelta(days=400)  # how far back a reader looks for them
CATCH_UP_SECONDS = 60.0

# Tables of events; each has an index that begins with the business day.
WHERE_THINGS_HAPPEN = ("sales", "refunds", "payments", "journal_entries")

Known = set[tuple[str, int, date]]  # fact, span, first day


def first_day() -> date | None:
    """The first business day on which anything happened; None in an empty shop."""
    first_of = "(SELECT MIN(business_date) FROM {})"
    firsts = ", ".join(first_of.format(table) for table in WHERE_THINGS_HAPPEN)
    [found] = rows(f"SELECT {firsts}", {})
    days = [as_day(first) for first in found if first is not None]
    # A sale that was held counts among what was recorded before it has a business day.
    held = Sale.objects.aggregate(first=Min("created_at"))["first"]
    return min([*days, business_day(held)] if held else days, default=None)


def last_closed_day(now: datetime | None = None) -> date:
    """The latest day that may be frozen."""
    return business_day((now or timezone.now()) - AFTER_MIDNIGHT) - ONE_DAY


def freeze(day: date) -> None:
    """Freeze one closed day, and its month when that is complete; what is frozen stays."""
    freeze_missing(day, since=day)


def freeze_missing(
    until: date | None = None,
    *,
    since: date | None = None,
    facts: Iterable[str] | None = None,
    anew: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> int:
    """Freeze every closed day not frozen yet, oldest first, and the months that are complete then.

    With `anew` also what is frozen already; without `since` also what master data has changed since
    (`Maker.prepare`). `facts` names kinds of facts; all by default.
    `on_progress` is called with the number of days looked at, per kind. Returns how many were
    frozen, per kind.
    """
    began = first_day()
    if began is None:
        return 0
    closed = last_closed_day()
    first, last = max(since or began, began), min(until or closed, closed)
    makers, done = _named(facts), 0
    if since is None:
        for maker in makers:
            _prepare(maker)
    known = set() if anew else _known(makers, first, closed)
    for month in _months(first, closed):
        days = list(Days.between(max(month, first), min(month_end(month), last)))
        for maker in makers:
            missing = [day for day in days if (maker.name, Span.DAY, day) not in known]
            _freeze_days(maker, missing, anew=anew)
            if (maker.name, Span.MONTH, month) not in known:
                # A month after the last day is only made anew where it sums earlier ones.
                stale = anew and (bool(days) or maker.cumulative)
                _freeze_month(maker, month, began=began, anew=stale)
            done += len(missing)
            if on_progress:
                on_progress(len(days))
    for maker in makers:
        if (maker.name, Span.LATEST, closed) not in known:
            _freeze_latest(maker, closed, began=began, anew=anew)
    return done


def thaw(days: Iterable[date], *, facts: Iterable[str] | None = None) -> None:
    """Forget what was frozen of these days, inside the caller's transaction; also the months that
    sum them up. `facts` names kinds of facts; all by default.

    Takes the lock that keeps anybody from freezing them again before the caller commits.
    """
    _lock("LOCK IN SHARE MODE")
    makers = _named(facts)
    for day in days:
        frozen = _periods_that_count(day, makers)
        if frozen.exists():
            frozen.delete()


def past_day_written(day: date) -> None:
    """A past day is about to be written, in the transaction that runs."""
    thaw([day])


class _CatchingUp:
    """A reader freezes a few missing days on the way, looking for them once a minute at most."""

    def __init__(self) -> None:
        self._next = 0.0

    def forget(self) -> None:
        self._next = 0.0

    def now(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + CATCH_UP_SECONDS
        try:
            self._freeze_few()
        except DatabaseError as error:
            # Somebody else is freezing, or this server only reads: those days are summed live.
            log.info("No facts frozen on the way: %s", error)

    def _freeze_few(self) -> None:
        began, closed = first_day(), last_closed_day()
        if began is None or began > closed:
            return
        first = max(began, closed - LOOK_BACK)
        known = _known(MAKERS, first, closed)
        days = _wanting(Span.DAY, Days.between(first, closed), known)[-FEW:]
        for maker in MAKERS if days else ():
            _freeze_days(maker, days, wait=False)
        complete = [month for month in _months(first, closed) if month_end(month) <= closed]
        months = _wanting(Span.MONTH, complete, known)[:FEW]
        for month in months:
            for maker in MAKERS:
                _freeze_month(maker, month, began=began, wait=False)
        for maker in MAKERS:
            if (maker.name, Span.LATEST, closed) not in known:
                _freeze_latest(maker, closed, began=began, wait=False)


CATCHING_UP = _CatchingUp()


def _wanting(span: Span, first_days: Iterable[date], known: Known) -> list[date]:
    """Days or months that some kind of fact has not been made for, oldest first."""
    return [
        each
        for each in first_days
        if any((maker.name, span, each) not in known for maker in MAKERS)
    ]


def _prepare(maker: Maker) -> None:
    def work() -> None:
        _lock("FOR UPDATE")
        maker.prepare()

    _run(work, wait=True)


def _freeze_days(
    maker: Maker, days: Sequence[date], *, anew: bool = False, wait: bool = True
) -> None:
    if not days:
        return

    def work() -> None:
        _lock("FOR UPDATE" if wait else "FOR UPDATE NOWAIT")
        known = set() if anew else _known([maker], days[0], days[-1])
        wanted = [day for day in days if (maker.name, Span.DAY, day) not in known]
        _forget(maker, Span.DAY, Days.of(wanted))
        if wanted:
            maker.make_days(Days.of(wanted))
        _note(maker, Span.DAY, wanted)

    _run(work, wait=wait)


def _freeze_month(
    maker: Maker, month: date, *, began: date, anew: bool = False, wait: bool = True
) -> None:
    """Sum up a month, if all its days are frozen, and the month before where months add up."""

    def work() -> None:
        _lock("FOR UPDATE" if wait else "FOR UPDATE NOWAIT")
        known = _known([maker], month_before(month), month_end(month))
        is_first = month == month_of(began)
        days = Days.between(max(month, began), month_end(month))
        if not all((maker.name, Span.DAY, day) in known for day in days):
            return
        of_before = (maker.name, Span.MONTH, month_before(month))
        if maker.cumulative and not is_first and of_before not in known:
            return
        if (maker.name, Span.MONTH, month) in known and not anew:
            return
        _forget(maker, Span.MONTH, Days.of([month, *([month_before(month)] if is_first else [])]))
        maker.make_month(month)
        _note(maker, Span.MONTH, [month])

    if month_end(month) <= last_closed_day():
        _run(work, wait=wait)


def _freeze_latest(
    maker: Maker, day: date, *, began: date, anew: bool = False, wait: bool = True
) -> None:
    """Sum up everything until a day, where a kind of fact rolls, in the place of an earlier one."""
    if not (isinstance(maker, TableMaker) and maker.rolling):
        return

    def work() -> None:
        _lock("FOR UPDATE" if wait else "FOR UPDATE NOWAIT")
        known = _known([maker], month_before(day), day)
        days = Days.between(max(month_of(day), began), day)
        of_before = (maker.name, Span.MONTH, month_before(day))
        if not all((maker.name, Span.DAY, each) in known for each in days):
            return
        if month_of(day) > month_of(began) and of_before not in known:
            return
        if (maker.name, Span.LATEST, day) in known and not anew:
            return
        _forget(maker, Span.LATEST, Days.between(began, day))
        if month_of(day) == month_of(began):
            _forget(maker, Span.MONTH, Days.of([month_before(day)]))
        maker.make_latest(day)
        _note(maker, Span.LATEST, [day])

    _run(work, wait=wait)


def _run(work: Callable[[], None], *, wait: bool) -> None:
    if wait:
        transact(work)
    else:
        with transaction.atomic(durable=True):
            work()


def _forget(maker: Maker, span: Span, periods: Days) -> None:
    """Remove the period's rows: leftovers of one that was thawed, or what is made anew."""
    if not periods:
        return
    of_periods = f"span = {span.value} AND {periods.on('first_day')}"
    with connection.cursor() as cursor:
        for model in maker.models:
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} WHERE {of_periods}",  # noqa: S608
                periods.parameters(),
            )
        cursor.execute(
            f"DELETE FROM fact_periods WHERE fact = %(fact)s AND {of_periods}",  # noqa: S608
            {"fact": maker.name, **periods.parameters()},
        )


def _note(maker: Maker, span: Span, first_days: Iterable[date]) -> None:
    FrozenPeriod.objects.bulk_create(
        FrozenPeriod(fact=maker.name, span=span, first_day=each) for each in first_days
    )


def _known(makers: Iterable[Maker], first: date, last: date) -> Known:
    """What is frozen of these days, and of the months they are in."""
    periods = FrozenPeriod.objects.filter(
        fact__in=[maker.name for maker in makers],
        span__in=Span.values,
        first_day__range=(month_of(first), last),
    )
    return set(periods.values_list("fact", "span", "first_day"))


def _periods_that_count(day: date, makers: Sequence[Maker]) -> QuerySet[FrozenPeriod]:
    """The frozen periods whose facts have something of this day in them."""
    names = [maker.name for maker in makers]
    adding_up = [maker.name for maker in makers if maker.cumulative]
    return FrozenPeriod.objects.filter(
        Q(fact__in=names, span=Span.DAY, first_day=day)
        | Q(fact__in=names, span=Span.MONTH, first_day=month_of(day))
        | Q(fact__in=adding_up, span=Span.MONTH, first_day__gt=month_of(day))
        | Q(fact__in=adding_up, span=Span.LATEST, first_day__gte=day)
    )


def _named(facts: Iterable[str] | None) -> list[Maker]:
    if facts is None:
        return list(MAKERS)
    by_name = {maker.name: maker for maker in MAKERS}
    return [by_name[name] for name in facts]


def _months(first: date, last: date) -> Iterator[date]:
    """The months, by their first days, that these days are in."""
    month = month_of(first)
    while month <= last:
        yield month
        month = month_after(month)


def _lock(how: str) -> None:
    """Take the facts' lock until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.vendor != "mysql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM fact_locks WHERE id = 1 {how}")  # noqa: S608
        if cursor.fetchone() is None:
            # Made on first use; whoever inserts it holds it alone.
            cursor.execute("INSERT IGNORE INTO fact_locks (id) VALUES (1)")
