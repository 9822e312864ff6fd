"""`/api/expenses` (docs/api.md §24)."""

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.reasons import ReasonIn
from ledger.expenses import Spending, record_expense, reverse_expense
from ledger.models import Expense
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.fields import (
    DayField,
    FlagField,
    FreeText,
    IdField,
    MomentField,
    MoneyField,
    OptionalText,
)
from pos_project.core.http.filters import ContractFilter, DayFilter
from pos_project.core.http.permissions import AdminManager, AnyUser
from pos_project.core.images.pictures import (
    PICTURE_PARSERS,
    ImageField,
    ImageUrlField,
    picture_change,
)
from pos_project.core.money import CENT, ZERO


class ExpenseIn(MovesMoneyIn):
    aliases = {"note": "description", "method": "payment_method"}

    title = serializers.CharField(max_length=255)
    amount = MoneyField(least=CENT)
    tax = MoneyField(required=False, help_text="What of the amount is input tax.")
    image = ImageField(required=False, help_text="A picture of the paper, kept with the expense.")
    category = OptionalText(max_length=100)
    description = FreeText(max_length=1000)
    payment_method = OptionalText(max_length=20)
    expense_date = DayField(required=False)
    till_id = IdField(required=False)
    repeats = FlagField(
        default=False,
        help_text="Book it again each month on this day; for managers and admins.",
    )


class ExpenseOut(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    amount = MoneyField()  # below zero where the row takes another one back
    tax = MoneyField(allow_null=True)
    image_url = ImageUrlField(source="paper")
    category = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    payment_method = serializers.CharField(source="payment_method_id")
    created_by = serializers.IntegerField(source="created_by_id")
    created_by_name = serializers.CharField(source="created_by.name")
    business_date = DayField()  # the day it counts on: another, where its own was closed
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.IntegerField(source="reversed_by.pk", allow_null=True)
    created_at = MomentField()
    entered_at = MomentField(allow_null=True)  # when it was written down, on whatever day


class ExpenseWrittenOut(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    data: Any = ExpenseOut()


class ExpenseFilter(ContractFilter):
    search_in = ("title",)
    orders = {"id": "id", "created_at": "created_at", "amount": "amount"}

    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    category = django_filters.CharFilter(field_name="category", lookup_expr="iexact")


class ExpenseViewSet(ContractViewSet):
    noun = "expense"
    permission_classes = (AnyUser,)
    parser_classes = PICTURE_PARSERS
    filterset_class = ExpenseFilter
    keyed_actions = frozenset({"create", "reverse"})

    def get_queryset(self) -> QuerySet[Any]:
        return Expense.objects.select_related("created_by", "reversed_by")

    @extend_schema(responses=ExpenseOut(many=True), tags=["expenses"])
    def list(self, request: Request) -> Response:
        """Expenses, newest first."""
        context = self.get_serializer_context()
        return self.page(
            self.get_queryset(), lambda rows: ExpenseOut(rows, many=True, context=context).data
        )

    @extend_schema(
        request=ExpenseIn,
        responses={201: ExpenseWrittenOut},
        tags=["expenses"],
    )
    def create(self, request: Request) -> Response:
        """Book an expense; it is never edited or deleted."""
        body = checked(ExpenseIn, request)
        spending = Spending(
            title=body["title"],
            amount=body["amount"],
            category=body.get("category"),
            description=body.get("description"),
            payment_method=body.get("payment_method") or "cash",
            expense_date=body.get("expense_date"),
            tax=body.get("tax") or ZERO,
            repeats=body["repeats"],
        )
        by, context = cast(User, request.user), self.get_serializer_context()
        with picture_change(body) as paper:
            return answer_once(
                request,
                lambda key: record_expense(spending, by=by, key=key, paper=paper),
                lambda expense: {
                    "success": True,
                    "message": "Expense recorded",
                    "data": ExpenseOut(expense, context=context).data,
                },
            )

    @extend_schema(request=ReasonIn, responses={201: ExpenseWrittenOut}, tags=["expenses"])
    @action(detail=True, methods=["post"], permission_classes=(AdminManager,))
    def reverse(self, request: Request, pk: str) -> Response:
        """Take an expense back, once, by one with the opposite amount; both stay on the list."""
        expense_id, by = path_id(pk, self.noun), cast(User, request.user)
        reason = checked(ReasonIn, request)["reason"]
        return answer_once(
            request,
            lambda key: reverse_expense(expense_id, reason=reason, by=by, key=key),
            lambda expense: {
                "success": True,
                "message": "Expense reversed",
                "data": ExpenseOut(expense, context=self.get_serializer_context()).data,
            },
        )
