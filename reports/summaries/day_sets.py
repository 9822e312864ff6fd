"""Sets of days as runs, and how SQL is told which days to look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from pos_project.core.db.store_rows import REPORTED_STORE
from pos_project.core.period import ONE_DAY

MOST_RUNS = 40  # conditions in one statement; SQLite's parser refuses a thousand


@dataclass(frozen=True)
class Days:
    """Days, as runs in order that do not touch: (first, last), both included. In SQL they are
    those of the store that was reported when they were made."""

    runs: tuple[tuple[date, date], ...] = ()
    store_id: int | None = field(default_factory=REPORTED_STORE.get)

    @classmethod
    def of(cls, days: Iterable[date]) -> "Days":
        runs: list[tuple[date, date]] = []
        for day in sorted(set(days)):
            if runs and runs[-1][1] + ONE_DAY == day:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        return cls(tuple(runs))

    @classmethod
    def between(cls, first: date, last: date) -> "Days":
        return cls(((first, last),)) if first <= last else cls()

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __iter__(self) -> Iterator[date]:
        for first, last in self.runs:
            for ordinal in range(first.toordinal(), last.toordinal() + 1):
                yield date.fromordinal(ordinal)

    def __contains__(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.runs)

    def __or__(self, other: "Days") -> "Days":
        runs: list[tuple[date, date]] = []
        for first, last in sorted((*self.runs, *other.runs)):
            if runs and first <= runs[-1][1] + ONE_DAY:
                runs[-1] = (runs[-1][0], max(runs[-1][1], last))
            else:
                runs.append((first, last))
        return Days(tuple(runs))

    def __sub__(self, other: "Days") -> "Days":
        left: list[tuple[date, date]] = []
        for first, last in self.runs:
            start = first
            for taken_first, taken_last in other.runs:
                if taken_last < start or taken_first > last:
                    continue
                if taken_first > start:
                    left.append((start, taken_first - ONE_DAY))
                start = taken_last + ONE_DAY
            if start <= last:
                left.append((start, last))
        return Days(tuple(left))

    def coarse(self, most: int = MOST_RUNS) -> "Days":
        """At most so many runs: the smallest gaps between them are filled."""
        excess = len(self.runs) - most
        if excess <= 0:
            return self
        gaps = sorted(
            range(1, len(self.runs)),
            key=lambda at: self.runs[at][0] - self.runs[at - 1][1],
        )
        filled = set(gaps[:excess])
        runs: list[tuple[date, date]] = []
        for position, (first, last) in enumerate(self.runs):
            if position in filled:
                runs[-1] = (runs[-1][0], last)
            else:
                runs.append((first, last))
        return Days(tuple(runs))

    def on(self, column: str, name: str = "day") -> str:
        """A SQL condition: `column` is one of these days; its values are `parameters(name)`."""
        if not self.runs:
            return "1 = 0"
        ranges = [
            f"{column} BETWEEN %({name}{at}a)s AND %({name}{at}z)s" for at in range(len(self.runs))
        ]
        condition = f"({' OR '.join(ranges)})"
        if self.store_id is None:
            return condition
        alias, dot, _ = column.rpartition(".")
        return f"({condition} AND {alias}{dot}store_id = {int(self.store_id)})"

    def parameters(self, name: str = "day") -> dict[str, date]:
        values = {}
        for at, (first, last) in enumerate(self.runs):
            values[f"{name}{at}a"], values[f"{name}{at}z"] = first, last
        return values


def within(days: Days) -> Q:
    """A condition of the ORM: `first_day` is one of these."""
    condition = Q(first_day__in=())
    for run in days.runs:
        condition |= Q(first_day__range=run)
    return condition


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    return month_of(month_of(month) + timedelta(days=31))


def month_before(month: date) -> date:
    return month_of(month_of(month) - ONE_DAY)


def month_end(month: date) -> date:
    return month_after(month) - ONE_DAY
