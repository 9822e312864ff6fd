"""How the list of customers is searched, narrowed and ordered (docs/api.md §5, §20)."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.api.filters import EVERY
from ledger.parties import owed_of_each, owing
from pos_project.core.http.filters import ContractFilter, FlagFilter
from pos_project.core.people import Status
from sales.customer_payments import CUSTOMER_DUES
from sales.customers import last_purchase_of_each


class CustomerFilter(ContractFilter):
    """Whoever bought last comes first, those who never bought last."""

    search_in = ("search_text",)
    orders = {
        "last_purchased": last_purchase_of_each(),
        "name": "search_text",
        "debt": owed_of_each(CUSTOMER_DUES),
        "join_at": "join_at",
        "id": "id",
    }
    default_order = (last_purchase_of_each().desc(nulls_last=True), "-id")
    default_sort = "last_purchased"

    status = django_filters.ChoiceFilter(choices=[*EVERY, *Status.choices], method="by_status")
    hasDue = FlagFilter(when_true=owing(CUSTOMER_DUES))

    def by_status(self, customers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return customers if value.lower() == "all" else customers.filter(status=value)
