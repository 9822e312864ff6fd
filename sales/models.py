"""Selling: customers, carts, sales and what they took from stock, refunds, dues."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from accounts.models import Store
from catalog.models import Product
from inventory.models import Batch
from pos_project.core.db.append_only import AppendOnly, AppendOnlyQuerySet
from pos_project.core.db.search_text import Searchable, SearchText
from pos_project.core.people import Archivable, ArchivableQuerySet, Contact, Status


class Customer(Searchable, Archivable, Contact):
    """Who buys. What they owe is the sum of their open dues, never a column here."""

    name = models.CharField(max_length=100)
    email = models.EmailField(max_length=254, null=True, blank=True)
    search_text = SearchText(of=("name", "email"), phones=("phone",))
    sector = models.CharField(max_length=100, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    verify = models.BooleanField("e-mail confirmed", default=False)
    notes = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    join_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        db_table = "customers"
        constraints = (
            models.CheckConstraint(
                name="sales_customer_status_known",
                violation_error_message="A customer is active, inactive or banned.",
                condition=Q(status__in=Status.values),
            ),
        )
        indexes = (
            models.Index(fields=["search_text"], name="sales_customer_by_name"),
            # serves how many are listed, in all or with a status; not `archived_at` alone, which a
            # till that names a few rows would be sent through, too
            models.Index(fields=["archived_at", "status"], name="sales_customer_listed"),
        )

    def __str__(self) -> str:
        return self.name


class Cart(models.Model):
    """What a user is collecting. A user has at most one open cart."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The user while the cart is open, NULL once it is checked out: at most one open per user.
    open_for = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="open_cart"
    )
    sale = models.OneToOneField("Sale", null=True, on_delete=models.PROTECT, related_name="cart")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "carts"

    def __str__(self) -> str:
        return f"cart {self.pk} of user {self.user_id}"


