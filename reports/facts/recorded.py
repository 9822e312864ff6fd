"""How much users recorded, by kind: so that a history knows its length without counting millions.

A row counts on the day it was written, held sales included, which may be another day than the one
on which a sale was completed. Rows are only ever added, so a closed day's counts stay.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from pos_project.core.day_range import DayRange
from reports.facts.days import Days, month_before, month_end
from reports.models import Fact, RecordedFact, Span
from reports.user_strands import recorded


@dataclass(frozen=True)
class RecordedMaker:
    """Makes `RecordedFact`, from the very strands of which the histories are made."""

    name: str = "recorded"
    cumulative: bool = True
    models: Sequence[type[Fact]] = (RecordedFact,)

    def make_days(self, days: Days) -> None:
        for day in days:
            counts: Counter[tuple[int, str]] = Counter()
            for strand in recorded(DayRange(day, day).of_moments("created_at")):
                by_user = strand.rows.values_list("user_id").annotate(Count("pk")).order_by()
                for user_id, count in by_user:
                    counts[user_id, strand.kind] += count
            self._insert(Span.DAY, day, counts)

    def make_month(self, month: date) -> None:
        parts = RecordedFact.objects.filter(
            Q(span=Span.DAY, first_day__range=(month, month_end(month)))
            | Q(span=Span.MONTH, first_day=month_before(month))
        )
        summed = parts.values_list("user_id", "kind").annotate(Sum("recorded")).order_by()
        self._insert(
            Span.MONTH, month, Counter({(user_id, kind): count for user_id, kind, count in summed})
        )

    def _insert(self, span: Span, first_day: date, counts: Counter[tuple[int, str]]) -> None:
        RecordedFact.objects.bulk_create(
            RecordedFact(span=span, first_day=first_day, user_id=user_id, kind=kind, recorded=count)
            for (user_id, kind), count in counts.items()
        )


RECORDED = RecordedMaker()
