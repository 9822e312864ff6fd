"""What the back office's forms have in common with the API: its texts, and what it refuses."""

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseForm, CharField, Form, ModelForm
from rest_framework.exceptions import ValidationError as Refused
from rest_framework.fields import Field
from rest_framework.serializers import Serializer
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


class AsTheApi(BaseForm):
    """A form whose fields keep the limits of the API's fields of the same name, those of `api`."""

    api: ClassVar[type[Serializer[Any]] | None] = None

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # (not in the stubs)
        for name, limits in limits_of(self.api).items() if self.api else ():
            value = self.cleaned_data.get(name)
            if value in (None, "") or not self.is_typed(name):
                continue
            try:
                self.cleaned_data[name] = as_the_api_does(limits, value)
            except ValidationError as error:
                self.add_error(name, error)

    def is_typed(self, name: str) -> bool:
        """Whether the field says something of its own."""
        return name in self.fields


class RowForm(AsTheApi, ModelForm):
    """A form of a row, which remembers what it showed: `changed` is what this person changed, and
    `seen` what stood there when they did. What others wrote meanwhile is not written back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {field.name for field in self.instance._meta.concrete_fields}
        for name in columns.intersection(self.fields):
            sent = self.is_bound and self.add_initial_prefix(name) in self.data
            self.fields[name].show_hidden_initial = not self.is_bound or sent

    def is_typed(self, name: str) -> bool:
        """An old row may hold what is refused today; it stays as long as nobody touches it."""
        return super().is_typed(name) and (self.instance.pk is None or name in self.changed_data)

    def changed(self) -> dict[str, Any]:
        """The columns that this person changed, as a use case takes them: `brand` as `brand_id`."""
        return {
            self._column(name): self._stored(name, self.cleaned_data[name])
            for name in self.changed_data
            if self._column(name)
        }

    def seen(self) -> dict[str, Any]:
        """What the form showed of those columns; left out where it did not say."""
        shown = {}
        for name in self.changed_data:
            field = self.fields[name]
            if not self._column(name) or not field.show_hidden_initial:
                continue
            raw = self.data.get(self.add_initial_prefix(name))
            try:
                shown[self._column(name)] = self._stored(name, field.to_python(raw))
            except ValidationError:  # it pointed to a row that is gone
                continue
        return shown

    def show_as_now(self, row: Model) -> None:
        """Let the form remember what the row holds now, beside what was typed."""
        data = self.data.copy()  # type: ignore[attr-defined]  # (a QueryDict, when it was sent)
        for name, field in self.fields.items():
            if self._column(name) and self.add_initial_prefix(name) in data:
                now = field.prepare_value(getattr(row, self._column(name)))
                shown = field.hidden_widget().format_value(now)
                data[self.add_initial_prefix(name)] = "" if shown is None else shown
        self.data = data

    def _column(self, name: str) -> str:
        """The attribute that holds the field's value in a row; empty where there is none."""
        columns = {field.name: field.attname for field in self.instance._meta.concrete_fields}
        return columns.get(name, "")

    def _stored(self, name: str, value: Any) -> Any:
        if isinstance(value, Model):
            return value.pk
        may_be_null = self.instance._meta.get_field(name).null
        return None if value == "" and may_be_null else value


@functools.cache
def limits_of(serializer: type[Serializer[Any]]) -> Mapping[str, Field]:
    """The fields of a serializer by name, to check single values by."""
    return dict(serializer().fields)


def as_the_api_does(field: Field, value: Any) -> Any:
    """A value as the API takes it. Raises the form's ValidationError with the API's words."""
    try:
        value = value.isoformat() if isinstance(value, date) else value
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
            field = field.removesuffix("_id")
        if field not in target.fields:
            continue
        for text in texts:
            target.add_error(field, text)
            if target is form:
                beside.add(text)
    if refusal.message not in beside:
        form.add_error(None, sentence(refusal, but=beside))


def sentence(refusal: DomainError, *, but: Collection[str] = ()) -> str:
    """All that a refusal says, `but` what was said beside a field."""
    told = [text for texts in refusal.fields.values() for text in texts if text not in but]
    return " ".join([refusal.message, *(text for text in told if text not in refusal.message)])
