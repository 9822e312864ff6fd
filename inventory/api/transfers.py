"""`/api/transfers` (docs/api.md §34): goods asked for, sent, received, turned back, cancelled."""

from typing import Any, cast

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.approvals import approval_of
from accounts.models import User
from inventory.api.transfer_serializers import (
    CancelledIn,
    ReceivedIn,
    SentIn,
    TransferAnswer,
    TransferDetailOut,
    TransferIn,
    TransferOut,
    TurnedIn,
    quantities_of,
    received_of,
    wanted_of,
)
from inventory.store_stock import with_stock
from inventory.transfer_models import Transfer, TransferLine
from inventory.transfer_receiving import receive
from inventory.transfers import ask, ask_and_send, cancel, send, turn_back
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.filters import ContractFilter, DayFilter, IdFilter
from pos_project.core.http.permissions import AnyUser


class TransferFilter(ContractFilter):
    search_in = ("number",)
    status = django_filters.ChoiceFilter(choices=Transfer.Status.choices)
    from_store_id = IdFilter(field_name="from_store_id")
    to_store_id = IdFilter(field_name="to_store_id")
    fromDate = DayFilter(field_name="asked_on", lookup_expr="gte")
    toDate = DayFilter(field_name="asked_on", lookup_expr="lte")


class TransferViewSet(ContractViewSet):
    noun = "transfer"
    queryset = Transfer.objects.none()
    permission_classes = (AnyUser,)
    filterset_class = TransferFilter
    keyed_actions = frozenset({"create", "send", "receive", "turn_back", "cancel"})

    def get_queryset(self) -> QuerySet[Any]:
        """Those from the store that the caller is shown, and those to it."""
        rows, store_id = with_people(), self.reads_store()
        if store_id is None:
            return rows
        return rows.filter(Q(from_store_id=store_id) | Q(to_store_id=store_id))

    @extend_schema(responses=TransferOut(many=True), tags=["transfers"])
    def list(self, request: Request) -> Response:
        """Transfers, newest first."""
        return self.page(self.get_queryset(), lambda rows: TransferOut(rows, many=True).data)

    @extend_schema(
        responses=inline_serializer(
            "TransferFound", {"success": serializers.BooleanField(), "data": TransferDetailOut()}
        ),
        tags=["transfers"],
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """One transfer with its lines."""
        transfer = self.get_object()
        return Response({"success": True, "data": TransferDetailOut(_with_lines(transfer.pk)).data})

    @extend_schema(request=TransferIn, responses={201: TransferAnswer}, tags=["transfers"])
    def create(self, request: Request) -> Response:
        """Ask for goods of another store, or send them to it at once."""
        body, by = checked(TransferIn, request), cast(User, request.user)
        stores = body["from_store_id"], body["to_store_id"]
        lines, note = wanted_of(body), body.get("note")
        if body["send"]:
            return answer_once(
                request,
                lambda key: ask_and_send(
                    *stores, lines, by=by, note=note, key=key, approval=approval_of(request, body)
                ),
                lambda transfer: _said("Transfer sent", transfer),
            )
        return answer_once(
            request,
            lambda key: ask(*stores, lines, by=by, note=note, key=key),
            lambda transfer: _said("Transfer asked for", transfer),
        )

    @extend_schema(request=SentIn, responses=TransferAnswer, tags=["transfers"])
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Send what was asked for, or so many units of each line."""
        transfer_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(SentIn, request)
        return answer_once(
            request,
            lambda key: send(
                transfer_id,
                quantities_of(body),
                by=by,
                key=key,
                approval=approval_of(request, body),
            ),
            lambda transfer: _said("Transfer sent", transfer),
            status=200,
        )

    @extend_schema(request=ReceivedIn, responses=TransferAnswer, tags=["transfers"])
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, pk: str) -> Response:
        """Receive what was sent, or what came of each line."""
        transfer_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(ReceivedIn, request)
        return answer_once(
            request,
            lambda key: receive(
                transfer_id, received_of(body), by=by, key=key, approval=approval_of(request, body)
            ),
            lambda transfer: _said("Transfer received", transfer),
            status=200,
        )

    @extend_schema(request=TurnedIn, responses=TransferAnswer, tags=["transfers"])
    @action(detail=True, methods=["post"], url_path="turn-back")
    def turn_back(self, request: Request, pk: str) -> Response:
        """Turn goods round that are on the way: they are received where they came from."""
        transfer_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(TurnedIn, request)
        return answer_once(
            request,
            lambda key: turn_back(
                transfer_id, body["reason"], by=by, key=key, approval=approval_of(request, body)
            ),
            lambda transfer: _said("Transfer turned back", transfer),
            status=200,
        )

    @extend_schema(request=CancelledIn, responses=TransferAnswer, tags=["transfers"])
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Ask no more for goods that have not left."""
        transfer_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(CancelledIn, request)
        return answer_once(
            request,
            lambda key: cancel(transfer_id, body["reason"], by=by, key=key),
            lambda transfer: _said("Transfer cancelled", transfer),
            status=200,
        )


def with_people() -> QuerySet[Any]:
    return Transfer.objects.select_related("asked_by", "sent_by", "ended_by")


def _with_lines(transfer_id: int) -> Transfer:
    lines = Prefetch(
        "lines", queryset=with_stock(TransferLine.objects.all()), to_attr="lines_by_id"
    )
    transfer: Transfer = with_people().prefetch_related(lines).get(pk=transfer_id)
    return transfer


def _said(message: str, transfer: Transfer) -> dict[str, Any]:
    data = TransferDetailOut(_with_lines(transfer.pk)).data
    return {"success": True, "message": message, "data": data}
