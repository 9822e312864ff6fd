"""How the list of users is searched, filtered and sorted (docs/api.md §17)."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.models import User
from pos_project.core.http.filters import ContractFilter
from pos_project.core.people import Status

EVERY = [("All", "All"), ("all", "All")]  # the client's word for "any"


class UserFilter(ContractFilter):
    search_in = ("search_text",)
    orders = {
        "id": "id",
        "name": "search_text",
        "created_at": "created_at",
        "last_login": "last_login",
    }

    role = django_filters.ChoiceFilter(choices=[*EVERY, *User.ROLES], method="exactly")
    status = django_filters.ChoiceFilter(choices=[*EVERY, *Status.choices], method="exactly")

    def exactly(self, users: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return users if value.lower() == "all" else users.filter(**{name: value})
