"""How much users recorded, by kind: so that a history knows its length without counting millions.

A row counts on the day it was written, held sales included, which may be another day than the one
on which a sale was completed. Rows are only ever added, so a closed day's counts stay.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from pos_project.core.http.day_range import DayRange
from reports.summaries.builder import Difference
from reports.summaries.day_sets import Days, month_before, month_end, within
from reports.summaries.models import Granularity, RecordedSummary, Summary
from reports.summaries.user_sources import recorded

Key = tuple[date, int, str]  # first day, user, kind


@dataclass(frozen=True)
class RecordedBuilder:
    """Builds `RecordedSummary`, from the very strands of which the histories are made."""

    name: str = "recorded"
    keys: tuple[str, ...] = ("user_id", "kind")
    cumulative: bool = True
    models: Sequence[type[Summary]] = (RecordedSummary,)

    def prepare(self) -> None:
        """No master data decides what counts."""

    def build_days(self, days: Days) -> None:
        _insert(Granularity.DAY, _of_days(days))

    def build_month(self, month: date) -> None:
        _insert(Granularity.MONTH, _of_month(month))

    def differing_days(self, days: Days) -> Iterator[Difference]:
        yield from _differing(_of_days(days), Granularity.DAY, days)

    def differing_month(self, month: date) -> Iterator[Difference]:
        yield from _differing(_of_month(month), Granularity.MONTH, Days.of([month]))


RECORDED = RecordedBuilder()


def _of_days(days: Days) -> Mapping[Key, int]:
    counts: Counter[Key] = Counter()
    for day in days:
        for source in recorded(DayRange(day, day).of_moments("created_at")):
            by_user = source.rows.values_list("user_id").annotate(Count("pk")).order_by()
            for user_id, count in by_user:
                counts[day, user_id, source.kind] += count
    return counts


def _of_month(month: date) -> Mapping[Key, int]:
    parts = RecordedSummary.objects.filter(
        Q(granularity=Granularity.DAY, first_day__range=(month, month_end(month)))
        | Q(granularity=Granularity.MONTH, first_day=month_before(month))
    )
    summed = parts.values_list("user_id", "kind").annotate(Sum("recorded")).order_by()
    return {(month, user_id, kind): count for user_id, kind, count in summed}


def _insert(granularity: Granularity, counts: Mapping[Key, int]) -> None:
    RecordedSummary.objects.bulk_create(
        RecordedSummary(
            granularity=granularity, first_day=first_day, user_id=user_id, kind=kind, recorded=count
        )
        for (first_day, user_id, kind), count in counts.items()
    )


def _differing(
    expected: Mapping[Key, int], granularity: Granularity, periods: Days
) -> Iterator[Difference]:
    kept = RecordedSummary.objects.filter(within(periods), granularity=granularity)
    found = {
        (first_day, user_id, kind): count
        for first_day, user_id, kind, count in kept.values_list(
            "first_day", "user_id", "kind", "recorded"
        )
    }
    for key in sorted({*expected, *found}):
        mine, theirs = expected.get(key, 0), found.get(key, 0)
        if mine != theirs:
            what = "first_day {}, user_id {}, kind {}".format(*key)
            yield Difference(what, str(mine), str(theirs))
