"""Products in the back office: find, change, reprice, count, import and export them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import barcode
from barcode.writer import SVGWriter
from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
)

from accounts import audit
from accounts.models import AuditEntry
from accounts.stores import has_several
from catalog.label_page import label_page
from catalog.models import ComingPrice, Product
from catalog.price_admin import PricesAdmin
from catalog.scanned_codes import ean13_of
from inventory import product_figures
from inventory.counting import Adjusted, Counted, StockMoved, count_stock
from inventory.product_form import (
    CountForm,
    PriceInList,
    ProductConfirmForm,
    ProductForm,
    ProductImportForm,
)
from inventory.product_import import ProductResource
from inventory.products import (
    Opening,
    change_product,
    create_product,
    remove_product,
    restore_product,
)
from inventory.store_product_admin import in_stores
from inventory.store_stock import stock_by_store
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.master_data import MasterDataAdmin
from pos_project.core.back_office.shown_values import status_label
from pos_project.core.back_office.spreadsheets import ImportsTables
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.images.pictures import PictureChange, image_url
from pos_project.core.money import money
from pos_project.core.people import Status
from pos_project.core.percentages import percent

MAX_HISTORY, MAX_LABELLED = 50, 500


class StockFilter(admin.SimpleListFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in", "In stock"), ("low", "Low: to be reordered"), ("out", "Out of stock")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        user: Any = request.user
        level = product_figures.level_of_each(user.store.reorder_level, store_id=user.store_id)
        kept: dict[str, dict[str, Any]] = {
            "in": {"stock__gt": 0},
            "low": {"stock__gt": 0, "stock__lt": level},
        }
        if self.value() == "out":
            return queryset.filter(keeps_stock=True, stock=0)
        return queryset.filter(**kept.get(str(self.value()), {}))


@admin.register(Product)
class ProductAdmin(PricesAdmin, MasterDataAdmin, ImportsTables):
    form = ProductForm
    resource_classes = (ProductResource,)
    import_form_class, confirm_form_class = ProductImportForm, ProductConfirmForm
    import_export_change_list_template = "back_office/price_list.html"
    list_display = (
        "thumbnail",
        "name",
        "sku",
        "price",
        "in_stock",
        "category",
        "brand",
        "state",
    )
    list_display_links = ("thumbnail", "name")
    list_editable = ("price",)
    list_filter = (
        StockFilter,
        "status",
        ("category", admin.RelatedOnlyFieldListFilter),
        ("brand", admin.RelatedOnlyFieldListFilter),
        "keeps_stock",
    )
    removal_warning = "It can no longer be sold, and its SKU is free again."
    search_fields = ("search_text",)
    search_help_text = "Name, SKU or barcode"
    autocomplete_fields = ("brand", "category", "preferred_supplier")
    list_select_related = ("brand", "category")
    ordering = ("search_text", "id")
    actions = ("change_prices", "forget_planned_prices", "print_labels", "take_off_the_list")
    actions_detail = ("count_stock", "sales", "movements", "labels", "explain", "remove")
    actions_list = ("archived",)
    restore_warning = "It is on every list again, as it was; its stock was written off."
    readonly_fields = (
        *("picture_now", "in_stock", "last_cost", "margin", "barcode", "price_history"),
        *("by_store", "levels_and_places"),
    )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        narrow = UnfoldAdminDecimalFieldWidget(
            attrs={"class": "shop-number", "aria-label": "price"}
        )
        ours = {"form": PriceInList, "widgets": {"price": narrow}}
        return super().get_changelist_form(request, **{**kwargs, **ours})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        by: Any = request.user
        rows = super().get_queryset(request)
        return rows.annotate(stock=product_figures.stock_of_each(by.store_id))

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        about = (
            *("name", ("sku", "barcodes"), ("price", "tax_rate"), ("brand", "category")),
            *(("unit", "status"), "description", "keeps_stock"),
        )
        reorder: tuple[Any, ...] = (
            *("preferred_supplier", ("reorder_level", "reorder_quantity")),
            *(("levels_and_places",) if obj and has_several() and obj.keeps_stock else ()),
        )
        ordering = ("Reordering", {"fields": reorder})
        if obj is None:
            return (
                (None, {"fields": (*about, "picture")}),
                ("Opening stock", {"fields": (("opening_stock", "unit_cost"),)}),
                ordering,
            )
        by_store = ("by_store",) if has_several() and obj.keeps_stock else ()
        return (
            (None, {"fields": (("in_stock", "last_cost", "margin"), *by_store, *about)}),
            ordering,
            ("Picture", {"fields": ("picture_now", "picture", "remove_picture")}),
            ("Barcode", {"fields": ("barcode",)}),
            ("Price history", {"fields": ("price_history",)}),
        )

    def costs_of(self, products: Sequence[Product]) -> Mapping[int, Decimal]:
        return product_figures.latest_purchase_costs([product.pk for product in products])

    # --- What is shown ---

    @display(description="", header=False)
    def thumbnail(self, product: Product) -> SafeString:
        url = image_url(product.image_public_id, None)
        if not url:
            return format_html('<span class="material-symbols-outlined">{}</span>', "image")
        return format_html(
            '<img src="{}" alt="" loading="lazy" class="h-8 w-8 object-cover rounded">', url
        )

    @display(description="stock", ordering="stock")
    def in_stock(self, product: Any) -> str:
        if not product.keeps_stock:
            return "service"
        return f"{product.stock.normalize():f} {product.unit}"

    @display(description="stock by store")
    def by_store(self, product: Product) -> str:
        held = stock_by_store(product.pk)
        return ", ".join(f"{each.store} {each.stock.normalize():f}" for each in held)

    @display(description="in the stores")
    def levels_and_places(self, product: Product) -> SafeString:
        return in_stores(product)

    state = status_label

    @display(description="last cost")
    def last_cost(self, product: Product) -> str:
        """What one of them cost when it was last bought."""
        cost = self._cost(product)
        return "–" if cost is None else f"{cost.normalize():,f}"

    @display(description="margin")
    def margin(self, product: Product) -> str:
        """What is left of the price, and how much of it that is."""
        cost = self._cost(product)
        if cost is None:
            return "–"
        left = product.price - cost
        return f"{money(left):,.2f} ({percent(left, product.price)})"

    def _cost(self, product: Any) -> Decimal | None:
        if not hasattr(product, "known_cost"):
            product.known_cost = product_figures.latest_purchase_cost(product.pk)
        cost: Decimal | None = product.known_cost
        return cost

    @display(description="picture now")
    def picture_now(self, product: Product) -> SafeString | str:
        url = image_url(product.image_public_id, None)
        return format_html('<img src="{}" alt="" class="max-h-48 rounded">', url) if url else "–"

    @display(description="barcode")
    def barcode(self, product: Product) -> SafeString | str:
        """The first barcode, or else the SKU, to be printed from the page: EAN-13 where it is one,
        else Code 128; unprintable letters have no code."""
        code = next(iter(product.barcodes.split()), product.sku)
        ean = ean13_of(code)
        try:
            drawn = BytesIO()
            barcode.get("ean13" if ean else "code128", ean or code, writer=SVGWriter()).write(
                drawn, {"module_height": 12, "font_size": 8, "text_distance": 4}
            )
        except barcode.errors.BarcodeError:
            return "This code has letters that a barcode cannot hold."
        svg = drawn.getvalue().decode().partition("<svg")[2]
        # python-barcode escapes the text that it writes.
        return mark_safe(f'<div class="bg-white inline-block p-2"><svg{svg}</div>')  # noqa: S308  (drawn by us)

    @display(description="price history")
    def price_history(self, product: Product) -> SafeString | str:
        entries = AuditEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Product),
            object_id=product.pk,
            changes__has_key="price",
        ).select_related("actor")[:MAX_HISTORY]
        rows = [
            (
                localtime(entry.timestamp).strftime("%d-%m-%Y %I:%M %p"),
                entry.actor.name if entry.actor else "the system",
                entry.changes["price"][0] if entry.changes["price"][0] != "None" else "–",
                entry.changes["price"][1],
            )
            for entry in entries
        ]
        coming = ComingPrice.objects.filter(product=product).select_related("created_by")
        rows = [
            *(
                (f"from {each.from_day:%d-%m-%Y}", each.created_by.name, "", each.price)
                for each in coming.order_by("-from_day")
            ),
            *rows,
        ]
        if not rows:
            return "No changes yet."
        return format_html(
            '<table class="w-full"><thead><tr><th class="text-left pr-6">when</th>'
            '<th class="text-left pr-6">who</th><th class="text-right pr-6">before</th>'
            '<th class="text-right">after</th></tr></thead><tbody>{}</tbody></table>',
            format_html_join(
                "",
                '<tr><td class="pr-6">{}</td><td class="pr-6">{}</td>'
                '<td class="text-right pr-6">{}</td><td class="text-right">{}</td></tr>',
                rows,
            ),
        )

    # --- What goes in and out as a file ---

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        # A file may hold prices.
        return super().has_import_permission(request) and self.may_change_prices(request)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        makes = bool(form and form.is_valid() and form.cleaned_data.get("make_missing"))
        return {**super().get_import_resource_kwargs(request, **kwargs), "make_missing": makes}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        asked_for = super().get_confirm_form_initial(request, import_form)
        makes = bool(import_form and import_form.cleaned_data["make_missing"])
        return {**asked_for, "make_missing": makes}

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_export_queryset(request).annotate(cost=product_figures.cost_of_each())
        return rows.select_related("tax_rate", "preferred_supplier")

    # --- What is done ---

    def add_row(
        self,
        fields: dict[str, Any],
        *,
        form: Any,
        by: Any,
        picture: PictureChange,
        key: RequestKey | None,
    ) -> Any:
        units = form.cleaned_data.get("opening_stock") or 0
        cost = form.cleaned_data.get("unit_cost") or Decimal(0)
        opening = Opening(Decimal(units), cost) if units else None
        return create_product(fields, opening=opening, picture=picture, by=by, key=key)

    def change_row(
        self,
        row_id: Any,
        fields: dict[str, Any],
        *,
        picture: PictureChange,
        seen: dict[str, Any],
        **_: Any,
    ) -> None:
        change_product(row_id, fields, picture=picture, seen=seen)

    @action(description="Sales", url_path="sales", icon="receipt_long")
    def sales(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The lines that sold it."""
        return redirect("report-product-sales", object_id)

    @action(description="Movements", url_path="movements", icon="swap_vert")
    def movements(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What came and went of it."""
        log = reverse("admin:inventory_inventorylog_changelist")
        return redirect(f"{log}?{urlencode({'product__id__exact': object_id})}")

    @action(description="Labels", url_path="labels", icon="label")
    def labels(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Name, price and barcode, to be stuck on."""
        return redirect(label_page({int(object_id): 1}))

    @action(description="Explain", url_path="explain", icon="account_tree")
    def explain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Its stock by batch and movement, and what these are worth."""
        return redirect("report-explain", "product", object_id)

    @action(description="Count stock", permissions=["change"], url_path="count", icon="fact_check")
    def count_stock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what was counted, and adjust by the difference to what was shown: if goods were
        sold or received since, to what is shown now."""
        product: Any = get_object_or_404(self.get_queryset(request), pk=object_id)
        by: Any = request.user
        form = CountForm(asked(request), initial={"expected": int(product.stock)})

        def do(answers: dict[str, Any], key: RequestKey | None) -> Adjusted:
            counted = Counted(product.pk, Decimal(answers["expected"]), Decimal(answers["counted"]))
            try:
                return count_stock(
                    [counted],
                    reason=answers["reason"],
                    note=answers["note"] or None,
                    by=by,
                    key=key,
                )
            except StockMoved:
                form.data = request.POST.copy()
                form.data["expected"] = str(int(product.stock))
                raise

        def tell(done: Adjusted) -> str:
            if not done.entries:
                return "The count agrees: nothing was changed."
            return (
                f"Stock of {product.name} adjusted by {done.entries[0].change_qty.normalize():+f}."
            )

        return self.ask_and_do(
            request,
            form,
            do,
            tell,
            title=f"Count {product.name}: {product.stock.normalize():f} expected",
            button="Adjust",
            back_to=self.page_of(product.pk),
        )

    def take_out(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        """Off every list; one that was ever traded is archived, its name stays in old papers."""
        remove_product(row.pk, by=by, key=key)

    def bring_back(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        restore_product(row.pk, key=key)

    @admin.action(description="Print labels…", permissions=["view"])
    def print_labels(self, request: HttpRequest, products: QuerySet[Any]) -> HttpResponse | None:
        chosen = list(products.order_by("search_text", "id").values_list("pk", flat=True))
        if len(chosen) > MAX_LABELLED:
            messages.error(request, f"Labels of at most {MAX_LABELLED} products at once.")
            return None
        return redirect(label_page(dict.fromkeys(chosen, 1)))

    @admin.action(description="Take off the list", permissions=["change"])
    def take_off_the_list(self, request: HttpRequest, products: QuerySet[Any]) -> None:
        for product in products:
            change_product(product.pk, {"status": Status.INACTIVE}, picture=PictureChange())
        messages.success(request, f"{len(products)} products are not sold now.")

    def get_export_data(self, file_format: Any, request: Any, queryset: Any, **kwargs: Any) -> Any:
        rows = queryset.count()
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        audit.exported(Product, rows=rows, kind=file_format.get_extension())
        return data
