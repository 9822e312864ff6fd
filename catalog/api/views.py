"""`/api/brands`, `/api/categories` (bare arrays, docs/api.md §18) and `/api/tax-rates` (16)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.serializers import (
    BrandData,
    BrandIn,
    BrandOut,
    CategoryData,
    CategoryIn,
    CategoryOut,
    TaxRateData,
    TaxRateIn,
    TaxRateListOut,
    TaxRateOut,
)
from catalog.models import Brand, Category, TaxRate
from catalog.unique_names import change_named, create_named, remove_named
from pos_project.core.http.endpoints import ContractViewSet, checked, path_id
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.pagination import ContractPagination
from pos_project.core.http.permissions import Admin, AdminStaff

LIST_PARAMETERS = [
    OpenApiParameter("search", str, description="Part of the name."),
    OpenApiParameter("page", int, description="With `limit` or alone: this slice of the rows."),
    OpenApiParameter("limit", int, description="With `page` or alone; without both, all rows."),
    OpenApiParameter(
        "X-Total-Count",
        int,
        location=OpenApiParameter.HEADER,
        response=[200],
        description="How many rows there are, where a slice was asked for.",
    ),
]


class NameFilter(ContractFilter):
    search_in = ("name_key",)


class BrandFilter(NameFilter):
    default_order = ("-id",)


class CategoryFilter(NameFilter):
    default_order = ("id",)


def answer(name: str, data: type[serializers.Serializer]) -> serializers.Serializer:
    """`{message, data}`: exactly what the documented examples show."""
    return inline_serializer(name, {"message": serializers.CharField(), "data": data()})


def removed(name: str) -> serializers.Serializer:
    return inline_serializer(name, {"message": serializers.CharField()})


class BareListViewSet(ContractViewSet):
    """Lists that are bare arrays, of which a client may still ask for a page."""

    pagination_class = None
    permission_classes = (AdminStaff,)
    shown_as: ClassVar[type[serializers.Serializer]]

    def bare_list(self, request: Request) -> Response:
        rows: QuerySet[Any] | list[Any] = self.filter_queryset(self.get_queryset())
        headers = {}
        if {"page", "limit"} & request.query_params.keys():
            pages = ContractPagination()
            rows = pages.paginate_queryset(rows, request, self)
            headers["X-Total-Count"] = str(pages.total)
        return Response(self.shown_as(rows, many=True).data, headers=headers)


class BrandViewSet(BareListViewSet):
    noun = "brand"
    filterset_class = BrandFilter
    shown_as = BrandOut

    def get_queryset(self) -> QuerySet[Any]:
        return Brand.objects.all()

    @extend_schema(parameters=LIST_PARAMETERS, responses=BrandOut(many=True), tags=["brands"])
    def list(self, request: Request) -> Response:
        """Brands, newest first."""
        return self.bare_list(request)

    @extend_schema(request=BrandIn, responses=answer("BrandCreated", BrandData), tags=["brands"])
    def create(self, request: Request) -> Response:
        """A new brand."""
        body = checked(BrandIn, request)
        data = BrandData(create_named(Brand, body)).data
        if "description" not in body:
            del data["description"]
        return Response({"message": "Brand created", "data": data}, status=201)

    @extend_schema(
        request=BrandIn(partial=True), responses=answer("BrandUpdated", BrandData), tags=["brands"]
    )
    def update(self, request: Request, pk: str) -> Response:
        """Rename or describe a brand."""
        brand_id = path_id(pk, self.noun)
        brand = change_named(Brand, brand_id, checked(BrandIn, request, partial=True))
        return Response({"message": "Brand updated", "data": BrandData(brand).data})

    @extend_schema(responses=removed("BrandRemoved"), tags=["brands"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a brand that no listed product has."""
        remove_named(Brand, path_id(pk, self.noun))
        return Response({"message": "Brand removed"})


class CategoryViewSet(BareListViewSet):
    noun = "category"
    filterset_class = CategoryFilter
    shown_as = CategoryOut

    def get_queryset(self) -> QuerySet[Any]:
        return Category.objects.all()

    @extend_schema(
        parameters=LIST_PARAMETERS, responses=CategoryOut(many=True), tags=["categories"]
    )
    def list(self, request: Request) -> Response:
        """Categories, oldest first, inactive ones too."""
        return self.bare_list(request)

    @extend_schema(
        request=CategoryIn, responses=answer("CategoryCreated", CategoryData), tags=["categories"]
    )
    def create(self, request: Request) -> Response:
        """A new category."""
        category = create_named(Category, _given(checked(CategoryIn, request)))
        data = CategoryData(category).data
        return Response({"message": "Category created", "data": data}, status=201)

    @extend_schema(
        request=CategoryIn(partial=True),
        responses=answer("CategoryUpdated", CategoryData),
        tags=["categories"],
    )
    def update(self, request: Request, pk: str) -> Response:
        """Rename a category, or take it in or out of use."""
        category_id = path_id(pk, self.noun)
        body = _given(checked(CategoryIn, request, partial=True))
        category = change_named(Category, category_id, body)
        return Response({"message": "Category updated", "data": CategoryData(category).data})

    @extend_schema(responses=removed("CategoryRemoved"), tags=["categories"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a category that no listed product has."""
        remove_named(Category, path_id(pk, self.noun))
        return Response({"message": "Category removed"})


class TaxRateViewSet(ContractViewSet):
    noun = "tax rate"
    pagination_class = None

    def get_permissions(self) -> list[BasePermission]:
        return [AdminStaff() if self.action == "list" else Admin()]

    def get_queryset(self) -> QuerySet[Any]:
        return TaxRate.objects.order_by("-id")

    @extend_schema(responses=TaxRateListOut, tags=["tax rates"])
    def list(self, request: Request) -> Response:
        """The rates a till may offer, newest first."""
        data = TaxRateOut(self.get_queryset(), many=True).data
        return Response({"success": True, "data": data, "total": len(data)})

    @extend_schema(
        request=TaxRateIn, responses=answer("TaxRateCreated", TaxRateData), tags=["tax rates"]
    )
    def create(self, request: Request) -> Response:
        """A new rate."""
        rate = create_named(TaxRate, checked(TaxRateIn, request))
        data = TaxRateData(rate).data
        return Response({"message": "Tax rate created", "data": data}, status=201)

    @extend_schema(
        request=TaxRateIn(partial=True),
        responses=answer("TaxRateUpdated", TaxRateData),
        tags=["tax rates"],
    )
    def update(self, request: Request, pk: str) -> Response:
        """Rename a rate or change it for later sales."""
        rate_id = path_id(pk, self.noun)
        body = _given(checked(TaxRateIn, request, partial=True))
        rate = change_named(TaxRate, rate_id, body)
        return Response({"message": "Tax rate updated", "data": TaxRateData(rate).data})

    @extend_schema(responses=removed("TaxRateRemoved"), tags=["tax rates"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a rate; sales keep the tax amount they were told."""
        remove_named(TaxRate, path_id(pk, self.noun))
        return Response({"message": "Tax rate removed"})


def _given(body: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that were sent empty, which means not given."""
    return {name: value for name, value in body.items() if value is not None}
