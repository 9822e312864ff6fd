"""How the list of suppliers is searched and ordered (docs/api.md §5, §19)."""

from typing import Any

from django.db.models import QuerySet

from ledger.parties import owed_of_each
from pos_project.core.http.filters import ContractFilter
from purchasing.supplier_payments import SUPPLIER_DUES
from purchasing.suppliers import last_transition_of_each


class SupplierFilter(ContractFilter):
    """In the order in which they were entered."""

    search_in = ("name", "phone", "email")
    orders = {"id": "id", "name": "name", "payable": "owed", "last_transition": "moved_at"}
    default_order = ("id",)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        sort = self.form.cleaned_data.get("sort")
        if sort == "payable":
            queryset = queryset.annotate(owed=owed_of_each(SUPPLIER_DUES))
        elif sort == "last_transition":
            queryset = queryset.annotate(moved_at=last_transition_of_each())
        return super().filter_queryset(queryset)
