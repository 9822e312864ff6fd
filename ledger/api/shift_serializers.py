"""Shifts on the wire: what opens, moves and closes them, and what their reports say."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.api.approvals import ApprovableIn
from ledger.api.counted import CountedIn
from ledger.payments import METHODS
from ledger.shift_figures import ShiftReport
from ledger.till_models import CashMovement, Shift
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import (
    DayField,
    FreeText,
    IdField,
    MomentField,
    MoneyField,
    OptionalText,
    ReasonField,
)
from pos_project.core.http.openapi import Done
from pos_project.core.money import CENT, MAX_AMOUNT, ZERO, money

MOST_METHODS = 20


class ShiftIn(ApprovableIn, MovesMoneyIn):
    till_id = IdField()
    opening_float = MoneyField(default=ZERO)


class CashMovementIn(ApprovableIn, MovesMoneyIn):
    kind = serializers.ChoiceField(choices=CashMovement.Kind.choices)
    amount = MoneyField(least=CENT)
    reason = ReasonField()
    account = OptionalText(max_length=40)
    category = OptionalText(max_length=100)


class ShiftCountIn(ApprovableIn, CountedIn):
    """What lay in the till, and what the slips of cards and wallets came to."""

    slips = serializers.DictField(
        child=MoneyField(least=-MAX_AMOUNT, required=True), required=False
    )
    reason = FreeText(max_length=255)

    def validate_slips(self, slips: dict[str, Decimal]) -> dict[str, Decimal]:
        if len(slips) > MOST_METHODS:
            raise serializers.ValidationError([f"At most {MOST_METHODS} methods."])
        return slips


class CashMovementOut(serializers.Serializer):
    id = serializers.IntegerField()
    shift_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CashMovement.Kind.choices)
    amount = MoneyField()
    account = serializers.CharField(source="account_id", allow_null=True)
    expense_id = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    business_date = DayField()
    created_at = MomentField()


class SlipOut(serializers.Serializer):
    """A method's sum by the books and by its slips; null where nobody added them up."""

    method = serializers.CharField()
    name = serializers.CharField()
    expected = MoneyField()
    counted = MoneyField(allow_null=True)


class ShiftOut(serializers.Serializer):
    """A shift; what is only known of a closed one is null while it is open."""

    id = serializers.IntegerField()
    store_id = serializers.IntegerField()
    till_id = serializers.IntegerField()
    till_name = serializers.CharField(source="till.name")
    status = serializers.ChoiceField(choices=Shift.Status.choices)
    opening_float = MoneyField()
    opened_by = serializers.IntegerField(source="opened_by_id")
    opened_by_name = serializers.CharField(source="opened_by.name")
    opened_at = MomentField(source="created_at")
    closed_by = serializers.IntegerField(source="closed_by_id", allow_null=True)
    closed_by_name = serializers.CharField(source="closed_by.name", default=None, allow_null=True)
    closed_at = MomentField(allow_null=True)
    business_date = DayField(allow_null=True)
    z_number = serializers.IntegerField(allow_null=True)
    expected = MoneyField(allow_null=True)
    counted = MoneyField(allow_null=True)
    difference = MoneyField(allow_null=True)
    denominations = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    slips = serializers.SerializerMethodField()
    reason = serializers.CharField(allow_null=True)

    def get_slips(self, shift: Shift) -> list[dict[str, Any]]:
        return [dict(SlipOut(each).data) for each in slips_of(shift)]


def slips_of(shift: Shift) -> list[dict[str, Any]]:
    """Of each method that a closed shift compared: its name of then, the books and the slips."""
    return [
        {
            "method": code,
            "name": each["name"],
            "expected": Decimal(each["expected"]),
            "counted": None if each["counted"] is None else Decimal(each["counted"]),
        }
        for code, each in sorted((shift.slips or {}).items())
    ]


class MethodOut(serializers.Serializer):
    method = serializers.CharField()
    name = serializers.CharField()
    received = MoneyField()
    paid = MoneyField()
    net = MoneyField()


class ShiftReportOut(serializers.Serializer):
    """An X report of an open shift, the Z report of a closed one."""

    report = serializers.SerializerMethodField()
    shift = ShiftOut()
    sales = serializers.IntegerField()
    sales_total = MoneyField(source="sold")
    discounts = MoneyField()
    on_credit = MoneyField()
    refunds = serializers.IntegerField()
    refunds_total = MoneyField(source="refunded")
    tax = MoneyField()
    methods = serializers.SerializerMethodField()
    cash_in = MoneyField(source="sums.cash_in")
    cash_out = MoneyField(source="sums.cash_out")
    expected = MoneyField(source="sums.expected")
    movements = CashMovementOut(many=True)

    def get_report(self, report: ShiftReport) -> str:
        return "Z" if report.shift.z_number else "X"

    def get_methods(self, report: ShiftReport) -> list[dict[str, Any]]:
        return [
            dict(
                MethodOut(
                    {
                        "method": code,
                        "name": METHODS.get()[code].name,
                        "received": came,
                        "paid": went,
                        "net": money(came - went),
                    }
                ).data
            )
            for code, came, went in report.by_method()
        ]


class ShiftAnswer(Done):
    data: Any = ShiftOut()


class CashMovementAnswer(Done):
    data: Any = CashMovementOut()
