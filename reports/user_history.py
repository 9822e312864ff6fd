"""What users recorded, newest first: of one user, or of all of them.

Their rows are millions, so a history's length is frozen counts of closed days and live counts of
the others. Read it inside `snapshot()`.
"""

from collections import Counter
from functools import cached_property

from django.db.models import Q, Sum

from accounts.models import User
from pos_project.core.day_range import DayRange
from pos_project.core.days import FIRST_DAY, today
from pos_project.core.timeline import Timeline
from reports.facts.buyers import within
from reports.facts.days import Days
from reports.facts.reading import cover
from reports.facts.recorded import RECORDED
from reports.models import RecordedFact, Span
from reports.period import Period
from reports.user_strands import recorded


class UserHistory(Timeline):
    """Everything that was recorded on these days; by one user, or of one kind, if named."""

    def __init__(
        self, days: DayRange, *, user: User | None = None, kind: str | None = None
    ) -> None:
        self.theirs = Q(user=user) if user else Q()
        strands = recorded(days.of_moments("created_at") & self.theirs)
        super().__init__(strand for strand in strands if kind in (None, strand.kind))
        # Nothing is written into the future.
        self.period = Period(days.first or FIRST_DAY, min(days.last or today(), today()))

    @cached_property
    def counts(self) -> dict[str, int]:
        how = cover(self.period, RECORDED)[RECORDED.name]
        frozen = self._frozen(Span.MONTH, how.months) + self._frozen(Span.DAY, how.days)
        frozen.subtract(self._frozen(Span.MONTH, how.less))
        counts = {strand.kind: frozen[strand.kind] for strand in self.strands}
        if how.live:
            live = _moments_of(how.live)
            for strand in self.strands:
                counts[strand.kind] += strand.rows.filter(live).count()
        return counts

    def _frozen(self, span: Span, periods: Days) -> Counter[str]:
        """What was frozen of these days, or of the months with these first days, by kind."""
        if not periods:
            return Counter()
        facts = RecordedFact.objects.filter(within(periods), self.theirs, span=span)
        return Counter(dict(facts.values_list("kind").annotate(Sum("recorded")).order_by()))


def _moments_of(days: Days) -> Q:
    condition = Q()
    for first, last in days.runs:
        condition |= DayRange(first, last).of_moments("created_at")
    return condition
