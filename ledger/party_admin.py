"""Customers and suppliers in the back office: what their pages have in common."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.decorators import action, display

from accounts import audit
from ledger import advances, dues, parties
from ledger.admin_forms import CreditForm, OpeningDueForm, PaymentForm
from ledger.api.tenders import MAX_DOCUMENTS
from ledger.due_credits import credit_dues
from ledger.dues import DueBook
from ledger.opening_dues import OpeningDue, open_due
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.lists import amount_text
from pos_project.core.back_office.master_data import MasterDataAdmin
from pos_project.core.back_office.posted_records import HistoryInline, ReadOnlyAdmin
from pos_project.core.back_office.spreadsheets import ImportsTables
from pos_project.core.days import business_day, today
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.images.pictures import PictureChange
from pos_project.core.money import ZERO, money, total
from pos_project.core.people import CONTACT_FIELDS

OTHER_CONTACT = tuple(name for name in CONTACT_FIELDS if name != "phone")


@dataclass(frozen=True)
class _OpenDue:
    """A document that may be paid, and what people read of it."""

    document_id: int
    amount: Decimal
    told: str


def owed_column(title: str) -> Any:
    """What is open of a party, for a class's `list_display`, `fields` and `readonly_fields`."""

    # Who owes the most comes first.
    @display(description=title, ordering="-open_amount")
    def shown(_page: Any, party: Any) -> Any:
        return amount_text(money(getattr(party, "open_amount", ZERO)))

    return shown


class PartyAdmin(MasterDataAdmin, ImportsTables):
    """The parties of a `book`: entered, changed and removed by the use cases of the API."""

    book: ClassVar[DueBook]
    search_fields = ("search_text",)
    search_help_text = "Name, phone or email"
    list_totals = {"Unpaid": "open_amount"}
    ordering = ("search_text", "id")
    actions_list = ("archived",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.annotate(open_amount=parties.owed_of_each(self.book))

    @display(description="deposit")
    def paid_ahead(self, party: Any) -> Any:
        return advances.balance(self.book, party.pk) if party.pk else "–"

    def add_row(
        self,
        fields: dict[str, Any],
        *,
        by: Any,
        picture: PictureChange,
        key: RequestKey | None,
        **_: Any,
    ) -> Any:
        return parties.add(self.book, fields, by=by, picture=picture, key=key)

    def change_row(
        self,
        row_id: Any,
        fields: dict[str, Any],
        *,
        by: Any,
        picture: PictureChange,
        seen: dict[str, Any],
        **_: Any,
    ) -> None:
        parties.change(self.book, row_id, fields, by=by, picture=picture, seen=seen)

    def get_export_data(self, file_format: Any, request: Any, queryset: Any, **kwargs: Any) -> Any:
        rows = queryset.count()
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        audit.exported(self.model, rows=rows, kind=file_format.get_extension())
        return data

    def take_out(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        """Off the list; one who ever traded is archived."""
        parties.remove(self.book, row.pk, by=by, key=key)

    def bring_back(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        parties.restore(self.book, row.pk, by=by, key=key)

    def pay_dues(
        self, request: HttpRequest, object_id: str, *, title: str, button: str
    ) -> HttpResponse:
        """Ask what is paid, and settle the oldest dues by it. `title` has the name and the sum."""
        party = get_object_or_404(self.get_queryset(request), pk=object_id)
        open_amount, open_dues = money(party.open_amount), self._open_dues(party.pk)
        meant = [each for each in open_dues if str(each.document_id) == request.GET.get("document")]
        form = PaymentForm(
            asked(request),
            owed=open_amount,
            open_dues=[(each.document_id, each.told) for each in open_dues],
            initial={
                "amount": meant[0].amount if meant else open_amount,
                "documents": [each.document_id for each in meant],
            },
        )
        by: Any = request.user

        def do(said: dict[str, Any], key: RequestKey | None) -> dues.DuePayment:
            return dues.pay(
                self.book,
                party.pk,
                form.tender(),
                documents=said["documents"],
                note=said["note"],
                by=by,
                key=key,
            )

        return self.ask_and_do(
            request,
            form,
            do,
            lambda paid: (
                f"{paid.applied} settled, {paid.advance} kept as a deposit,"
                f" {paid.remaining_due} still owed."
            ),
            title=title.format(party.name, f"{open_amount:,.2f}"),
            button=button,
            back_to=self.page_of(party.pk),
            template="back_office/pay.html",
        )

    def _open_dues(self, party_id: int) -> list[_OpenDue]:
        """What a payment may be meant for, oldest first."""
        rows = parties.open_dues(self.book, party_id).select_related(self.book.document)
        return [
            _OpenDue(
                getattr(row, self.book.document_key),
                row.due_amount,
                f"{getattr(row, self.book.document)} · {business_day(row.created_at):%d-%m-%Y}"
                f" · {row.due_amount:,.2f}",
            )
            for row in rows[:MAX_DOCUMENTS]
        ]

    @action(
        description="Opening due",
        permissions=["change"],
        url_path="opening-due",
        icon="account_balance",
    )
    def opening_due(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was open with them when the books began, paper by paper."""
        party = get_object_or_404(self.get_queryset(request), pk=object_id)
        by: Any = request.user
        form = OpeningDueForm(asked(request))

        def do(said: dict[str, Any], key: RequestKey | None) -> Any:
            said.pop("moved")
            return open_due(self.book, OpeningDue(party.pk, **said), by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda document: f"{document.due_amount} entered as {document}.",
            title=f"What was open with {party.name} when the books began",
            button="Enter",
            back_to=self.page_of(party.pk),
        )

    @action(
        description="Write off or credit",
        permissions=["change"],
        url_path="credit",
        icon="money_off",
    )
    def credit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Settle what is open without money: bad debts, discounts, credit notes."""
        party = get_object_or_404(self.get_queryset(request), pk=object_id)
        by: Any = request.user
        form = CreditForm(asked(request), party=self.book.party)
        return self.ask_and_do(
            request,
            form,
            lambda _, key: credit_dues(self.book, form.credit(party.pk), by=by, key=key),
            lambda rows: f"{total(row.amount for row in rows)} settled without money.",
            title=f"Settle without money what is open with {party.name}",
            button="Settle",
            back_to=self.page_of(party.pk),
        )

    @action(description="Statement", url_path="statement", icon="request_quote")
    def statement(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Their documents and payments of the last months, as a paper."""
        party = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("statement", f"{self.book.party}-statement", party.pk)


class OpenDueInline(HistoryInline):
    """What is open with a party, on its page."""

    book: ClassVar[DueBook]
    verbose_name_plural = "unpaid"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).filter(status=dues.OPEN)
        return rows.select_related(self.book.document).order_by("id")


class OpenDueAdmin(ReadOnlyAdmin, ImportsTables):
    """What is still to collect or to pay, oldest first; it is paid on the party's own page. A file
    that is imported is of what was open when the books began."""

    ordering = ("id",)
    list_totals = {"Due": "due_amount"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(status=dues.OPEN)

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_view_permission(request)

    def has_export_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False  # the list itself is there as a file

    @display(description="days", ordering="-created_at")
    def age(self, due: Any) -> int:
        return (today() - business_day(due.created_at)).days
