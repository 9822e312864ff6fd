"""Transfers on the wire: what is asked for, sent and received, and how a transfer stands."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.api.approvals import ApprovableIn
from inventory.store_stock import not_in_stock
from inventory.transfer_models import Transfer, TransferLine
from inventory.transfer_receiving import Received
from inventory.transfers import Wanted, name_of
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import (
    DayField,
    FlagField,
    FreeText,
    IdField,
    MomentField,
    OptionalText,
    QuantityField,
    ReasonField,
    WholeNumberField,
)
from pos_project.core.http.openapi import Done

MAX_LINES = 500


class WantedIn(serializers.Serializer):
    product_id = IdField()
    quantity = QuantityField()


class TransferIn(ApprovableIn, MovesMoneyIn):
    """Goods that one store asks of another; with `send` they leave at once."""

    from_store_id = IdField()
    to_store_id = IdField()
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=WantedIn(), min_length=1, max_length=MAX_LINES
    )
    note = OptionalText(max_length=1000)
    send = FlagField(default=False)


class SentLineIn(serializers.Serializer):
    id = IdField()
    quantity = WholeNumberField(least=0)


class SentIn(ApprovableIn, MovesMoneyIn):
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentLineIn(), required=False, allow_null=True, min_length=1, max_length=MAX_LINES
    )

    def validate_items(self, lines: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        ids = [line["id"] for line in lines or ()]
        twice = [each in ids[:place] for place, each in enumerate(ids)]
        if any(twice):
            text = {"id": ["Told twice."]}
            raise serializers.ValidationError([text if again else {} for again in twice])
        return lines


class ReceivedLineIn(serializers.Serializer):
    id = IdField()
    received = WholeNumberField(least=0)
    damaged = WholeNumberField(least=0, default=0)
    reason = FreeText(max_length=255)


class ReceivedIn(ApprovableIn, MovesMoneyIn):
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ReceivedLineIn(), required=False, allow_null=True, min_length=1, max_length=MAX_LINES
    )


class TurnedIn(ApprovableIn, MovesMoneyIn):
    reason = ReasonField()


class CancelledIn(MovesMoneyIn):
    reason = ReasonField()


def wanted_of(body: dict[str, Any]) -> list[Wanted]:
    return [Wanted(line["product_id"], Decimal(line["quantity"])) for line in body["items"]]


def quantities_of(body: dict[str, Any]) -> dict[int, Decimal] | None:
    """Line id → units; None where nothing is said: as asked."""
    lines = body.get("items")
    return {line["id"]: Decimal(line["quantity"]) for line in lines} if lines else None


def received_of(body: dict[str, Any]) -> list[Received] | None:
    """What came, line by line; None where nothing is said: as sent."""
    lines = body.get("items")
    if not lines:
        return None
    return [
        Received(
            line["id"],
            Decimal(line["received"]),
            Decimal(line["damaged"]),
            line.get("reason"),
        )
        for line in lines
    ]


class TransferLineOut(serializers.Serializer):
    id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    asked = WholeNumberField()
    not_in_stock = serializers.SerializerMethodField(
        help_text="Of those asked for, what the sending store does not have now; 0 once sent."
    )
    sent = WholeNumberField(allow_null=True)
    received = WholeNumberField(allow_null=True)
    damaged = WholeNumberField(allow_null=True)
    reason = serializers.CharField(allow_null=True)

    def get_not_in_stock(self, line: TransferLine) -> int:
        return not_in_stock(line)


class TransferOut(serializers.Serializer):
    """A transfer; what has not happened is null."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Transfer.Status.choices)
    from_store_id = serializers.IntegerField()
    from_store = serializers.SerializerMethodField()
    to_store_id = serializers.IntegerField()
    to_store = serializers.SerializerMethodField()
    note = serializers.CharField(allow_null=True)
    asked_by = serializers.IntegerField(source="asked_by_id")
    asked_by_name = serializers.CharField(source="asked_by.name")
    asked_at = MomentField()
    asked_on = DayField()
    sent_by = serializers.IntegerField(source="sent_by_id", allow_null=True)
    sent_by_name = serializers.CharField(source="sent_by.name", default=None, allow_null=True)
    sent_at = MomentField(allow_null=True)
    sent_on = DayField(allow_null=True)
    goes_back = serializers.BooleanField()
    turned_back_by = serializers.IntegerField(source="turned_back_by_id", allow_null=True)
    turned_back_at = MomentField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    ended_by = serializers.IntegerField(source="ended_by_id", allow_null=True)
    ended_by_name = serializers.CharField(source="ended_by.name", default=None, allow_null=True)
    ended_at = MomentField(allow_null=True)
    business_date = DayField(allow_null=True)

    def get_from_store(self, transfer: Transfer) -> str:
        return name_of(transfer.from_store_id)

    def get_to_store(self, transfer: Transfer) -> str:
        return name_of(transfer.to_store_id)


class TransferDetailOut(TransferOut):
    items = TransferLineOut(source="lines_by_id", many=True)


class TransferAnswer(Done):
    data: Any = TransferDetailOut()
