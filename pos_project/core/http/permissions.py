"""Who may call what, in four words, and in which store (docs/api.md §7). Closed unless a view says.

Whoever passes here acts in the store that the request names, else at home: from then on it is the
`store_id` of `request.user`, for all that reads or writes.
"""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from pos_project.core.errors import DomainError, Invalid

ADMIN, MANAGER, STAFF = "admin", "manager", "staff"


def act_where_asked(request: Request, view: Any) -> None:
    """Let `request.user` be who acts in the store that `store_id` names in the query or the body.

    Raises Invalid for one that is not there, Denied for one that is not theirs; a refused request
    counts like any other. A view whose body speaks of stores in its own way says
    `store_in_body = False`.
    """
    by: Any = request.user
    try:
        said = [request.query_params.get("store_id")]
        if request.method in ("POST", "PUT", "PATCH") and getattr(view, "store_in_body", True):
            assert not isinstance(request.data, list)  # our parsers make objects
            said.append(request.data.get("store_id"))
        asked = {_store_id(each) for each in said if each not in (None, "")}
        if len(asked) > 1:
            raise _unknown("Another store in the query than in the body.")
        for store_id in asked:
            writing = request.method not in SAFE_METHODS
            request.user = by.in_store(store_id, writing=writing)
    except (DomainError, APIException):
        view.check_throttles(request)
        raise


def _store_id(said: Any) -> int:
    text = str(said).strip()
    if isinstance(said, bool) or not (text.isascii() and text.isdigit() and len(text) < 20):
        raise _unknown("Unknown store.")
    return int(text)


def _unknown(text: str) -> Invalid:
    return Invalid(text, fields={"store_id": [text]})


class NobodyUnlessStated(BasePermission):
    """The default: a view that names no permission answers nobody."""

    message = "Access denied"

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class _Roles(BasePermission):
    message = "Access denied"
    reading: ClassVar[frozenset[str]]
    writing: ClassVar[frozenset[str]]

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user or not user.is_authenticated:
            return False
        if request.method == "OPTIONS" or request.method not in view.allowed_methods:
            return True  # not a matter of roles: the view answers 405, once it is counted
        if user.role in (self.reading if request.method in SAFE_METHODS else self.writing):
            act_where_asked(request, view)
            return True
        # A refused request counts like any other, though it never gets to where they are counted.
        view.check_throttles(request)
        return False


class Admin(_Roles):
    """'Admin' rows: admins; managers read."""

    reading = frozenset({ADMIN, MANAGER})
    writing = frozenset({ADMIN})


class AdminManager(_Roles):
    """Those who keep the books: managers post corrections too."""

    reading = writing = frozenset({ADMIN, MANAGER})


class AdminStaff(_Roles):
    """'Admin, Staff' rows: everybody who works in the shop."""

    reading = writing = frozenset({ADMIN, MANAGER, STAFF})


class AnyUser(AdminStaff):
    """'None' rows: any signed-in user of any role, today the same three."""


class Public(BasePermission):
    """'Public' rows: anyone; the view sets `authentication_classes = ()`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class DocsReader(BasePermission):
    """Schema and Swagger UI: open, unless `API_DOCS_OPEN=0` closes them to everybody."""

    message = "Access denied"

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(settings.API_DOCS_OPEN)
