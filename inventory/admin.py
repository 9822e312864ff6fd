"""Stock in the back office: batches and the log, to be read; products have a page of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from inventory import product_admin  # noqa: F401  (registers the page of products)
from inventory.adjustments import void
from inventory.models import Batch, InventoryLog
from pos_project.core.admin import ReadOnlyAdmin, asked


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("product", "received_on", "origin", "unit_cost", "quantity", "remaining")
    list_filter = ("is_open", "origin", ("received_on", RangeDateFilter))
    search_fields = ("product__name", "product__sku")
    list_select_related = ("product",)
    ordering = ("-id",)


@admin.register(InventoryLog)
class InventoryLogAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "product", "change_qty", "what", "reference", "cost", "user")
    list_filter = ("kind", ("business_date", RangeDateFilter))
    search_fields = ("product__name", "product__sku", "reference")
    list_select_related = ("product", "user")
    ordering = ("-id",)
    actions_detail = ("undo",)

    @display(
        description="why",
        ordering="kind",
        label={"sale": "success", "purchase": "info", "adjustment": "warning", "void": "danger"},
    )
    def what(self, entry: InventoryLog) -> tuple[str, str]:
        return entry.kind, entry.reason

    def has_undo_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    @action(description="Undo", permissions=["undo"], url_path="undo", icon="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Undo an adjustment by its opposite; entries of documents say no."""
        entries: QuerySet[Any] = self.get_queryset(request)
        entry = get_object_or_404(entries, pk=object_id)
        by: Any = request.user

        def do(_: dict[str, Any]) -> str:
            void(entry.pk, by=by)
            return "Undone by an opposite entry."

        return self.ask_and_do(
            request,
            Form(asked(request)),
            do,
            title=f"Undo {entry.change_qty.normalize():f} of {entry.product.name}?",
            button="Undo",
            back_to=self.page_of(entry.pk),
            warning="An opposite entry is written; both stay in the books.",
        )
