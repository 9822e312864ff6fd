"""Frozen facts: a closed day's are what its rows come to, a month's what its days add up to."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.scope import Scope
from reports.summaries.builder import Maker, TableMaker
from reports.summaries.builders import MAKERS
from reports.summaries.day_sets import Days, month_end, month_of
from reports.summaries.models import FrozenPeriod, Span


@invariant("I22", "The facts of a frozen day are what the day's rows come to.")
def frozen_days_are_their_rows(scope: Scope) -> Iterator[Violation]:
    for maker in MAKERS:
        by_month = _frozen_days(maker, scope)
        for done, days in enumerate(by_month.values(), start=1):
            for difference in maker.differing_days(Days.of(days)):
                yield Violation(
                    f"{maker.name} of day: {difference.what}",
                    difference.expected,
                    difference.found,
                )
            scope.tell(f"facts of {maker.name}", done / len(by_month))


@invariant("I22", "The facts of a frozen month are what its days, all frozen, add up to.")
def frozen_months_are_their_days(scope: Scope) -> Iterator[Violation]:
    for maker in MAKERS:
        days = _frozen_days(maker, scope.whole())
        began = min((day for of_month in days.values() for day in of_month), default=None)
        for month in _frozen(maker, Span.MONTH):
            if scope.since is not None and month_end(month) < scope.since:
                continue
            # Before the first day on which anything happened there is nothing to freeze.
            first = month if began is None else max(month, began)
            count = (month_end(month) - first).days + 1
            if len(days[month]) != count:
                yield Violation(
                    f"{maker.name} of month {month}, frozen days", str(count), str(len(days[month]))
                )
            for difference in maker.differing_month(month):
                yield Violation(
                    f"{maker.name} of month: {difference.what}",
                    difference.expected,
                    difference.found,
                )


@invariant(
    "I22", "The facts of everything up to the latest frozen day are what its days add up to."
)
def frozen_so_far_is_its_days(scope: Scope) -> Iterator[Violation]:
    for maker in MAKERS:
        if isinstance(maker, TableMaker) and maker.rolling:
            for day in _frozen(maker, Span.LATEST):
                if scope.since is not None and day < scope.since:
                    continue
                for difference in maker.differing_latest(day):
                    yield Violation(
                        f"{maker.name} up to day: {difference.what}",
                        difference.expected,
                        difference.found,
                    )


def _frozen(maker: Maker, span: Span) -> list[date]:
    periods = FrozenPeriod.objects.filter(fact=maker.name, span=span).order_by("first_day")
    return list(periods.values_list("first_day", flat=True))


def _frozen_days(maker: Maker, scope: Scope) -> dict[date, list[date]]:
    """The frozen days in question, by month."""
    days: dict[date, list[date]] = defaultdict(list)
    for day in _frozen(maker, Span.DAY):
        if scope.since is None or day >= scope.since:
            days[month_of(day)].append(day)
    return days
