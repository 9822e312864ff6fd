"""Transfers in the back office: asked for, sent and received by scanner and keyboard."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from accounts.stores import has_several
from inventory import transfers
from inventory.store_stock import units_by_store
from inventory.transfer_forms import (
    AskForm,
    FixedLines,
    ReceivedLine,
    SentLine,
    acting,
    asked_lines,
)
from inventory.transfer_line_admin import TransferLineInline, as_it_stands, plain
from inventory.transfer_models import Transfer, TransferLine
from inventory.transfer_receiving import receive
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import ReasonForm
from pos_project.core.back_office.posted_records import WritableAdmin
from pos_project.core.db.idempotency import RequestKey

Status = Transfer.Status
REASONS = ("Short", "Broken on the way", "Wrong goods", "More than was sent")
# What may be done to a transfer, by its state.
OFFERED = {
    Status.ASKED: {"send", "cancel", "pick-list", "note"},
    Status.SENT: {"receive", "turn-back", "pick-list", "note"},
    Status.RECEIVED: {"note"},
    Status.CANCELLED: {"note"},
}


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else "–"


@admin.register(Transfer)
class TransferAdmin(WritableAdmin):
    """Goods that go from one store to another, and where they are."""

    list_display = (
        "named",
        "from_store",
        "to_store",
        "state",
        "products",
        "units_sent",
        "units_came",
        "since",
    )
    list_display_links = ("named",)
    list_filter = (
        "status",
        ("from_store", admin.RelatedOnlyFieldListFilter),
        ("to_store", admin.RelatedOnlyFieldListFilter),
        ("asked_on", RangeDateFilter),
    )
    list_totals = {"Units sent": "sum_sent", "Units received": "sum_came"}
    search_fields = ("number__istartswith", "lines__product_name")
    search_help_text = "Number or product"
    list_select_related = ("from_store", "to_store")
    ordering = ("-id",)
    fields = (
        ("number", "status"),
        ("from_store", "to_store"),
        "note",
        ("asked_by", "asked_at"),
        ("sent_by", "sent_at"),
        ("turned_back_by", "turned_back_at"),
        ("received_by", "received_at"),
        ("cancelled_by", "cancelled_at"),
        "business_date",
        "reason",
    )
    readonly_fields = ("received_by", "received_at", "cancelled_by", "cancelled_at")
    inlines = (TransferLineInline,)
    actions_detail = (
        *("send_it", "receive_it", "turn_it_back", "cancel_it"),
        *("pick_list_paper", "note_paper"),
    )
    goes_by_store = False  # they are of two

    def has_module_permission(self, request: HttpRequest) -> bool:
        """A shop of one store has none."""
        return has_several() and super().has_module_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        by: Any = request.user
        rows = super().get_queryset(request)
        store_id = by.reads_store
        if store_id is not None:
            rows = rows.filter(Q(from_store_id=store_id) | Q(to_store_id=store_id))
        lines = TransferLine.objects.filter(transfer=OuterRef("pk")).order_by().values("transfer")

        def of_lines(figure: Any) -> Subquery:
            return Subquery(lines.annotate(figure=figure).values("figure"))

        return rows.annotate(
            products_asked=of_lines(Count("id")),
            sum_sent=of_lines(Sum("sent")),
            sum_came=of_lines(Sum("received")),
        )

    @display(description="transfer", ordering="id")
    def named(self, transfer: Transfer) -> str:
        return str(transfer)

    @display(
        description="state",
        ordering="status",
        label={
            Status.ASKED: "info",
            Status.SENT: "warning",
            Status.RECEIVED: "success",
            Status.CANCELLED: "danger",
        },
    )
    def state(self, transfer: Transfer) -> tuple[str, str]:
        if transfer.goes_back:
            came = transfer.status == Status.RECEIVED
            return transfer.status, "Came back" if came else "On the way back"
        return transfer.status, transfer.get_status_display()

    @display(description="since", ordering="id")
    def since(self, transfer: Transfer) -> Any:
        return transfer.ended_at or transfer.sent_at or transfer.asked_at

    # (How it ended is said by the field that is shown.)
    @display(description="received by")
    def received_by(self, transfer: Transfer) -> Any:
        return transfer.ended_by

    @display(description="received at")
    def received_at(self, transfer: Transfer) -> Any:
        return _moment(transfer.ended_at)

    @display(description="cancelled by")
    def cancelled_by(self, transfer: Transfer) -> Any:
        return transfer.ended_by

    @display(description="cancelled at")
    def cancelled_at(self, transfer: Transfer) -> Any:
        return _moment(transfer.ended_at)

    @display(description="products", ordering="products_asked")
    def products(self, transfer: Any) -> int:
        return int(transfer.products_asked or 0)

    @display(description="sent", ordering="sum_sent")
    def units_sent(self, transfer: Any) -> str:
        return plain(transfer.sum_sent)

    @display(description="came", ordering="sum_came")
    def units_came(self, transfer: Any) -> str:
        return plain(transfer.sum_came)

    def get_fields(self, request: HttpRequest, obj: Transfer | None = None) -> Any:
        """Only what has happened."""
        shown = super().get_fields(request, obj)
        if obj is None:
            return shown
        happened = {
            "note": obj.note,
            "sent_by": obj.sent_by_id,
            "turned_back_by": obj.turned_back_by_id,
            "received_by": obj.status == Status.RECEIVED,
            "cancelled_by": obj.status == Status.CANCELLED,
            "business_date": obj.business_date,
            "reason": obj.reason,
        }
        first = [each if isinstance(each, str) else each[0] for each in shown]
        return [each for name, each in zip(first, shown, strict=True) if happened.get(name, True)]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what its state allows."""
        offered = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id)
        may = OFFERED[Status(row.status)] if row else set()
        if row and row.goes_back:
            may = may - {"turn-back"}
        return [each for each in offered if each.method.url_path in may]

    # --- What is done ---

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for goods; or, where they lie, send them at once."""
        by: Any = request.user
        form = AskForm(asked(request), by=by)
        lines = asked_lines(asked(request))

        def do(said: dict[str, Any], key: RequestKey | None) -> Transfer:
            stores = (said["from_store"], said["to_store"])
            told: dict[str, Any] = {"note": said["note"], "key": key}
            if said["at_once"]:
                there = acting(by, said["from_store"])
                return transfers.ask_and_send(*stores, lines.wanted(), by=there, **told)
            there = acting(by, said["to_store"], said["from_store"])
            return transfers.ask(*stores, lines.wanted(), by=there, **told)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda done: (as_it_stands(done), self.page_of(done.pk)),
            title="Ask for goods of another store",
            button="Ask for them",
            back_to=self.list_page,
            lines=lines,
            template="back_office/ask_goods.html",
        )

    @action(description="Send", url_path="send", icon="local_shipping")
    def send_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Scan what leaves, and send it."""
        transfer, rows = self._with_lines(request, object_id)
        lines = FixedLines(SentLine, asked(request), rows)
        there, store_id = units_by_store([row.product_id for row in rows]), transfer.from_store_id
        for form in lines:
            form.figures = (
                ("Asked for", plain(form.line.asked)),
                ("In stock", plain(there.get(form.line.product_id, {}).get(store_id, Decimal(0)))),
            )
        by: Any = request.user

        def do(_: dict[str, Any], key: RequestKey | None) -> Transfer:
            act = acting(by, transfer.from_store_id)
            return transfers.send(transfer.pk, lines.sent(), by=act, key=key)

        return self._scan(
            request,
            transfer,
            lines,
            do,
            lambda sent: f"{sent} is on the way to {transfer.to_store}.",
            title=f"Send {transfer} to {transfer.to_store}",
            button="Send",
            said=("quantity", "All as asked for"),
        )

    @action(description="Receive", url_path="receive", icon="move_to_inbox")
    def receive_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Scan what came, say what differs and why, and take it in."""
        transfer, rows = self._with_lines(request, object_id)
        lines = FixedLines(ReceivedLine, asked(request), rows)
        for form in lines:
            form.figures = (("Sent", plain(form.line.sent)),)
        by: Any = request.user

        def do(_: dict[str, Any], key: RequestKey | None) -> Transfer:
            act = acting(by, transfer.destination_id)
            return receive(transfer.pk, lines.received(), by=act, key=key)

        return self._scan(
            request,
            transfer,
            lines,
            do,
            lambda came: f"{came} was received at {transfers.name_of(transfer.destination_id)}.",
            title=f"Receive {transfer} at {transfers.name_of(transfer.destination_id)}",
            button="Receive",
            said=("received", "All as sent"),
        )

    @action(description="Turn back", url_path="turn-back", icon="undo")
    def turn_it_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and let goods that are on the way go back to where they came from."""
        transfer = self._found(request, object_id)
        return self._ask_why(
            request,
            transfer,
            transfers.turn_back,
            f"{transfer} goes back to {transfer.from_store}: it is received there.",
            title=f"Turn {transfer} back?",
            button="Turn back",
        )

    @action(description="Cancel", url_path="cancel", icon="cancel")
    def cancel_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and ask for the goods no more."""
        transfer = self._found(request, object_id)
        return self._ask_why(
            request,
            transfer,
            transfers.cancel,
            f"{transfer} was cancelled: nothing leaves.",
            title=f"Cancel {transfer}?",
            button="Do not send it",
        )

    @action(description="Pick list", url_path="pick-list", icon="checklist")
    def pick_list_paper(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What is to be taken off the shelves, in the order in which one walks by."""
        return redirect("open-document", "pick-list", self._found(request, object_id).pk)

    @action(description="Transfer note", url_path="note", icon="description")
    def note_paper(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The paper that goes with the goods."""
        return redirect("open-document", "transfer", self._found(request, object_id).pk)

    def _found(self, request: HttpRequest, object_id: str) -> Transfer:
        rows = self.get_queryset(request).select_related("from_store", "to_store")
        found: Transfer = get_object_or_404(rows, pk=object_id)
        return found

    def _with_lines(
        self, request: HttpRequest, object_id: str
    ) -> tuple[Transfer, list[TransferLine]]:
        transfer = self._found(request, object_id)
        return transfer, list(transfer.lines.select_related("product").order_by("id"))

    def _ask_why(
        self,
        request: HttpRequest,
        transfer: Transfer,
        use_case: Callable[..., Transfer],
        told: str,
        *,
        title: str,
        button: str,
    ) -> HttpResponse:
        """Ask for the reason, and do it in whichever of the two stores the person may act in."""
        by: Any = request.user

        def do(said: dict[str, Any], key: RequestKey | None) -> Transfer:
            act = acting(by, transfer.to_store_id, transfer.from_store_id)
            return use_case(transfer.pk, said["reason"], by=act, key=key)

        return self.ask_and_do(
            request,
            ReasonForm(asked(request)),
            do,
            lambda _: told,
            title=title,
            button=button,
            back_to=self.page_of(transfer.pk),
        )

    def _scan(
        self,
        request: HttpRequest,
        transfer: Transfer,
        lines: FixedLines,
        do: Any,
        tell: Any,
        *,
        title: str,
        button: str,
        said: tuple[str, str],
    ) -> HttpResponse:
        return self.ask_and_do(
            request,
            Form(asked(request)),
            do,
            tell,
            title=title,
            button=button,
            back_to=self.page_of(transfer.pk),
            lines=lines,
            template="back_office/scan_transfer.html",
            extra={"transfer": transfer, "units": said[0], "all": said[1], "reasons": REASONS},
        )
