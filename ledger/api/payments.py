"""`/api/payments` (contract 17); the lists of one customer's or supplier's payments build on it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api.payment_filters import PaymentFilter
from ledger.api.payment_serializers import PaymentOut
from ledger.models import Payment
from pos_project.core.api import ContractViewSet
from pos_project.core.permissions import Admin


class PaymentViewSet(ContractViewSet):
    noun = "payment"
    permission_classes: tuple[Any, ...] = (Admin,)
    filterset_class = PaymentFilter
    queryset = Payment.objects.select_related("customer", "supplier", "user")

    @extend_schema(responses=PaymentOut(many=True), tags=["payments"])
    def list(self, request: Request, **path: str) -> Response:
        """Payments, newest first."""
        return self.page(self.listed(**path), lambda rows: PaymentOut(rows, many=True).data)

    def listed(self, **path: str) -> QuerySet[Any]:
        """Which payments the list is about, before its filters; `path` names whose."""
        return self.get_queryset()
