"""Goods that go from one store to another: asked for, sent, on the way, received."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Store
from catalog.models import Product
from pos_project.core.db.append_only import AppendOnly


class Transfer(AppendOnly):
    """Goods from one store to another. A draft until they are received, or nobody wants them any
    more; it counts on the business day of its end. What it moved counts on the day it moved.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "Asked for"
        SENT = "sent", "On the way"
        RECEIVED = "received", "Received"
        CANCELLED = "cancelled", "Cancelled"

    DRAFT_STATUSES = ("asked", "sent")

    number = models.CharField(max_length=20, null=True, unique=True)  # of its id
    from_store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    to_store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    note = models.TextField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    asked_on = models.DateField(db_index=True)  # business day
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    sent_on = models.DateField(null=True, db_index=True)
    # Turned round on the way: it is received where it came from.
    turned_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    turned_back_at = models.DateTimeField(null=True)
    # Received or cancelled.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    business_date = models.DateField(null=True, db_index=True)
    reason = models.CharField("why it was cancelled or turned back", max_length=255, null=True)

    class Meta:
        db_table = "transfers"
        constraints = (
            models.CheckConstraint(
                name="inventory_transfer_between_two_stores",
                condition=~Q(from_store=F("to_store")),
                violation_error_message="Goods go from one store to another one.",
            ),
            models.CheckConstraint(
                name="inventory_transfer_is_where_its_status_says",
                condition=Q(
                    status="asked",
                    sent_by__isnull=True,
                    sent_at__isnull=True,
                    sent_on__isnull=True,
                    ended_by__isnull=True,
                    ended_at__isnull=True,
                    business_date__isnull=True,
                )
                | Q(
                    status="sent",
                    sent_by__isnull=False,
                    sent_at__isnull=False,
                    sent_on__isnull=False,
                    ended_by__isnull=True,
                    ended_at__isnull=True,
                    business_date__isnull=True,
                )
                | Q(
                    status="received",
                    sent_by__isnull=False,
                    sent_at__isnull=False,
                    sent_on__isnull=False,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                    business_date__isnull=False,
                )
                | Q(
                    status="cancelled",
                    sent_by__isnull=True,
                    sent_at__isnull=True,
                    sent_on__isnull=True,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                    business_date__isnull=False,
                ),
                violation_error_message="A transfer says when it was sent, and when it ended.",
            ),
            models.CheckConstraint(
                name="inventory_transfer_turned_back_on_its_way",
                condition=Q(turned_back_by__isnull=True, turned_back_at__isnull=True)
                | Q(
                    status__in=("sent", "received"),
                    turned_back_by__isnull=False,
                    turned_back_at__isnull=False,
                    reason__isnull=False,
                ),
                violation_error_message="What is turned back was sent, and somebody said why.",
            ),
        )
        indexes = (
            # serves what is on the way, or asked for, from a store and to it
            models.Index(fields=["from_store", "status"], name="inventory_transfer_from"),
            models.Index(fields=["to_store", "status"], name="inventory_transfer_to"),
        )

    def __str__(self) -> str:
        return self.number or f"transfer {self.pk}"

    @property
    def goes_back(self) -> bool:
        """Whether it was turned round: then the store that sent it receives it."""
        return self.turned_back_at is not None

    @property
    def destination_id(self) -> int:
        """The store that receives it."""
        return self.from_store_id if self.goes_back else self.to_store_id


class TransferLine(AppendOnly):
    """One product of a transfer. What was sent is known once it left, what came once it is there.

    `received` are all units that came, `damaged` those of them that nobody can sell.
    """

    LINE_OF = "transfer"

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(max_length=255)  # as it was called then
    asked = models.DecimalField(max_digits=12, decimal_places=3)
    sent = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    received = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    damaged = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    reason = models.CharField("why it differs", max_length=255, null=True)

    class Meta:
        db_table = "transfer_lines"
        constraints = (
            models.UniqueConstraint(
                fields=["transfer", "product"], name="inventory_transferline_product_once"
            ),
            models.CheckConstraint(
                name="inventory_transferline_units_not_negative",
                condition=Q(asked__gt=0)
                & (Q(sent__isnull=True) | Q(sent__gte=0))
                & (Q(received__isnull=True) | Q(received__gte=0)),
                violation_error_message="Units that are sent or received are never below zero.",
            ),
            models.CheckConstraint(
                name="inventory_transferline_damaged_are_of_those_that_came",
                condition=Q(received__isnull=True, damaged__isnull=True)
                | Q(
                    sent__isnull=False,
                    received__isnull=False,
                    damaged__isnull=False,
                    damaged__gte=0,
                    damaged__lte=F("received"),
                ),
                violation_error_message="Damaged units are among those that came.",
            ),
            models.CheckConstraint(
                name="inventory_transferline_says_why_it_differs",
                condition=Q(received__isnull=True)
                | Q(received=F("sent"), damaged=0)
                | Q(reason__isnull=False),
                violation_error_message="What came short, over or damaged wants a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.product_name} of transfer {self.transfer_id}"

    @property
    def usable(self) -> Decimal | None:
        """Units that came and can be sold; None before it is received."""
        if self.received is None or self.damaged is None:
            return None
        return self.received - self.damaged

    @property
    def difference(self) -> str:
        """Short, over or damaged, in words; empty where it came as it was sent."""
        if self.received is None or self.sent is None:
            return ""
        told = {
            "short": self.sent - self.received,
            "over": self.received - self.sent,
            "damaged": self.damaged or Decimal(0),
        }
        return ", ".join(
            f"{units.normalize():f} {word}" for word, units in told.items() if units > 0
        )


class TransferLot(AppendOnly):
    """Units that left one batch: on the way until their transfer is received.

    What came of them is the batch that names this lot; the others were lost.
    """

    line = models.ForeignKey(TransferLine, on_delete=models.PROTECT, related_name="lots")
    batch = models.ForeignKey("inventory.Batch", on_delete=models.PROTECT, related_name="lots_sent")
    received_on = models.DateField()  # of its batch: it keeps its place in FIFO
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        db_table = "transfer_lots"
        verbose_name = "lot on the way"
        constraints = (
            models.UniqueConstraint(
                fields=["line", "batch"], name="inventory_transferlot_batch_once_per_line"
            ),
            models.CheckConstraint(
                name="inventory_transferlot_quantity_positive",
                condition=Q(quantity__gt=0),
                violation_error_message="A lot on the way has at least one unit.",
            ),
        )

    def __str__(self) -> str:
        return f"lot {self.pk} of batch {self.batch_id}"
