"""What the back office asks when part of a purchase goes back to its supplier."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from ledger.admin_forms import MethodForm
from ledger.payments import ON_CREDIT
from pos_project.core.back_office.forms import FreeTextField
from purchasing.models import Purchase, PurchaseItem
from purchasing.returns import Return, SentBack

KEPT = "Stays with them as a deposit"


class ReturnForm(MethodForm):
    """Which units of which lines go back; made for the lines of one purchase."""

    on_credit = True

    reason = FreeTextField(max_length=255, required=True)
    method = forms.ChoiceField(
        label="What is not owed any more",
        initial=ON_CREDIT,
        widget=UnfoldAdminSelectWidget,
        help_text="What goes back lowers what is owed for it first; this is about the rest.",
    )

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        method: Any = self.fields["method"]
        method.choices = [
            (code, KEPT if code == ON_CREDIT else f"Comes back by {name}")
            for code, name in method.choices
        ]
        units = {f"line_{line.pk}": _units(line) for line in lines}
        self.fields = {**units, **self.fields}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not self._sent_back():
            raise forms.ValidationError("Say how many units of which line go back.")
        return said

    def wanted(self, purchase: Purchase) -> Return:
        """The clean form as a return."""
        said = self.cleaned_data
        return Return(purchase.pk, self._sent_back(), said["reason"], said["method"])

    def _sent_back(self) -> list[SentBack]:
        units = [(line, self.cleaned_data.get(f"line_{line.pk}") or 0) for line in self.lines]
        return [SentBack(line.pk, Decimal(count)) for line, count in units if count]


def _units(line: PurchaseItem) -> forms.IntegerField:
    left = int(line.batch.remaining)
    return forms.IntegerField(
        required=False,
        min_value=0,
        max_value=left,
        label=line.product_name,
        help_text=f"{left} still in stock, {line.cost_price} each.",
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
