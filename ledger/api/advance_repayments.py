"""Paying back what was paid ahead; customers and suppliers hang it under their own routes."""

from typing import ClassVar, cast

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from ledger.advance_repayments import pay_back_advance
from ledger.api.payment_serializers import PaymentOut
from ledger.api.tenders import DuePaymentIn
from ledger.dues import DueBook
from ledger.payments import Tender
from pos_project.core.http.endpoints import answer_once, checked, path_id
from pos_project.core.http.permissions import AdminStaff


class AdvancePaybackView(APIView):
    permission_classes = (AdminStaff,)
    book: ClassVar[DueBook]

    def is_keyed(self) -> bool:
        return True

    @extend_schema(
        request=DuePaymentIn,
        responses={
            201: inline_serializer(
                "AdvancePaidBackAnswer",
                {
                    "success": serializers.BooleanField(),
                    "message": serializers.CharField(),
                    "data": PaymentOut(),
                },
            )
        },
        tags=["payments"],
    )
    def post(self, request: Request, party: str) -> Response:
        """Pay back an unused advance, or part of it: a payment of type advance the other way."""
        party_id = path_id(party, self.book.party)
        body = checked(DuePaymentIn, request)
        tender = Tender(body["method"], body["amount"], body.get("reference_no"))
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: pay_back_advance(
                self.book, party_id, tender, note=body.get("note"), by=by, key=key
            ),
            lambda payment: {
                "success": True,
                "message": "Advance paid back",
                "data": PaymentOut(payment).data,
            },
        )
