"""How the figures of a period are read: what is built of it from summaries, the rest live.

Planned and read inside one `snapshot()`, so that a day is either built or live, never both.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pos_project.core.db.store_rows import REPORTED_STORE
from pos_project.core.period import Period
from reports.summaries.builder import SummaryBuilder
from reports.summaries.building import first_day
from reports.summaries.day_sets import Days, month_after, month_before, month_end, month_of, within
from reports.summaries.models import BuiltPeriod, Granularity


@dataclass(frozen=True)
class ReadPlan:
    """How a period is read: by months, by built days, and live; each day in one of them.

    Where months add up, it is the one month in `months` less the one in `less`, if any. `closed`
    are built days of which one store is read: what is built of them knows no stores, so their rows
    are read instead.
    """

    months: Days = field(default_factory=Days)
    less: Days = field(default_factory=Days)
    days: Days = field(default_factory=Days)
    closed: Days = field(default_factory=Days)
    live: Days = field(default_factory=Days)
    # Of the built periods, in their order: these days under these versions say the same for ever.
    versions: tuple[int, ...] = ()

    @property
    def built(self) -> Iterator[tuple[Granularity, date]]:
        """The built periods that are read."""
        for granularity, days in (
            (Granularity.MONTH, self.months),
            (Granularity.MONTH, self.less),
            (Granularity.DAY, self.days),
        ):
            for day in days:
                yield granularity, day

    def without_live(self, day: date | None = None) -> "ReadPlan":
        """The same without live days, or without that one: today, unless the clock was set back."""
        return replace(self, live=Days() if day is None else self.live - Days.of([day]))


Versions = Mapping[tuple[Granularity, date], int]  # of the built periods of one kind


def plan_reading(
    period: Period, *builders: SummaryBuilder, by_day: bool = False
) -> dict[str, ReadPlan]:
    """How to read the period, by the builder's name, in three statements at most. `by_day` reads
    no months. Of one store, what is not kept by store is read from rows."""
    began = first_day()
    names = [builder.name for builder in builders]
    whole = Days.between(max(period.first, began), period.last) if began else Days()
    if began is None or not whole:
        return dict.fromkeys(names, ReadPlan())
    plans = _plan_of(period, whole, began, builders, by_day=by_day)
    if REPORTED_STORE.get() is not None:
        for builder in builders:
            plan = plans[builder.name]
            if "store_id" not in builder.keys:
                closed = whole - plan.live
                of_rows = ReadPlan(closed=closed, live=plan.live, versions=plan.versions)
                plans[builder.name] = of_rows
    return plans


def _plan_of(
    period: Period,
    whole: Days,
    began: date,
    builders: Sequence[SummaryBuilder],
    *,
    by_day: bool,
) -> dict[str, ReadPlan]:
    names = [builder.name for builder in builders]
    if not names:
        return {}
    plans, left = dict.fromkeys(names, ReadPlan()), dict.fromkeys(names, whole)
    months: dict[str, Versions] = {name: {} for name in names}
    if not by_day:
        around = Days.between(month_before(period.first), period.last)
        months = _built(names, Granularity.MONTH, around)
        for builder in builders:
            built = [month for _, month in months[builder.name]]
            plans[builder.name], covered = _months(builder, built, whole, began)
            left[builder.name] = whole - covered
    asked = Days()
    for each in left.values():
        asked |= each
    days = _built(names, Granularity.DAY, asked.coarse())
    for name in names:
        live = (left[name] - Days.of(day for _, day in days[name])).coarse()
        plan = replace(plans[name], days=left[name] - live, live=live)
        versions = {**months[name], **days[name]}
        plans[name] = replace(plan, versions=tuple(versions[each] for each in plan.built))
    return plans


def _months(
    builder: SummaryBuilder, built: Collection[date], whole: Days, began: date
) -> tuple[ReadPlan, Days]:
    """The months to read, and the days they cover. Where months add up that is the last possible
    one less the one before the first; all days between were built before it was."""
    [(first, last)] = whole.runs
    fitting = [each for each in built if max(each, began) >= first and month_end(each) <= last]
    if not builder.cumulative:
        covered = Days()
        for month in fitting:
            covered |= Days.between(max(month, began), month_end(month))
        return ReadPlan(months=Days.of(fitting)), covered
    is_whole = first in (began, month_of(first))
    start = month_of(first) if is_whole else month_after(first)
    less = [month_before(start)] if first > began else []
    if not fitting or not set(less) <= set(built):
        return ReadPlan(), Days()
    plan = ReadPlan(months=Days.of([max(fitting)]), less=Days.of(less))
    return plan, Days.between(max(start, began), month_end(max(fitting)))


def _built(names: Collection[str], granularity: Granularity, days: Days) -> dict[str, Versions]:
    """The built periods that begin on one of these days, by kind of summary."""
    found: dict[str, dict[tuple[Granularity, date], int]] = {name: {} for name in names}
    periods = BuiltPeriod.objects.filter(
        within(days), summary__in=names, granularity=granularity
    ).values_list("summary", "first_day", "version")
    for name, first, version in periods:
        found[name][granularity, first] = version
    return dict(found)
