"""How the back office asks for what an accountant posts by hand: the head, and lines of it."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
)

from ledger import chart
from ledger.accounts import CARRIED_FORWARD
from ledger.chart_models import LedgerAccount
from ledger.own_money import CHOICES, MoneyMoved
from ledger.posting import Line
from pos_project.core.back_office.days import DayField, MovesToAnOpenDay
from pos_project.core.back_office.forms import FreeTextField
from pos_project.core.days import today
from pos_project.core.money import ZERO

MAX_LINES = 500
EMPTY_LINES = 4
Choices = list[tuple[str, str]]


class EntryForm(MovesToAnOpenDay):
    """When it happened and what it is about."""

    day_field = "entry_date"

    entry_date = DayField(label="Day", initial=today)
    memo = FreeTextField(label="What it is about", max_length=1000)
    reference = FreeTextField(max_length=100, help_text="The number of a paper, if there is one.")


class ManualEntryForm(EntryForm):
    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not said.get("memo") and not said.get("reference"):
            self.add_error("memo", "Say what this entry is about.")
        return said


class MoneyMovedForm(MovesToAnOpenDay):
    """Which money went where; empty accounts mean the usual ones."""

    day_field = "entry_date"

    kind = forms.ChoiceField(
        label="What happened",
        choices=CHOICES,
        widget=UnfoldAdminSelectWidget,
    )
    amount = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What left the account, a fee included.",
    )
    fee = forms.DecimalField(
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What the card company or wallet kept of it.",
    )
    from_account = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    to_account = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    entry_date = DayField(label="Day", initial=today)
    reference = FreeTextField(max_length=100, help_text="The number of a slip or statement.")
    note = FreeTextField(max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = [("", "The usual one"), *carried()[1:]]
        for name in ("from_account", "to_account"):
            self.fields[name].choices = accounts  # type: ignore[attr-defined]  # (a choice)

    def asked_for(self) -> MoneyMoved:
        said = {name: value for name, value in self.cleaned_data.items() if name != "moved"}
        return MoneyMoved(**{**said, "fee": said["fee"] or ZERO})


class YearEndForm(MovesToAnOpenDay):
    """Which year is closed."""

    day_field = "through"

    through = DayField(label="Last day of the year")
    note = FreeTextField(max_length=500)


class EntryLineForm(forms.Form):
    """One account, and what stands on one of its sides."""

    account = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    debit = forms.DecimalField(
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    credit = forms.DecimalField(
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    def __init__(self, *args: Any, accounts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = accounts  # type: ignore[attr-defined]  # (a choice)

    @property
    def is_filled(self) -> bool:
        said = self.cleaned_data
        return bool(said.get("account") or said.get("debit") or said.get("credit"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.errors or not self.is_filled:
            return said
        if not said["account"]:
            self.add_error("account", "Choose the account.")
        if bool(said["debit"]) == bool(said["credit"]):
            self.add_error("debit", "Either a debit or a credit above 0.")
        return said

    def line(self) -> Line:
        said = self.cleaned_data
        return Line(said["account"], said["debit"] or ZERO, said["credit"] or ZERO)


class EntryLineFormSet(forms.BaseFormSet):
    """The lines of an entry; empty ones are left out."""

    def clean(self) -> None:
        if not any(self.errors) and not self.filled:
            raise forms.ValidationError("Enter the lines of the entry.")

    @property
    def filled(self) -> list[Any]:
        """The forms that say something, in their order."""
        return [form for form in self.forms if form.is_filled]

    def lines(self) -> list[Line]:
        return [form.line() for form in self.filled]


class BalancedLineFormSet(EntryLineFormSet):
    """Two lines or more, with as much debit as credit."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        lines = self.lines()
        debits = sum((line.debit for line in lines), Decimal(0))
        credits = sum((line.credit for line in lines), Decimal(0))
        if debits != credits:
            more, less = ("debits", "credits") if debits > credits else ("credits", "debits")
            raise forms.ValidationError(
                f"The entry does not balance: {debits:,.2f} debit, {credits:,.2f} credit."
                f" The {more} are {abs(debits - credits):,.2f} more than the {less}."
            )


def lines_of(formset: type[EntryLineFormSet]) -> Any:
    """The class of the lines on a page."""
    return forms.formset_factory(
        EntryLineForm,
        formset=formset,
        extra=EMPTY_LINES,
        max_num=MAX_LINES,
        absolute_max=MAX_LINES,
        validate_max=True,
    )


def postable() -> Choices:
    """The accounts that an entry by hand may move."""
    return _choices(LedgerAccount.objects.listed().filter(is_control=False))


def openable() -> Choices:
    """The accounts whose opening balance is entered as such."""
    return [each for each in carried() if each[0] != chart.OPENING_BALANCE_EQUITY]


def carried() -> Choices:
    """The accounts of what the shop has, owes and is worth, but for those that documents keep."""
    by_hand = LedgerAccount.objects.listed().filter(is_control=False, kind__in=CARRIED_FORWARD)
    return _choices(by_hand)


def _choices(accounts: Any) -> Choices:
    return [("", "–"), *((account.code, str(account)) for account in accounts.order_by("number"))]
