"""How the lists of products and of stock movements are narrowed and ordered (1.5, 5.1, 13.1)."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import REORDER_BELOW
from catalog.models import Product
from inventory import product_figures
from inventory.models import Batch
from pos_project.core.days import today
from pos_project.core.db.search_text import SEARCH_TEXT, holding
from pos_project.core.http.filters import ContractFilter, DayFilter, IdFilter, IdFormField
from pos_project.core.people import Status

EVERYTHING = "all"


class _IdOrAll(IdFormField):
    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip().lower() == EVERYTHING:
            value = ""
        return super().to_python(value)


@extend_schema_field(OpenApiTypes.STR)
class IdOrAllFilter(IdFilter):
    """An id; `all` or empty means no filter."""

    field_class = _IdOrAll


class ProductFilter(ContractFilter):
    search_in = ("search_text",)
    orders = {
        "sold_last_30_days": "sold",
        "name": "search_text",
        "price": "price",
        "stock": "units",
        "created_at": "created_at",
        "id": "id",
    }
    default_order = ("-sold", "-id")
    default_sort = "sold_last_30_days"

    category = IdOrAllFilter(field_name="category_id")
    brand = IdOrAllFilter(field_name="brand_id")
    status = django_filters.ChoiceFilter(
        choices=[(EVERYTHING, "any"), *Status.choices], method="by_status"
    )
    stock = django_filters.ChoiceFilter(
        choices=[
            (EVERYTHING, "any"),
            ("in", "in stock"),
            ("out", "out of stock"),
            (
                "low",
                f"1 to {REORDER_BELOW - 1}, or below the product's own level",
            ),
        ],
        method="by_stock",
    )

    @property
    def store_id(self) -> int:
        return self.request.user.store_id

    def by_status(self, products: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return products if value == EVERYTHING else products.filter(status=value)

    def by_stock(self, products: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == EVERYTHING:
            return products
        held = Exists(
            Batch.objects.filter(product_id=OuterRef("pk"), store_id=self.store_id, is_open=1)
        )
        if value == "low":
            units = product_figures.stock_of_each(self.store_id)
            return products.alias(units_left=units).filter(
                held, units_left__lt=product_figures.level_of_each(store_id=self.store_id)
            )
        return products.filter(held if value == "in" else ~held)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        sort = self.form.cleaned_data.get("sort") or self.default_sort
        if sort == "stock":
            queryset = queryset.alias(units=product_figures.stock_of_each(self.store_id))
        elif sort == "sold_last_30_days":
            queryset = queryset.alias(sold=product_figures.sold_of_each(self.store_id, today()))
        return super().filter_queryset(queryset)


class InventoryLogFilter(ContractFilter):
    search_in = ("reference", "product__search_text")
    orders = {"id": "id", "created_at": "created_at"}

    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    product_id = IdFilter(field_name="product_id")
    reason = django_filters.CharFilter(field_name="reason", lookup_expr="iexact")

    def _search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # The few products with that name first: joined to the long log it takes ten times longer.
        named = Product.objects.filter(holding(Product, SEARCH_TEXT, value)).values("pk")
        return queryset.filter(Q(reference__icontains=value.strip()) | Q(product_id__in=named))
