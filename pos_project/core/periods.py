"""Which days a statement is about: a range or a day, read from the query (contract 1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.core.fields import parse_day

DEFAULT_DAYS = 30


@dataclass(frozen=True)
class Period:
    """Business days, both included. No first day means since the books began."""

    first: date | None
    last: date

    @property
    def day_before(self) -> date | None:
        return None if self.first is None else self.first - timedelta(days=1)


def period_of(query: Mapping[str, str]) -> Period:
    """`fromDate` and `toDate`; by default the last 30 days. Raises Invalid for nonsense."""
    first, last = _day(query, "fromDate"), _day(query, "toDate")
    if last is None:
        last = today()
        # A period that begins in the future and has no end is that day alone.
        last = max(last, first) if first else last
    if first is None:
        first = last - timedelta(days=DEFAULT_DAYS)
    if first > last:
        text = "fromDate must not be later than toDate."
        raise Invalid(text, fields={"fromDate": [text]})
    return Period(first, last)


def day_of(query: Mapping[str, str], name: str = "as_of") -> date:
    """`as_of`, by default today. Raises Invalid for nonsense and for a day yet to come."""
    day = _day(query, name)
    if day is not None and day > today():
        text = "A day that has not come yet."
        raise Invalid(f"{name}: {text}", fields={name: [text]})
    return day or today()


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = (query.get(name) or "").strip()
    if not text:
        return None
    day = parse_day(text)
    if day is None:
        what = "A real date YYYY-MM-DD between 2000 and 2100."
        raise Invalid(f"{name}: {what}", fields={name: [what]})
    return day
