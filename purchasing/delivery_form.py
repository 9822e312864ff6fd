"""The form of a delivery: the head of a supplier's paper, its lines, and what stands below them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.codes import products_by_code
from inventory.product_figures import latest_purchase_costs
from ledger.admin_forms import SettlementForm
from pos_project.core.back_office.days import DayField, MovesToAnOpenDay
from pos_project.core.back_office.forms import AsTheApi
from pos_project.core.back_office.row_ids import SearchedSelect
from pos_project.core.days import today
from purchasing.api.purchase_serializers import TERMS, PurchaseIn
from purchasing.models import Purchase, Supplier
from purchasing.receive import Line

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
    after_lines = TERMS  # they stand below the lines, as on the paper

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
        supplier.widget = SearchedSelect(Purchase._meta.get_field("supplier"), admin.site)
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
