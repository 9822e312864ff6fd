"""`/api/inventory`: the log of stock movements, and manual adjustments (docs/api.md §25)."""

from decimal import Decimal
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import ApprovableIn, approval_of
from inventory.adjustments import Adjustment, adjust, void
from inventory.api.filters import InventoryLogFilter
from inventory.models import Batch, InventoryLog
from pos_project.core.db.lengths import length
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.fields import (
    MAX_QUANTITY,
    IdField,
    MomentField,
    MoneyField,
    OptionalText,
    WholeNumberField,
)
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import AnyUser
from pos_project.core.posting_context import Actor

_SIGNS = {"in": 1, "out": -1}


class AdjustmentIn(ApprovableIn, MovesMoneyIn):
    """A signed `change_qty`, or the original program's `change_type` and `quantity`.

    `change_type` `in` and `out` give the quantity its sign; any other text is the reason, and the
    quantity has its own sign. Both forms together must mean the same.
    """

    product_id = IdField()
    change_qty = WholeNumberField(least=-MAX_QUANTITY, required=False)
    change_type = OptionalText(max_length=100)
    quantity = WholeNumberField(least=-MAX_QUANTITY, required=False)
    reason = OptionalText(max_length=100)
    reference = OptionalText(max_length=100)
    note = OptionalText(max_length=1000)
    unit_cost = MoneyField(exact=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        change = self._change(attrs)
        if change == 0:
            raise serializers.ValidationError({"change_qty": ["Must not be 0."]})
        return {**attrs, "change_qty": change, "reason": self._reason(attrs)}

    def _change(self, attrs: dict[str, Any]) -> int:
        change, quantity = attrs.get("change_qty"), attrs.get("quantity")
        change_type = attrs.get("change_type")
        sign = _SIGNS.get((change_type or "").lower())
        if quantity is not None:
            if change_type is None and change is None:
                raise serializers.ValidationError({"change_type": ["This field is required."]})
            if sign and quantity < 0:
                raise serializers.ValidationError(
                    {"quantity": ["Must not be negative beside change_type in or out."]}
                )
            meant = quantity * (sign or 1)
            if change is not None and change != meant:
                raise serializers.ValidationError(
                    {"change_qty": ["Differs from quantity and change_type."]}
                )
            return meant
        if change is None:
            raise serializers.ValidationError({"change_qty": ["This field is required."]})
        if sign and change * sign < 0:
            raise serializers.ValidationError({"change_qty": ["Differs from change_type."]})
        return change

    def _reason(self, attrs: dict[str, Any]) -> str | None:
        reason, change_type = attrs.get("reason"), attrs.get("change_type")
        if change_type is None or change_type.lower() in _SIGNS:
            return reason
        if reason is not None and reason != change_type:
            raise serializers.ValidationError({"reason": ["Differs from change_type."]})
        return change_type


class InventoryLogOut(serializers.Serializer):
    id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    product_name = serializers.CharField(source="product.name")
    change_qty = WholeNumberField()
    reason = serializers.CharField()
    reference = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    created_at = MomentField()


def _voided() -> QuerySet[Any]:
    """The ids of the adjustments that were undone by a void."""
    return InventoryLog.objects.filter(voids__isnull=False).values("voids_id")


class InventoryViewSet(ContractViewSet):
    noun = "inventory entry"
    permission_classes = (AnyUser,)
    filterset_class = InventoryLogFilter
    keyed_actions = frozenset({"create", "destroy"})

    def get_queryset(self) -> QuerySet[Any]:
        """Every movement but the voided ones and their voids, which undo each other."""
        # Prefetched, not joined: joined, MariaDB starts at the few users and sorts the whole log.
        return (
            InventoryLog.objects.exclude(kind=InventoryLog.Kind.VOID)
            .exclude(pk__in=_voided())
            .prefetch_related("product", "user")
        )

    def count_rows(self, rows: QuerySet[Any]) -> int:
        """All movements that were asked for, less the few that are hidden: looking up each of
        millions among the voided takes ten times as long."""
        every = self.filter_queryset(InventoryLog.objects.all())
        voids = every.filter(voids__isnull=False).count()
        return length(every) - voids - every.filter(pk__in=_voided()).count()

    @extend_schema(responses=InventoryLogOut(many=True), tags=["inventory"])
    def list(self, request: Request) -> Response:
        """Stock movements, newest first."""
        return self.page(self.get_queryset(), lambda rows: InventoryLogOut(rows, many=True).data)

    @extend_schema(
        request=AdjustmentIn,
        responses=inline_serializer(
            "InventoryEntryAdded",
            {
                "success": serializers.BooleanField(),
                "message": serializers.CharField(),
                "stock": serializers.IntegerField(),
                "data": InventoryLogOut(),
            },
        ),
        tags=["inventory"],
    )
    def create(self, request: Request) -> Response:
        """Adjust stock: more units at a cost, or fewer, oldest first."""
        body = checked(AdjustmentIn, request)
        adjustment = Adjustment(
            product_id=body["product_id"],
            change=Decimal(body["change_qty"]),
            reason=body["reason"],
            reference=body.get("reference"),
            note=body.get("note"),
            unit_cost=body.get("unit_cost"),
        )
        by = cast(Actor, request.user)
        return answer_once(
            request,
            lambda key: adjust(adjustment, by=by, key=key, approval=approval_of(request, body)),
            self.added,
        )

    @extend_schema(responses=Done, tags=["inventory"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Undo an adjustment by its opposite; both leave the list and stay in the books."""
        log_id, by = path_id(pk, self.noun), cast(Actor, request.user)
        body = checked(ApprovableIn, request)
        return answer_once(
            request,
            lambda key: void(log_id, by=by, key=key, approval=approval_of(request, body)),
            lambda _: {"success": True, "message": "Inventory entry removed"},
            status=200,
        )

    def added(self, entry: InventoryLog) -> dict[str, Any]:
        stock = Batch.objects.all().stock([entry.product_id], store_id=entry.store_id)
        return {
            "success": True,
            "message": "Inventory entry added",
            "stock": int(stock.get(entry.product_id, 0)),
            "data": InventoryLogOut(entry).data,
        }
