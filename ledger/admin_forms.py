"""How a page of the back office asks for money: by which method, how much, for what."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from ledger.models import PaymentMethod
from ledger.payments import ON_CREDIT, Tender
from pos_project.core.admin_forms import FreeTextField


def method_choices(*, on_credit: bool = False) -> list[tuple[str, str]]:
    """The shop's active payment methods, for a form."""
    active = PaymentMethod.objects.filter(is_active=True).order_by("name")
    credit = [(ON_CREDIT, "On credit")] if on_credit else []
    return [*active.values_list("code", "name"), *credit]


class MethodFilter(admin.AllValuesFieldListFilter):
    """By the method that a document names by its code: the methods are asked for their names, not
    every document ever written for its code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = dict(PaymentMethod.objects.order_by("name").values_list("code", "name"))
        self.names = {**named, ON_CREDIT: "On credit"}
        self.lookup_choices: Any = list(self.names)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            code = str(choice["display"])
            yield {**choice, "display": self.names.get(code, code)}


class PaymentForm(forms.Form):
    """What somebody pays for dues; the oldest are settled first, the rest is an advance."""

    amount = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="The oldest dues are settled first; what is left over is paid ahead.",
    )
    method = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    reference = FreeTextField(max_length=100, help_text="Slip number.")
    note = FreeTextField(max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = method_choices()  # type: ignore[attr-defined]

    def tender(self) -> Tender:
        said = self.cleaned_data
        return Tender(said["method"], said["amount"], said["reference"])
