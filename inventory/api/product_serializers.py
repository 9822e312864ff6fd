"""What clients send and see of products (docs/api.md §18)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from rest_framework import serializers

from accounts.api.approvals import ApprovableIn
from accounts.api.cost import CostField
from catalog.models import Product
from inventory import product_figures
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
from pos_project.core.images.pictures import ImageUrlField, PictureIn
from pos_project.core.people import Status

MAX_DESCRIPTION = 10_000
# What `_details` reads; the id is known.
_SHOWN = (
    *("name", "sku", "price", "stock", "description", "image_public_id", "brand_id", "brand_name"),
    *("category_id", "category_name", "status", "keeps_stock", "sold_last_30_days", "cost_price"),
    *("created_at", "updated_at"),
)
# Sent empty these mean "not given"; an empty brand, category or description means "none".
_NEVER_EMPTY = ("price", "status", "keeps_stock")


class ProductChangeIn(ApprovableIn, PictureIn):
    """Every field may be left out. Stock is no field here: it moves by `POST /inventory`."""

    name = FilledText(max_length=255, required=False)
    sku = KeyedText(max_length=100, required=False)
    price = MoneyField(exact=True, required=False)
    brand_id = IdField(required=False)
    category_id = IdField(required=False)
    description = OptionalText(max_length=MAX_DESCRIPTION)
    status = serializers.ChoiceField(
        choices=Status.choices, required=False, allow_null=True, allow_blank=True
    )
    keeps_stock = FlagField(required=False)

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
    sold_last_30_days = WholeNumberField()
    created_at = MomentField()
    updated_at = MomentField()


class ProductDetailsOut(ProductOut):
    """One product. It has no key `image`: the client's edit form would take it for a file."""

    image_public_id = serializers.CharField(allow_null=True)
    cost_price = CostField()


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
            "sold_last_30_days": known.sold.get(product.pk, 0),
            "created_at": product.created_at,
            "updated_at": product.updated_at,
        }
        for product in listed
    ]


def details_of(product_id: int, *, store_id: int, today: date) -> dict[str, Any] | None:
    """One product as a row for ProductDetailsOut, in one query; None when there is none."""
    since = product_figures.sold_since(today)
    for row in _details(product_id, store_id, since):
        return {**row._asdict(), "id": product_id}
    return None


@prepared
def _details(product_id: int, store_id: int, since: date) -> QuerySet[Any]:
    units = DecimalField(max_digits=12, decimal_places=3)
    stock = product_figures.stock_of([product_id], store_id).values("units")
    sold = product_figures.sold_of([product_id], store_id, since).values("units")
    return (
        Product.objects.listed()
        .filter(pk=product_id)
        .annotate(
            brand_name=F("brand__name"),
            category_name=F("category__name"),
            stock=Coalesce(Subquery(stock), Value(Decimal(0)), output_field=units),
            sold_last_30_days=Coalesce(Subquery(sold), Value(Decimal(0)), output_field=units),
            cost_price=Subquery(product_figures.latest_cost(product_id)),
        )
        .values_list(*_SHOWN, named=True)
    )
