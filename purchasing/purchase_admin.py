"""Purchases in the back office: receiving goods, and the history of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from accounts.models import Store
from catalog.label_page import label_page
from ledger.admin_forms import MethodFilter, NamesItsMethod
from ledger.models import Payment
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.entered import SaysWhenEntered
from pos_project.core.back_office.posted_records import (
    HistoryInline,
    ReversibleAdmin,
    WritableAdmin,
)
from pos_project.core.back_office.shown_values import units
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.money import ZERO
from purchasing.api.purchase_serializers import TERMS
from purchasing.delivery_form import DeliveryForm, LineForm, LineFormSet
from purchasing.models import Purchase, PurchaseItem
from purchasing.receive import Delivery, receive_purchase
from purchasing.reordering import to_reorder
from purchasing.return_form import ReturnForm
from purchasing.returns import cost_of, return_goods
from purchasing.reversals import reverse_purchase

MAX_LINES = 500
EMPTY_LINES = 5


class PurchaseItemInline(HistoryInline):
    model = PurchaseItem
    template = "back_office/history_lines.html"
    verbose_name_plural = "lines"
    fields = ("product_name", "units", "cost_price", "subtotal", "landed", "left")
    readonly_fields = ("units", "landed", "left")
    units = units("quantity")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("batch").order_by("id")

    @display(description="cost with freight and discount")
    def landed(self, item: Any) -> Any:
        return cost_of(item)

    @display(description="still in stock")
    def left(self, item: Any) -> Any:
        batch = getattr(item, "batch", None)  # (goods that went back made none)
        return f"{batch.remaining.normalize():f}" if batch else "–"


class PurchasePaymentInline(HistoryInline):
    model = Payment
    verbose_name_plural = "payments"
    fields = ("created_at", "payment_type", "amount", "method", "user")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("method", "user").order_by("id")


def _ordered(request: HttpRequest, store: Store) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """`?order=7`: the form with what is to be reordered from that supplier, 0 for nobody's."""
    order = request.GET.get("order", "")
    if not (order.isascii() and order.isdecimal() and len(order) < 19):
        return {}, []
    rows = to_reorder(store, store_id=store.pk, supplier_id=int(order))[:MAX_LINES]
    lines = [
        {"sku": row.sku, "quantity": int(row.units), "cost_price": row.cost and round(row.cost, 2)}
        for row in rows
    ]
    return {"supplier": int(order) or None}, lines


