"""`/api/ledger/accounts`: the chart of accounts."""

from typing import Any

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger import chart
from ledger.accounts import AccountChanges, add_account, change_account
from ledger.chart_models import LedgerAccount
from pos_project.core.http.endpoints import ContractViewSet, checked
from pos_project.core.http.fields import FlagField, OptionalText
from pos_project.core.http.filters import ContractFilter, FlagFilter
from pos_project.core.http.permissions import AdminManager


class AccountIn(serializers.Serializer):
    number = serializers.RegexField(r"^[0-9A-Za-z.-]+$", max_length=10)
    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=LedgerAccount.Kind.choices)
    code = OptionalText(max_length=40)


class AccountChangesIn(serializers.Serializer):
    """What is absent stays as it is."""

    number = serializers.RegexField(r"^[0-9A-Za-z.-]+$", max_length=10, required=False)
    name = serializers.CharField(max_length=100, required=False)
    kind = serializers.ChoiceField(choices=LedgerAccount.Kind.choices, required=False)
    archived = FlagField(required=False)


class AccountOut(serializers.Serializer):
    code = serializers.CharField()
    number = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=LedgerAccount.Kind.choices)
    # Moved by documents only: closed to entries by hand.
    is_control = serializers.BooleanField()
    # The shop's own documents post to it: its type stays, and it is never archived.
    is_protected = serializers.SerializerMethodField()
    # The payment method whose money it holds.
    payment_method = serializers.CharField(source="paymentmethod.code", allow_null=True)
    archived = serializers.SerializerMethodField()

    def get_is_protected(self, account: LedgerAccount) -> bool:
        tender = hasattr(account, "paymentmethod")
        return account.is_control or tender or account.code in chart.NAMED_BY_CODE

    def get_archived(self, account: LedgerAccount) -> bool:
        return account.archived_at is not None


class AccountWrittenOut(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    data: Any = AccountOut()


class AccountFilter(ContractFilter):
    search_in = ("code", "number", "name")
    default_order = ("number", "code")

    kind = django_filters.ChoiceFilter(choices=LedgerAccount.Kind.choices)
    # Archived accounts are listed last of all when asked for: history names them.
    active = FlagFilter(when_true=Q(archived_at__isnull=True))


class AccountViewSet(ContractViewSet):
    noun = "account"
    page_limit = max_limit = 500  # a chart is read whole
    permission_classes = (AdminManager,)
    filterset_class = AccountFilter
    queryset = LedgerAccount.objects.select_related("paymentmethod")

    @extend_schema(responses=AccountOut(many=True), tags=["ledger"])
    def list(self, request: Request) -> Response:
        """The chart of accounts by number, archived accounts included unless `active=true`."""
        return self.page(self.get_queryset(), lambda rows: AccountOut(rows, many=True).data)

    @extend_schema(request=AccountIn, responses={201: AccountWrittenOut}, tags=["ledger"])
    def create(self, request: Request) -> Response:
        """Add an account; its code is made from its name unless given."""
        account = add_account(**checked(AccountIn, request))
        return Response(self.written(account, "Account created"), status=201)

    @extend_schema(request=AccountChangesIn, responses=AccountWrittenOut, tags=["ledger"])
    def update(self, request: Request, pk: str) -> Response:
        """Rename, renumber, archive, or, before its first entry, retype an account."""
        body = checked(AccountChangesIn, request, partial=True)
        account = change_account(pk, AccountChanges(**body))
        return Response(self.written(account, "Account updated"))

    def written(self, account: LedgerAccount, message: str) -> dict[str, Any]:
        shown = AccountOut(self.get_queryset().get(pk=account.pk)).data
        return {"success": True, "message": message, "data": shown}
