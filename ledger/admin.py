"""The books in the back office: history to read; accounts and methods an accountant adds."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, F, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from ledger import journal_admin, period_lock_admin, till_admin  # noqa: F401  (they register their pages)
from ledger.accounts import AccountChanges, add_account, change_account
from ledger.admin_forms import MethodForm
from ledger.api.expenses import ExpenseIn
from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.expenses import Spending, categories, record_expense, reverse_expense
from ledger.models import Expense, Payment, RepeatingExpense
from ledger.party_statement import AMOUNT
from ledger.payment_methods import add_method, change_method
from ledger.payment_reversals import reverse_payment
from ledger.repeating_expenses import end
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.days import DayField, MovesToAnOpenDay
from pos_project.core.back_office.entered import SaysWhenEntered
from pos_project.core.back_office.form_page import picture_of_form
from pos_project.core.back_office.forms import AsTheApi, FreeTextField, RowForm
from pos_project.core.back_office.lists import amount_text
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.back_office.posted_records import (
    ReadOnlyAdmin,
    ReversibleAdmin,
    WritableAdmin,
)
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.images.pictures import image_url, picture_change
from pos_project.core.money import ZERO, total

SIGNED = Case(
    When(direction=Payment.Direction.IN, then=F("amount")),
    default=-F("amount"),
    output_field=AMOUNT,
)


class AccountForm(RowForm):
    """An account of the chart; its code is made from its name unless given."""

    number = forms.RegexField(r"^[0-9A-Za-z.-]+$", max_length=10, widget=UnfoldAdminTextInputWidget)
    archived = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Nothing is posted to it by hand any more; its history stays.",
    )

    class Meta:
        model = LedgerAccount
        fields = ("number", "name", "kind", "code")
        help_texts = {"code": "What programs call it; empty makes it from the name."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
        self.initial["archived"] = self.instance.archived_at is not None


class LedgerAccountAdmin(ShopAdmin):
    """The chart. Accounts are added, renamed and archived by the use cases of the API. It is
    registered with what the accounts stand at, by `reports.statements.chart_admin`."""

    form = AccountForm
    list_display: tuple[str, ...] = ("number", "name", "kind", "is_control", "in_use")
    search_fields = ("number", "name", "code")
    search_help_text = "Number or name"
    ordering = ("number",)

    def get_fields(self, request: HttpRequest, obj: LedgerAccount | None = None) -> Any:
        if obj is None:
            return ("number", "name", "kind", "code")
        return ("number", "name", "kind", "code", "is_control", "archived")

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return ("code", "is_control") if obj else ()

    @display(description="in use", boolean=True)
    def in_use(self, account: LedgerAccount) -> bool:
        return account.archived_at is None

    def add_row(self, fields: dict[str, Any], *, key: RequestKey | None, **_: Any) -> LedgerAccount:
        return add_account(**{**fields, "code": fields.get("code") or None}, key=key)

    def change_row(
        self, row_id: Any, fields: dict[str, Any], *, form: Any, seen: dict[str, Any], **_: Any
    ) -> None:
        archived = form.cleaned_data["archived"] if "archived" in form.changed_data else None
        change_account(row_id, AccountChanges(**fields, archived=archived), seen=seen)


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ShopAdmin):
    """Added and renamed, taken in and out of use; never deleted, for payments name them."""

    list_display = ("name", "code", "account", "is_active", "has_transaction_ids")
    list_select_related = ("account",)
    search_fields = ("name", "code")
    search_help_text = "Name or code"
    autocomplete_fields = ("account",)

    def add_row(self, fields: dict[str, Any], *, key: RequestKey | None, **_: Any) -> PaymentMethod:
        return add_method(fields, key=key)

    def change_row(
        self, row_id: Any, fields: dict[str, Any], *, seen: dict[str, Any], **_: Any
    ) -> None:
        change_method(row_id, fields, seen=seen)

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        # The money of its payments is in that account.
        return ("code", "account") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "account":
            assets = LedgerAccount.objects.listed().filter(kind=LedgerAccount.Kind.ASSET)
            kwargs["queryset"] = assets.filter(is_control=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Payment)
class PaymentAdmin(ReversibleAdmin):
    opposite = staticmethod(reverse_payment)
    list_display = ("id", "created_at", "way", "moved", "method", "payment_type", "party", "user")
    list_totals = {"In less out": SIGNED}
    list_filter = (
        ("business_date", RangeDateFilter),
        "direction",
        "method",
        "payment_type",
        "payment_party",
    )
    search_fields = ("reference_no__istartswith", "customer__search_text", "supplier__search_text")
    search_help_text = "Slip number, customer or supplier"
    list_select_related = ("method", "customer", "supplier", "user")
    ordering = ("-id",)

    def goes_back(self, row: Payment) -> Sequence[str]:
        other = "to" if row.direction == Payment.Direction.IN else "from"
        together = Payment.objects.filter(entry_id=row.entry_id).order_by("id")
        rows = list(together.select_related("sale", "purchase"))
        whole = total(each.amount for each in rows)
        told = [f"{whole:,.2f} goes back {other} {self.party(row)}, by {row.method.name}."]
        for each in rows:
            if each.payment_type == Payment.Type.DUE_PAYMENT:
                document = each.sale or each.purchase
                told.append(f"{each.amount:,.2f} of {document} is owed again.")
            else:
                told.append(f"{each.amount:,.2f} of it was paid ahead and is a deposit no more.")
        return told

    def is_standing(self, row: Payment) -> bool:
        """What was paid with a sale, purchase or refund is taken back with that document."""
        alone = row.payment_type in (Payment.Type.DUE_PAYMENT, Payment.Type.ADVANCE)
        return alone and super().is_standing(row)

    @display(description="amount", ordering="-amount")
    def moved(self, payment: Payment) -> Any:
        """What went out is below zero."""
        is_in = payment.direction == Payment.Direction.IN
        return amount_text(payment.amount if is_in else -payment.amount)

    @display(description="", ordering="direction", label={"in": "success", "out": "warning"})
    def way(self, payment: Payment) -> tuple[str, str]:
        return payment.direction, payment.direction

    @display(description="from or to")
    def party(self, payment: Payment) -> str:
        party: Any = payment.customer or payment.supplier
        return party.name if party else "walk-in"


class ExpenseForm(MovesToAnOpenDay, AsTheApi, MethodForm):
    api = ExpenseIn
    day_field = "expense_date"

    title = forms.CharField(max_length=255, widget=UnfoldAdminTextInputWidget)
    amount = forms.DecimalField(
        min_value=0.01, max_digits=10, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget
    )
    tax = forms.DecimalField(
        label="Tax in it",
        required=False,
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What of the amount is set off against the tax that the shop owes. Empty: none.",
    )
    category = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="An expense account of the chart (Books, Accounts).",
    )
    method = forms.ChoiceField(label="Paid by", widget=UnfoldAdminSelectWidget)
    expense_date = DayField(label="Day", required=False, initial=today)
    repeats = forms.BooleanField(
        label="Repeat it every month",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="On the same day, as it is here, until it is ended (Books, Repeating expenses).",
    )
    description = FreeTextField(max_length=1000)
    paper_file = forms.FileField(
        label="Picture of the paper",
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="To 15 MB. It stays with the expense.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.choices = [("", "–"), *((name, name) for name in categories())]

    def clean_paper_file(self) -> Any:
        return picture_of_form(self.cleaned_data.get("paper_file"))


@admin.register(Expense)
class ExpenseAdmin(SaysWhenEntered, WritableAdmin, ReversibleAdmin):
    opposite = staticmethod(reverse_expense)
    list_display = (
        "id",
        "business_date",
        "title",
        "amount",
        "category",
        "payment_method",
        "created_by",
    )
    list_filter = (("business_date", RangeDateFilter), "payment_method")
    list_totals = {"Expenses": "amount", "Tax in them": "tax"}
    readonly_fields = ("the_paper",)
    exclude = ("paper",)
    search_fields = ("title", "category")
    search_help_text = "Title or category"
    list_select_related = ("payment_method", "created_by")
    ordering = ("-id",)

    @display(description="the paper")
    def the_paper(self, spent: Expense) -> SafeString | str:
        url = image_url(spent.paper, None)
        told = '<a href="{0}"><img src="{0}" alt="The paper" class="max-h-64"></a>'
        return format_html(told, url) if url else "–"

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Book an expense by the use case that tills call."""
        by: Any = request.user

        def do(said: dict[str, Any], key: RequestKey | None) -> Expense:
            spending = Spending(
                said["title"],
                said["amount"],
                said["category"] or None,
                said["description"],
                said["method"],
                said["expense_date"],
                tax=said["tax"] or ZERO,
                repeats=said["repeats"],
            )
            with picture_change({"image": said["paper_file"]}) as paper:
                return record_expense(spending, by=by, key=key, paper=paper)

        return self.ask_and_do(
            request,
            ExpenseForm(asked(request), request.FILES or None),
            do,
            lambda spent: f"{spent} booked on {spent.business_date}.",
            title="Record an expense",
            button="Record",
            back_to=self.list_page,
        )


