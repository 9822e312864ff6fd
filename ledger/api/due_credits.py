"""`/api/customers/:id/credits`, its twin of suppliers, and `/api/ledger/due-credits`: dues that are
settled without money."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from ledger.api.reasons import ReasonIn
from ledger.due_credits import Credit, credit_dues, reverse_credit
from ledger.models import DueCredit
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, found, path_id
from pos_project.core.http.fields import DayField, IdField, MomentField, MoneyField, ReasonField
from pos_project.core.http.filters import ContractFilter, DayFilter, IdFilter
from pos_project.core.http.openapi import answered
from pos_project.core.http.permissions import AdminManager
from pos_project.core.money import CENT


class CreditIn(MovesMoneyIn):
    """What is settled without money, and why."""

    kind = serializers.ChoiceField(choices=DueCredit.Kind.choices)
    amount = MoneyField(least=CENT)
    reason = ReasonField()
    tax = MoneyField(required=False)
    document_id = IdField(required=False)
    entry_date = DayField(required=False)


class CreditOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    amount = MoneyField()
    tax = MoneyField()
    customer_id = serializers.IntegerField(allow_null=True)
    supplier_id = serializers.IntegerField(allow_null=True)
    sale_id = serializers.IntegerField(allow_null=True)
    purchase_id = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    entry_id = serializers.IntegerField()
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.IntegerField(source="reversed_by.pk", allow_null=True)
    business_date = DayField()
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    created_at = MomentField()


def _shown(rows: list[DueCredit]) -> Any:
    listed = DueCredit.objects.select_related("user", "reversed_by").order_by("id")
    return CreditOut(listed.filter(pk__in=[row.pk for row in rows]), many=True).data


class CreditView(APIView):
    permission_classes = (AdminManager,)
    book: Any = None  # a DueBook

    def is_keyed(self) -> bool:
        return True

    @extend_schema(
        request=CreditIn,
        responses={201: answered("CreditedAnswer", CreditOut, many=True)},
        tags=["ledger"],
    )
    def post(self, request: Request, party: str) -> Response:
        """Settle what is open with a party without money: the oldest due first, or of the document
        that is named: bad debts, payables written off, discounts and credit notes. `data` lists a
        row for each document."""
        party_id, by = path_id(party, self.book.party), cast(User, request.user)
        body = checked(CreditIn, request)
        found(self.book.listed(), party, self.book.party)
        credit = Credit(party_id, **body)
        return answer_once(
            request,
            lambda key: credit_dues(self.book, credit, by=by, key=key),
            lambda rows: {"success": True, "message": "Dues credited", "data": _shown(rows)},
        )


class CreditFilter(ContractFilter):
    """Newest first."""

    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    customer_id = IdFilter(field_name="customer_id")
    supplier_id = IdFilter(field_name="supplier_id")


class CreditViewSet(ContractViewSet):
    noun = "credit"
    permission_classes = (AdminManager,)
    filterset_class = CreditFilter
    queryset = DueCredit.objects.select_related("user", "reversed_by")
    keyed_actions = frozenset({"reverse"})

    @extend_schema(responses=CreditOut(many=True), tags=["ledger"])
    def list(self, request: Request) -> Response:
        """What was settled without money, newest first."""
        return self.page(self.get_queryset(), lambda rows: CreditOut(rows, many=True).data)

    @extend_schema(
        request=ReasonIn,
        responses={201: answered("CreditReversedAnswer", CreditOut, many=True)},
        tags=["ledger"],
    )
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str) -> Response:
        """Owe again what was settled so, with all that one entry settled. `data` lists the opposite
        rows."""
        credit_id, by = path_id(pk, self.noun), cast(User, request.user)
        reason = checked(ReasonIn, request)["reason"]
        return answer_once(
            request,
            lambda key: reverse_credit(credit_id, reason=reason, by=by, key=key),
            lambda rows: {"success": True, "message": "Credit reversed", "data": _shown(rows)},
        )
