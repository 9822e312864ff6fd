"""The page on which many products are counted: choose or scan them, compare, adjust."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.stores import has_several
from catalog.codes import products_by_code
from catalog.models import Brand, Category, Product
from inventory.counting import Counted, Difference
from inventory.places import between, in_shelf_order, places_of, with_what_is_said
from inventory.scanned_lines import MAX_LINES, ScannedLine, ScannedLines
from inventory.store_product_models import MAX_PLACE
from pos_project.core.back_office.row_ids import SearchedSelect
from pos_project.core.db.search_text import SEARCH_TEXT, holding
from pos_project.core.money import ZERO

KEPT = "half_count"  # in the session: what was counted so far


def _place_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=MAX_PLACE, required=False, widget=UnfoldAdminTextInputWidget
    )


class ChooseForm(forms.Form):
    """Which products are to be counted; all that is given has to fit."""

    category = forms.ModelChoiceField(queryset=Category.objects.all(), required=False)
    brand = forms.ModelChoiceField(queryset=Brand.objects.all(), required=False)
    words = forms.CharField(
        label="Name or SKU", max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    place = _place_field("Place, or from place")
    place_to = _place_field("To place")

    def __init__(self, *args: Any, store_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store_id = store_id
        if not has_several():  # places are of stores, and nobody is shown that there are any
            del self.fields["place"], self.fields["place_to"]
        for name in ("category", "brand"):
            field: Any = self.fields[name]
            field.widget = SearchedSelect(Product._meta.get_field(name), admin.site)
            field.widget.choices = field.choices

    def products(self) -> list[Product]:
        """The chosen products by name, or in the order of the shelf where places are given, one
        more than a page takes; none when nothing is given."""
        said = self.cleaned_data
        if not any(said.values()):
            return []
        found: QuerySet[Any] = Product.objects.listed().filter(keeps_stock=True)
        if said["category"]:
            found = found.filter(category=said["category"])
        if said["brand"]:
            found = found.filter(brand=said["brand"])
        if said["words"]:
            found = found.filter(holding(Product, SEARCH_TEXT, said["words"]))
        found = found.order_by(SEARCH_TEXT, "id")
        first, last = said.get("place", ""), said.get("place_to", "")
        if first or last:
            there = between(first, last, of="in_store__place_key")
            found = in_shelf_order(with_what_is_said(found, self.store_id).filter(there))
        return list(found[: MAX_LINES + 1])


class CountForm(forms.Form):
    reason = forms.CharField(
        max_length=100, initial="COUNT", widget=UnfoldAdminTextInputWidget, help_text="Why."
    )
    note = forms.CharField(max_length=1000, required=False, widget=UnfoldAdminTextInputWidget)
    # What the comparison showed: the stock is adjusted by that, or compared anew.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class CountLineForm(ScannedLine):
    """One product, by its SKU, and how many were counted; left empty, it is not counted."""

    # What the books had when the count was compared with them.
    expected = forms.DecimalField(required=False, widget=forms.HiddenInput)

    difference: Difference | None = None
    place = ""  # on the shelf


class CountLineFormSet(ScannedLines):
    """The lines of a count."""

    nothing = "Enter what was counted of at least one product."

    def counts(self) -> list[Counted]:
        """The counts with what the page showed that the books had."""
        return [
            Counted(
                form.product.pk,
                form.cleaned_data["expected"] or Decimal(0),
                Decimal(form.cleaned_data["counted"]),
            )
            for form in self.filled
        ]

    def show(self, differences: Sequence[Difference]) -> None:
        """Put the comparison beside the lines."""
        for form, difference in zip(self.filled, differences, strict=True):
            form.difference = difference


def typed(sent: Any) -> list[dict[str, str]]:
    """What was scanned and counted so far, line by line."""
    names = ("sku", "counted")
    found = [{name: sent.get(f"form-{at}-{name}", "") for name in names} for at in range(MAX_LINES)]
    return [line for line in found if line["sku"]]


def lines_of(
    request: HttpRequest,
    products: Sequence[Product] = (),
    kept: Sequence[dict[str, str]] = (),
) -> Any:
    """The lines as they were sent, or one for each product, or those that were `kept`."""
    known = products_by_code(line["sku"] for line in kept) if kept else {}
    counted = {known[line["sku"]]: line["counted"] for line in kept if line["sku"] in known}
    products = list(counted) or products
    lines = forms.formset_factory(
        CountLineForm,
        formset=CountLineFormSet,
        extra=0 if products else 1,
        max_num=MAX_LINES,
        absolute_max=MAX_LINES,
        validate_max=True,
    )
    if request.method == "POST":
        return lines(request.POST)
    shown = lines(
        initial=[{"sku": product.sku, "counted": counted.get(product)} for product in products]
    )
    for form, product in zip(shown.forms, products, strict=False):
        form.product = product
    return shown


def show_places(lines: CountLineFormSet, *, store_id: int) -> None:
    """Say where the goods of the lines lie. One statement."""
    places = places_of([form.product.pk for form in lines.forms if form.product], store_id=store_id)
    for form in lines.forms:
        form.place = places.get(form.product.pk, "") if form.product else ""


def seen(counts: Sequence[Counted]) -> str:
    """What a comparison showed, so that just that is done and nothing that was typed after it."""
    told = " ".join(f"{each.product_id}:{each.expected:.3f}:{each.counted:.3f}" for each in counts)
    return hashlib.sha256(told.encode()).hexdigest()


def summary(differences: Sequence[Difference]) -> dict[str, Any]:
    """What the comparison comes to: how many products differ, and the worth of both sides."""
    changes = [each for each in differences if each.change]
    return {
        "counted": len(differences),
        "differ": len(changes),
        "missing": -sum((each.cost for each in changes if each.change < 0), ZERO),
        "found": sum((each.cost for each in changes if each.change > 0), ZERO),
        "net": sum((each.cost for each in changes), ZERO),
    }
