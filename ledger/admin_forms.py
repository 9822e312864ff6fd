"""How a page of the back office asks for money: by which method, how much, for what."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
)

from ledger.api.due_credits import CreditIn
from ledger.api.opening_dues import OpeningDueIn
from ledger.api.tenders import DuePaymentIn
from ledger.chart_models import PaymentMethod
from ledger.due_credits import ACCOUNTS, Credit
from ledger.models import DueCredit
from ledger.payments import CASH, ON_CREDIT, Tender, TendersOffered
from pos_project.core.back_office.days import DayField, MovesToAnOpenDay
from pos_project.core.back_office.forms import AsTheApi, FreeTextField
from pos_project.core.days import today
from pos_project.core.money import ZERO

CREDIT_NAME = "On credit"


def method_choices(*, on_credit: bool = False) -> list[tuple[str, str]]:
    """The shop's active payment methods, for a form: cash first, which is chosen unless said."""
    active = PaymentMethod.objects.filter(is_active=True).values_list("code", "name")
    credit = [(ON_CREDIT, CREDIT_NAME)] if on_credit else []
    return [*sorted(active, key=lambda method: (method[0] != CASH, method[1])), *credit]


class MethodFilter(admin.AllValuesFieldListFilter):
    """By the method that a document names by its code: the methods are asked for their names, not
    every document ever written for its code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = dict(PaymentMethod.objects.order_by("name").values_list("code", "name"))
        self.names = {**named, ON_CREDIT: CREDIT_NAME}
        self.lookup_choices: Any = list(self.names)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            code = str(choice["display"])
            yield {**choice, "display": self.names.get(code, code)}


class NamesItsMethod:
    """A page, or an inline, of documents that name their payment method by its code, in
    `method_column`: it shows what people call it."""

    method_column = "payment_method"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        methods = PaymentMethod.objects.filter(code=OuterRef(self.method_column))
        of_page: Any = super()
        documents: QuerySet[Any] = of_page.get_queryset(request)
        return documents.annotate(method_name=Subquery(methods.values("name")))

    @display(description="paid by")
    def paid_by(self, document: Any) -> str:
        code = getattr(document, self.method_column)
        return CREDIT_NAME if code == ON_CREDIT else document.method_name or code or "–"


class MethodForm(forms.Form):
    """A form with a field `method`: one of those that the shop takes now."""

    on_credit = False  # whether nothing need be paid

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["method"]
        field.choices = method_choices(on_credit=self.on_credit)


class SettlementForm(MethodForm):
    """A form that also asks how much is `paid` of a document; the rest is owed."""

    on_credit = True

    def offered(self) -> TendersOffered:
        method = self.cleaned_data["method"]
        paid = ZERO if method == ON_CREDIT else self.cleaned_data["paid"]
        return TendersOffered((Tender(method, paid),) if paid else (), method)


class PaymentForm(AsTheApi, MethodForm):
    """What somebody pays for dues; the oldest are settled first, the rest is an advance."""

    api = DuePaymentIn

    documents = forms.TypedMultipleChoiceField(
        label="What is paid",
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="None ticked: the oldest are settled first, and what is left over is kept as a"
        " deposit.",
    )
    amount = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    method = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    reference = FreeTextField(max_length=100, help_text="Slip number.")
    note = FreeTextField(max_length=1000)
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)  # the amount asked about

    def __init__(
        self, *args: Any, owed: Decimal, open_dues: Iterable[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owed = owed
        documents: Any = self.fields["documents"]
        documents.choices = list(open_dues)

    def clean(self) -> dict[str, Any]:
        """More than is owed is a slip, or a deposit that is meant: that is asked once."""
        said = super().clean() or self.cleaned_data
        amount = said.get("amount")
        # What is chosen is paid and no more; that is said where it is paid.
        if amount is None or amount <= self.owed or said.get("documents"):
            return said
        if said.get("agreed") == str(amount):
            return said
        more = amount - self.owed
        told = f"Only {self.owed} is owed. Send it once more to keep {more} as a deposit."
        self.add_error("amount", told)
        sent: Any = self.data.copy()  # type: ignore[attr-defined]  # (a QueryDict)
        sent["agreed"] = str(amount)  # shown again, it knows what was said
        self.data = sent
        return said

    def tender(self) -> Tender:
        said = self.cleaned_data
        return Tender(said["method"], said["amount"], said["reference"])


class OpeningDueForm(AsTheApi, MovesToAnOpenDay):
    """A paper that was open when the books began."""

    api = OpeningDueIn
    day_field = "entry_date"

    amount = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What was still open of it.",
    )
    reference = FreeTextField(max_length=50, help_text="The number on the paper.")
    dated = DayField(required=False, help_text="The date on the paper; its age counts from it.")
    entry_date = DayField(label="Day on which the books begin", initial=today)
    note = FreeTextField(max_length=1000)


class CreditForm(AsTheApi, MovesToAnOpenDay):
    """What of a party's dues is settled without money, and why."""

    api = CreditIn
    day_field = "entry_date"

    kind = forms.ChoiceField(label="What it is", widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="The oldest dues are settled first.",
    )
    tax = forms.DecimalField(
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="The part of it that is tax, where the state gives it back. Empty: of a bad debt"
        " as the shop's settings say, else none.",
    )
    reason = FreeTextField(max_length=255, required=True)
    entry_date = DayField(label="Day", initial=today)

    def __init__(self, *args: Any, party: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(str(kind), DueCredit.Kind(kind).label) for kind in ACCOUNTS[party]]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # (a choice)

    def credit(self, party_id: int) -> Credit:
        said = self.cleaned_data
        return Credit(
            party_id,
            said["kind"],
            said["amount"],
            said["reason"],
            said["tax"],
            entry_date=said["entry_date"],
        )
