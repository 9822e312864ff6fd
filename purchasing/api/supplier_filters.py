"""How the list of suppliers is searched and ordered (docs/api.md §5, §19)."""

from ledger.parties import owed_of_each
from pos_project.core.http.filters import ContractFilter
from purchasing.supplier_payments import SUPPLIER_DUES
from purchasing.suppliers import last_transition_of_each


class SupplierFilter(ContractFilter):
    """In the order in which they were entered."""

    search_in = ("search_text",)
    orders = {
        "id": "id",
        "name": "search_text",
        "payable": owed_of_each(SUPPLIER_DUES),
        "last_transition": last_transition_of_each(),
    }
    default_order = ("id",)
