"""What a dashboard may be asked for: a period, a number of days or rows (docs/api.md §4, §29)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.core.http.fields import parse_day
from pos_project.core.period import Period

DEFAULT_DAYS = 30
FROM = OpenApiParameter(
    "fromDate", OpenApiTypes.DATE, description="First day; 30 days before the last by default."
)
TO = OpenApiParameter("toDate", OpenApiTypes.DATE, description="Last day; today by default.")
AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATE, description="The end of this day; today by default."
)

KNOWN_ON = OpenApiParameter(
    "known_on",
    OpenApiTypes.DATE,
    description="Leave out what was entered after the end of this day, on whatever day it counts.",
)


COMPARE_FROM = OpenApiParameter(
    "compareFrom", OpenApiTypes.DATE, description="First of the days to stand beside these."
)
COMPARE_TO = OpenApiParameter(
    "compareTo", OpenApiTypes.DATE, description="Last of the days to stand beside these."
)
COMPARE_AS_OF = OpenApiParameter(
    "compare_as_of", OpenApiTypes.DATE, description="The end of a day to stand beside this one."
)


@dataclass(frozen=True)
class WholeNumber:
    """A parameter that is a whole number, brought into its bounds; anything else is the default."""

    name: str
    default: int
    most: int
    least: int = 1

    @property
    def parameter(self) -> OpenApiParameter:
        """How the description of the API names it."""
        bounds = f"{self.least} to {self.most}, else clamped."
        return OpenApiParameter(
            self.name, OpenApiTypes.INT, default=self.default, description=bounds
        )

    def parse(self, query: QueryDict) -> int:
        text = query.get(self.name, "").strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,30}", text):
            return self.default
        return min(max(int(text), self.least), self.most)


def period_of(query: QueryDict, *, days: int = DEFAULT_DAYS) -> Period:
    """The period asked for; without a first day it begins `days` before its end.

    Raises Invalid (400) for what is no date, or a first day after the last.
    """
    first, last = _day(query, "fromDate"), _day(query, "toDate")
    last = last or today()
    first = first or last - timedelta(days=days)
    if first > last:
        text = "fromDate must not be later than toDate."
        raise Invalid(text, fields={"fromDate": [text]})
    return Period(first, last)


def day_of(query: QueryDict) -> date:
    """`as_of`, by default today. Raises Invalid (400) for no date and for a day yet to come."""
    day = _day(query, "as_of")
    if day is not None and day > today():
        text = "A day that has not come yet."
        raise Invalid(f"as_of: {text}", fields={"as_of": [text]})
    return day or today()


def compared_day_of(query: QueryDict) -> date | None:
    """`compare_as_of`, if asked for. Raises Invalid (400) for what is no date."""
    return _day(query, "compare_as_of")


def compared_period_of(query: QueryDict) -> Period | None:
    """`compareFrom` to `compareTo`, if asked for. Raises Invalid (400) for no date, one end without
    the other, or the wrong way round."""
    first, last = _day(query, "compareFrom"), _day(query, "compareTo")
    if first is None and last is None:
        return None
    if first is None or last is None or first > last:
        text = "compareFrom and compareTo go together, the first before the last."
        raise Invalid(text, fields={"compareFrom": [text]})
    return Period(first, last)


def known_on_of(query: QueryDict) -> date | None:
    """`known_on`, if asked for. Raises Invalid (400) for what is no date."""
    return _day(query, "known_on")


def _day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    day = parse_day(text)
    if day is None:
        problem = "A real date YYYY-MM-DD between 2000 and 2100."
        raise Invalid(f"{name}: {problem}", fields={name: [problem]})
    return day
