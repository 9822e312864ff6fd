"""The chart of accounts in the back office: what each account stands at, and its ledger."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.admin import LedgerAccountAdmin
from ledger.chart_models import LedgerAccount
from ledger.party_statement import AMOUNT
from pos_project.core.back_office.lists import amount_text
from pos_project.core.days import today
from pos_project.core.money import ZERO
from reports.documents.document import accounted
from reports.statements import financial_statements


@admin.register(LedgerAccount)
class ChartAdmin(LedgerAccountAdmin):
    """Number, name and balance lead to the account's ledger; the pencil changes the account."""

    list_display = ("its_number", "its_name", "kind", "balance", "in_use", "edit")
    list_display_links = None
    list_per_page = 100

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        balances = financial_statements.balances(today())
        for account in shown.result_list:
            account.balance = balances.get(account.pk, ZERO)
        # All of them, for a file: what a page has is attached to its rows.
        whens = (When(pk=code, then=Value(amount)) for code, amount in balances.items())
        shown.queryset = shown.queryset.annotate(
            balance=Case(*whens, default=Value(ZERO), output_field=AMOUNT)
        )
        return shown

    @display(description="number", ordering="number")
    def its_number(self, account: LedgerAccount) -> SafeString:
        return _to_ledger(account, account.number)

    @display(description="name", ordering="name")
    def its_name(self, account: LedgerAccount) -> SafeString:
        return _to_ledger(account, account.name)

    @display(description="balance")
    def balance(self, account: Any) -> SafeString:
        return amount_text(account.balance, _to_ledger(account, accounted(account.balance)))

    @display(description="")
    def edit(self, account: LedgerAccount) -> SafeString:
        page = reverse("admin:ledger_ledgeraccount_change", args=[account.pk])
        return format_html('<a href="{}" aria-label="Change {}">Change</a>', page, account.name)


def _to_ledger(account: LedgerAccount, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("report-ledger", args=[account.pk]), text)
