"""`/api/products` (docs/api.md §18)."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import ApprovableIn, approval_of
from catalog.models import Product
from inventory.api.filters import ProductFilter
from inventory.api.product_serializers import (
    ProductChangeIn,
    ProductCreatedOut,
    ProductDescribedOut,
    ProductDetailsOut,
    ProductIn,
    ProductOut,
    StoreStockOut,
    details_of,
    listed_rows,
    rows_of,
    show_rows,
)
from inventory.best_sellers import UNITS_SOLD
from inventory.products import change_product, create_product, remove_product
from inventory.store_stock import stock_by_store
from pos_project.core.days import today
from pos_project.core.db.followed import Followed, Ranking
from pos_project.core.errors import NotFound
from pos_project.core.http.endpoints import answer_once, checked, path_id, shown
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import AdminStaff
from pos_project.core.http.ranked_list import RankedList, Shown
from pos_project.core.images.pictures import PICTURE_PARSERS, picture_change
from pos_project.core.posting_context import Actor


def _answer(name: str, **more: serializers.Field) -> serializers.Serializer:
    """The product's details in the envelope, described under `name`."""
    fields: dict[str, serializers.Field] = {
        "success": serializers.BooleanField(),
        "message": serializers.CharField(),
        "data": ProductDescribedOut(),
    }
    return inline_serializer(name, {**fields, **more})


class ProductRemovedOut(Done):
    written_off = serializers.IntegerField(required=False, help_text="Units, where there were any.")


class ProductViewSet(RankedList):
    noun = "product"
    page_limit = 8
    permission_classes = (AdminStaff,)
    parser_classes = PICTURE_PARSERS
    filterset_class = ProductFilter
    keyed_actions = frozenset({"create"})

    @property
    def store_id(self) -> int:
        """The store whose stock and sales are shown: the caller's own."""
        store_id = cast(Actor, self.request.user).store_id
        assert store_id is not None
        return store_id

    def get_queryset(self) -> QuerySet[Any]:
        return Product.objects.listed().select_related("brand", "category")

    @extend_schema(responses=ProductOut(many=True), tags=["products"])
    def list(self, request: Request) -> Response:
        """Products, best sellers of the last 30 days first."""
        return self.list_ranked(request) or self.page(
            self.get_queryset(),
            lambda products: (
                ProductOut(
                    rows_of(products, store_id=self.store_id, today=today()),
                    many=True,
                    context=self.get_serializer_context(),
                ).data
            ),
        )

    def ranking(self) -> tuple[Followed, Ranking]:
        figures = UNITS_SOLD.get()
        return figures, figures.in_store(self.store_id)

    def shown_rows(self) -> Shown:
        store_id = self.store_id
        return lambda ids: listed_rows(ids, store_id)

    def show_ranked(self, rows: Sequence[Any], ranking: Ranking) -> Sequence[dict[str, Any]]:
        return show_rows(rows, ranking.figures)

    @extend_schema(responses=_answer("ProductFetched"), tags=["products"])
    def retrieve(self, request: Request, pk: str) -> Response:
        """One product."""
        data = self.details(path_id(pk, self.noun))
        return Response({"success": True, "message": "Fetched", "data": data})

    @extend_schema(
        request=ProductIn,
        responses=_answer("ProductCreated", product=ProductCreatedOut()),
        tags=["products"],
    )
    def create(self, request: Request) -> Response:
        """A new product, with its opening stock if it has any."""
        body = checked(ProductIn, request)
        opening, by = body.pop("opening"), cast(Actor, request.user)
        signed = {"approval": body.pop("approval", None)}
        with picture_change(body) as picture:
            return answer_once(
                request,
                lambda key: create_product(
                    body,
                    opening=opening,
                    picture=picture,
                    by=by,
                    key=key,
                    approval=approval_of(request, signed),
                ),
                self.created,
            )

    @extend_schema(
        request=ProductChangeIn,
        responses=_answer("ProductUpdated"),
        tags=["products"],
    )
    def update(self, request: Request, pk: str) -> Response:
        """Change the fields of a product that are sent.

        `stock` is ignored: it moves by `POST /inventory`.
        """
        product_id = path_id(pk, self.noun)
        body = checked(ProductChangeIn, request)
        approval = approval_of(request, {"approval": body.pop("approval", None)})
        by = cast(Actor, request.user)
        with picture_change(body) as picture:
            product = change_product(product_id, body, picture=picture, by=by, approval=approval)
        data = self.details(product.pk)
        return Response({"success": True, "message": "Product updated", "data": data})

    @extend_schema(responses=ProductRemovedOut, tags=["products"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a product, or archive it when anything refers to it; its stock is written off."""
        product_id, by = path_id(pk, self.noun), cast(Actor, request.user)
        approval = approval_of(request, checked(ApprovableIn, request))
        units = remove_product(product_id, by=by, approval=approval)
        written_off = {"written_off": units} if units else {}
        return Response({"success": True, "message": "Product removed", **written_off})

    def details(self, product_id: int) -> dict[str, Any]:
        row = details_of(product_id, store_id=self.store_id)
        if row is None:
            raise NotFound("Product not found")
        data = shown(ProductDetailsOut, row, self.request)
        by_store = stock_by_store(product_id)
        if by_store:
            data["stock_by_store"] = StoreStockOut(by_store, many=True).data
        return data

    def created(self, product: Product) -> dict[str, Any]:
        data = self.details(product.pk)
        columns = {name: data[name] for name in ("id", "name", "image_url")}
        return {"success": True, "message": "Product created", "product": columns, "data": data}
