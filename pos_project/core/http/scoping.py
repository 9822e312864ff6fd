"""Which rows of a list a user sees: staff those they recorded, everybody else all (docs/api.md §7).

A view of some lists, not a secret: the same rows show elsewhere.
"""

from typing import Any, TypeVar

from django.db.models import QuerySet
from rest_framework.request import Request

from pos_project.core.http.permissions import STAFF

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def seen_by_caller(rows: Rows, request: Request) -> Rows:
    """The `rows` that the caller may see; each has the `user` who recorded it."""
    recorder_id = only_recorder_seen(request)
    return rows if recorder_id is None else rows.filter(user_id=recorder_id)


def only_recorder_seen(request: Request) -> int | None:
    """The id of the one user whose rows the caller sees; None when they see everybody's."""
    user = request.user
    assert user.is_authenticated  # permissions have made sure of it
    return user.pk if user.role == STAFF else None
