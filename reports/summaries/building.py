"""Building summaries: a day that is over is summed up once. Writing into it invalidates that.

A day may be built 10 minutes after its end, when no sale that began in it is still under way
(`transactions.GIVE_UP_AFTER_SECONDS`). Whoever writes into a past day shares a lock until they
commit; whoever builds holds it alone: no late row is ever missing from the summary of a day.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from math import inf

from django.db import DatabaseError, connection, transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from pos_project.core.days import business_day
from pos_project.core.db.store_rows import REPORTED_STORE
from pos_project.core.db.transactions import transact
from pos_project.core.period import ONE_DAY
from reports.summaries.builder import SummaryBuilder
from reports.summaries.builders import BUILDERS
from reports.summaries.day_sets import Days, month_after, month_before, month_end, month_of
from reports.summaries.models import BuiltPeriod, Granularity
from reports.summaries.raw import as_day, rows
from sales.models import Sale

log = logging.getLogger(__name__)

AFTER_MIDNIGHT = timedelta(minutes=10)
FEW = 3  # days, and months, that a reader builds on the way
LOOK_BACK = timedelta(days=400)  # how far back a reader looks for them
CATCH_UP_SECONDS = 60.0

# Tables of events; each has an index that begins with the business day.
WHERE_THINGS_HAPPEN = ("sales", "refunds", "payments", "journal_entries", "inventory_log")

Known = set[tuple[str, int, date]]  # summary, granularity, first day


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
    """The latest day that may be built."""
    return business_day((now or timezone.now()) - AFTER_MIDNIGHT) - ONE_DAY


def build(day: date) -> None:
    """Build one closed day, and its month when that is complete; what is built stays."""
    build_missing(day, since=day)


def build_missing(
    until: date | None = None,
    *,
    since: date | None = None,
    summaries: Iterable[str] | None = None,
    anew: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> int:
    """Build every closed day not built yet, oldest first, and the months that are complete then.

    With `anew` also what is built already; without `since` also what master data has changed since
    (`SummaryBuilder.prepare`). `summaries` names kinds of them; all by default.
    `on_progress` is called with the number of days looked at, per kind. Returns how many were
    built, per kind.
    """
    began = first_day()
    if began is None:
        return 0
    closed = last_closed_day()
    first, last = max(since or began, began), min(until or closed, closed)
    builders, done = _named(summaries), 0
    if since is None:
        for builder in builders:
            _prepare(builder)
    known = set() if anew else _known(builders, first, closed)
    for month in _months(first, closed):
        days = list(Days.between(max(month, first), min(month_end(month), last)))
        for builder in builders:
            missing = [day for day in days if (builder.name, Granularity.DAY, day) not in known]
            _build_days(builder, missing, anew=anew)
            if (builder.name, Granularity.MONTH, month) not in known:
                # A month after the last day is only built anew where it sums up earlier ones.
                stale = anew and (bool(days) or builder.cumulative)
                _build_month(builder, month, began=began, anew=stale)
            done += len(missing)
            if on_progress:
                on_progress(len(days))
    return done


def invalidate(days: Iterable[date], *, summaries: Iterable[str] | None = None) -> None:
    """Forget what was built of these days, inside the caller's transaction; also the months that
    sum them up. `summaries` names kinds of them; all by default.

    Takes the lock that keeps anybody from building them again before the caller commits.
    """
    _lock("LOCK IN SHARE MODE")
    builders = _named(summaries)
    for day in days:
        built = _periods_that_count(day, builders)
        if built.exists():
            built.delete()


def past_day_written(day: date) -> None:
    """A past day is about to be written, in the transaction that runs."""
    invalidate([day])


class _CatchingUp:
    """A reader builds a few missing days on the way, looking for them once a minute at most."""

    def __init__(self) -> None:
        self._next = 0.0

    def forget(self) -> None:
        """Let the next reader look."""
        self._next = 0.0

    def later(self) -> None:
        """Let nobody look before `forget`, where statements are counted."""
        self._next = inf

    def now(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + CATCH_UP_SECONDS
        try:
            self._build_few()
        except DatabaseError as error:
            # Somebody else is building, or this server only reads: those days are summed up live.
            log.info("No summaries built on the way: %s", error)

    def _build_few(self) -> None:
        began, closed = first_day(), last_closed_day()
        if began is None or began > closed:
            return
        first = max(began, closed - LOOK_BACK)
        known = _known(BUILDERS, first, closed)
        days = _missing(Granularity.DAY, Days.between(first, closed), known)[-FEW:]
        for builder in BUILDERS if days else ():
            _build_days(builder, days, wait=False)
        complete = [month for month in _months(first, closed) if month_end(month) <= closed]
        for month in _missing(Granularity.MONTH, complete, known)[:FEW]:
            for builder in BUILDERS:
                _build_month(builder, month, began=began, wait=False)


CATCHING_UP = _CatchingUp()


def _missing(granularity: Granularity, first_days: Iterable[date], known: Known) -> list[date]:
    """Days or months that some kind of summary was not built of, oldest first."""
    return [
        each
        for each in first_days
        if any((builder.name, granularity, each) not in known for builder in BUILDERS)
    ]


def _prepare(builder: SummaryBuilder) -> None:
    def work() -> None:
        _lock("FOR UPDATE")
        builder.prepare()

    _run(work, wait=True)


def _build_days(
    builder: SummaryBuilder, days: Sequence[date], *, anew: bool = False, wait: bool = True
) -> None:
    if not days:
        return
    assert REPORTED_STORE.get() is None, "summaries are of all stores"

    def work() -> None:
        _lock("FOR UPDATE" if wait else "FOR UPDATE NOWAIT")
        known = set() if anew else _known([builder], days[0], days[-1])
        wanted = [day for day in days if (builder.name, Granularity.DAY, day) not in known]
        _delete(builder, Granularity.DAY, Days.of(wanted))
        if wanted:
            builder.build_days(Days.of(wanted))
        _record(builder, Granularity.DAY, wanted)

    _run(work, wait=wait)


def _build_month(
    builder: SummaryBuilder, month: date, *, began: date, anew: bool = False, wait: bool = True
) -> None:
    """Sum up a month, if all its days are built, and the month before where months add up."""

    def work() -> None:
        _lock("FOR UPDATE" if wait else "FOR UPDATE NOWAIT")
        known = _known([builder], month_before(month), month_end(month))
        is_first = month == month_of(began)
        days = Days.between(max(month, began), month_end(month))
        if not all((builder.name, Granularity.DAY, day) in known for day in days):
            return
        of_before = (builder.name, Granularity.MONTH, month_before(month))
        if builder.cumulative and not is_first and of_before not in known:
            return
        if (builder.name, Granularity.MONTH, month) in known and not anew:
            return
        stale = [month, month_before(month)] if is_first else [month]
        _delete(builder, Granularity.MONTH, Days.of(stale))
        builder.build_month(month)
        _record(builder, Granularity.MONTH, [month])

    if month_end(month) <= last_closed_day():
        _run(work, wait=wait)


def _run(work: Callable[[], None], *, wait: bool) -> None:
    if wait:
        transact(work)
    else:
        with transaction.atomic(durable=True):
            work()


def _delete(builder: SummaryBuilder, granularity: Granularity, periods: Days) -> None:
    """Remove the periods' rows: leftovers of invalidated ones, or what is built anew."""
    if not periods:
        return
    of_periods = f"span = {granularity.value} AND {periods.on('first_day')}"
    with connection.cursor() as cursor:
        for model in builder.models:
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} WHERE {of_periods}",
                periods.parameters(),
            )
        cursor.execute(
            f"DELETE FROM fact_periods WHERE fact = %(name)s AND {of_periods}",
            {"name": builder.name, **periods.parameters()},
        )


