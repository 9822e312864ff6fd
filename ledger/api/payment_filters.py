"""How lists of payments are narrowed (docs/api.md §27)."""

import django_filters

from ledger.models import Payment
from pos_project.core.http.filters import ContractFilter, DayFilter


class PaymentFilter(ContractFilter):
    """Newest first. Methods are rows and may be retired: an unknown one is an empty list."""

    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    payment_type = django_filters.ChoiceFilter(choices=Payment.Type.choices)
    direction = django_filters.ChoiceFilter(choices=Payment.Direction.choices)
    method = django_filters.CharFilter(field_name="method_id")
    payment_party = django_filters.ChoiceFilter(choices=Payment.Party.choices)
