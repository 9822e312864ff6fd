"""`/api/tills` (docs/api.md §33): the places where money is taken, and the shift open at each."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger import tills
from ledger.till_models import Till
from pos_project.core.db.store_rows import of_store
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.fields import KeyedText, MomentField
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import SAFE_METHODS, AdminManager, AnyUser


class TillIn(serializers.Serializer):
    name = KeyedText(max_length=50)


class OpenShiftOut(serializers.Serializer):
    id = serializers.IntegerField()
    opened_by = serializers.IntegerField(source="opened_by_id")
    opened_by_name = serializers.CharField(source="opened_by.name")
    opened_at = MomentField(source="created_at")


class TillOut(serializers.Serializer):
    id = serializers.IntegerField()
    store_id = serializers.IntegerField()
    name = serializers.CharField()
    open_shift = OpenShiftOut(allow_null=True, default=None)


class TillAnswer(Done):
    data: Any = TillOut()


class TillFilter(ContractFilter):
    search_in = ("name",)
    default_order = ("store_id", "name", "id")


class TillViewSet(ContractViewSet):
    noun = "till"
    queryset = Till.objects.none()
    filterset_class = TillFilter
    keyed_actions = frozenset({"create"})

    def get_permissions(self) -> list[Any]:
        return [AnyUser() if self.request.method in SAFE_METHODS else AdminManager()]

    def get_queryset(self) -> QuerySet[Any]:
        return of_store(with_open_shifts().filter(archived_at=None), self.reads_store())

    @extend_schema(responses=TillOut(many=True), tags=["tills"])
    def list(self, request: Request) -> Response:
        """Tills, each with the shift that is open there: a till that crashed finds its own."""
        return self.page(self.get_queryset(), lambda rows: TillOut(rows, many=True).data)

    @extend_schema(request=TillIn, responses={201: TillAnswer}, tags=["tills"])
    def create(self, request: Request) -> Response:
        """Add a till to the store that the caller acts in."""
        name, by = checked(TillIn, request)["name"], cast(User, request.user)
        assert by.store_id is not None
        store_id = by.store_id
        return answer_once(
            request,
            lambda key: tills.add_till(name, store_id=store_id, key=key),
            lambda till: _said("Till created", till),
        )

    @extend_schema(request=TillIn, responses=TillAnswer, tags=["tills"])
    def update(self, request: Request, pk: str) -> Response:
        """Call a till otherwise."""
        name = checked(TillIn, request)["name"]
        return Response(_said("Till updated", tills.rename_till(self.get_object().pk, name)))

    @extend_schema(responses=Done, tags=["tills"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a till off the list, once no shift is open there; its shifts stay."""
        path_id(pk, self.noun)
        tills.archive_till(self.get_object().pk)
        return Response({"success": True, "message": "Till removed"})


def with_open_shifts() -> QuerySet[Any]:
    return Till.objects.select_related("open_shift__opened_by")


def _said(message: str, till: Till) -> dict[str, Any]:
    data = TillOut(with_open_shifts().get(pk=till.pk)).data
    return {"success": True, "message": message, "data": data}
