"""`/api/customers/:id/opening-dues` and its twin of suppliers: what was open before the books."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from ledger.opening_dues import OpeningDue, open_due
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import answer_once, checked, found, path_id
from pos_project.core.http.fields import DayField, FreeText, MoneyField
from pos_project.core.http.openapi import answered
from pos_project.core.http.permissions import AdminManager
from pos_project.core.money import CENT


class OpeningDueIn(MovesMoneyIn):
    """A paper that was open when the books began."""

    aliases = {"date": "dated"}

    amount = MoneyField(least=CENT)
    reference = FreeText(max_length=50)
    dated = DayField(required=False)
    entry_date = DayField(required=False)
    note = FreeText(max_length=1000)


class OpeningDueOut(serializers.Serializer):
    """The document on which the due is paid; `id` is the `sale_id` or `purchase_id` of the due."""

    id = serializers.IntegerField(source="pk")
    invoice_no = serializers.CharField()
    due_amount = MoneyField()
    status = serializers.CharField()
    business_date = DayField()


class OpeningDueView(APIView):
    permission_classes = (AdminManager,)
    book: Any = None  # a DueBook

    def is_keyed(self) -> bool:
        return True

    @extend_schema(
        request=OpeningDueIn,
        responses={201: answered("OpeningDueAnswer", OpeningDueOut)},
        tags=["ledger"],
    )
    def post(self, request: Request, party: str) -> Response:
        """Enter what was open with a party when the books began, against opening balance equity:
        no sale, no purchase, no goods. It is paid like every other due."""
        party_id, by = path_id(party, self.book.party), cast(User, request.user)
        body = checked(OpeningDueIn, request)
        found(self.book.listed(), party, self.book.party)
        return answer_once(
            request,
            lambda key: open_due(self.book, OpeningDue(party_id, **body), by=by, key=key),
            lambda document: {
                "success": True,
                "message": "Opening due entered",
                "data": OpeningDueOut(document).data,
            },
        )