class CartItem(models.Model):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "cart_items"
        constraints = (
            models.UniqueConstraint(
                fields=["cart", "product", "unit_price"],
                name="sales_cartitem_one_line_per_product_and_price",
            ),
            models.CheckConstraint(
                name="sales_cartitem_quantity_positive",
                violation_error_message="A line of a cart has at least one unit.",
                condition=Q(quantity__gt=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × product {self.product_id}"


class SaleQuerySet(AppendOnlyQuerySet):
    def completed(self) -> "SaleQuerySet":
        """Sales that count: pending and cancelled ones never do, in any figure."""
        return self.filter(status=Sale.Status.COMPLETED)


class Sale(AppendOnly):
    """A sale, held (`pending`) or completed. A completed one only moves in its moving columns."""

    class Status(models.TextChoices):
        DRAFT = "draft"  # inside its own transaction only
        PENDING = "pending", "Parked"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        OPENING = "opening"  # no sale, but a due from before the books; it is paid like one

    MOVING_COLUMNS = frozenset({"paid_amount", "due_amount", "refund_amount"})
    DRAFT_STATUSES = ("draft", "pending")

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    invoice_no = models.CharField("invoice", max_length=50, unique=True, null=True)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="sales", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="cashier",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2)
    tax = models.DecimalField(max_digits=14, decimal_places=2)
    total_amount = models.DecimalField("total", max_digits=14, decimal_places=2)
    paid_amount = models.DecimalField("paid", max_digits=14, decimal_places=2)
    due_amount = models.DecimalField("due", max_digits=14, decimal_places=2)
    refund_amount = models.DecimalField("refunded", max_digits=14, decimal_places=2)
    advance_used = models.DecimalField("deposit used", max_digits=14, decimal_places=2)
    payment_method = models.CharField("paid by", max_length=20, null=True)  # largest tender, or due
    note = models.TextField(null=True)
    # As they were when it was sold, whatever is renamed, changed or deleted later. The rate is
    # the one that the till named, or the one that explains its tax; None where none does.
    tax_rate_id = models.BigIntegerField(null=True)
    tax_rate_name = models.CharField(max_length=50, null=True)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    customer_name = models.CharField(max_length=100, null=True)
    currency_sign = models.CharField(max_length=5, null=True)
    tendered_amount = models.DecimalField("tendered", max_digits=14, decimal_places=2, null=True)
    change_amount = models.DecimalField("change", max_digits=14, decimal_places=2, null=True)
    business_date = models.DateField(null=True)  # set when completed
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField("sold at", null=True)

    objects = SaleQuerySet.as_manager()  # type: ignore[misc]  # (the stubs' ClassVar quarrel)

    class Meta:
        db_table = "sales"
        constraints = (
            models.CheckConstraint(
                name="sales_sale_total_adds_up",
                violation_error_message="The total is the subtotal and the tax less the discount.",
                condition=Q(total_amount=Round(F("subtotal") + F("tax") - F("discount"), 2)),
            ),
            models.CheckConstraint(
                name="sales_sale_discount_within_subtotal",
                violation_error_message="A discount is at most the subtotal; no tax is below zero.",
                condition=Q(discount__gte=0, discount__lte=F("subtotal"), tax__gte=0),
            ),
            models.CheckConstraint(
                name="sales_sale_amounts_not_negative",
                violation_error_message="No amount of a sale is below zero.",
                condition=Q(
                    paid_amount__gte=0, due_amount__gte=0, refund_amount__gte=0, advance_used__gte=0
                ),
            ),
            models.CheckConstraint(
                name="sales_sale_refunded_within_total",
                violation_error_message="No more is refunded than the total.",
                condition=Q(refund_amount__lte=F("total_amount")),
            ),
            models.CheckConstraint(
                name="sales_sale_due_needs_a_customer",
                violation_error_message="What stays due needs a customer.",
                condition=Q(status__in=("draft", "pending", "cancelled"))
                | Q(status="completed", due_amount=0)
                | Q(customer__isnull=False),
            ),
            models.CheckConstraint(
                name="sales_sale_completed_is_numbered_and_dated",
                violation_error_message="A completed sale has a number and a date.",
                condition=Q(status__in=("draft", "pending", "cancelled"))
                | Q(
                    invoice_no__isnull=False,
                    business_date__isnull=False,
                    completed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="sales_sale_tax_rate_has_name_and_percent",
                violation_error_message="A tax rate is kept with its name and percent.",
                condition=Q(
                    tax_rate_id__isnull=True, tax_rate_name__isnull=True, tax_percent__isnull=True
                )
                | Q(
                    tax_rate_id__isnull=False,
                    tax_rate_name__isnull=False,
                    tax_percent__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="sales_sale_change_is_less_than_tendered",
                violation_error_message="The change is at most what was tendered.",
                condition=Q(change_amount__isnull=True)
                | Q(change_amount__gte=0, change_amount__lte=F("tendered_amount")),
            ),
            models.CheckConstraint(
                name="sales_sale_status_known",
                violation_error_message=(
                    "A sale is a draft, held, completed or cancelled, or a due from before the"
                    " books."
                ),
                condition=Q(status__in=("draft", "pending", "completed", "cancelled", "opening")),
            ),
        )
        indexes = (
            # serves the sales list and every figure of a period
            models.Index(fields=["business_date", "status"], name="sales_sale_by_day"),
            # serves the held sales' list
            models.Index(fields=["status", "id"], name="sales_sale_by_status"),
            # serve the histories of a customer, of a user and of the shop: the newest first, and
            # how many there are; the first two also guard their foreign keys
            models.Index(fields=["customer", "created_at"], name="sales_sale_of_customer"),
            models.Index(fields=["user", "created_at"], name="sales_sale_of_user"),
            models.Index(fields=["created_at"], name="sales_sale_by_moment"),
            # serves the list of customers, who bought last first
            models.Index(
                fields=["customer", "status", "completed_at"], name="sales_sale_last_of_customer"
            ),
        )

    def __str__(self) -> str:
        return self.invoice_no or f"sale {self.pk}"


class SaleItem(AppendOnly):
    """A line of a sale, as it was told: the name and price of that moment."""

    LINE_OF = "sale"

    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(max_length=255)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "sale_items"
        constraints = (
            models.CheckConstraint(
                name="sales_saleitem_quantity_positive",
                violation_error_message="A line of a sale has at least one unit.",
                condition=Q(quantity__gt=0),
            ),
            models.CheckConstraint(
                name="sales_saleitem_price_not_negative",
                violation_error_message="The price of a line is never below zero.",
                condition=Q(unit_price__gte=0, subtotal__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"


class SaleItemBatch(AppendOnly):
    """What a sale line took from a batch; negative where a refund put it back."""

    sale_item = models.ForeignKey(SaleItem, on_delete=models.PROTECT, related_name="batches")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="uses")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    buy_price = models.DecimalField(max_digits=14, decimal_places=4)  # the batch's unit cost
    cost = models.DecimalField(max_digits=14, decimal_places=2)  # value of the batch before − after
    refund_item = models.ForeignKey(
        "RefundItem", null=True, on_delete=models.PROTECT, related_name="batches"
    )

    class Meta:
        db_table = "sale_item_batches"
        constraints = (
            models.CheckConstraint(
                name="sales_saleitembatch_sign_follows_refund",
                violation_error_message="A sale takes units, a refund puts them back.",
                condition=Q(quantity__gt=0, cost__gte=0, refund_item__isnull=True)
                | Q(quantity__lt=0, cost__lte=0, refund_item__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of batch {self.batch_id}"


class SaleCogs(AppendOnly):
    """The cost of a sale line; a second, negative row where a refund restocked units of it."""

    sale_item = models.ForeignKey(SaleItem, on_delete=models.PROTECT, related_name="cogs")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4)  # average
    total_cost = models.DecimalField(max_digits=14, decimal_places=2)
    refund_item = models.OneToOneField(
        "RefundItem", null=True, on_delete=models.PROTECT, related_name="cogs"
    )

    class Meta:
        db_table = "sale_cogs"
        verbose_name_plural = "sale cogs"
        constraints = (
            models.CheckConstraint(
                name="sales_salecogs_sign_follows_refund",
                violation_error_message="A sale costs something, a refund takes cost back.",
                condition=Q(quantity__gt=0, total_cost__gte=0, refund_item__isnull=True)
                | Q(quantity__lt=0, total_cost__lte=0, refund_item__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"cost {self.total_cost} of line {self.sale_item_id}"


class CustomerDue(AppendOnly):
    """What is still open of one sale on credit."""

    class Status(models.TextChoices):
        OPEN = "open"
        PAID = "paid"

    MOVING_COLUMNS = frozenset({"due_amount", "status"})

    sale = models.OneToOneField(Sale, on_delete=models.PROTECT, related_name="due")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="dues")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_amount = models.DecimalField("due", max_digits=14, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    # The sale's business day: what a report of that day is owed. Of a due from before the books
    # the date on its paper, from which its age counts.
    sale_date = models.DateField()
    # From before the books: no sale of a period, in no report of sales.
    is_opening = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField("since")

    class Meta:
        db_table = "customer_dues"
        verbose_name = "unpaid invoice"
        constraints = (
            models.CheckConstraint(
                name="sales_customerdue_paid_exactly_at_zero",
                violation_error_message="A due is open until nothing is left of it.",
                condition=Q(status="open", due_amount__gt=0) | Q(status="paid", due_amount=0),
            ),
        )
        indexes = (
            # serves what a customer owes
            models.Index(fields=["customer", "status"], name="sales_customerdue_open"),
            # serves what is still owed for the sales of a period
            models.Index(fields=["status", "sale_date"], name="sales_customerdue_by_sale_day"),
        )

    def __str__(self) -> str:
        return f"due {self.due_amount} of sale {self.sale_id}"


class Refund(AppendOnly):
    """Goods or money that came back on a sale."""

    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="refunds")
    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="refunds", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="cashier",
    )
    refund_amount = models.DecimalField("refunded", max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)  # the tax within it
    paid_out = models.DecimalField(max_digits=14, decimal_places=2)
    due_reduced = models.DecimalField("taken off dues", max_digits=14, decimal_places=2)
    refund_method = models.CharField("paid out by", max_length=20)
    reason = models.CharField(max_length=255, null=True)
    business_date = models.DateField(db_index=True)
    sale_date = models.DateField()  # the sale's business day
    created_at = models.DateTimeField("when")

    class Meta:
        db_table = "refunds"
        constraints = (
            models.CheckConstraint(
                name="sales_refund_is_due_cancelled_plus_cash_out",
                violation_error_message="A refund is the due cancelled and the cash paid out.",
                condition=Q(refund_amount=Round(F("due_reduced") + F("paid_out"), 2)),
            ),
            models.CheckConstraint(
                name="sales_refund_amounts_not_negative",
                violation_error_message="No amount of a refund is below zero.",
                condition=Q(
                    refund_amount__gte=0, tax_amount__gte=0, paid_out__gte=0, due_reduced__gte=0
                ),
            ),
        )
        indexes = (
            # serve the histories of a customer, of a user and of the shop, like those of sales
            models.Index(fields=["customer", "created_at"], name="sales_refund_of_customer"),
            # serves what refunds cancelled of the dues of a period's sales
            models.Index(
                fields=["sale_date", "due_reduced", "sale"], name="sales_refund_by_sale_day"
            ),
            models.Index(fields=["user", "created_at"], name="sales_refund_of_user"),
            models.Index(fields=["created_at"], name="sales_refund_by_moment"),
        )

    def __str__(self) -> str:
        return f"refund {self.pk} of sale {self.sale_id}"


class RefundItem(AppendOnly):
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="items")
    sale_item = models.ForeignKey(SaleItem, on_delete=models.PROTECT, related_name="refund_items")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    restocked = models.BooleanField()

    class Meta:
        db_table = "refund_items"
        constraints = (
            models.CheckConstraint(
                name="sales_refunditem_quantity_positive",
                violation_error_message="A line of a refund has at least one unit.",
                condition=Q(quantity__gt=0, amount__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.sale_item_id}"
