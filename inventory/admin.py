"""Stock in the back office: batches and the log, to be read; products have a page of their own."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from inventory import count_admin, product_admin  # noqa: F401  (registers the page of products)
from inventory.adjustments import void
from inventory.counting import Adjusted, Counted, compare, count_stock
from inventory.models import Batch, InventoryLog
from pos_project.core.back_office.form_keys import key_of_form, reused
from pos_project.core.back_office.forms import show_refusal
from pos_project.core.back_office.model_admin import ReadOnlyAdmin, ReversibleAdmin, asked, units
from pos_project.core.errors import DomainError


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("product", "received_on", "origin", "unit_cost", "came", "left")
    list_filter = ("is_open", "origin", ("received_on", RangeDateFilter))
    search_fields = ("product__search_text",)
    search_help_text = "Product or SKU"
    list_select_related = ("product",)
    ordering = ("-id",)
    fields = ("product", "store", "received_on", "origin", "unit_cost", "came", "left")
    readonly_fields = ("came", "left")
    came = units("quantity", "came in")
    left = units("remaining", "still there")


@admin.register(InventoryLog)
class InventoryLogAdmin(ReversibleAdmin):
    opposite = staticmethod(void)
    list_display = ("created_at", "product", "change", "what", "reference", "cost", "user")
    list_filter = ("kind", ("business_date", RangeDateFilter))
    search_fields = ("product__search_text", "reference__istartswith")
    search_help_text = "Product, SKU or document"
    list_select_related = ("product", "user")
    ordering = ("-id",)
    sortable_by = ()  # the longest table of all, newest first: filters find, sorting reads it whole
    actions_list = ("count_stock",)
    fields = (
        ("product", "store"),
        ("change", "cost"),
        ("kind", "reason"),
        ("reference", "note"),
        "voids",
        ("user", "created_at"),
        "business_date",
    )
    readonly_fields = ("change",)
    change = units("change_qty", "change")

    @display(
        description="why",
        ordering="kind",
        label={"sale": "success", "purchase": "info", "adjustment": "warning", "void": "danger"},
    )
    def what(self, entry: InventoryLog) -> tuple[str, str]:
        return entry.kind, entry.reason

    def has_count_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    def is_standing(self, row: InventoryLog) -> bool:
        """Only what was moved by hand is taken back here; the rest goes by its document."""
        is_by_hand = row.kind == InventoryLog.Kind.ADJUSTMENT
        return is_by_hand and not InventoryLog.objects.filter(voids_id=row.pk).exists()

    def named(self, row: InventoryLog) -> str:
        return f"{row.change_qty.normalize():+f} of {row.product.name}"

    # --- Counting many products at once ---

    @action(description="Count stock", permissions=["count"], url_path="count", icon="fact_check")
    def count_stock(self, request: HttpRequest) -> HttpResponse:
        """Compare what was counted with the books, show that, then adjust by just that."""
        choose = count_admin.ChooseForm(request.GET)
        products = choose.products() if choose.is_valid() else []
        if len(products) > count_admin.MAX_LINES:
            choose.add_error(None, f"More than {count_admin.MAX_LINES} products: choose fewer.")
            products = []
        form = count_admin.CountForm(asked(request))
        if "keep" in request.POST:
            request.session[count_admin.KEPT] = count_admin.typed(request.POST)
            messages.success(
                request, "The count is kept until you sign out: go on whenever you like."
            )
            return HttpResponseRedirect(request.path)
        kept = request.session.get(count_admin.KEPT) or []
        lines = count_admin.lines_of(request, products, kept if "kept" in request.GET else [])
        by: Any = request.user
        shown: dict[str, Any] = {}
        if request.method == "POST" and lines.is_valid() and form.is_valid():
            said, counts, units = form.cleaned_data, lines.counts(), lines.units()
            try:
                if said["seen"] == count_admin.seen(counts):
                    key = key_of_form(request, lambda done: (_adjusted(done), self._of(done)))
                    done = count_stock(
                        counts, reason=said["reason"], note=said["note"] or None, by=by, key=key
                    )
                    self.message_user(request, _adjusted(done), "SUCCESS")
                    request.session.pop(count_admin.KEPT, None)
                    return HttpResponseRedirect(self._of(done))
            except DomainError as refusal:
                show_refusal(form, reused(request, refusal), lines.filled)
            differences = compare(units, store_id=by.store_id)
            lines.show(differences)
            shown = count_admin.summary(differences)
            shown["seen"] = count_admin.seen(
                [Counted(each.product.pk, each.expected, each.counted) for each in differences]
            )
        return self.ask_page(
            request,
            form,
            title="Count stock",
            button=_button(shown),
            back_to=self.list_page,
            template="back_office/count.html",
            extra={
                "choose": choose,
                "lines": lines,
                "shown": shown,
                "store": by.store,
                "kept": len(kept) if request.method == "GET" and "kept" not in request.GET else 0,
                "nothing_found": choose.is_valid()
                and any(choose.cleaned_data.values())
                and not products,
            },
        )

    def _of(self, done: Adjusted) -> str:
        """The rows of a count, which are its document: in a list of their own."""
        number = done.entries[0].reference if done.entries else None
        return f"{self.list_page}?{urlencode({'q': number})}" if number else self.list_page


def _button(shown: dict[str, Any]) -> str:
    if not shown:
        return "Compare with the books"
    if not shown["differ"]:
        return "Done: everything agrees"
    return f"Adjust {shown['differ']} product{'' if shown['differ'] == 1 else 's'}"


def _adjusted(done: Adjusted) -> str:
    count = len(done.entries)
    if not count:
        return "Everything agrees: nothing was changed."
    return f"Stock of {count} product{'' if count == 1 else 's'} adjusted."
