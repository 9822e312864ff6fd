"""`/api/ledger/money-moves`: money between the shop's own accounts, and with its owner."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.entries import shown
from ledger.api.entry_serializers import EntryPostedOut
from ledger.journal_models import JournalEntry
from ledger.own_money import CHOICES, MoneyMoved, move_money
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked
from pos_project.core.http.fields import DayField, FreeText, MoneyField, OptionalText
from pos_project.core.http.permissions import AdminManager
from pos_project.core.money import CENT, ZERO


class MoneyMovedIn(MovesMoneyIn):
    """What left one account; the accounts may be left out where the usual ones are meant."""

    kind = serializers.ChoiceField(choices=CHOICES)
    amount = MoneyField(least=CENT)
    fee = MoneyField(required=False)
    from_account = OptionalText(max_length=40)
    to_account = OptionalText(max_length=40)
    entry_date = DayField(required=False)
    reference = FreeText(max_length=100)
    note = FreeText(max_length=500)


class MoneyMoveViewSet(ContractViewSet):
    noun = "entry"
    permission_classes = (AdminManager,)
    keyed_actions = frozenset({"create"})
    queryset = JournalEntry.objects.none()

    @extend_schema(request=MoneyMovedIn, responses={201: EntryPostedOut}, tags=["ledger"])
    def create(self, request: Request) -> Response:
        """Move money between own accounts, and with the owner: cash to the bank and back, what a
        card terminal or wallet pays out (`fee` split off), drawings and contributions of the owner,
        equipment, tax paid over, input tax set off, loans. Wrong ones are reversed as entries."""
        body = checked(MoneyMovedIn, request)
        moved = MoneyMoved(**{**body, "fee": body.get("fee") or ZERO})
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: move_money(moved, by=by, key=key),
            lambda entry: {"success": True, "message": "Money moved", "data": shown(entry)},
        )