@admin.register(Purchase)
class PurchaseAdmin(SaysWhenEntered, NamesItsMethod, WritableAdmin, ReversibleAdmin):
    opposite = staticmethod(reverse_purchase)
    list_display = (
        "number",
        "purchase_date",
        "supplier",
        "total_amount",
        "paid_amount",
        "due_amount",
        "paid_by",
        "user",
    )
    list_filter = (("purchase_date", RangeDateFilter), ("payment_method", MethodFilter))
    list_totals = {"Total": "total_amount", "Paid": "paid_amount", "Due": "due_amount"}
    search_fields = ("invoice_no__istartswith", "supplier__search_text")
    search_help_text = "Invoice or supplier"
    list_select_related = ("supplier", "user")
    ordering = ("-id",)
    inlines = (PurchaseItemInline, PurchasePaymentInline)
    actions_detail = ("order", "labels", "send_back", "reverse")
    fields = (
        ("invoice_no", "supplier"),
        ("purchase_date", "business_date"),
        ("total_amount", "paid_amount"),
        ("due_amount", "advance_used"),
        ("paid_by", "user"),
        "entered",
        "note",
    )

    def get_fields(self, request: HttpRequest, obj: Purchase | None = None) -> Any:
        """What a paper says below its lines, and of which purchase goods went back, where it is
        said."""
        shown = list(super().get_fields(request, obj))
        said = [name for name in TERMS if obj is not None and getattr(obj, name) is not None]
        total = next(at for at, names in enumerate(shown) if "total_amount" in names)
        shown[total:total] = [tuple(said[at : at + 2]) for at in range(0, len(said), 2)]
        if obj is not None and obj.returns_id:
            shown += ["returned_of", "due_reduced"]
        return shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "returned_of")

    @display(description="goods returned of")
    def returned_of(self, purchase: Purchase) -> SafeString:
        page = self.page_of(purchase.returns_id)
        return format_html('<a class="text-primary-600" href="{}">{}</a>', page, purchase.returns)

    def is_standing(self, row: Purchase) -> bool:
        return super().is_standing(row) and row.returns_id is None

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """No button to send back what is no delivery."""
        offered = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id)
        if row and row.status == Purchase.Status.RECEIVED and self.is_standing(row):
            return offered
        return [each for each in offered if each.method.url_path != "return"]

    @display(description="number", ordering="id")
    def number(self, purchase: Purchase) -> str:
        return str(purchase)

    def goes_back(self, row: Purchase) -> Sequence[str]:
        units = sum((item.quantity for item in row.items.all()), ZERO)
        told = [f"{units.normalize():f} units leave the stock, at what they cost."]
        if row.paid_amount:
            told.append(f"{row.paid_amount} that was paid comes back from {row.supplier.name}.")
        if row.due_amount:
            told.append(f"{row.due_amount} is no longer owed.")
        return told

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Goods arrive: batches, what is owed, payment and journal by the use case."""
        lines_of = forms.formset_factory(
            LineForm, formset=LineFormSet, extra=EMPTY_LINES, max_num=MAX_LINES, validate_max=True
        )
        by: Any = request.user
        head, wanted = _ordered(request, by.store) if request.method == "GET" else ({}, [])
        form = DeliveryForm(asked(request), initial=head)
        lines = lines_of(asked(request), initial=wanted)

        def do(said: dict[str, Any], key: RequestKey | None) -> Purchase:
            delivery = Delivery(
                said["supplier"].pk,
                lines.lines(),  # type: ignore[attr-defined]  # (of LineFormSet)
                said["invoice_no"] or None,
                said["purchase_date"],
                said["note"] or None,
                **{name: said[name] for name in TERMS},
            )
            return receive_purchase(delivery, form.offered(), by=by, key=key)

        return self.ask_and_do(
            request,
            form,
            do,
            lambda purchase: (f"{purchase} received.", self.page_of(purchase.pk)),
            title="Receive a purchase",
            button="Receive",
            back_to=self.list_page,
            lines=lines,
            template="back_office/receive.html",
        )

    @action(description="Goods received note", url_path="order", icon="description")
    def order(self, request: HttpRequest, object_id: str) -> HttpResponse:
        purchase = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("open-document", "purchase-order", purchase.pk)

    @action(
        description="Return goods",
        permissions=["reverse"],
        url_path="return",
        icon="assignment_return",
    )
    def send_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which units go back to the supplier and why, and send them."""
        purchase = get_object_or_404(self.get_queryset(request), pk=object_id)
        bought = purchase.items.filter(batch__remaining__gt=0).select_related("batch")
        lines = list(bought.order_by("id"))
        form = ReturnForm(asked(request), lines=lines)
        by: Any = request.user
        return self.ask_and_do(
            request,
            form,
            lambda _, key: return_goods(form.wanted(purchase), by=by, key=key),
            lambda back: (
                f"Goods for {-back.total_amount} went back: {back.due_reduced} is no longer owed.",
                self.page_of(back.pk),
            ),
            title=f"Return goods of {purchase}",
            button="Return",
            back_to=self.page_of(purchase.pk),
            warning="" if lines else "Nothing of it is on the shelf any more.",
        )

    @action(description="Labels", url_path="labels", icon="label")
    def labels(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """As many of each product as came."""
        purchase = get_object_or_404(self.get_queryset(request), pk=object_id)
        copies: dict[int, int] = {}
        for product_id, quantity in purchase.items.values_list("product_id", "quantity"):
            copies[product_id] = copies.get(product_id, 0) + int(max(quantity, 0))
        return redirect(label_page(copies))
