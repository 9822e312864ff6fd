"""`/api/expenses/repeating` (docs/api.md §24): what is booked again each month, and its end."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.models import RepeatingExpense
from ledger.repeating_expenses import end
from pos_project.core.db.store_rows import of_store
from pos_project.core.http.endpoints import ContractViewSet, answer_once, path_id
from pos_project.core.http.fields import DayField, MomentField, MoneyField
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import AdminManager


class RepeatingExpenseOut(serializers.Serializer):
    id = serializers.IntegerField()
    expense_id = serializers.IntegerField()  # the first one, which the others are like
    title = serializers.CharField(source="expense.title")
    amount = MoneyField(source="expense.amount")
    tax = MoneyField(source="expense.tax", allow_null=True)
    category = serializers.CharField(source="expense.category", allow_null=True)
    payment_method = serializers.CharField(source="expense.payment_method_id")
    store_id = serializers.IntegerField(source="expense.store_id")
    next_on = DayField()
    ended_at = MomentField(allow_null=True)


class RepeatingExpenseAnswer(Done):
    data: Any = RepeatingExpenseOut()


class RepeatingExpenseFilter(ContractFilter):
    search_in = ("expense__title",)
    default_order = ("next_on", "id")


class RepeatingExpenseViewSet(ContractViewSet):
    noun = "repeating expense"
    permission_classes = (AdminManager,)
    queryset = RepeatingExpense.objects.none()
    filterset_class = RepeatingExpenseFilter
    keyed_actions = frozenset({"destroy"})

    def get_queryset(self) -> QuerySet[Any]:
        rows = RepeatingExpense.objects.select_related("expense")
        return of_store(rows, self.reads_store())

    @extend_schema(responses=RepeatingExpenseOut(many=True), tags=["expenses"])
    def list(self, request: Request) -> Response:
        """What is booked again each month, the next first; `ended_at` says which is no more."""
        return self.page(
            self.get_queryset(), lambda rows: RepeatingExpenseOut(rows, many=True).data
        )

    @extend_schema(responses=RepeatingExpenseAnswer, tags=["expenses"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Book it no more; what was booked stays."""
        row_id, by = path_id(pk, self.noun), cast(User, request.user)
        return answer_once(
            request,
            lambda key: end(row_id, by=by, key=key),
            lambda row: {
                "success": True,
                "message": "Repeating expense ended",
                "data": RepeatingExpenseOut(row).data,
            },
            status=200,
        )
