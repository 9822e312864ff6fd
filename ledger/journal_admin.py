"""The journal in the back office: to be read, and what accountants post by hand."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from ledger.chart_models import LedgerAccount
from ledger.entry_forms import (
    BalancedLineFormSet,
    EntryForm,
    EntryLineFormSet,
    ManualEntryForm,
    MoneyMovedForm,
    YearEndForm,
    lines_of,
    openable,
    postable,
)
from ledger.journal_models import JournalEntry, JournalLine
from ledger.manual_entries import (
    BY_HAND,
    OPENED_BY,
    ManualEntry,
    open_balances,
    post_manual_entry,
    reverse_manual_entry,
)
from ledger.own_money import move_money
from ledger.year_end import YearEnd, close_year
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.entered import SaysWhenEntered
from pos_project.core.back_office.posted_records import (
    HistoryInline,
    ReversibleAdmin,
    WritableAdmin,
)
from pos_project.core.db.idempotency import RequestKey

KEPT_BY_DOCUMENTS = (
    "Receivables, payables, stock and advances are moved by their documents alone, so they are not"
    " offered here."
)


class JournalLineInline(HistoryInline):
    model = JournalLine
    verbose_name_plural = "lines"
    fields = ("account", "debit", "credit", "customer", "supplier")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lines = super().get_queryset(request).select_related("account", "customer", "supplier")
        return lines.order_by("id")


@admin.register(JournalEntry)
class JournalEntryAdmin(SaysWhenEntered, WritableAdmin, ReversibleAdmin):
    opposite = staticmethod(reverse_manual_entry)
    list_display = ("id", "business_date", "event", "reference", "memo", "created_by", "created_at")
    list_filter = (("business_date", RangeDateFilter), "event")
    search_fields = ("reference__istartswith",)
    search_help_text = "Number of the document"
    list_select_related = ("created_by",)
    ordering = (F("id").desc(),)
    inlines = (JournalLineInline,)
    actions_list = ("move_money", "opening_balances", "close_year")

    def is_standing(self, row: JournalEntry) -> bool:
        """What a document posted is corrected by its document."""
        return row.event in BY_HAND and super().is_standing(row)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Post a balanced entry, by the use case of the API."""
        return self._written(
            request,
            ManualEntryForm(asked(request)),
            lines_of(BalancedLineFormSet)(asked(request), form_kwargs={"accounts": postable()}),
            post_manual_entry,
            title="Post an entry by hand",
            hint=KEPT_BY_DOCUMENTS,
            even="Balanced",
            differs="Difference",
        )

    @action(
        description="Opening balances",
        permissions=["add"],
        url_path="opening-balances",
        icon="account_balance",
    )
    def opening_balances(self, request: HttpRequest) -> HttpResponse:
        """What accounts held when the books began; equity takes what they differ by."""
        return self._written(
            request,
            EntryForm(asked(request)),
            lines_of(EntryLineFormSet)(asked(request), form_kwargs={"accounts": openable()}),
            open_balances,
            title="Opening balances",
            hint="What documents keep is opened by documents:",
            opened_otherwise=[
                (account.name, OPENED_BY[account.pk])
                for account in LedgerAccount.objects.filter(pk__in=OPENED_BY).order_by("number")
            ],
            even="Nothing goes to opening balance equity",
            differs="To opening balance equity",
        )

    @action(
        description="Move money",
        permissions=["add"],
        url_path="move-money",
        icon="sync_alt",
    )
    def move_money(self, request: HttpRequest) -> HttpResponse:
        """Between the shop's own accounts, or with its owner, by the use case of the API."""
        by: Any = request.user
        form = MoneyMovedForm(asked(request))
        return self.ask_and_do(
            request,
            form,
            lambda _, key: move_money(form.asked_for(), by=by, key=key),
            lambda entry: (
                f"{entry.memo}: entry {entry.pk} on {entry.business_date:%d-%m-%Y}.",
                self.page_of(entry.pk),
            ),
            title="Move money",
            button="Move",
            back_to=self.list_page,
        )

    @action(
        description="Close a year", permissions=["add"], url_path="close-year", icon="event_repeat"
    )
    def close_year(self, request: HttpRequest) -> HttpResponse:
        """The result goes to retained earnings, by the use case of the API."""
        by: Any = request.user
        form = YearEndForm(asked(request))
        return self.ask_and_do(
            request,
            form,
            lambda said, key: close_year(
                YearEnd(said["through"], said["note"]),
                by=by,
                key=key,
            ),
            lambda entries: (f"{entries[0].memo}.", self.page_of(entries[0].pk)),
            title="Close a year",
            button="Carry the result",
            back_to=self.list_page,
            warning="The profit and loss of the year stays as it is; its result goes to retained"
            " earnings. Lock the period afterwards.",
        )

    def _written(
        self,
        request: HttpRequest,
        form: EntryForm,
        lines: Any,
        post: Callable[..., JournalEntry],
        *,
        title: str,
        **shown: Any,
    ) -> HttpResponse:
        by: Any = request.user

        def do(said: dict[str, Any], key: RequestKey | None) -> JournalEntry:
            written = ManualEntry(
                lines.lines(), said["memo"], said["reference"], said["entry_date"]
            )
            return post(written, by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda entry: (
                f"Entry {entry.pk} posted on {entry.business_date:%d-%m-%Y}.",
                self.page_of(entry.pk),
            ),
            title=title,
            button="Post",
            back_to=self.list_page,
            lines=lines,
            template="back_office/entry.html",
            extra=shown,
        )
