"""The forms of a product's page: the product itself, its price in the list, a count of it."""

from typing import Any

from django import forms
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from catalog.models import Product
from inventory.api.product_serializers import ProductChangeIn
from pos_project.core.back_office.form_page import picture_of_form
from pos_project.core.back_office.forms import RowForm
from pos_project.core.back_office.spreadsheets import ConfirmForm
from pos_project.core.db.unique_keys import key_of


class PriceInList(RowForm):
    api = ProductChangeIn


class ProductForm(RowForm):
    """A product; a new one may bring its opening stock, and either may bring a picture."""

    api = ProductChangeIn
    picture = forms.FileField(
        required=False, widget=UnfoldAdminFileFieldWidget, help_text="JPEG, PNG or WebP, to 15 MB."
    )
    remove_picture = forms.BooleanField(required=False, widget=UnfoldBooleanWidget)
    opening_stock = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10**6,
        widget=UnfoldAdminTextInputWidget,
        help_text="Units on the shelf before the books; later, stock comes by purchases.",
    )
    unit_cost = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What one of them cost.",
    )

    class Meta:
        model = Product
        fields = (
            "name",
            "sku",
            "barcodes",
            "price",
            "brand",
            "category",
            "unit",
            "tax_rate",
            "description",
            "status",
            "keeps_stock",
            "preferred_supplier",
            "reorder_level",
            "reorder_quantity",
        )
        # (A scanner sends Enter after each code, which saves the page from a field of one line.)
        widgets = {"barcodes": UnfoldAdminTextareaWidget(attrs={"rows": 2})}
        help_texts = {
            "barcodes": "What scanners read, one after the other, beside the SKU.",
            "tax_rate": "What a till may ask for first.",
            "reorder_level": "Fewer units are short. Empty: as the shop's settings say; 0: never.",
            "reorder_quantity": "Empty: as the shop's settings say.",
        }

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"]
        others = Product.objects.exclude(pk=self.instance.pk).filter(sku_key=key_of(sku))
        if others.exists():
            raise forms.ValidationError("A product with this SKU exists.")
        return sku

    def clean_picture(self) -> Any:
        return picture_of_form(self.cleaned_data.get("picture"))


class ProductImportForm(ImportForm):
    make_missing = forms.BooleanField(
        label="Make brands and categories that are missing",
        required=False,
        widget=UnfoldBooleanWidget,
    )


class ProductConfirmForm(ConfirmForm):
    make_missing = forms.BooleanField(required=False, widget=forms.HiddenInput)


class CountForm(forms.Form):
    expected = forms.IntegerField(widget=forms.HiddenInput)
    counted = forms.IntegerField(
        min_value=0, max_value=10**6, label="Units counted", widget=UnfoldAdminTextInputWidget
    )
    reason = forms.CharField(
        max_length=100, initial="COUNT", widget=UnfoldAdminTextInputWidget, help_text="Why."
    )
    note = forms.CharField(max_length=1000, required=False, widget=UnfoldAdminTextInputWidget)
