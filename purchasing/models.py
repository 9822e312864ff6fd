"""Buying: suppliers, purchases and what is owed for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from accounts.models import Store
from catalog.models import Product
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.search_text import Searchable, SearchText
from pos_project.core.db.unique_keys import KeyField
from pos_project.core.people import Archivable, ArchivableQuerySet, Contact


class Supplier(Searchable, Archivable, Contact):
    """Whom the shop buys from. What it owes them is the sum of their open dues."""

    name = models.CharField(max_length=100)
    email = models.EmailField(max_length=254, null=True, blank=True)
    search_text = SearchText(of=("name", "email"), phones=("phone",))
    sector = models.CharField(max_length=100, null=True, blank=True)
    verify = models.BooleanField("e-mail confirmed", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        db_table = "suppliers"

    def __str__(self) -> str:
        return self.name


class Purchase(AppendOnly):
    """Goods received from a supplier, paid now or owed.

    The row that reverses another has its amounts and its lines' quantities below zero; what was
    still owed of the first is settled against it. So has a row that `returns` part of another.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"  # inside its own transaction only
        RECEIVED = "received"
        OPENING = "opening"  # no purchase, but a due from before the books; it is paid like one

    # The key moves once: a reversed purchase leaves its number free to be entered rightly.
    MOVING_COLUMNS = frozenset({"paid_amount", "due_amount", "invoice_key"})
    DRAFT_STATUSES = ("draft",)

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    supplier_name = models.CharField(max_length=100, null=True)  # as it was called that day
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="purchases", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    invoice_no = models.CharField("invoice", max_length=50, null=True)  # the supplier's, or PUR-…
    invoice_key = KeyField(max_length=50)
    purchase_date = models.DateField("date")  # as the document says
    total_amount = models.DecimalField("total", max_digits=14, decimal_places=2)
    paid_amount = models.DecimalField("paid", max_digits=14, decimal_places=2)
    due_amount = models.DecimalField("due", max_digits=14, decimal_places=2)
    advance_used = models.DecimalField("deposit used", max_digits=14, decimal_places=2)
    payment_method = models.CharField("paid by", max_length=20)
    # What the paper says below its lines; NULL where it says nothing (and so old seals hold).
    discount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    freight = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    tax = models.DecimalField("input tax", max_digits=14, decimal_places=2, null=True)
    rounding = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    note = models.TextField(null=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    returns = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="returned_by"
    )
    # Of a return: what of the first it settled, beside money back and the deposit it left.
    due_reduced = models.DecimalField("due cancelled", max_digits=14, decimal_places=2, null=True)
    business_date = models.DateField(db_index=True)  # when it reached the books
    created_at = models.DateTimeField()
    # When it was really entered, by the server's clock; NULL in rows from before this column.
    entered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "purchases"
        constraints = (
            models.UniqueConstraint(
                fields=["supplier", "invoice_key"],
                name="purchasing_purchase_invoice_unique_per_supplier",
            ),
            models.CheckConstraint(
                name="purchasing_purchase_total_is_paid_plus_due",
                violation_error_message="The total of a purchase is what was paid and what is due.",
                condition=Q(total_amount=Round(F("paid_amount") + F("due_amount"), 2)),
            ),
            models.CheckConstraint(
                name="purchasing_purchase_signs_follow_reversal",
                violation_error_message="Only a reversal or return has amounts below zero.",
                condition=Q(
                    reverses__isnull=True,
                    returns__isnull=True,
                    paid_amount__gte=0,
                    due_amount__gte=0,
                    advance_used__gte=0,
                )
                | (
                    (
                        Q(reverses__isnull=False, returns__isnull=True)
                        | Q(reverses__isnull=True, returns__isnull=False)
                    )
                    & Q(paid_amount__lte=0, due_amount=0, advance_used__lte=0)
                ),
            ),
            models.CheckConstraint(
                name="purchasing_purchase_due_reduced_by_a_return",
                violation_error_message="A return says what of the due it cancels.",
                condition=Q(returns__isnull=True, due_reduced__isnull=True)
                | Q(returns__isnull=False, due_reduced__gte=0),
            ),
            models.CheckConstraint(
                name="purchasing_purchase_terms_not_negative",
                violation_error_message="Discount, freight and tax are never below zero.",
                condition=Q(reverses__isnull=False)
                | Q(returns__isnull=False)
                | (
                    (Q(discount__isnull=True) | Q(discount__gte=0))
                    & (Q(freight__isnull=True) | Q(freight__gte=0))
                    & (Q(tax__isnull=True) | Q(tax__gte=0))
                ),
            ),
            models.CheckConstraint(
                name="purchasing_purchase_received_is_numbered",
                violation_error_message="A purchase that was received has a number.",
                condition=Q(status="draft")
                | Q(status__in=("received", "opening"), invoice_no__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["purchase_date"], name="purchasing_purchase_by_date"),
            # serves the history of a supplier, the newest first, and guards the foreign key
            models.Index(fields=["supplier", "created_at"], name="purchasing_purchase_history"),
        )

    def __str__(self) -> str:
        return self.invoice_no or f"purchase {self.pk}"


class PurchaseItem(AppendOnly):
    LINE_OF = "purchase"

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(max_length=255)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    cost_price = models.DecimalField(max_digits=14, decimal_places=2)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2)
    # What its goods are worth on the shelf where that is not the subtotal: with their share of
    # discount and freight. NULL in all lines of a purchase that has neither of these.
    landed_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    returns = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="returned_by"
    )

    class Meta:
        db_table = "purchase_items"
        constraints = (
            models.CheckConstraint(
                name="purchasing_purchaseitem_sign_follows_reversal",
                violation_error_message="A line has at least one unit; a reversal takes back.",
                condition=Q(
                    quantity__gt=0, subtotal__gte=0, reverses__isnull=True, returns__isnull=True
                )
                | (
                    (
                        Q(reverses__isnull=False, returns__isnull=True)
                        | Q(reverses__isnull=True, returns__isnull=False)
                    )
                    & Q(quantity__lt=0, subtotal__lte=0)
                ),
            ),
            models.CheckConstraint(
                name="purchasing_purchaseitem_cost_not_negative",
                violation_error_message="The cost of a line is never below zero.",
                condition=Q(cost_price__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"


class SupplierDue(AppendOnly):
    """What is still open of one purchase."""

    class Status(models.TextChoices):
        OPEN = "open"
        PAID = "paid"

    MOVING_COLUMNS = frozenset({"due_amount", "status"})

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="due")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="dues")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_amount = models.DecimalField("due", max_digits=14, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField("since")

    class Meta:
        db_table = "supplier_dues"
        verbose_name = "unpaid bill"
        constraints = (
            models.CheckConstraint(
                name="purchasing_supplierdue_paid_exactly_at_zero",
                violation_error_message="A due is open until nothing is left of it.",
                condition=Q(status="open", due_amount__gt=0) | Q(status="paid", due_amount=0),
            ),
        )
        indexes = (models.Index(fields=["supplier", "status"], name="purchasing_supplierdue_open"),)

    def __str__(self) -> str:
        return f"due {self.due_amount} of purchase {self.purchase_id}"
