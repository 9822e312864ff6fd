"""The books: accounts, journal, the shop's ways of being paid, payments, expenses, sealed days."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Store
from ledger.till_models import Shift
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.unique_keys import KeyField
from pos_project.core.money import money
from pos_project.core.people import Archivable, ArchivableQuerySet


class LedgerAccount(Archivable):
    """An account of the chart. `code` is its handle in code; `number` is for accountants.

    Control accounts are moved by documents only, so that they always agree with their sub-ledger.
    To an archived one nothing is posted by hand any more.
    """

    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        EQUITY = "equity"
        INCOME = "income"
        EXPENSE = "expense"

    code = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_control = models.BooleanField(default=False)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        db_table = "ledger_accounts"
        verbose_name = "account"
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class PaymentMethod(models.Model):
    """A way of paying and the account its money is in. A new wallet is a row, not a release."""

    code = models.CharField(max_length=20, primary_key=True)  # the wire's `method`
    name = models.CharField(max_length=50)
    account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    has_transaction_ids = models.BooleanField(
        "a transaction number pays once",
        default=False,
        help_text="A wallet's: a number that a till sends is refused when it has paid before.",
    )

    class Meta:
        db_table = "payment_methods"
        constraints = (
            models.CheckConstraint(
                name="ledger_paymentmethod_due_is_no_tender",
                violation_error_message="Owing is no way of paying: another code, please.",
                condition=~Q(code="due"),
            ),
        )

    def __str__(self) -> str:
        return self.name


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


class ShopTimeZone(AppendOnly):
    """In which zone the shop's days are dated, and since when; the newest row holds.

    The first, which `migrate` makes, has no day: the shop began in it.
    """

    zone = models.CharField(max_length=64)
    since = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "shop_time_zones"

    def __str__(self) -> str:
        return f"{self.zone} since {self.since or 'the beginning'}"


class PeriodLock(AppendOnly):
    """Up to which business day the books are locked; the newest row counts, the others are history.

    NULL locks nothing: the lock before it was taken back.
    """

    locked_through = models.DateField(null=True)
    reason = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    # How many rows of which table each locked day had that was not closed: {"after": the last
    # closed day, "days": {day: {table: rows}}}. Whoever sets a lock is alone with the past
    # (`ledger.period_lock`), so nobody adds to them. NULL for locks older than this column.
    counted = models.JSONField(null=True)
    # What older locks kept instead: table → its newest id.
    last_ids = models.JSONField(null=True)

    class Meta:
        db_table = "period_locks"

    def __str__(self) -> str:
        return f"locked through {self.locked_through}"


class DocumentNumber(AppendOnly):
    """The number of a posted document, without gaps in its store, and a hash over both it and the
    number before (`ledger.numbering`). It says what the document came to, should it be gone."""

    # NULL: of the whole shop, which has an audit, sign-ins and locks.
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)  # `ledger.numbering.KINDS`
    document_id = models.BigIntegerField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    business_date = models.DateField(db_index=True)
    content = models.CharField(max_length=64)  # SHA-256 of the document and its rows, hex
    chained = models.CharField(max_length=64)  # SHA-256 of all of this and the number before
    numbered_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "document_numbers"
        constraints = (
            models.UniqueConstraint(
                fields=["store", "number"], name="ledger_documentnumber_once_per_store"
            ),
            models.UniqueConstraint(
                fields=["kind", "document_id"], name="ledger_documentnumber_one_per_document"
            ),
        )

    def __str__(self) -> str:
        place = f"store {self.store_id}" if self.store_id else "the shop"
        return f"number {self.number} of {place}: {self.kind} {self.document_id}"


class DaySeal(AppendOnly):
    """A closed business day: a hash over its rows and the seal before it.

    The genesis, which `migrate` makes, comes before every day: its `day` is NULL.
    """

    day = models.DateField(null=True, unique=True)
    form = models.PositiveSmallIntegerField(default=1)  # how it is hashed: `ledger.sealing`
    # Between these moments happened what it covers that has no business day.
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    seal = models.CharField(max_length=64)  # SHA-256, hex
    previous = models.CharField(max_length=64)
    row_counts = models.JSONField()  # table → how many of its rows were sealed
    # Table that no seal before covered → how many rows it had from before.
    earlier = models.JSONField(default=dict)
    # Per row its id and a checksum, packed: not to prove anything, but to name the row that
    # changed where the seal says that one did.
    checksums = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "day_seals"
        verbose_name = "closed day"

    def __str__(self) -> str:
        return f"seal of {self.day or 'the genesis'}"
