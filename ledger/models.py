"""The documents of the books: payments, credits, expenses, counts of the drawer."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Store
from ledger import closing_models  # noqa: F401  (tables of this app)
from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.journal_models import JournalEntry
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.unique_keys import KeyField
from pos_project.core.money import money


class Payment(AppendOnly):
    """Money that changed hands. `type` and `direction`: docs/api.md §27."""

    class Party(models.TextChoices):
        CUSTOMER = "customer"
        SUPPLIER = "supplier"

    class Type(models.TextChoices):
        PAYMENT = "payment"
        DUE_PAYMENT = "due_payment"
        REFUND = "refund"
        ADVANCE = "advance", "Deposit"

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="payments")
    payment_party = models.CharField(max_length=10, choices=Party.choices)
    payment_type = models.CharField("what for", max_length=15, choices=Type.choices)
    direction = models.CharField("in or out", max_length=3, choices=Direction.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, db_column="method")
    method_name = models.CharField(max_length=50, null=True)  # as it was called when it was paid
    customer = models.ForeignKey(
        "sales.Customer", null=True, on_delete=models.PROTECT, db_index=False
    )
    supplier = models.ForeignKey(
        "purchasing.Supplier", null=True, on_delete=models.PROTECT, db_index=False
    )
    sale = models.ForeignKey(
        "sales.Sale", null=True, on_delete=models.PROTECT, related_name="payments"
    )
    purchase = models.ForeignKey(
        "purchasing.Purchase", null=True, on_delete=models.PROTECT, related_name="payments"
    )
    refund = models.ForeignKey(
        "sales.Refund", null=True, on_delete=models.PROTECT, related_name="payments"
    )
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    reference_no = models.CharField(max_length=100, null=True)
    note = models.TextField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    business_date = models.DateField()
    created_at = models.DateTimeField("when")

    class Meta:
        db_table = "payments"
        constraints = (
            models.CheckConstraint(
                name="ledger_payment_amount_positive",
                violation_error_message="A payment is above zero.",
                condition=Q(amount__gt=0),
            ),
            models.CheckConstraint(
                name="ledger_payment_party_matches",
                violation_error_message="A payment is one party's, for their documents.",
                condition=(
                    Q(payment_party="customer", supplier__isnull=True, purchase__isnull=True)
                    | Q(
                        payment_party="supplier",
                        supplier__isnull=False,
                        customer__isnull=True,
                        sale__isnull=True,
                        refund__isnull=True,
                    )
                ),
            ),
            models.CheckConstraint(
                name="ledger_payment_direction_known",
                violation_error_message="Money comes in or goes out.",
                condition=Q(direction__in=("in", "out")),
            ),
        )
        indexes = (
            # serves the payments list and the cash figures of a period
            models.Index(fields=["business_date", "method"], name="ledger_payment_by_day"),
            # serve the histories of a customer, a supplier, a user and the shop: of one type the
            # newest first, and how many there are; the first three also guard their foreign keys
            models.Index(
                fields=["customer", "payment_type", "created_at"],
                name="ledger_payment_of_customer",
            ),
            models.Index(
                fields=["supplier", "payment_type", "created_at"],
                name="ledger_payment_of_supplier",
            ),
            models.Index(
                fields=["user", "payment_type", "created_at"], name="ledger_payment_of_user"
            ),
            models.Index(fields=["payment_type", "created_at"], name="ledger_payment_by_type"),
        )

    def __str__(self) -> str:
        return f"payment {self.pk}: {self.direction} {self.amount}"


class DueCredit(AppendOnly):
    """What was settled of one document without money: written off, or allowed after the fact.

    One row for each document that an entry settles. The row that reverses another has its amounts
    below zero, so that a plain sum is what was settled so.
    """

    class Kind(models.TextChoices):
        BAD_DEBT = "bad_debt", "Bad debt written off"
        WRITE_OFF = "write_off", "Payable written off"
        ALLOWANCE = "allowance", "Discount or credit note"
        OPENING = "opening", "Wrong opening due"

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="due_credits")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax = models.DecimalField("tax of it", max_digits=14, decimal_places=2)
    customer = models.ForeignKey("sales.Customer", null=True, on_delete=models.PROTECT)
    supplier = models.ForeignKey("purchasing.Supplier", null=True, on_delete=models.PROTECT)
    sale = models.ForeignKey("sales.Sale", null=True, on_delete=models.PROTECT, related_name="+")
    purchase = models.ForeignKey(
        "purchasing.Purchase", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=255)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField(db_index=True)
    created_at = models.DateTimeField("when")

    class Meta:
        db_table = "due_credits"
        constraints = (
            models.CheckConstraint(
                name="ledger_duecredit_sign_follows_reversal",
                violation_error_message="What is credited is above zero, its reversal below.",
                condition=Q(amount__gt=0, tax__gte=0, reverses__isnull=True)
                | Q(amount__lt=0, tax__lte=0, reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_duecredit_is_of_one_party_s_document",
                violation_error_message="A credit is one party's, for one of their documents.",
                condition=Q(
                    customer__isnull=False,
                    sale__isnull=False,
                    supplier__isnull=True,
                    purchase__isnull=True,
                )
                | Q(
                    customer__isnull=True,
                    sale__isnull=True,
                    supplier__isnull=False,
                    purchase__isnull=False,
                ),
            ),
        )

    def __str__(self) -> str:
        return f"credit {self.pk}: {self.get_kind_display()} of {self.amount}"


class TransactionId(models.Model):
    """A wallet's transaction and the entry that it paid. Freed when that payment is taken back."""

    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, db_column="method")
    number_key = KeyField(max_length=100, null=False)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT)

    class Meta:
        db_table = "transaction_ids"
        constraints = (
            models.UniqueConstraint(
                fields=["method", "number_key"], name="ledger_transactionid_pays_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.method_id} {self.number_key}"


class Expense(AppendOnly):
    """Money spent on running the shop, paid at once by one method.

    The row that reverses another has its amount below zero, so that a plain sum is what was spent.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    title = models.CharField(max_length=255)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    # What of the amount is input tax; NULL where none was said.
    tax = models.DecimalField("tax in it", max_digits=14, decimal_places=2, null=True)
    paper = models.CharField(max_length=255, null=True)  # a picture's storage key
    category = models.CharField(max_length=100, null=True)
    description = models.TextField(null=True)
    payment_method = models.ForeignKey(
        PaymentMethod,
        on_delete=models.PROTECT,
        db_column="payment_method",
        verbose_name="paid by",
    )
    method_name = models.CharField(max_length=50, null=True)  # as it was called when it was paid
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    business_date = models.DateField(db_index=True)
    created_at = models.DateTimeField()
    # When it was really entered, by the server's clock; NULL in rows from before this column.
    entered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "expenses"
        constraints = (
            models.CheckConstraint(
                name="ledger_expense_sign_follows_reversal",
                violation_error_message="An expense is above zero, its reversal below.",
                condition=Q(amount__gt=0, reverses__isnull=True)
                | Q(amount__lt=0, reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_expense_tax_is_part_of_it",
                violation_error_message="The tax of an expense is part of its amount.",
                condition=Q(tax__isnull=True)
                | Q(tax__gte=0, tax__lt=F("amount"))
                | Q(tax__lte=0, tax__gt=F("amount")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}: {self.amount}"


class RepeatingExpense(models.Model):
    """An expense that comes again each month: as the first one, until it is ended."""

    expense = models.OneToOneField(Expense, on_delete=models.PROTECT, related_name="repeating")
    day = models.PositiveSmallIntegerField()  # of the month; its last where it is shorter
    next_on = models.DateField("next on")
    ended_at = models.DateTimeField("ended", null=True)

    class Meta:
        db_table = "repeating_expenses"
        constraints = (
            models.CheckConstraint(
                name="ledger_repeatingexpense_day_of_a_month",
                violation_error_message="A day of the month is from 1 to 31.",
                condition=Q(day__gte=1, day__lte=31),
            ),
        )

    def __str__(self) -> str:
        return f"repeating expense {self.pk}"


class CashCount(AppendOnly):
    """The drawer counted for a business day: what the books expected, what lay there, and what of
    it was taken to the bank. The difference is booked; a later count of the day builds on it.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    expected = models.DecimalField(max_digits=14, decimal_places=2)
    counted = models.DecimalField(max_digits=14, decimal_places=2)
    # Note or coin → how many of it, where it was counted so: {"500": 3}.
    denominations = models.JSONField(null=True)
    reason = models.CharField("why it differs", max_length=255, null=True)
    # What the books had at tills whose shifts were open: it was not counted, nor expected here.
    at_tills = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    banked = models.DecimalField("to the bank", max_digits=14, decimal_places=2)
    bank_account = models.ForeignKey(
        LedgerAccount, null=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField(db_index=True)
    created_at = models.DateTimeField("when")
    # When it was really entered, by the server's clock; NULL in rows from before this column.
    entered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cash_counts"
        constraints = (
            models.CheckConstraint(
                name="ledger_cashcount_counted_not_negative",
                condition=Q(counted__gte=0),
                violation_error_message="Cash that was counted is never below zero.",
            ),
            models.CheckConstraint(
                name="ledger_cashcount_banked_is_of_what_was_counted",
                condition=Q(banked__gte=0, banked__lte=models.F("counted")),
                violation_error_message="No more is taken to the bank than was counted.",
            ),
            models.CheckConstraint(
                name="ledger_cashcount_banked_in_an_account",
                condition=Q(banked=0, bank_account__isnull=True)
                | Q(banked__gt=0, bank_account__isnull=False),
                violation_error_message="What is taken to the bank goes into an account.",
            ),
        )

    def __str__(self) -> str:
        return f"cash of {self.business_date}: {self.counted}"

    @property
    def difference(self) -> Decimal:
        """Over (+) or short (−)."""
        return money(self.counted - self.expected)

    @property
    def left(self) -> Decimal:
        """What stays in the drawer: the opening cash of the next day."""
        return money(self.counted - self.banked)
