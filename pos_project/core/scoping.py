"""Which rows of a list a user sees: staff those they recorded, everybody else all (contract 1.6).

A view of some lists, not a secret: the same rows show elsewhere.
"""

from typing import Any, TypeVar

from django.db.models import QuerySet
from rest_framework.request import Request

from pos_project.core.permissions import STAFF

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def seen_by_caller(rows: Rows, request: Request) -> Rows:
    """The `rows` that the caller may see; each has the `user` who recorded it."""
    user = request.user
    assert user.is_authenticated  # permissions have made sure of it
    return rows.filter(user_id=user.pk) if user.role == STAFF else rows
