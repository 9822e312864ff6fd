"""Levels and places in the back office: a list to type into, store by store, and as a file."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from accounts import audit
from accounts.models import Store
from accounts.stores import has_several, stores_of
from catalog.models import Product
from inventory import product_figures, suggestion_admin
from inventory.api.store_products import StoreProductIn
from inventory.store_product_files import StoreProductResource
from inventory.store_product_models import StoreProduct
from inventory.store_products import InStore, set_in_store
from inventory.store_stock import stock_by_store
from pos_project.core.back_office.forms import RowForm
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.back_office.spreadsheets import ImportsTables
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import Invalid


class StoreProductForm(RowForm):
    api = StoreProductIn

    class Meta:
        model = StoreProduct
        fields = ("store", "product", "place", "reorder_level", "reorder_quantity")
        help_texts = {
            "place": "Where it lies, as the shelf says: A-03-2.",
            "reorder_level": "Fewer units are short in this store. Empty: as the product says;"
            " 0: never.",
            "reorder_quantity": "Empty: as the product says.",
        }


class InList(RowForm):
    api = StoreProductIn


@admin.register(StoreProduct)
class StoreProductAdmin(ShopAdmin, ImportsTables):
    """What a store says of its products. Who works in several stores chooses one."""

    form = StoreProductForm
    resource_classes = (StoreProductResource,)
    import_export_change_list_template = "back_office/price_list.html"
    list_editable = ("place", "reorder_level", "reorder_quantity")
    list_display = ("name", "sku", "store", "in_stock", *list_editable)
    list_display_links = ("name",)
    list_filter = (("store", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("product", "store")
    search_fields = ("product__search_text", "place_key")
    search_help_text = "Product, SKU or place"
    autocomplete_fields = ("product",)
    fields = (("store", "product"), "place", ("reorder_level", "reorder_quantity"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        listed = super().get_queryset(request).filter(product__archived_at=None)
        return listed.annotate(stock=product_figures.stock_of_each_in_its_store())

    def get_ordering(self, request: HttpRequest) -> Any:
        return ("store", F("place_key").asc(nulls_last=True), "product__search_text", "id")

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        columns = super().get_list_display(request)
        return columns if has_several() else tuple(each for each in columns if each != "store")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("store", "product")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        by: Any = request.user
        return {"store": by.store_id, **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        by: Any = request.user
        if db_field.name == "store" and field is not None:
            theirs = [store.pk for store in stores_of(by)]
            field.queryset = Store.objects.filter(pk__in=theirs)
        return field

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        def number(label: str) -> Any:
            return UnfoldAdminIntegerFieldWidget(
                attrs={
                    "class": "shop-number",
                    "inputmode": "numeric",
                    "aria-label": label,
                    "placeholder": label,
                }
            )

        widgets = {
            "place": UnfoldAdminTextInputWidget(
                attrs={"aria-label": "place", "placeholder": "place"}
            ),
            "reorder_level": number("reorder below"),
            "reorder_quantity": number("units per order"),
        }
        return super().get_changelist_form(
            request, **{**kwargs, "form": InList, "widgets": widgets}
        )

    @display(description="product", ordering="product__search_text")
    def name(self, row: StoreProduct) -> str:
        return row.product.name

    @display(description="SKU")
    def sku(self, row: StoreProduct) -> str:
        return row.product.sku

    @display(description="in stock")
    def in_stock(self, row: Any) -> str:
        return f"{row.stock.normalize():f} {row.product.unit}"

    # --- What is done ---

    def add_row(
        self, fields: dict[str, Any], *, by: Any, key: RequestKey | None, **_: Any
    ) -> StoreProduct:
        store_id, product_id = fields.pop("store_id", by.store_id), fields.pop("product_id")
        if not any(value not in (None, "") for value in fields.values()):
            text = "Say a place, a level or a quantity."
            raise Invalid(text, fields={"place": [text]})
        there = by.in_store(store_id, writing=True)
        set_in_store([InStore(product_id, fields)], by=there, key=key)
        return StoreProduct.objects.get(store_id=store_id, product_id=product_id)

    def change_row(
        self, row_id: Any, fields: dict[str, Any], *, by: Any, seen: dict[str, Any], **_: Any
    ) -> None:
        row = StoreProduct.objects.get(pk=row_id)
        there = by.in_store(row.store_id, writing=True)
        set_in_store([InStore(row.product_id, fields, seen)], by=there)

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(partial(suggestion_admin.page, self))
        name = "inventory_storeproduct_suggestions"
        return [path("suggestions/", own, name=name), *super().get_urls()]

    # --- Files ---

    def _resource_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        by: Any = request.user
        return {"store_id": by.store_id}

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_import_resource_kwargs(request, **kwargs),
            **self._resource_kwargs(request),
        }

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_export_resource_kwargs(request, **kwargs),
            **self._resource_kwargs(request),
        }

    def get_export_data(self, file_format: Any, request: Any, queryset: Any, **kwargs: Any) -> Any:
        rows = queryset.count()
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        audit.exported(StoreProduct, rows=rows, kind=file_format.get_extension())
        return data


def in_stores(product: Product) -> SafeString:
    """A product's stock, level, quantity and place in each store, each leading to where it is
    changed. Two statements."""
    said = {row.store_id: row for row in StoreProduct.objects.filter(product=product)}
    return format_html(
        '<div class="overflow-x-auto"><table class="w-full"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        format_html_join(
            "",
            '<th scope="col" class="text-{} pr-6">{}</th>',
            (
                *(("left", "store"), ("right", "stock"), ("right", "reorder below")),
                *(("right", "units per order"), ("left", "place")),
            ),
        ),
        format_html_join(
            "",
            '<tr><td class="pr-6"><a class="underline" href="{}">{}</a></td>'
            '<td class="text-right pr-6">{}</td><td class="text-right pr-6">{}</td>'
            '<td class="text-right pr-6">{}</td><td>{}</td></tr>',
            _lines(product, said),
        ),
    )


def _lines(product: Product, said: dict[int, StoreProduct]) -> Iterable[tuple[Any, ...]]:
    for each in stock_by_store(product.pk):
        row = said.get(each.store_id)
        if row is None:
            new = urlencode({"store": each.store_id, "product": product.pk})
            page = f"{reverse('admin:inventory_storeproduct_add')}?{new}"
        else:
            page = reverse("admin:inventory_storeproduct_change", args=[row.pk])
        told = (getattr(row, name, None) for name in ("reorder_level", "reorder_quantity", "place"))
        yield (
            page,
            each.store,
            f"{each.stock.normalize():f}",
            *("–" if value in (None, "") else value for value in told),
        )
