"""What users recorded, newest first: of one user, or of all of them.

Their rows are millions, so a history's length is built counts of closed days and live counts of
the others. Read it inside `snapshot()`.
"""

from collections import Counter
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from pos_project.core.days import FIRST_DAY, day_start, today
from pos_project.core.db.merged_list import End, Place, Timeline
from pos_project.core.http.day_range import DayRange
from pos_project.core.period import Period
from reports.summaries.day_sets import ONE_DAY, Days, within
from reports.summaries.models import Granularity, RecordedSummary
from reports.summaries.plan import plan_reading
from reports.summaries.recorded import RECORDED
from reports.summaries.user_sources import recorded

DEEP = 1000  # rows above a page; from here on looking up the days' counts costs less


class UserHistory(Timeline):
    """Everything that was recorded on these days; by one user, or of one kind, if named."""

    def __init__(
        self, days: DayRange, *, user: User | None = None, kind: str | None = None
    ) -> None:
        self.theirs = Q(user=user) if user else Q()
        sources = recorded(days.of_moments("created_at") & self.theirs)
        super().__init__(source for source in sources if kind in (None, source.kind))
        # Nothing is written into the future.
        self.period = Period(days.first or FIRST_DAY, min(days.last or today(), today()))

    @cached_property
    def counts(self) -> dict[str, int]:
        plan = plan_reading(self.period, RECORDED)[RECORDED.name]
        built = self._built(Granularity.MONTH, plan.months)
        built += self._built(Granularity.DAY, plan.days)
        built.subtract(self._built(Granularity.MONTH, plan.less))
        counts = {source.kind: built[source.kind] for source in self.sources}
        if plan.live:
            live = _moments_of(plan.live)
            for source in self.sources:
                counts[source.kind] += source.rows.filter(live).count()
        return counts

    def places(self, start: int, stop: int, *, end: End | None = None) -> list[Place]:
        """A deep page is looked for from the day on that it begins in, not from the newest row."""
        if end or start < DEEP:
            return super().places(start, stop, end=end)
        above, day = self._day_of(start)
        whole_days = End(day_start(day + ONE_DAY), Place(len(self.sources), 0))
        return super().places(start - above, stop - above, end=whole_days)

    def _day_of(self, position: int) -> tuple[int, date]:
        """The day that this row is of, or a later one, and how many rows there are after it."""
        plan = plan_reading(self.period, RECORDED, by_day=True)[RECORDED.name]
        of_day = self._built_by_day(plan.days)
        live = {last: first for first, last in plan.live.runs}
        above, day = 0, self.period.last
        while day >= self.period.first:
            first = live.get(day, day)
            count = self._count_live(Days.between(first, day)) if day in live else of_day[day]
            if above + count > position:
                break
            above, day = above + count, first - ONE_DAY
        return above, day

    def _built(self, granularity: Granularity, periods: Days) -> Counter[str]:
        """What was summed up of these days, or of the months with these first days, by kind."""
        if not periods:
            return Counter()
        summaries = self._summaries(granularity, periods)
        return Counter(dict(summaries.values_list("kind").annotate(Sum("recorded")).order_by()))

    def _built_by_day(self, days: Days) -> Counter[date]:
        summaries = self._summaries(Granularity.DAY, days).filter(
            kind__in={source.kind for source in self.sources}
        )
        return Counter(
            dict(summaries.values_list("first_day").annotate(Sum("recorded")).order_by())
        )

    def _summaries(self, granularity: Granularity, periods: Days) -> QuerySet[RecordedSummary]:
        return RecordedSummary.objects.filter(within(periods), self.theirs, granularity=granularity)

    def _count_live(self, days: Days) -> int:
        moments = _moments_of(days)
        return sum(source.rows.filter(moments).count() for source in self.sources)


def _moments_of(days: Days) -> Q:
    condition = Q()
    for first, last in days.runs:
        condition |= DayRange(first, last).of_moments("created_at")
    return condition
