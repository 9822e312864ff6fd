"""Filters of the lists of sales, held sales and refunds (docs/api.md §22, §23)."""

import django_filters
from django.db.models import Q

from pos_project.core.http.filters import (
    ContractFilter,
    DayFilter,
    DayOfMomentFilter,
    FlagFilter,
    IdFilter,
)


class SaleFilter(ContractFilter):
    search_in = ("invoice_no", "customer__search_text")
    orders = {
        "id": "id",
        "created_at": "created_at",
        "total": "total_amount",
        "due_amount": "due_amount",
    }

    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    customer_id = IdFilter(field_name="customer_id")
    user_id = IdFilter(field_name="user_id")
    payment_method = django_filters.CharFilter(field_name="payment_method")
    due = FlagFilter(when_true=Q(due_amount__gt=0))


class HeldSaleFilter(ContractFilter):
    """Held sales have no business day yet: they are found by the day they were held."""

    search_in = SaleFilter.search_in
    orders = SaleFilter.orders

    fromDate = DayOfMomentFilter(field_name="created_at", lookup_expr="gte")
    toDate = DayOfMomentFilter(field_name="created_at", lookup_expr="lte")
    customer_id = IdFilter(field_name="customer_id")


class RefundFilter(ContractFilter):
    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    sale_id = IdFilter(field_name="sale_id")
    customer_id = IdFilter(field_name="customer_id")
