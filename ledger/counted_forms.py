"""How much there is of each note and coin, for whoever counts a drawer or a till."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from pos_project.core.money import total

NOTES = ("1000", "500", "200", "100", "50", "20", "10", "5", "2", "1")


def amount_field(**kwargs: Any) -> forms.DecimalField:
    options = {"required": False, "min_value": 0, "max_digits": 10, "decimal_places": 2}
    return forms.DecimalField(**{**options, "widget": UnfoldAdminDecimalFieldWidget, **kwargs})


class NotesForm(forms.Form):
    """How many there are of each note and coin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for note in NOTES:
            self.fields[f"of_{note}"] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=10**6,
                label=f"{note} ×",
                widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            )

    def counts(self) -> dict[str, int]:
        """Note → how many, of those that were counted."""
        of_each = {note: self.cleaned_data.get(f"of_{note}") for note in NOTES}
        return {note: count for note, count in of_each.items() if count}


class CountedForm(forms.Form):
    """What lies in a drawer or till, in one sum or, by `notes`, note by note."""

    counted = amount_field(
        label="Counted cash", help_text="Left empty, the notes and coins below are added up."
    )

    def __init__(self, *args: Any, notes: NotesForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notes = notes

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.notes.is_valid():
            raise forms.ValidationError("Say of each note and coin how many there are.")
        if said.get("counted") is None and not self.notes.counts() and not self.errors:
            self.add_error("counted", "Say what lies in the drawer; 0 if it is empty.")
        return said

    def sum_and_notes(self) -> tuple[Decimal, dict[str, int] | None]:
        """The sum, and note → how many where they were counted so."""
        sum_, notes = self.cleaned_data.get("counted"), self.notes.counts()
        if sum_ is None:
            sum_ = total(Decimal(note) * count for note, count in notes.items())
        return sum_, notes or None
