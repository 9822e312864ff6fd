"""What managers keep of the catalogue in the back office."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.api.serializers import BrandIn, CategoryIn, TaxRateIn
from catalog.models import Brand, Category, TaxRate
from catalog.unique_names import change_named, create_named, remove_named
from pos_project.core.back_office.forms import RowForm
from pos_project.core.back_office.master_data import MasterDataAdmin
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.http.permissions import ADMIN


class BrandForm(RowForm):
    api = BrandIn


class CategoryForm(RowForm):
    api = CategoryIn


class TaxRateForm(RowForm):
    api = TaxRateIn


class NamedAdmin(MasterDataAdmin):
    """Few rows, each name used once: written and removed by the use cases of the API."""

    search_fields = ("name_key",)
    search_help_text = "Name"
    ordering = ("name_key", "id")
    actions_detail = ("remove",)

    def add_row(self, fields: dict[str, Any], *, key: RequestKey | None, **_: Any) -> Any:
        return create_named(self.model, fields, key=key)

    def change_row(
        self, row_id: Any, fields: dict[str, Any], *, seen: dict[str, Any], **_: Any
    ) -> None:
        change_named(self.model, row_id, fields, seen=seen)

    def take_out(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        """Delete the row for good; one that products have stays."""
        remove_named(self.model, row.pk, key=key)


@admin.register(Brand)
class BrandAdmin(NamedAdmin):
    form = BrandForm
    list_display = ("name", "description")


@admin.register(Category)
class CategoryAdmin(NamedAdmin):
    form = CategoryForm
    list_display = ("name", "is_active")


@admin.register(TaxRate)
class TaxRateAdmin(NamedAdmin):
    """Managers read the rates; only admins say what they are, here as by the API."""

    form = TaxRateForm
    list_display = ("name", "rate")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return getattr(request.user, "role", None) == ADMIN

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)
