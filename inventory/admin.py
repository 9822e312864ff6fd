"""Stock in the back office: batches and the log, to be read; products have a page of their own."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from accounts.stores import has_several
from inventory import (  # (they register their pages)
    count_admin,
    product_admin,  # noqa: F401  # (registers its page)
    store_product_admin,  # noqa: F401  # (registers its page)
    transfer_admin,  # noqa: F401  # (registers its page)
)
from inventory.adjustments import void
from inventory.counting import Adjusted, Counted, compare, count_stock
from inventory.models import Batch, InventoryLog, StockCount, StockCountLine
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.form_keys import key_of_form, reused
from pos_project.core.back_office.forms import show_refusal
from pos_project.core.back_office.lists import amount_text
from pos_project.core.back_office.posted_records import (
    HistoryInline,
    ReadOnlyAdmin,
    ReversibleAdmin,
)
from pos_project.core.back_office.shown_values import units
from pos_project.core.errors import DomainError
from pos_project.core.money import money

MONEY: Any = DecimalField(max_digits=14, decimal_places=2)


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
        by: Any = request.user
        choose = count_admin.ChooseForm(request.GET, store_id=by.store_id)
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
        if has_several():
            count_admin.show_places(lines, store_id=by.store_id)
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
        """The document of a count."""
        return reverse("admin:inventory_stockcount_change", args=[done.count.pk])


class StockCountLineInline(HistoryInline):
    model = StockCountLine
    fields = ("product_name", "had", "found", "differs", "worth")
    readonly_fields = fields
    had = units("expected", "books")
    found = units("counted", "counted")

    @display(description="differs")
    def differs(self, line: StockCountLine) -> str:
        change = (line.counted - line.expected).normalize()
        return f"{change:+f}" if change else "–"

    @display(description="at cost")
    def worth(self, line: StockCountLine) -> Any:
        return amount_text(line.cost) if line.cost else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # What differs comes first: that is what is looked for.
        return super().get_queryset(request).order_by(F("log").asc(nulls_last=True), "id")


@admin.register(StockCount)
class StockCountAdmin(ReadOnlyAdmin):
    """What was counted, by whom, and what it came to; its adjustments are in the stock log."""

    list_display = ("number", "created_at", "user", "products", "differ", "missing", "over", "net")
    list_filter = (("business_date", RangeDateFilter),)
    list_totals = {"Missing": "cost_missing", "Found": "cost_over", "Together": "cost_net"}
    search_fields = ("number__istartswith", "lines__product_name")
    search_help_text = "Number or product"
    list_select_related = ("user",)
    ordering = ("-id",)
    inlines = (StockCountLineInline,)
    actions_list = ("count_stock",)
    actions_detail = ("movements",)
    fields = (
        ("number", "store"),
        ("reason", "note"),
        ("user", "created_at", "business_date"),
        ("products", "differ"),
        ("missing", "over", "net"),
    )
    readonly_fields = ("products", "differ", "missing", "over", "net")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lines = StockCountLine.objects.filter(count=OuterRef("pk")).order_by().values("count")

        def summed(of: Any) -> Any:
            return Coalesce(Subquery(lines.annotate(sum=of).values("sum")), 0, output_field=MONEY)

        return (
            super()
            .get_queryset(request)
            .annotate(
                counted_products=Subquery(lines.annotate(n=Count("id")).values("n")),
                differing=Coalesce(Subquery(lines.annotate(n=Count("log")).values("n")), 0),
                cost_missing=summed(Sum("cost", filter=Q(cost__lt=0))),
                cost_over=summed(Sum("cost", filter=Q(cost__gt=0))),
                cost_net=summed(Sum("cost")),
            )
        )

    @display(description="products", ordering="-counted_products")
    def products(self, count: Any) -> int:
        return int(count.counted_products or 0)

    @display(description="differ", ordering="-differing")
    def differ(self, count: Any) -> int:
        return int(count.differing)

    @display(description="missing", ordering="cost_missing")
    def missing(self, count: Any) -> Any:
        return amount_text(money(count.cost_missing))

    @display(description="found", ordering="-cost_over")
    def over(self, count: Any) -> Any:
        return amount_text(money(count.cost_over))

    @display(description="together", ordering="cost_net")
    def net(self, count: Any) -> Any:
        return amount_text(money(count.cost_net))

    @action(description="Count stock", url_path="count", icon="fact_check")
    def count_stock(self, request: HttpRequest) -> HttpResponse:
        """On to the page where it is done."""
        return HttpResponseRedirect(reverse("admin:inventory_inventorylog_count_stock"))

    @action(description="Movements", url_path="movements", icon="swap_vert")
    def movements(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Its adjustments, each to be reversed by itself."""
        count = get_object_or_404(StockCount, pk=object_id)
        page = reverse("admin:inventory_inventorylog_changelist")
        return HttpResponseRedirect(f"{page}?{urlencode({'q': count.number})}")


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
