from django.apps import AppConfig
from django.db.models import Q


def stock_left(store_id: int) -> str | None:
    """Why a store cannot be closed while goods lie there."""
    from inventory.models import Batch

    return "It has stock." if Batch.objects.filter(store_id=store_id, is_open=1).exists() else None


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = "Stock"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from accounts.stores import HINDRANCES
        from inventory.models import (
            Batch,
            InventoryLog,
            InventoryLogBatch,
            StockCount,
            StockCountLine,
        )
        from inventory.store_product_models import StoreProduct
        from ledger import numbering, sealing

        HINDRANCES.append(stock_left)
        audit.watch(StoreProduct)
        # A closed day's movements are sealed with its journal.
        sealing.covers(InventoryLog)
        sealing.covers(InventoryLogBatch, "log__business_date")
        sealing.covers(StockCount)
        sealing.covers(StockCountLine, "count__business_date")
        by_hand = ("opening", "adjustment", "void")
        numbering.numbers(
            "stock",
            InventoryLog,
            *numbering.with_entry(numbering.Part(InventoryLogBatch, "log_id"), events=by_hand),
            which=Q(kind__in=by_hand),
        )
        made_by_hand = Q(
            log_batches__log__kind__in=(InventoryLog.Kind.OPENING, InventoryLog.Kind.ADJUSTMENT),
            log_batches__quantity__gt=0,
        )
        sealing.covers(
            Batch,
            "purchase_item__purchase__business_date",
            sealing.Way("log_batches__log__business_date", made_by_hand),
        )
