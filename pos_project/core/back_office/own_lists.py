"""A list as each person wants it: which columns it shows, and filters that they gave a name."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.text import capfirst

from pos_project.core import kept_lists
from pos_project.core.back_office.forms import sentence
from pos_project.core.back_office.ranges import RANGES
from pos_project.core.days import today
from pos_project.core.errors import DomainError
from pos_project.core.kept_lists import Kept

ASKED = "own_list"  # in a form of the list: what is to be kept or forgotten
# What says how a list is looked at, and not what of it. An order counts columns, which may go.
_NOT_KEPT = (PAGE_VAR, ORDER_VAR, ALL_VAR, ERROR_FLAG)
_ALWAYS_SHOWN = {"action_checkbox"}
# Days of a list by one click; kept by their name, so that this month is always this month.
PRESETS = ("today", "yesterday", "this_week", "this_month", "last_month", "this_year")
_FROM, _TO, _DAYS = "_from", "_to", "_days"


def columns_shown(page: Any, request: HttpRequest, columns: Sequence[Any]) -> tuple[Any, ...]:
    """The columns of a list without those that this person leaves out. What names a row stays,
    and what is edited in it: a form without its field would empty it."""
    left_out = set(_kept(page, request).left_out) - _fixed(page, columns)
    return tuple(each for each in columns if name_of(each) not in left_out)


def name_of(column: Any) -> str:
    return column if isinstance(column, str) else str(column.__name__)


def offered(page: Any, request: HttpRequest) -> dict[str, Any]:
    """What the page shows above the list: columns with a tick, and the filters that are kept."""
    columns = page.every_column(request)
    fixed, kept = _fixed(page, columns), _kept(page, request)
    return {
        "columns": [
            {
                "name": name_of(each),
                "title": capfirst(str(label_for_field(each, page.model, page))),
                "shown": name_of(each) not in kept.left_out,
            }
            for each in columns
            if name_of(each) not in fixed
        ],
        "filters": [
            {"name": name, "link": f"?{_as_of_today(query)}"}
            for name, query in kept.filters.items()
        ],
    }


def answer(page: Any, request: HttpRequest) -> HttpResponse:
    """Keep or forget what the form above a list asks for, and show the list again."""
    said = request.POST
    try:
        if said[ASKED] == "columns":
            columns = page.every_column(request)
            choices = {name_of(each) for each in columns} - _fixed(page, columns)
            left_out = sorted(choices - set(said.getlist("column")))
            kept_lists.leave_out(request.user, _page_name(page), left_out)
        elif said[ASKED] == "forget":
            kept_lists.forget_filters(request.user, _page_name(page), said.get("name", ""))
        else:
            name = said.get("name", "")
            kept_lists.keep_filters(request.user, _page_name(page), name, _to_keep(request.GET))
            messages.success(request, f"Kept as {' '.join(name.split())}.")
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    query = request.GET.copy()
    if said[ASKED] == "columns":
        query.pop(ORDER_VAR, None)
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")


def _kept(page: Any, request: HttpRequest) -> Kept:
    """Read once a request."""
    kept: Kept | None = getattr(request, "kept_list", None)
    if kept is None:
        kept = kept_lists.kept_of(request.user, _page_name(page))
        request.kept_list = kept  # type: ignore[attr-defined]  # (ours)
    return kept


def _page_name(page: Any) -> str:
    return str(page.model._meta.label_lower)


def _fixed(page: Any, columns: Sequence[Any]) -> set[str]:
    names = [name_of(each) for each in columns]
    first = next(name for name in names if name not in _ALWAYS_SHOWN)
    links = page.list_display_links or ()
    return {*_ALWAYS_SHOWN, first, *page.list_editable, *(name_of(each) for each in links)}


def _to_keep(query: QueryDict) -> str:
    """A list's query without what is not kept, its days by their name where they have one."""
    kept = query.copy()
    for name in _NOT_KEPT:
        kept.pop(name, None)
    for name in [name.removesuffix(_FROM) for name in kept if name.endswith(_FROM)]:
        ends = kept.get(name + _FROM), kept.get(name + _TO)
        for preset in PRESETS:
            days = RANGES[preset].of(today())
            if ends == (days.first.isoformat(), days.last.isoformat()):
                del kept[name + _FROM], kept[name + _TO]
                kept[name + _DAYS] = preset
                break
    for name in [name for name, value in kept.items() if not value]:
        del kept[name]
    return kept.urlencode()


def _as_of_today(text: str) -> str:
    query = QueryDict(text, mutable=True)
    for key in [key for key in query if key.endswith(_DAYS) and query[key] in PRESETS]:
        name, preset = key.removesuffix(_DAYS), str(query[key])
        days = RANGES[preset].of(today())
        del query[key]
        query[name + _FROM], query[name + _TO] = days.first.isoformat(), days.last.isoformat()
    return query.urlencode()
