"""Stock: batches that hold it and the log of every movement. What a product has is Σ remaining."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Sum, Value, When

from accounts.models import Store
from catalog.models import Product
from inventory import shelf
from inventory.shelf import FIFO_INDEX
from inventory.store_product_models import StoreProduct  # noqa: F401  (a table of this app)
from inventory.transfer_models import TransferLot
from pos_project.core.db.append_only import AppendOnly, AppendOnlyQuerySet


class BatchQuerySet(AppendOnlyQuerySet):
    def stock(self, product_ids: Iterable[int], *, store_id: int | None) -> dict[int, Decimal]:
        """Units in stock by product id; products without stock are absent."""
        rows = (
            self.filter(product_id__in=list(product_ids), store_id=store_id, is_open=True)
            .values_list("product_id")
            .annotate(units=Sum("remaining"))
        )
        return dict(rows.order_by())

    def bought(self, *product_ids: int) -> "BatchQuerySet":
        """The batches that purchases of products brought, newest first; not those undone."""
        standing = self.filter(product_id__in=product_ids, origin=Batch.Origin.PURCHASE)
        return standing.filter(purchase_item__reversed_by__isnull=True).order_by("-id")

    def locked(
        self,
        product_ids: Iterable[int],
        *,
        store_id: int,
        first: int = shelf.ALL,
        ids: Iterable[int] = (),
    ) -> list[shelf.ShelfBatch]:
        """Lock the `first` oldest open batches of each of these products, and those of `ids`,
        open or not. Products in the order of their ids, batches oldest first.

        The one locking read of batches: every use case takes its locks in this order.
        """
        products = sorted(set(product_ids))
        if not products:
            return []
        return shelf.lock(products, store_id=store_id, first=first, ids=sorted(set(ids)))


class Batch(AppendOnly):
    """Goods that came in together at one cost. Only `remaining` ever changes."""

    class Origin(models.TextChoices):
        PURCHASE = "purchase"
        OPENING = "opening"
        ADJUSTMENT = "adjustment"
        TRANSFER = "transfer"

    MOVING_COLUMNS = frozenset({"remaining"})

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    # No index of its own: the composite below serves the key, and a second one starting with
    # product would bring the deadlocks back.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, db_index=False)
    purchase_item = models.OneToOneField(
        "purchasing.PurchaseItem", null=True, on_delete=models.PROTECT, related_name="batch"
    )
    # What came from another store: the lot it was on its way, which names the batch it left.
    transfer_lot = models.OneToOneField(
        TransferLot, null=True, on_delete=models.PROTECT, related_name="became"
    )
    origin = models.CharField(max_length=10, choices=Origin.choices)
    received_on = models.DateField()  # the first key of FIFO
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    remaining = models.DecimalField(max_digits=12, decimal_places=3)
    is_open = models.GeneratedField(
        expression=Case(When(remaining__gt=0, then=Value(1)), default=Value(0)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    created_at = models.DateTimeField()

    objects = BatchQuerySet.as_manager()  # type: ignore[misc]  # (the stubs' ClassVar quarrel)

    class Meta:
        db_table = "batches"
        verbose_name = "stock lot"
        constraints = (
            models.CheckConstraint(
                name="inventory_batch_remaining_within_quantity",
                violation_error_message="What is left of a batch is between nothing and all of it.",
                condition=Q(remaining__gte=0, remaining__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="inventory_batch_quantity_positive",
                violation_error_message="A batch has at least one unit.",
                condition=Q(quantity__gt=0),
            ),
            models.CheckConstraint(
                name="inventory_batch_cost_not_negative",
                violation_error_message="The cost of a unit is never below zero.",
                condition=Q(unit_cost__gte=0),
            ),
        )
        indexes = (
            # serves the locking read of every sale, and the stock of a page of products
            models.Index(
                fields=["product", "store", "is_open", "received_on", "id"], name=FIFO_INDEX
            ),
            # serves what all stock is worth, and how much there is of a product in a store: the
            # open batches alone, without their rows
            models.Index(
                fields=["is_open", "product", "store", "remaining", "unit_cost"],
                name="inventory_batch_on_shelf",
            ),
            # serves what a unit cost when a product was last bought; no sale changes it
            models.Index(fields=["origin", "product", "id"], name="inventory_batch_by_origin"),
        )

    def __str__(self) -> str:
        return f"batch {self.pk} of product {self.product_id}"


class InventoryLog(AppendOnly):
    """One movement of one product's stock. A void undoes a manual one and hides both."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase"
        SALE = "sale"
        REFUND = "refund"
        OPENING = "opening"
        ADJUSTMENT = "adjustment"
        VOID = "void"
        SENT = "sent", "Sent to another store"
        ARRIVED = "arrived", "Came from another store"

    store = models.ForeignKey(Store, on_delete=models.PROTECT, db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="log")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    change_qty = models.DecimalField(max_digits=12, decimal_places=3)
    cost = models.DecimalField(max_digits=14, decimal_places=2)  # stock value after − before
    reason = models.CharField(max_length=100)
    reference = models.CharField(max_length=100, null=True)
    note = models.TextField(null=True)
    voids = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="voided_by"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "inventory_log"
        verbose_name = "stock movement"
        constraints = (
            models.CheckConstraint(
                name="inventory_inventorylog_moves_something",
                violation_error_message="A movement of stock moves something.",
                condition=~Q(change_qty=0),
            ),
            models.CheckConstraint(
                name="inventory_inventorylog_only_voids_void",
                violation_error_message="Only what undoes a movement names a movement.",
                condition=Q(kind="void", voids__isnull=False)
                | (~Q(kind="void") & Q(voids__isnull=True)),
            ),
        )
        indexes = (
            # serves units sold in the last days, per product
            models.Index(
                fields=["product", "business_date", "kind"], name="inventory_log_by_product_day"
            ),
            # the same of every product at once, without their rows
            models.Index(
                fields=["store", "kind", "business_date", "product", "change_qty"],
                name="inventory_log_sold_in_store",
            ),
            models.Index(fields=["business_date"], name="inventory_log_by_day"),
        )

    def __str__(self) -> str:
        return f"log {self.pk}: {self.change_qty.normalize():+f} of product {self.product_id}"


