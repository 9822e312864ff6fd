"""What clients send and see of products (docs/api.md §18)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import F, QuerySet, Subquery, Value
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils import html

from accounts.api.approvals import ApprovableIn
from accounts.api.cost import CostField
from catalog.models import Product
from catalog.scanned_codes import codes_in, scanned_key
from inventory import product_figures
from inventory.best_sellers import units_sold
from inventory.products import Opening
from pos_project.core.db.prepared import prepared
from pos_project.core.http.fields import (
    FilledText,
    FlagField,
    IdField,
    KeyedText,
    MomentField,
    MoneyField,
    OptionalText,
    WholeNumberField,
)
from pos_project.core.http.figures import compile_fields
from pos_project.core.images.pictures import ImageUrlField, PictureIn
from pos_project.core.people import Status

MAX_DESCRIPTION = 10_000
MAX_BARCODE, MAX_BARCODES = 64, 255  # letters, of one and of all
# What is read to show a product, beside its id.
_COLUMNS = (
    *("name", "sku", "barcodes", "price", "stock", "description", "image_public_id", "brand_id"),
    *("brand_name", "category_id", "category_name", "status", "keeps_stock", "tax_rate_id"),
    *("reorder_level", "reorder_quantity", "preferred_supplier_id", "sold_last_30_days"),
    *("created_at", "updated_at"),
)
# Sent empty these mean "not given"; an empty brand, category or description means "none".
_NEVER_EMPTY = ("price", "status", "keeps_stock")


@extend_schema_field(serializers.ListField(child=serializers.CharField(max_length=64)))
class BarcodesField(serializers.Field):
    """Barcodes: a list, or a text with blanks or commas between them; shown as a list. Empty is
    none."""

    default_error_messages = {
        "invalid": "A list of barcodes, or a text.",
        "too_long": "A barcode has at most 64 letters, and all of a product's together 255.",
    }

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        if html.is_html_input(dictionary):
            sent: Any = dictionary
            return sent.getlist(self.field_name) if self.field_name in sent else empty
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> str:
        listed = data if isinstance(data, list) else [data]
        if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in listed):
            self.fail("invalid")
        codes = codes_in(" ".join(str(each) for each in listed))
        text = " ".join(codes)
        if len(text) > MAX_BARCODES or any(len(scanned_key(code)) > MAX_BARCODE for code in codes):
            self.fail("too_long")
        return text

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_representation(self, value: str) -> list[str]:
        return value.split()


class ProductChangeIn(ApprovableIn, PictureIn):
    """Every field may be left out. Stock is no field here: it moves by `POST /inventory`."""

    name = FilledText(max_length=255, required=False)
    sku = KeyedText(max_length=100, required=False)
    barcodes = BarcodesField(required=False)
    price = MoneyField(exact=True, required=False)
    brand_id = IdField(required=False)
    category_id = IdField(required=False)
    description = OptionalText(max_length=MAX_DESCRIPTION)
    status = serializers.ChoiceField(
        choices=Status.choices, required=False, allow_null=True, allow_blank=True
    )
    keeps_stock = FlagField(required=False)
    tax_rate_id = IdField(required=False)
    reorder_level = WholeNumberField(least=0, required=False)
    reorder_quantity = WholeNumberField(least=1, required=False)
    preferred_supplier_id = IdField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in _NEVER_EMPTY:
            if attrs.get(name, True) in (None, ""):
                del attrs[name]
        return attrs


class ProductIn(ProductChangeIn):
    """A new product. `opening` gathers `stock` and `cost_price`; None when there is no stock."""

    name = FilledText(max_length=255)
    sku = KeyedText(max_length=100)
    price = MoneyField(exact=True)
    stock = WholeNumberField(least=0, required=False)
    cost_price = MoneyField(exact=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        stock, cost = attrs.pop("stock", None), attrs.pop("cost_price", None)
        if stock is None and cost is not None:
            raise serializers.ValidationError({"cost_price": ["Only together with stock."]})
        attrs["opening"] = Opening(Decimal(stock), cost or Decimal(0)) if stock else None
        return attrs


class ProductOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    sku = serializers.CharField()
    barcodes = BarcodesField()
    price = MoneyField()
    stock = WholeNumberField()
    description = serializers.CharField(allow_null=True)
    image_url = ImageUrlField()
    brand_id = serializers.IntegerField(allow_null=True)
    brand_name = serializers.CharField(allow_null=True)
    category_id = serializers.IntegerField(allow_null=True)
    category_name = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)
    keeps_stock = serializers.BooleanField()
    tax_rate_id = serializers.IntegerField(allow_null=True)
    reorder_level = serializers.IntegerField(allow_null=True)
    reorder_quantity = serializers.IntegerField(allow_null=True)
    preferred_supplier_id = serializers.IntegerField(allow_null=True)
    sold_last_30_days = WholeNumberField()
    created_at = MomentField()
    updated_at = MomentField()


class StoreStockOut(serializers.Serializer):
    store_id = serializers.IntegerField()
    store = serializers.CharField()
    stock = WholeNumberField()


class ProductDetailsOut(ProductOut):
    """One product. It has no key `image`: the client's edit form would take it for a file."""

    image_public_id = serializers.CharField(allow_null=True)
    cost_price = CostField()