@admin.register(RepeatingExpense)
class RepeatingExpenseAdmin(ReadOnlyAdmin):
    """What comes again each month, the next first; ended, it stays on the list."""

    list_display = ("title", "amount", "category", "method", "next_on", "state")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("expense", "expense__payment_method")
    search_fields = ("expense__title", "expense__category")
    search_help_text = "Title or category"
    ordering = ("ended_at", "next_on", "id")
    actions_detail = ("end_it",)
    fields = ("expense", "amount", "method", "next_on", "ended_at")
    readonly_fields = ("amount", "method")

    @display(description="title", ordering="expense__title")
    def title(self, row: RepeatingExpense) -> str:
        return row.expense.title

    @display(description="amount", ordering="-expense__amount")
    def amount(self, row: RepeatingExpense) -> Any:
        return amount_text(row.expense.amount)

    @display(description="category", ordering="expense__category")
    def category(self, row: RepeatingExpense) -> str:
        return row.expense.category or "–"

    @display(description="paid by")
    def method(self, row: RepeatingExpense) -> str:
        return row.expense.payment_method.name

    @display(description="state", ordering="ended_at", label={"repeats": "success"})
    def state(self, row: RepeatingExpense) -> tuple[str, str]:
        ended = row.ended_at is not None
        return ("ended", "ended") if ended else ("repeats", "repeats")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, object_id)
        ended = row is None or row.ended_at is not None
        return [] if ended else super().get_actions_detail(request, object_id)

    @action(description="End", url_path="end", icon="event_busy")
    def end_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It is booked no more; what was booked stays."""
        row = get_object_or_404(self.get_queryset(request).select_related("expense"), pk=object_id)
        by: Any = request.user
        return self.ask_and_do(
            request,
            forms.Form(asked(request)),
            lambda _, key: end(row.pk, by=by, key=key),
            lambda _: f"{row.expense.title} repeats no more.",
            title=f"End {row.expense.title}?",
            button="End it",
            back_to=self.list_page,
            warning="What was booked stays in the books.",
        )