class InventoryLogBatch(AppendOnly):
    """Which batch an opening, an adjustment, a void, a transfer or a purchase's reversal moved."""

    log = models.ForeignKey(InventoryLog, on_delete=models.PROTECT, related_name="batches")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="log_batches")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)  # signed
    cost = models.DecimalField(max_digits=14, decimal_places=2)  # signed

    class Meta:
        db_table = "inventory_log_batches"
        constraints = (
            models.CheckConstraint(
                name="inventory_inventorylogbatch_moves_something",
                violation_error_message="A movement of a batch moves something.",
                condition=~Q(quantity=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of batch {self.batch_id} by log {self.log_id}"


class StockCount(AppendOnly):
    """Shelves counted on a day: the document of it. What differed was adjusted with it."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    number = models.CharField(max_length=40)  # its adjustments bear it as their reference
    reason = models.CharField(max_length=100)
    note = models.TextField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField(db_index=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stock_counts"

    def __str__(self) -> str:
        return self.number


class StockCountLine(AppendOnly):
    """One product of a count: what the books had, what lay there, and what that is worth."""

    count = models.ForeignKey(StockCount, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(max_length=255)  # as it was called then
    expected = models.DecimalField(max_digits=12, decimal_places=3)
    counted = models.DecimalField(max_digits=12, decimal_places=3)
    cost = models.DecimalField("at cost", max_digits=14, decimal_places=2)  # signed
    # The adjustment of what differed.
    log = models.OneToOneField(
        InventoryLog, null=True, on_delete=models.PROTECT, related_name="count_line"
    )

    class Meta:
        db_table = "stock_count_lines"
        constraints = (
            models.CheckConstraint(
                name="inventory_stockcountline_moves_what_differs",
                violation_error_message="What differs was moved, and nothing else.",
                condition=Q(log__isnull=True, counted=F("expected"))
                | (Q(log__isnull=False) & ~Q(counted=F("expected"))),
            ),
        )

    def __str__(self) -> str:
        return f"{self.counted.normalize():f} of {self.product_name} in count {self.count_id}"
