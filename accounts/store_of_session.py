"""In the back office a store is chosen once and stays chosen; the API names it in each request."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from pos_project.core.errors import DomainError
from pos_project.core.http.middleware import is_back_office

CHOSEN = "store_id"


class ChosenStore:
    """Middleware: whoever chose a store acts there, for as long as they may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get(CHOSEN) if is_back_office(request) else None
        if chosen is not None and request.user.is_authenticated:
            try:
                request.user = request.user.in_store(chosen, writing=True)
            except DomainError:  # it was closed, or is not theirs any more
                del request.session[CHOSEN]
        return self.get_response(request)


def choose_store(request: HttpRequest, store_id: int | None) -> None:
    """Act in this store from the next page on, or at home (None). Raises Invalid and Denied."""
    if store_id is None:
        request.session.pop(CHOSEN, None)
        return
    by: Any = request.user
    by.in_store(store_id, writing=True)
    request.session[CHOSEN] = store_id
