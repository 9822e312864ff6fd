"""`/api/ledger/cash-counts`: what lay in the drawer, against what the books expected."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.counted import CountedIn
from ledger.models import CashCount
from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked
from pos_project.core.http.fields import DayField, FreeText, MomentField, MoneyField, parse_day
from pos_project.core.http.filters import ContractFilter, DayFilter
from pos_project.core.http.permissions import AdminManager
from pos_project.core.money import ZERO
from reports.statements.cash_counting import Counted, count_cash, expected_cash


class CashCountIn(CountedIn):
    """What lay in the drawer, of which day, and what of it goes to the bank."""

    day = DayField(required=False)
    reason = FreeText(max_length=255)
    banked = MoneyField(required=False)
    bank_account = serializers.CharField(max_length=40, required=False)
    expected = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)


class CashCountOut(serializers.Serializer):
    id = serializers.IntegerField()
    day = DayField(source="business_date")
    store_id = serializers.IntegerField()
    expected = MoneyField()
    counted = MoneyField()
    difference = MoneyField()
    denominations = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    reason = serializers.CharField(allow_null=True)
    banked = MoneyField()
    bank_account = serializers.CharField(source="bank_account_id", allow_null=True)
    opening_next_day = MoneyField(source="left")
    user_id = serializers.IntegerField()
    user_name = serializers.CharField(source="user.name")
    created_at = MomentField()
    entered_at = MomentField(allow_null=True)  # when it was written down, on whatever day


class CashCountFilter(ContractFilter):
    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")


class CashCountViewSet(ContractViewSet):
    noun = "cash count"
    permission_classes = (AdminManager,)
    filterset_class = CashCountFilter
    keyed_actions = frozenset({"create"})

    def get_queryset(self) -> QuerySet[Any]:
        return CashCount.objects.select_related("user")

    @extend_schema(responses=CashCountOut(many=True), tags=["ledger"])
    def list(self, request: Request) -> Response:
        """Counts of the drawer, newest first."""
        return self.page(self.get_queryset(), lambda rows: CashCountOut(rows, many=True).data)

    @extend_schema(
        request=CashCountIn,
        responses={
            201: inline_serializer(
                "CashCounted",
                {
                    "success": serializers.BooleanField(),
                    "message": serializers.CharField(),
                    "data": CashCountOut(),
                },
            )
        },
        tags=["ledger"],
    )
    def create(self, request: Request) -> Response:
        """Count the drawer of the caller's store: the difference is booked to cash over and short,
        what is banked to the bank."""
        body, by = checked(CashCountIn, request), cast(User, request.user)
        counted = Counted(
            body["counted"],
            day=body.get("day"),
            denominations=body.get("denominations"),
            reason=body.get("reason"),
            banked=body.get("banked") or ZERO,
            bank_account=(body.get("bank_account") or "").upper() or None,
            expected=body.get("expected"),
        )
        return answer_once(
            request,
            lambda key: count_cash(counted, by=by, key=key),
            lambda count: {
                "success": True,
                "message": "Cash counted",
                "data": CashCountOut(count).data,
            },
        )

    @extend_schema(
        parameters=[OpenApiParameter("day", str, description="Default: today.")],
        responses=inline_serializer(
            "CashExpected",
            {
                "success": serializers.BooleanField(),
                "data": inline_serializer(
                    "CashExpectedOnDay", {"day": DayField(), "expected": MoneyField()}
                ),
            },
        ),
        tags=["ledger"],
    )
    @action(detail=False)
    def expected(self, request: Request) -> Response:
        """What the books have in the drawer of the caller's store at the end of a day, or now."""
        text = request.query_params.get("day", "")
        day = parse_day(text) if text else today()
        if day is None:
            raise Invalid("day: A real date YYYY-MM-DD.", fields={"day": ["A real date."]})
        store_id = cast(User, request.user).store_id
        assert store_id is not None
        data = {"day": day.isoformat(), "expected": expected_cash(day, store_id=store_id)}
        return Response({"success": True, "data": data})
