"""`/api/stores/{id}/products` (docs/api.md §7): when a product is short in a store, and where it
lies there."""

from typing import Any, cast

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import ApprovableIn, approval_of
from accounts.models import User
from accounts.stores import STORES
from catalog.models import Product
from inventory import product_figures
from inventory.places import between, with_what_is_said
from inventory.store_product_models import MAX_PLACE
from inventory.store_products import InStore, set_in_store
from pos_project.core.errors import NotFound
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.fields import IdField, OptionalText, WholeNumberField
from pos_project.core.http.filters import ContractFilter, FlagFilter
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import SAFE_METHODS, AdminStaff

MAX_LINES = 500
SAYS_SOMETHING = (
    Q(in_store__reorder_level__isnull=False)
    | Q(in_store__reorder_quantity__isnull=False)
    | Q(in_store__place_key__isnull=False)
)


class StoreProductIn(serializers.Serializer):
    """A field that is left out stays as it is; null or empty, the product's own counts again."""

    reorder_level = WholeNumberField(least=0, required=False)
    reorder_quantity = WholeNumberField(least=1, required=False)
    place = OptionalText(max_length=MAX_PLACE)


class StoreProductLineIn(StoreProductIn):
    product_id = IdField()


class StoreProductsIn(ApprovableIn):
    products = serializers.ListField(
        child=StoreProductLineIn(), allow_empty=False, max_length=MAX_LINES
    )


class StoreProductOut(serializers.Serializer):
    product_id = serializers.IntegerField(source="pk")
    product_name = serializers.CharField(source="name")
    sku = serializers.CharField()
    stock = WholeNumberField()
    reorder_level = serializers.IntegerField(source="level_there", allow_null=True)
    reorder_quantity = serializers.IntegerField(source="quantity_there", allow_null=True)
    place = serializers.SerializerMethodField()
    reorder_below = serializers.IntegerField(source="level")

    def get_place(self, product: Any) -> str:
        return product.place or ""


class StoreProductsSet(Done):
    changed = serializers.IntegerField(help_text="Products that are otherwise now.")


class StoreProductFilter(ContractFilter):
    search_in = ("search_text",)
    orders = {"name": "search_text", "place": "in_store__place_key"}
    default_order = ("search_text",)
    default_sort = "name"

    is_set = FlagFilter(when_true=SAYS_SOMETHING)
    place = django_filters.CharFilter(method="by_place", max_length=MAX_PLACE)
    place_to = django_filters.CharFilter(method="unchanged", max_length=MAX_PLACE)

    def by_place(self, products: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        last = self.form.cleaned_data.get("place_to") or ""
        return products.filter(between(value, last, of="in_store__place_key"))


class StoreProductViewSet(ContractViewSet):
    noun = "product"
    queryset = Product.objects.none()
    permission_classes = (AdminStaff,)
    store_in_body = False
    filterset_class = StoreProductFilter
    keyed_actions = frozenset({"create"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever passed the door acts in the store of the path."""
        super().initial(request, *args, **kwargs)
        store_id = path_id(kwargs["store"], "store")
        if store_id not in STORES.get():
            raise NotFound("Store not found")
        writing = request.method not in SAFE_METHODS
        request.user = cast(User, request.user).in_store(store_id, writing=writing)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        by: Any = self.request.user
        store = STORES.get()[by.store_id]
        goods = Product.objects.listed().filter(keeps_stock=True)
        return with_what_is_said(goods, store.pk).annotate(
            stock=product_figures.stock_of_each(store.pk),
            level=product_figures.level_of_each(store.reorder_level, store_id=store.pk),
        )

    @extend_schema(responses=StoreProductOut(many=True), tags=["stores"])
    def list(self, request: Request, store: str) -> Response:
        """Goods with their level, quantity and place in a store; `reorder_below` is what counts."""
        return self.page(self.get_queryset(), lambda rows: StoreProductOut(rows, many=True).data)

    @extend_schema(request=StoreProductsIn, responses={200: StoreProductsSet}, tags=["stores"])
    def create(self, request: Request, store: str) -> Response:
        """Set levels, quantities and places of products in a store: all of them, or none."""
        body, by = checked(StoreProductsIn, request), cast(User, request.user)
        lines = [InStore(line.pop("product_id"), line) for line in body["products"]]
        approval = approval_of(request, {"approval": body.get("approval")})
        return answer_once(
            request,
            lambda key: set_in_store(lines, by=by, approval=approval, key=key),
            lambda changed: {"success": True, "message": "Products set", "changed": changed},
            status=200,
        )
