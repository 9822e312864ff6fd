"""Lines of a form that are filled by scanner: a product by its SKU or barcode, and its units."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from catalog.codes import products_by_code
from catalog.models import Product
from pos_project.core.http.fields import MAX_QUANTITY

MAX_LINES = 500


def units_field(label: str = "") -> forms.IntegerField:
    """How many units of a line; left empty, it says nothing."""
    return forms.IntegerField(
        label=label or None,
        min_value=0,
        max_value=MAX_QUANTITY,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(
            attrs={"inputmode": "numeric", "class": "shop-number"}
        ),
    )


class ScannedLine(forms.Form):
    """One product, and how many; without a number the line is left out."""

    sku = forms.CharField(
        label="SKU", max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    counted = units_field()

    product: Product | None = None

    @property
    def is_filled(self) -> bool:
        return self.cleaned_data.get("counted") is not None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("counted") is not None and not said.get("sku"):
            self.add_error("sku", "Which product?")
        return said


class ScannedLines(forms.BaseFormSet):
    """Such lines. Products that are no goods of the shop are named line by line."""

    forms: list[Any]
    nothing = "Enter how many of at least one product."

    def clean(self) -> None:
        self.look_up()
        if any(self.errors):
            return
        if not self.filled:
            raise forms.ValidationError(self.nothing)
        seen = set()
        for form in self.filled:
            product = form.product
            if product is None:
                form.add_error("sku", "There is no product with this SKU.")
            elif not product.keeps_stock:
                form.add_error("sku", f"{product.name} keeps no stock.")
            elif product.pk in seen:
                form.add_error("sku", f"{product.name} stands in two lines: add them up.")
            else:
                seen.add(product.pk)
        if any(form.errors for form in self.filled):
            raise forms.ValidationError("Some lines are not right yet.")

    def look_up(self) -> None:
        """Give each line its product, in one query."""
        known = products_by_code(form.cleaned_data.get("sku") for form in self.forms)
        for form in self.forms:
            form.product = known.get(form.cleaned_data.get("sku"))

    @cached_property
    def filled(self) -> list[Any]:
        """The lines that say how many, in their order; also those that were refused since."""
        return [form for form in self.forms if form.is_filled]

    def units(self) -> dict[int, Decimal]:
        """Product id → units."""
        return {form.product.pk: Decimal(form.cleaned_data["counted"]) for form in self.filled}
