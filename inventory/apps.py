from django.apps import AppConfig
from django.db.models import Q


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = "Stock"  # as in the side bar

    def ready(self) -> None:
        from inventory.models import Batch, InventoryLog, InventoryLogBatch
        from ledger import sealing

        # A closed day's movements are sealed with its journal.
        sealing.covers(InventoryLog)
        sealing.covers(InventoryLogBatch, "log__business_date")
        made_by_hand = Q(
            log_batches__log__kind__in=(InventoryLog.Kind.OPENING, InventoryLog.Kind.ADJUSTMENT),
            log_batches__quantity__gt=0,
        )
        sealing.covers(
            Batch,
            "purchase_item__purchase__business_date",
            sealing.Way("log_batches__log__business_date", made_by_hand),
        )
