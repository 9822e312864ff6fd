"""What a report is asked for by its address: whose books, which days, what of them was known when,
and the links that keep it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from pos_project.back_office.reports.report import Asked, Report
from pos_project.core.back_office.ranges import OWN, RANGES
from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.core.http.period_query import known_on_of, period_of
from pos_project.core.period import Period
from reports.statements.account_movements import BEGINNING
from reports.statements.api.base import store_of
from reports.statements.scope import Scope

# A day's end is asked for less often than a period: the ends of these are offered.
ENDS = ("today", "yesterday", "last_week", "last_month", "last_quarter", "last_year")
# What an address chooses.
DAYS, BOOKS = ("range", "fromDate", "toDate"), ("store_id", "known_on")


def asked_of(request: HttpRequest, report: Report, of: str = "") -> Asked:
    """Raises Invalid for days or a store that are not, Denied for a store that is not theirs."""
    shop, store_id = store_of(_chosen_by(request))
    period, chosen = _days(request, report)
    if report.of_day:
        period = Period(BEGINNING, period.last)
    return Asked(Scope(shop, store_id, period, _known_on(request, report)), chosen, of)


def _chosen_by(request: HttpRequest) -> int | None:
    """The store whose figures are shown. Raises Invalid, or Denied where it is not theirs."""
    by: Any = request.user
    text = (request.GET.get("store_id") or "").strip()
    if not text:
        return by.reads_store  # type: ignore[no-any-return]  # (a user of ours)
    store_id = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return int(by.in_store(store_id, writing=False).store_id)


def _days(request: HttpRequest, report: Report) -> tuple[Period, str]:
    name = (not report.of_now and request.GET.get("range")) or report.usual
    if name != OWN:
        if name not in RANGES:
            raise Invalid("There is no such range of days.")
        return RANGES[name].of(today()), name
    days = period_of(request.GET)
    if days.last > today():
        raise Invalid("The last day has not come yet.")
    return days, OWN


def _known_on(request: HttpRequest, report: Report) -> date | None:
    day = known_on_of(request.GET)
    if day is not None and not report.of_entries:
        raise Invalid("What was known on a day is not known of this report.")
    return day


def kept_query(request: HttpRequest) -> dict[str, str]:
    """What chooses days and books; the rest of an address is not carried along."""
    return {key: request.GET[key] for key in (*DAYS, *BOOKS) if request.GET.get(key)}


def ranges_of(request: HttpRequest, report: Report, chosen: str) -> list[dict[str, Any]]:
    """The links that choose days by one click, of the same books as they were known."""
    if report.of_now:
        return []
    kept = {key: value for key, value in kept_query(request).items() if key in BOOKS}
    names = ENDS if report.of_day else tuple(RANGES)
    return [
        {
            "title": _range_title(RANGES[name].title, of_day=report.of_day),
            "link": f"?{urlencode({'range': name, **kept})}",
            "here": name == chosen,
        }
        for name in names
    ]


def _range_title(title: str, *, of_day: bool) -> str:
    return title.replace("Last", "End of last") if of_day else title


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def at_page(request: HttpRequest, number: int) -> str:
    return f"?{urlencode({**kept_query(request), 'page': number})}"
