"""`/api/stores` (docs/api.md §7): shops and warehouses. Admins make and change them; others see
those they may act in."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import shop_settings
from accounts.models import REORDER_BELOW, Store, User
from accounts.stores import NUMBER_PREFIX, has_several, stores_of
from pos_project.core.http.endpoints import ContractViewSet, checked, found, path_id, shown
from pos_project.core.http.fields import FilledText, MomentField, OptionalText, WholeNumberField
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import ADMIN, SAFE_METHODS, Admin, AdminStaff

OPEN, CLOSED = STATUSES = ("active", "closed")
_MOST_UNITS = 1_000_000


class _PaperText(OptionalText):
    """A text of a paper's head; it is never NULL."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data) or ""


class _PrefixField(OptionalText):
    """What numbers begin with: capitals and digits, for a hyphen tells what comes behind."""

    default_error_messages = {"letters": "Letters A to Z and digits alone."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).upper()
        if text and not (text.isascii() and text.isalnum()):
            self.fail("letters")
        return text


class _OfSeveral(serializers.CharField):
    """What is shown of a store where there are several."""

    def get_attribute(self, instance: Store) -> str:
        if not has_several():
            raise SkipField
        return instance.number_prefix or NUMBER_PREFIX


class StoreNumbersIn(serializers.Serializer):
    number_prefix = _PrefixField(max_length=8, required=False)


class StoreIn(StoreNumbersIn):
    name = FilledText(max_length=100)
    kind = serializers.ChoiceField(choices=Store.Kind.choices, default=Store.Kind.SHOP)
    address = _PaperText(max_length=1000)
    phone = _PaperText(max_length=100)
    tax_number = _PaperText(max_length=50)
    currency_sign = _PaperText(max_length=5)
    receipt_header = _PaperText(max_length=255)
    receipt_footer = _PaperText(max_length=255)
    reorder_level = WholeNumberField(least=0, most=_MOST_UNITS, required=False)
    reorder_quantity = WholeNumberField(least=1, most=_MOST_UNITS, required=False, allow_null=True)


class StoreChangesIn(StoreIn):
    """Every field is optional: what is absent stays as it is. `status` closes or reopens it."""

    name = FilledText(max_length=100, required=False)
    kind = serializers.ChoiceField(choices=Store.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class _StatusField(serializers.ChoiceField):
    def get_attribute(self, instance: Store) -> str:
        return OPEN if instance.closed_at is None else CLOSED


class StoreOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Store.Kind.choices)
    status = _StatusField(choices=STATUSES)
    closed_at = MomentField(allow_null=True)
    address = serializers.CharField()
    phone = serializers.CharField()
    tax_number = serializers.CharField()
    currency_sign = serializers.CharField()
    receipt_header = serializers.CharField()
    receipt_footer = serializers.CharField()
    number_prefix = _OfSeveral(required=False)
    reorder_level = serializers.IntegerField(default=REORDER_BELOW)
    reorder_quantity = serializers.IntegerField(allow_null=True)
    created_at = MomentField()


class StoreAnswer(Done):
    data = StoreOut()  # type: ignore[assignment]  # (clients know it by this name)


class StoreFilter(ContractFilter):
    search_in = ("name",)
    default_order = ("id",)


class StoreViewSet(ContractViewSet):
    noun = "store"
    queryset = Store.objects.all()
    store_in_body = False
    filterset_class = StoreFilter

    def get_permissions(self) -> list[Any]:
        return [AdminStaff() if self.request.method in SAFE_METHODS else Admin()]

    def theirs(self) -> QuerySet[Any]:
        """Those that the caller is shown."""
        user, stores = cast(User, self.request.user), self.get_queryset()
        if user.role == ADMIN:
            return stores
        return stores.filter(pk__in=[store.pk for store in stores_of(user)])

    @extend_schema(responses=StoreOut(many=True), tags=["stores"])
    def list(self, request: Request) -> Response:
        """Stores: all for admins, for others those they may act in."""
        return self.page(self.theirs(), lambda rows: StoreOut(rows, many=True).data)

    @extend_schema(responses=StoreAnswer, tags=["stores"])
    def retrieve(self, request: Request, pk: str) -> Response:
        """One store."""
        return _answer("Fetched", found(self.theirs(), pk, self.noun))

    @extend_schema(request=StoreIn, responses={201: StoreAnswer}, tags=["stores"])
    def create(self, request: Request) -> Response:
        """Add a shop or a warehouse."""
        store = shop_settings.add_store(checked(StoreIn, request))
        return _answer("Store created", store, status=201)

    @extend_schema(request=StoreChangesIn, responses={200: StoreAnswer}, tags=["stores"])
    def update(self, request: Request, pk: str) -> Response:
        """Change a store; `status` closes it once nothing is left there, or opens it again."""
        store_id = path_id(pk, self.noun)
        body = checked(StoreChangesIn, request, partial=True)
        status = body.pop("status", None)
        closed = None if status is None else status == CLOSED
        store = shop_settings.change_settings(store_id, body, closed=closed)
        return _answer("Store updated", store)


def _answer(message: str, store: Store, status: int = 200) -> Response:
    body = {"success": True, "message": message, "data": shown(StoreOut, store)}
    return Response(body, status=status)
