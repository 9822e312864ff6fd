"""`/api/ledger/entries`: the journal, entries by hand and their reversal; opening balances."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

import django_filters
from django.db.models import Exists, OuterRef, QuerySet, Sum
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ledger.api.entry_serializers import (
    EntryFetchedOut,
    EntryOut,
    EntryPostedOut,
    EntryRowOut,
    ManualEntryIn,
    OpeningBalancesIn,
    lines_of,
)
from ledger.api.reasons import ReasonIn
from ledger.journal_models import JournalEntry, JournalLine
from ledger.manual_entries import (
    ManualEntry,
    open_balances,
    post_manual_entry,
    reverse_manual_entry,
)
from ledger.models import Payment
from pos_project.core.http.endpoints import ContractViewSet, answer_once, checked, path_id
from pos_project.core.http.filters import ContractFilter, DayFilter, IdFilter
from pos_project.core.http.permissions import AdminManager
from pos_project.core.money import money


class EntryFilter(ContractFilter):
    search_in = ("reference", "memo")
    orders = {"id": "id", "entry_date": "business_date"}

    fromDate = DayFilter(field_name="business_date", lookup_expr="gte")
    toDate = DayFilter(field_name="business_date", lookup_expr="lte")
    event = django_filters.ChoiceFilter(choices=JournalEntry.Event.choices)
    account = django_filters.CharFilter(method="on_account", label="account", max_length=40)
    store_id = IdFilter(field_name="store_id")

    def on_account(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Entries with a line on the account; an unknown one is an empty list."""
        lines = JournalLine.objects.filter(entry=OuterRef("pk"), account=value.strip().upper())
        return entries.filter(Exists(lines))


class EntryViewSet(ContractViewSet):
    noun = "entry"
    permission_classes = (AdminManager,)
    filterset_class = EntryFilter
    keyed_actions = frozenset({"create", "reverse"})
    queryset = JournalEntry.objects.select_related("created_by", "reversed_by")

    @extend_schema(responses=EntryRowOut(many=True), tags=["ledger"])
    def list(self, request: Request) -> Response:
        """Journal entries of documents and by hand, newest first."""
        return self.page(
            self.get_queryset(),
            lambda rows: EntryRowOut(rows, many=True, context={"amounts": _amounts(rows)}).data,
        )

    @extend_schema(responses=EntryFetchedOut, tags=["ledger"])
    def retrieve(self, request: Request, pk: str) -> Response:
        """One entry with its lines, its document, and what reversed it."""
        return Response({"success": True, "data": shown(self.get_object())})

    @extend_schema(request=ManualEntryIn, responses={201: EntryPostedOut}, tags=["ledger"])
    def create(self, request: Request) -> Response:
        """Post a balanced entry by hand; control accounts are moved by their documents only."""
        body = checked(ManualEntryIn, request)
        written = _written(body, "lines")
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: post_manual_entry(written, by=by, key=key),
            lambda entry: {"success": True, "message": "Entry posted", "data": shown(entry)},
        )

    @extend_schema(request=ReasonIn, responses={201: EntryPostedOut}, tags=["ledger"])
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str) -> Response:
        """Undo an entry made by hand by its mirror, once; documents are corrected as such."""
        entry_id, by = path_id(pk, self.noun), cast(User, request.user)
        reason = checked(ReasonIn, request)["reason"]
        return answer_once(
            request,
            lambda key: reverse_manual_entry(entry_id, reason=reason, by=by, key=key),
            lambda entry: {"success": True, "message": "Entry reversed", "data": shown(entry)},
        )


class OpeningBalanceViewSet(ContractViewSet):
    noun = "opening balance"
    permission_classes = (AdminManager,)
    keyed_actions = frozenset({"create"})
    queryset = JournalEntry.objects.none()

    @extend_schema(request=OpeningBalancesIn, responses={201: EntryPostedOut}, tags=["ledger"])
    def create(self, request: Request) -> Response:
        """Enter what accounts held when the books began, against opening balance equity."""
        written = _written(checked(OpeningBalancesIn, request), "balances")
        by = cast(User, request.user)
        return answer_once(
            request,
            lambda key: open_balances(written, by=by, key=key),
            lambda entry: {
                "success": True,
                "message": "Opening balances posted",
                "data": shown(entry),
            },
        )


def shown(entry: JournalEntry) -> dict[str, Any]:
    """The wire's entry with its lines; four statements."""
    row: Any = EntryViewSet.queryset.get(pk=entry.pk)
    lines = JournalLine.objects.filter(entry=row).order_by("id")
    row.shown_lines = list(lines.select_related("account", "customer", "supplier"))
    payments = Payment.objects.filter(entry=row).order_by("id")
    row.payment_ids = list(payments.values_list("id", flat=True))
    return EntryOut(row, context={"amounts": _amounts([row])}).data


def _amounts(entries: Iterable[JournalEntry]) -> dict[int, Decimal]:
    lines = JournalLine.objects.filter(entry_id__in=[entry.pk for entry in entries]).order_by()
    sums = lines.values_list("entry_id").annotate(amount=Sum("debit"))
    return {entry_id: money(amount) for entry_id, amount in sums}


def _written(body: dict[str, Any], lines: str) -> ManualEntry:
    return ManualEntry(
        lines_of(body[lines]),
        memo=body.get("memo"),
        reference=body.get("reference"),
        entry_date=body.get("entry_date"),
    )
