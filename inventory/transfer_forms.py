"""What the pages of transfers ask: which goods, what leaves, and what came of it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from accounts.models import Store, User
from accounts.stores import STORES, stores_of
from inventory.scanned_lines import MAX_LINES, ScannedLine, ScannedLines, units_field
from inventory.transfer_models import TransferLine
from inventory.transfer_receiving import Received
from inventory.transfers import Wanted
from pos_project.core.back_office.forms import FreeTextField


class AskForm(forms.Form):
    """From where the goods go, and to where. Whoever asks works in one of the two stores."""

    from_store = forms.TypedChoiceField(
        label="From", coerce=int, empty_value=None, widget=UnfoldAdminSelectWidget
    )
    to_store = forms.TypedChoiceField(
        label="To", coerce=int, empty_value=None, widget=UnfoldAdminSelectWidget
    )
    at_once = forms.BooleanField(
        label="They leave now",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Sent at once, as listed. Else it is asked for, and sent from there.",
    )
    note = FreeTextField(max_length=1000, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = STORES.get().get(by.store_id or 0)
        open_ = [store for store in STORES.get().values() if store.closed_at is None]
        open_.sort(key=lambda store: (store.name.casefold(), store.pk))
        for name in ("from_store", "to_store"):
            field: Any = self.fields[name]
            field.choices = [(store.pk, store.name) for store in open_]
        supplier, asker = _usual(here, open_)
        self.initial = {"from_store": supplier, "to_store": asker, **self.initial}


def _usual(here: Store | None, stores: Sequence[Store]) -> tuple[int | None, int | None]:
    """A warehouse sends, a shop gets from the warehouse."""
    others = [store for store in stores if here is None or store.pk != here.pk]
    if here is None or not others:
        return None, None
    if here.kind == Store.Kind.WAREHOUSE:
        shops = [store for store in others if store.kind == Store.Kind.SHOP]
        return here.pk, (shops or others)[0].pk
    houses = [store for store in others if store.kind == Store.Kind.WAREHOUSE]
    return (houses or others)[0].pk, here.pk


class AskedLine(ScannedLine):
    """A product and how many of it are to go."""

    counted = units_field("Units")


class AskedLines(ScannedLines):
    def wanted(self) -> list[Wanted]:
        return [Wanted(product_id, units) for product_id, units in self.units().items()]


def asked_lines(data: Any, initial: Sequence[dict[str, Any]] = ()) -> Any:
    """The lines of a transfer that is asked for."""
    made = forms.formset_factory(
        AskedLine,
        formset=AskedLines,
        extra=0 if initial else 1,
        max_num=MAX_LINES,
        absolute_max=MAX_LINES,
        validate_max=True,
    )
    return made(data, initial=list(initial))


class SentLine(forms.Form):
    """How many units of a line leave; none where nothing is entered."""

    quantity = units_field("Leave")
    columns = ("quantity",)

    def __init__(self, data: Any, *, line: TransferLine) -> None:
        super().__init__(data, prefix=str(line.pk))
        self.line = line
        self.sku = line.product.sku
        self.all = line.asked


class ReceivedLine(forms.Form):
    """What came of a line: all units, those of them that are damaged, and why it differs."""

    received = units_field("Came")
    damaged = units_field("Damaged")
    reason = FreeTextField(
        label="Why it differs",
        max_length=255,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "reasons"}),
    )
    columns = ("received", "damaged", "reason")

    def __init__(self, data: Any, *, line: TransferLine) -> None:
        super().__init__(data, prefix=str(line.pk))
        self.line = line
        self.sku = line.product.sku
        self.all = line.sent or Decimal(0)


class FixedLines:
    """A form for each line of a transfer, as its page shows them."""

    def __init__(self, form: Any, data: Any, lines: Sequence[TransferLine]) -> None:
        self.forms: list[Any] = [form(data, line=line) for line in lines]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.forms)

    def is_valid(self) -> bool:
        return not self.total_error_count

    @property
    def filled(self) -> list[Any]:
        return self.forms

    @property
    def non_form_errors(self) -> list[str]:
        return []

    @property
    def total_error_count(self) -> int:
        return sum(len(form.errors) for form in self.forms)

    def sent(self) -> dict[int, Decimal]:
        return {form.line.pk: _units(form, "quantity") for form in self.forms}

    def received(self) -> list[Received]:
        return [
            Received(
                form.line.pk,
                _units(form, "received"),
                _units(form, "damaged"),
                form.cleaned_data["reason"],
            )
            for form in self.forms
        ]


def _units(form: Any, name: str) -> Decimal:
    return Decimal(form.cleaned_data[name] or 0)


def acting(by: User, *store_ids: int) -> User:
    """Them, acting in the first of these stores that is theirs. Raises Denied where none is."""
    theirs = {store.pk for store in stores_of(by)}
    store_id = next((each for each in store_ids if each in theirs), store_ids[0])
    return by if store_id == by.store_id else by.in_store(store_id, writing=True)
