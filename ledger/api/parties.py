"""What `/api/customers` and `/api/suppliers` have in common, told to each by its `DueBook`.

The view sets of the two say what their rows look like, who may call, and what OpenAPI shows.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.models import User
from ledger import advances, dues, parties
from ledger.advance_repayments import pay_back_advance
from ledger.api.payment_serializers import PaymentOut
from ledger.api.payments import PaymentViewSet
from ledger.api.tenders import DuePaymentIn, DuePaymentOut, tender_of
from ledger.parties import Row
from pos_project.core.contact_fields import PartyChangesIn
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, found, path_id
from pos_project.core.http.openapi import Done, answered
from pos_project.core.http.permissions import AdminStaff, AnyUser
from pos_project.core.images.pictures import PICTURE_PARSERS, picture_change


class PartyViewSet(ContractViewSet):
    """The parties of a book: listed, shown, entered, changed and removed.

    `entered` and `changes` check the bodies, `figures` adds to rows what is computed of each,
    `row` and `file` show one in the list and by itself.
    """

    page_limit = 9
    parser_classes = PICTURE_PARSERS
    book: ClassVar[dues.DueBook]
    entered: ClassVar[type[PartyChangesIn]]
    changes: ClassVar[type[PartyChangesIn]]
    figures: ClassVar[Callable[[Sequence[Row]], list[Row]]]
    row: ClassVar[type[Serializer]]
    file: ClassVar[type[Serializer]]

    def list(self, request: Request) -> Response:
        context = self.get_serializer_context()
        return self.page(
            _columns(self.get_queryset(), self.row(context=context)),
            lambda rows: self.row(type(self).figures(rows), many=True, context=context).data,
        )

    def create(self, request: Request) -> Response:
        body, by = checked(self.entered, request), cast(User, request.user)
        with picture_change(body) as picture:
            party_id = parties.add(self.book, body, by=by, picture=picture).pk
        answer = {**self._done("created"), f"{self.noun}Id": party_id}
        return Response({**answer, "data": self.file_of(party_id)}, status=201)

    def update(self, request: Request, pk: str) -> Response:
        """Change the fields that are sent."""
        party_id, by = path_id(pk, self.noun), cast(User, request.user)
        body = checked(self.changes, request, partial=True)
        with picture_change(body) as picture:
            parties.change(self.book, party_id, body, by=by, picture=picture)
        return Response({**self._done("updated"), "data": self.file_of(party_id)})

    @extend_schema(responses={200: Done})
    def destroy(self, request: Request, pk: str) -> Response:
        parties.remove(self.book, path_id(pk, self.noun), by=cast(User, request.user))
        return Response(self._done("removed"))

    def file_of(self, party_id: str | int) -> dict[str, Any]:
        """The wire's party, as much of it as the caller may see."""
        context = self.get_serializer_context()
        rows = _columns(self.get_queryset(), self.file(context=context))
        row: Any = found(rows, party_id, self.noun)
        [known] = type(self).figures([row])
        known["advance_balance"] = advances.balance(self.book, row["id"])
        return self.file(known, context=context).data

    def _done(self, what: str) -> dict[str, Any]:
        return {"success": True, "message": f"{self.noun.capitalize()} {what}"}


def _columns(rows: "QuerySet[Any]", shape: Serializer) -> "QuerySet[Any]":
    """The rows as dicts of those columns that a serializer shows, by their names in the model."""
    columns = rows.model._meta.concrete_fields
    known = {name for column in columns for name in (column.name, column.attname)}
    shown = dict.fromkeys(str(field.source) for field in shape.fields.values())
    return rows.values(*(source for source in shown if source.partition("__")[0] in known))


class OpenDueViewSet(ContractViewSet):
    """What is open with a party, oldest first (`row` shows it), and paying it (`paid`)."""

    is_of_all_stores = True  # whoever takes the money sees all that is owed
    page_limit = max_limit = 500  # the list of what is open must be complete
    permission_classes = (AnyUser,)
    keyed_actions = frozenset({"create"})
    book: ClassVar[dues.DueBook]
    row: ClassVar[type[Serializer]]
    pays: ClassVar[type[DuePaymentIn]]
    paid: ClassVar[type[DuePaymentOut]]
    paid_message: ClassVar[str]

    def list(self, request: Request, **path: str) -> Response:
        [whose] = path.values()
        party_id = found(self.get_queryset(), whose, self.noun).pk
        total_due = parties.owed(self.book, [party_id]).get(party_id)

        def show(rows: Sequence[Row]) -> Any:
            return self.row([{**row, "total_due": total_due} for row in rows], many=True).data

        return self.page(_columns(parties.open_dues(self.book, party_id), self.row()), show)

    def create(self, request: Request, **path: str) -> Response:
        [whose] = path.values()
        party_id, by = path_id(whose, self.noun), cast(User, request.user)
        body = checked(self.pays, request)
        documents = body.get(f"{self.book.document}_ids") or ()
        return answer_once(
            request,
            lambda key: dues.pay(
                self.book,
                party_id,
                tender_of(body),
                documents=documents,
                note=body.get("note"),
                by=by,
                key=key,
            ),
            lambda paid: {
                "success": True,
                "message": self.paid_message,
                "data": self.paid(paid).data,
            },
            status=200,
        )


class PartyPaymentViewSet(PaymentViewSet):
    """The payments of one party."""

    permission_classes = (AnyUser,)
    book: Any = None  # a DueBook

    def listed(self, **path: str) -> QuerySet[Any]:
        """The payments of the party that `path` names."""
        [whose] = path.values()
        party = found(self.book.listed(), whose, self.book.party)
        return super().listed().filter(**{self.book.party: party})


class AdvancePaybackView(APIView):
    permission_classes = (AdminStaff,)
    book: Any = None  # a DueBook

    def is_keyed(self) -> bool:
        return True

    @extend_schema(
        request=DuePaymentIn,
        responses={201: answered("AdvancePaidBackAnswer", PaymentOut)},
        tags=["payments"],
    )
    def post(self, request: Request, party: str) -> Response:
        """Pay back an unused advance, or part of it: a payment of type advance the other way."""
        party_id, by = path_id(party, self.book.party), cast(User, request.user)
        body = checked(DuePaymentIn, request)
        return answer_once(
            request,
            lambda key: pay_back_advance(
                self.book, party_id, tender_of(body), note=body.get("note"), by=by, key=key
            ),
            lambda payment: {
                "success": True,
                "message": "Advance paid back",
                "data": PaymentOut(payment).data,
            },
        )
