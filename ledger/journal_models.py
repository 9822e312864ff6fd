"""The journal: entries and their lines."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Store
from ledger.chart_models import LedgerAccount
from ledger.till_models import Shift
from pos_project.core.db.append_only import AppendOnly


class JournalEntry(AppendOnly):
    """One balanced entry: a money event of a document, or a manual one.

    Inserted as a draft, given its lines, then flipped to posted by one UPDATE.
    """

    class Event(models.TextChoices):
        SALE = "sale"
        CUSTOMER_PAYMENT = "customer_payment"
        REFUND = "refund"
        PURCHASE = "purchase"
        SUPPLIER_PAYMENT = "supplier_payment"
        OPENING = "opening"
        EXPENSE = "expense"
        ADJUSTMENT = "adjustment"
        VOID = "void"
        MANUAL = "manual"
        OPENING_BALANCE = "opening_balance"
        CASH_COUNT = "cash_count"
        OPENING_RECEIVABLE = "opening_receivable"
        OPENING_PAYABLE = "opening_payable"
        DUE_CREDIT = "due_credit"
        CASH_MOVEMENT = "cash_movement"
        SHIFT = "shift", "Shift closed"
        TRANSFER_SENT = "transfer_sent", "Goods sent to another store"
        TRANSFER_ARRIVED = "transfer_arrived", "Goods arrived in another store"
        TRANSFER_RECEIVED = "transfer_received", "Goods received from another store"

    class Status(models.TextChoices):
        DRAFT = "draft"
        POSTED = "posted"

    DRAFT_STATUSES = ("draft",)
    BALANCED_LINES = ("lines", "debit", "credit")

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    event = models.CharField(max_length=20, choices=Event.choices)
    # Which sale, refund, purchase, expense or log row; NULL for due payments, whose payments
    # point here instead, and for entries by hand.
    document_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=100, null=True)
    memo = models.TextField(null=True)  # what an entry by hand is about; why one was reversed
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    business_date = models.DateField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    # When it was really entered, by the server's clock; NULL in rows from before this column.
    entered_at = models.DateTimeField(null=True)
    # The shift at whose till the money changed hands; NULL is the store's drawer.
    shift = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        db_table = "journal_entries"
        verbose_name_plural = "journal entries"
        constraints = (
            models.UniqueConstraint(
                fields=["event", "document_id"], name="ledger_journalentry_once_per_document"
            ),
        )
        indexes = (
            # serves the statements of a period
            models.Index(fields=["business_date", "store"], name="ledger_journalentry_by_day"),
        )

    def __str__(self) -> str:
        return f"entry {self.pk} ({self.event} {self.reference})"


class JournalLine(AppendOnly):
    """One side of an entry; exactly one of debit and credit is above zero."""

    LINE_OF = "entry"

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="lines")
    debit = models.DecimalField(max_digits=14, decimal_places=2)
    credit = models.DecimalField(max_digits=14, decimal_places=2)
    customer = models.ForeignKey("sales.Customer", null=True, on_delete=models.PROTECT)
    supplier = models.ForeignKey("purchasing.Supplier", null=True, on_delete=models.PROTECT)

    class Meta:
        db_table = "journal_lines"
        constraints = (
            models.CheckConstraint(
                name="ledger_journalline_one_positive_side",
                violation_error_message="A line has either a debit or a credit above zero.",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
        )

    def __str__(self) -> str:
        return f"line {self.pk} of entry {self.entry_id}"