def _record(builder: SummaryBuilder, granularity: Granularity, first_days: Iterable[date]) -> None:
    BuiltPeriod.objects.bulk_create(
        BuiltPeriod(summary=builder.name, granularity=granularity, first_day=each)
        for each in first_days
    )


def _known(builders: Iterable[SummaryBuilder], first: date, last: date) -> Known:
    """What is built of these days, and of the months they are in."""
    periods = BuiltPeriod.objects.filter(
        summary__in=[builder.name for builder in builders],
        granularity__in=Granularity.values,
        first_day__range=(month_of(first), last),
    )
    return set(periods.values_list("summary", "granularity", "first_day"))


def _periods_that_count(day: date, builders: Sequence[SummaryBuilder]) -> QuerySet[BuiltPeriod]:
    """The built periods whose summaries have something of this day in them."""
    days = Q(granularity=Granularity.DAY, first_day=day)
    months = Q(granularity=Granularity.MONTH, first_day=month_of(day))
    later = Q(granularity=Granularity.MONTH, first_day__gt=month_of(day))
    adding_up = [builder.name for builder in builders if builder.cumulative]
    return BuiltPeriod.objects.filter(
        (days | months) & Q(summary__in=[builder.name for builder in builders])
        | later & Q(summary__in=adding_up)
    )


def _named(summaries: Iterable[str] | None) -> list[SummaryBuilder]:
    if summaries is None:
        return list(BUILDERS)
    by_name = {builder.name: builder for builder in BUILDERS}
    return [by_name[name] for name in summaries]


def _months(first: date, last: date) -> Iterator[date]:
    """The months, by their first days, that these days are in."""
    month = month_of(first)
    while month <= last:
        yield month
        month = month_after(month)


def _lock(mode: str) -> None:
    """Take the builders' lock until the transaction ends. SQLite has one writer at a time."""
    if connection.vendor != "mysql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM fact_locks WHERE id = 1 {mode}")
        if cursor.fetchone() is None:
            # Made on first use; whoever inserts it holds it alone.
            cursor.execute("INSERT IGNORE INTO fact_locks (id) VALUES (1)")
