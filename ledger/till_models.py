"""Tills, the shifts that are worked at them, and the cash that is put in and taken out."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Store
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.unique_keys import KeyField, key_of
from pos_project.core.money import money
from pos_project.core.people import Archivable, ArchivableQuerySet


class Till(Archivable):
    """A place in a store where money is taken. One shift at a time is open at it."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="tills")
    name = models.CharField(max_length=50)
    name_key = KeyField(max_length=50)  # NULL when archived
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        db_table = "tills"
        ordering = ("store", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["store", "name_key"], name="ledger_till_name_once_per_store"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.archived_at is None:
            self.name_key = key_of(self.name)
        super().save(*args, **kwargs)


class Shift(AppendOnly):
    """A till from its float to its count. Open, it is a draft; one UPDATE closes it, numbers its
    Z report and gives it the business day on which it was closed.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    DRAFT_STATUSES = ("open",)

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="shifts")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    # The till while the shift is open: so one shift is, and is found by this key.
    open_till = models.OneToOneField(
        Till, null=True, on_delete=models.PROTECT, related_name="open_shift"
    )
    opening_float = models.DecimalField("float", max_digits=14, decimal_places=2)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("opened at")
    opened_on = models.DateField()  # business day
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    business_date = models.DateField(null=True, db_index=True)
    z_number = models.PositiveIntegerField("Z", null=True)  # of the store, without gaps
    expected = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # of cash
    counted = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # Note or coin → how many of it, where it was counted so: {"500": 3}.
    denominations = models.JSONField(null=True)
    # Method → what the books had of it in the shift and what its slips came to, as text.
    slips = models.JSONField(null=True)
    reason = models.CharField("why it differs", max_length=255, null=True)

    class Meta:
        db_table = "shifts"
        constraints = (
            models.UniqueConstraint(
                fields=["store", "z_number"], name="ledger_shift_z_number_once_per_store"
            ),
            models.CheckConstraint(
                name="ledger_shift_float_not_negative",
                condition=Q(opening_float__gte=0),
                violation_error_message="A float is never below zero.",
            ),
            models.CheckConstraint(
                name="ledger_shift_counted_not_negative",
                condition=Q(counted__isnull=True) | Q(counted__gte=0),
                violation_error_message="Cash that was counted is never below zero.",
            ),
            models.CheckConstraint(
                name="ledger_shift_is_open_or_closed",
                condition=Q(
                    status="open",
                    open_till__isnull=False,
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    business_date__isnull=True,
                    z_number__isnull=True,
                    expected__isnull=True,
                    counted__isnull=True,
                )
                | Q(
                    status="closed",
                    open_till__isnull=True,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    business_date__isnull=False,
                    z_number__isnull=False,
                    z_number__gte=1,
                    expected__isnull=False,
                    counted__isnull=False,
                ),
                violation_error_message="A shift is open at its till, or closed and counted.",
            ),
        )

    def __str__(self) -> str:
        return f"Z {self.z_number}" if self.z_number else f"shift {self.pk}"

    @property
    def difference(self) -> Decimal | None:
        """Over (+) or short (−); None while it is open."""
        if self.counted is None or self.expected is None:
            return None
        return money(self.counted - self.expected)


class CashMovement(AppendOnly):
    """Cash put into a till or taken out of it while a shift is open, and why.

    Where the money changes accounts it posts an entry; what only goes between a till and the
    store's drawer stays on the cash account. What is paid out is an expense.
    """

    class Kind(models.TextChoices):
        PAID_OUT = "paid_out", "Paid out"
        TO_BANK = "to_bank", "Taken to the bank"
        FROM_BANK = "from_bank", "Change fetched from the bank"
        TO_DRAWER = "to_drawer", "Put into the store's drawer"
        FROM_DRAWER = "from_drawer", "Change fetched from the store's drawer"
        DRAWN = "drawn", "Drawn by the owner"

    IN = (Kind.FROM_BANK, Kind.FROM_DRAWER)

    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # above zero either way
    account = models.ForeignKey(
        "ledger.LedgerAccount", null=True, on_delete=models.PROTECT, related_name="+"
    )
    expense = models.OneToOneField(
        "ledger.Expense", null=True, on_delete=models.PROTECT, related_name="cash_movement"
    )
    reason = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField(db_index=True)
    created_at = models.DateTimeField("when")

    class Meta:
        db_table = "cash_movements"
        constraints = (
            models.CheckConstraint(
                name="ledger_cashmovement_amount_positive",
                condition=Q(amount__gt=0),
                violation_error_message="Cash that moves is above zero.",
            ),
            models.CheckConstraint(
                name="ledger_cashmovement_goes_where_its_kind_says",
                condition=Q(kind="paid_out", expense__isnull=False, account__isnull=True)
                | Q(
                    kind__in=("to_bank", "from_bank", "drawn"),
                    expense__isnull=True,
                    account__isnull=False,
                )
                | Q(
                    kind__in=("to_drawer", "from_drawer"),
                    expense__isnull=True,
                    account__isnull=True,
                ),
                violation_error_message="Cash goes to an account, an expense or the drawer.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount}"

    @property
    def into_till(self) -> Decimal:
        """What the till has more of by it: below zero for what was taken out."""
        return self.amount if self.kind in self.IN else -self.amount
