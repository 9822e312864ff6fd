"""What proves that the past is as it was: locks, numbers, seals, the zone of its days."""

from django.conf import settings
from django.db import models

from accounts.models import Store
from pos_project.core.db.append_only import AppendOnly


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
