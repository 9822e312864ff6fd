"""Who may call what, in four words (docs/api.md §7). Closed unless a view says."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

ADMIN, MANAGER, STAFF = "admin", "manager", "staff"


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
