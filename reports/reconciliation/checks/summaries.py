"""Summaries: a closed day's are what its rows come to, a month's what its days add up to."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.scope import Scope
from reports.summaries.builder import SummaryBuilder
from reports.summaries.builders import BUILDERS
from reports.summaries.day_sets import Days, month_end, month_of
from reports.summaries.models import BuiltPeriod, Granularity


@invariant("I22", "The summaries of a closed day are what the day's rows come to.")
def summaries_of_days_are_their_rows(scope: Scope) -> Iterator[Violation]:
    for builder in BUILDERS:
        by_month = _built_days(builder, scope)
        for done, days in enumerate(by_month.values(), start=1):
            for difference in builder.differing_days(Days.of(days)):
                yield Violation(
                    f"{builder.name} of day: {difference.what}",
                    difference.expected,
                    difference.found,
                )
            scope.tell(f"summaries of {builder.name}", done / len(by_month))


@invariant("I22", "The summaries of a month are what its days, all built, add up to.")
def summaries_of_months_are_their_days(scope: Scope) -> Iterator[Violation]:
    for builder in BUILDERS:
        days = _built_days(builder, scope.whole())
        began = min((day for of_month in days.values() for day in of_month), default=None)
        for month in _built(builder, Granularity.MONTH):
            if scope.since is not None and month_end(month) < scope.since:
                continue
            # Before the first day on which anything happened there is nothing to sum up.
            first = month if began is None else max(month, began)
            count = (month_end(month) - first).days + 1
            if len(days[month]) != count:
                yield Violation(
                    f"{builder.name} of month {month}, built days",
                    str(count),
                    str(len(days[month])),
                )
            for difference in builder.differing_month(month):
                yield Violation(
                    f"{builder.name} of month: {difference.what}",
                    difference.expected,
                    difference.found,
                )


def _built(builder: SummaryBuilder, granularity: Granularity) -> list[date]:
    periods = BuiltPeriod.objects.filter(summary=builder.name, granularity=granularity).order_by(
        "first_day"
    )
    return list(periods.values_list("first_day", flat=True))


def _built_days(builder: SummaryBuilder, scope: Scope) -> dict[date, list[date]]:
    """The built days in question, by month."""
    days: dict[date, list[date]] = defaultdict(list)
    for day in _built(builder, Granularity.DAY):
        if scope.since is None or day >= scope.since:
            days[month_of(day)].append(day)
    return days
