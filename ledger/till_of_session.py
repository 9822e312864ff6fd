"""In the back office a till is chosen once: what is booked is of its open shift from then on.

The API names a till in each request.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from ledger.till_models import Shift, Till
from pos_project.core.at_till import at_till
from pos_project.core.http.middleware import is_back_office

CHOSEN = "till"  # its id and name


class ChosenTill:
    """Middleware: whoever chose a till acts there, for as long as a shift is open at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get(CHOSEN) if is_back_office(request) else None
        if chosen is None or not request.user.is_authenticated:
            return self.get_response(request)
        by: Any = request.user
        till_id, name = chosen
        if not Shift.objects.filter(open_till_id=till_id, store_id=by.store_id).exists():
            del request.session[CHOSEN]
            text = f"You work at {name} no more: no shift of your store is open there."
            messages.warning(request, f"{text} What you book is in the store's drawer.")
            return self.get_response(request)
        with at_till(till_id):
            return self.get_response(request)


def choose_till(request: HttpRequest, till: Till | None) -> None:
    """Work at this till from the next page on, or at none."""
    if till is None:
        request.session.pop(CHOSEN, None)
    else:
        request.session[CHOSEN] = [till.pk, till.name]


def till_of(request: HttpRequest) -> str | None:
    """The name of the till that whoever asks works at."""
    chosen = request.session.get(CHOSEN)
    return chosen[1] if chosen else None
