"""`/api/ledger/year-end`: the result of a year goes to retained earnings."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.entries import shown
from ledger.api.entry_serializers import EntryOut
from ledger.journal_models import JournalEntry
from ledger.year_end import YearEnd, close_year
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked
from pos_project.core.http.fields import DayField, FreeText
from pos_project.core.http.openapi import answered
from pos_project.core.http.permissions import AdminManager


class YearEndIn(MovesMoneyIn):
    """The last day of the year."""

    through = DayField()
    note = FreeText(max_length=500)


class YearEndViewSet(ContractViewSet):
    noun = "entry"
    permission_classes = (AdminManager,)
    keyed_actions = frozenset({"create"})
    queryset = JournalEntry.objects.none()

    @extend_schema(
        request=YearEndIn,
        responses={201: answered("YearClosedAnswer", EntryOut, many=True)},
        tags=["ledger"],
    )
    def create(self, request: Request) -> Response:
        """Carry the result up to a day, as far as it is not carried yet, to retained earnings. The
        closed year's profit and loss stays as it is."""
        body, by = checked(YearEndIn, request), cast(User, request.user)
        return answer_once(
            request,
            lambda key: close_year(YearEnd(**body), by=by, key=key),
            lambda entries: {
                "success": True,
                "message": "Year closed",
                "data": [shown(entry) for entry in entries],
            },
        )