class ProductDescribedOut(ProductDetailsOut):
    """The same in a shop of several stores, each with its stock."""

    stock_by_store = StoreStockOut(many=True, required=False)


class ProductCreatedOut(serializers.Serializer):
    """The three columns that the client shows after creating one."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    image_url = ImageUrlField()


def rows_of(products: Iterable[Product], *, store_id: int, today: date) -> list[dict[str, Any]]:
    """Products (with brand and category loaded) as rows for ProductOut: two queries in all."""
    listed = list(products)
    known = product_figures.of_products((row.pk for row in listed), store_id=store_id, today=today)
    return [
        {
            "id": product.pk,
            "name": product.name,
            "sku": product.sku,
            "barcodes": product.barcodes,
            "price": product.price,
            "stock": known.stock.get(product.pk, 0),
            "description": product.description,
            "image_public_id": product.image_public_id,
            "brand_id": product.brand_id,
            "brand_name": product.brand.name if product.brand else None,
            "category_id": product.category_id,
            "category_name": product.category.name if product.category else None,
            "status": product.status,
            "keeps_stock": product.keeps_stock,
            "tax_rate_id": product.tax_rate_id,
            "reorder_level": product.reorder_level,
            "reorder_quantity": product.reorder_quantity,
            "preferred_supplier_id": product.preferred_supplier_id,
            "sold_last_30_days": known.sold.get(product.pk, 0),
            "created_at": product.created_at,
            "updated_at": product.updated_at,
        }
        for product in listed
    ]


def details_of(product_id: int, *, store_id: int) -> dict[str, Any] | None:
    """One product as a row for ProductDetailsOut, in two queries; None when there is none."""
    for row in _details(product_id, store_id):
        sold = units_sold([product_id], store_id=store_id).get(product_id, 0)
        return {**row._asdict(), "id": product_id, "sold_last_30_days": sold}
    return None


@prepared
def _details(product_id: int, store_id: int) -> QuerySet[Any]:
    cost = Subquery(product_figures.latest_cost(product_id))
    return (
        _rows(store_id)
        .filter(pk=product_id)
        .annotate(cost_price=cost)
        .values_list(*_COLUMNS, "cost_price", named=True)
    )


@prepared
def listed_rows(product_ids: Sequence[int], store_id: int) -> QuerySet[Any]:
    """Products as rows of the list, but for what they sold."""
    return _rows(store_id).filter(pk__in=product_ids).values_list("id", *_COLUMNS, named=True)


def _rows(store_id: int) -> QuerySet[Any]:
    return Product.objects.listed().annotate(
        brand_name=F("brand__name"),
        category_name=F("category__name"),
        stock=product_figures.stock_of_each(store_id),
        sold_last_30_days=Value(0),
    )


def show_rows(rows: Iterable[Any], sold: Mapping[int, Decimal]) -> list[dict[str, Any]]:
    """The wire's rows of `listed_rows`; pictures have the address at which they are asked for."""
    show = _show_row()
    return [show(row._replace(sold_last_30_days=sold.get(row.id, 0))) for row in rows]


@cache
def _show_row() -> Callable[[Any], dict[str, Any]]:
    return compile_fields(ProductOut().fields)
