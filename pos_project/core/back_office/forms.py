"""What the back office's forms have in common with the API: its texts, and what it refuses."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, CharField, Form
from rest_framework.exceptions import ValidationError as Refused
from rest_framework.fields import Field
from unfold.widgets import UnfoldAdminTextInputWidget

from pos_project.core.errors import DomainError
from pos_project.core.http.fields import FreeText, ReasonField

_OF_LINE = re.compile(r"\w+\[(\d+)\]\.(\w+)")


class FreeTextField(CharField):
    """A note or reference about money, by the rules of the API: no card numbers. Empty is None."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, *, max_length: int, required: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=required, empty_value=None, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return text if text is None else as_the_api_does(FreeText(), text)


class ReasonForm(Form):
    """Why something is taken back, by the rules of the API."""

    reason = CharField(max_length=255, widget=UnfoldAdminTextInputWidget)

    def clean_reason(self) -> str:
        return str(as_the_api_does(ReasonField(), self.cleaned_data["reason"]))


def as_the_api_does(field: Field, value: Any) -> Any:
    """A value as the API takes it. Raises the form's ValidationError with the API's words."""
    try:
        return field.run_validation(value)
    except Refused as error:
        raise ValidationError([str(text) for text in error.detail]) from error


def show_refusal(form: BaseForm, refusal: DomainError, lines: Sequence[BaseForm] = ()) -> None:
    """Say what the shop refused beside the fields that it names, else above the form.

    `lines` are the forms of a document's lines, in the order in which the use case got them.
    """
    beside: set[str] = set()
    for name, texts in refusal.fields.items():
        target, field = form, name
        of_line = _OF_LINE.fullmatch(name)
        if of_line and int(of_line[1]) < len(lines):
            target, field = lines[int(of_line[1])], of_line[2]
        if field not in target.fields:
            continue
        for text in texts:
            target.add_error(field, text)
            if target is form:
                beside.add(text)
    if refusal.message not in beside:
        form.add_error(None, sentence(refusal))


def sentence(refusal: DomainError) -> str:
    """All that a refusal says, where it cannot be said beside a field."""
    told = [text for texts in refusal.fields.values() for text in texts]
    return " ".join([refusal.message, *(text for text in told if text not in refusal.message)])
