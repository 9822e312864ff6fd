"""Purchases in the back office: receiving goods, and the history of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import Store
from catalog.codes import products_by_code
from catalog.label_page import label_page
from inventory.product_figures import latest_purchase_costs
from ledger.admin_forms import MethodFilter, NamesItsMethod, SettlementForm
from ledger.models import Payment
from pos_project.core.back_office.days import DayField, MovesToAnOpenDay
from pos_project.core.back_office.entered import SaysWhenEntered
from pos_project.core.back_office.forms import AsTheApi
from pos_project.core.back_office.model_admin import (
    HistoryInline,
    ReversibleAdmin,
    WritableAdmin,
    asked,
    units,
)
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.money import ZERO
from purchasing.api.purchase_serializers import TERMS, PurchaseIn
from purchasing.models import Purchase, PurchaseItem, Supplier
from purchasing.receive import Delivery, Line, receive_purchase
from purchasing.reordering import to_reorder
from purchasing.return_form import ReturnForm
from purchasing.returns import cost_of, return_goods
from purchasing.reversals import reverse_purchase

MAX_LINES = 500
EMPTY_LINES = 5
FAR = 2  # times the last cost, or so much less: asked about


def _amount(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=help_text,
    )


class DeliveryForm(MovesToAnOpenDay, AsTheApi, SettlementForm):
    """The head of a supplier's paper."""

    api = PurchaseIn
    day_field = "purchase_date"

    supplier = forms.ModelChoiceField(queryset=Supplier.objects.none())
    invoice_no = forms.CharField(
        label="Invoice number",
        max_length=50,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="As on the paper; empty makes one.",
    )
    purchase_date = DayField(label="Date", initial=today)
    method = forms.ChoiceField(label="Paid by", widget=UnfoldAdminSelectWidget)
    paid = forms.DecimalField(
        label="Paid now",
        min_value=0,
        max_digits=10,
        decimal_places=2,
        initial=0,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="The rest is owed to the supplier.",
    )
    discount = _amount("Discount", "Off the sum of the lines; the goods cost so much less.")
    freight = _amount("Freight", "And other charges; the goods cost so much more.")
    tax = _amount("Input tax", "The tax on the paper, which the state gives back.")
    rounding = forms.DecimalField(
        label="Rounding",
        max_digits=3,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What the paper rounds its total by; below zero where it rounds down.",
    )
    note = forms.CharField(max_length=1000, required=False, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        supplier: Any = self.fields["supplier"]
        supplier.queryset = Supplier.objects.listed()
        supplier.widget = AutocompleteSelect(Purchase._meta.get_field("supplier"), admin.site)
        supplier.widget.choices = supplier.choices


class LineForm(forms.Form):
    """One line: scan or type the SKU."""

    sku = forms.CharField(
        label="SKU", max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    quantity = forms.IntegerField(
        min_value=1, max_value=10**6, required=False, widget=UnfoldAdminTextInputWidget
    )
    cost_price = forms.DecimalField(
        label="Cost each",
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    line_total = forms.DecimalField(
        label="Or cost of all",
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        # Enter passes it by where the cost of each stands.
        widget=UnfoldAdminDecimalFieldWidget(attrs={"data-instead-of": "cost_price"}),
    )

    agreed = forms.CharField(required=False, widget=forms.HiddenInput)  # the cost asked about

    product: Any = None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        has_total = said.get("line_total") is not None
        asked_for = ("sku", "quantity", "line_total" if has_total else "cost_price")
        given = [name for name in asked_for if said.get(name) not in (None, "")]
        if given and not self.errors:
            for name in set(asked_for) - set(given):
                self.add_error(name, "Needed in this line.")
            if has_total and said.get("cost_price") is not None:
                self.add_error("line_total", "Either this or the cost of each.")
        return said

    @property
    def line(self) -> Line:
        """The clean line; its product is known."""
        said = self.cleaned_data
        return Line(
            self.product.pk, Decimal(said["quantity"]), said["cost_price"], said["line_total"]
        )

    def question(self, last: Decimal | None) -> None:
        """A cost far from the last one is a slip, or is sent once more."""
        cost = self.line.price
        is_near = last is None or not last or last / FAR <= cost <= last * FAR
        if is_near or self.cleaned_data["agreed"] == str(cost):
            return
        told = f"It cost {last:.2f} last. Send it once more if this is right."
        by_total = self.cleaned_data["line_total"] is not None
        self.add_error("line_total" if by_total else "cost_price", told)
        sent: Any = self.data.copy()  # type: ignore[attr-defined]  # (a QueryDict)
        sent[self.add_prefix("agreed")] = str(cost)
        self.data = sent


class LineFormSet(forms.BaseFormSet):
    """The lines of a delivery; empty ones are left out. Unknown SKUs are named line by line."""

    def clean(self) -> None:
        if any(self.errors):
            return
        filled = self.filled
        if not filled:
            raise forms.ValidationError("Enter at least one line.")
        known = products_by_code(form.cleaned_data["sku"] for form in filled)
        for form in filled:
            product = known.get(form.cleaned_data["sku"])
            if product is None:
                form.add_error("sku", "There is no product with this SKU.")
            elif not product.keeps_stock:
                form.add_error("sku", f"{product.name} keeps no stock.")
            else:
                form.product = product
        costs = latest_purchase_costs([form.product.pk for form in filled if form.product])
        for form in filled:
            if form.product:
                form.question(costs.get(form.product.pk))
        if any(form.errors for form in filled):
            raise forms.ValidationError("Some lines are not right yet.")

    @property
    def filled(self) -> list[Any]:
        """The forms that say something, in their order."""
        return [form for form in self.forms if form.cleaned_data.get("sku")]

    def lines(self) -> list[Line]:
        return [form.line for form in self.filled]


class PurchaseItemInline(HistoryInline):
    model = PurchaseItem
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
        ("discount", "freight"),
        ("tax", "rounding"),
        ("total_amount", "paid_amount"),
        ("due_amount", "advance_used"),
        ("paid_by", "user"),
        "entered",
        "note",
        "returns",
    )

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
                lines.lines(),  # type: ignore[attr-defined]
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
