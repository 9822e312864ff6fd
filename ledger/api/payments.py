"""`/api/payments` (docs/api.md §27); the lists of one party's payments build on it."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.payment_filters import PaymentFilter
from ledger.api.payment_serializers import PaymentOut
from ledger.api.reasons import ReasonIn
from ledger.models import Payment
from ledger.payment_reversals import reverse_payment
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.openapi import answered
from pos_project.core.http.permissions import Admin, AdminManager


class PaymentViewSet(ContractViewSet):
    noun = "payment"
    permission_classes: tuple[Any, ...] = (Admin,)
    filterset_class = PaymentFilter
    queryset = Payment.objects.select_related("customer", "supplier", "user", "reversed_by")
    keyed_actions = frozenset({"reverse"})

    @extend_schema(responses=PaymentOut(many=True), tags=["payments"])
    def list(self, request: Request, **path: str) -> Response:
        """Payments, newest first."""
        return self.page(self.listed(**path), lambda rows: PaymentOut(rows, many=True).data)

    @extend_schema(
        request=ReasonIn,
        responses={201: answered("PaymentReversedAnswer", PaymentOut, many=True)},
        tags=["payments"],
    )
    @action(detail=True, methods=["post"], permission_classes=(AdminManager,))
    def reverse(self, request: Request, pk: str) -> Response:
        """Take back a payment of dues or of an advance, with all that was paid together with it:
        what it settled is owed again. `data` lists the opposite rows."""
        payment_id, by = path_id(pk, self.noun), cast(User, request.user)
        reason = checked(ReasonIn, request)["reason"]
        return answer_once(
            request,
            lambda key: reverse_payment(payment_id, reason=reason, by=by, key=key),
            lambda rows: {
                "success": True,
                "message": "Payment reversed",
                "data": PaymentOut(rows, many=True).data,
            },
        )

    def listed(self, **path: str) -> QuerySet[Any]:
        """Which payments the list is about, before its filters; `path` names whose."""
        return self.get_queryset()
