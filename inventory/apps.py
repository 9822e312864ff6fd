from django.apps import AppConfig
from django.db.models import Q


def stock_left(store_id: int) -> str | None:
    """Why a store cannot be closed while goods lie there."""
    from inventory.models import Batch

    return "It has stock." if Batch.objects.filter(store_id=store_id, is_open=1).exists() else None


def goods_on_the_way(store_id: int) -> str | None:
    """Why a store cannot be closed while goods are to come there, or to leave it."""
    from inventory.transfer_models import Transfer

    going = Transfer.objects.filter(status__in=Transfer.DRAFT_STATUSES)
    numbers = [
        str(number)
        for of_store in ("from_store_id", "to_store_id")
        for number in going.filter(**{of_store: store_id}).values_list("number", flat=True)[:3]
    ]
    return f"Transfers are not at their end: {', '.join(numbers)}." if numbers else None


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
        from inventory.transfer_models import Transfer, TransferLine, TransferLot
        from ledger import numbering, sealing

        HINDRANCES.extend((stock_left, goods_on_the_way))
        audit.watch(StoreProduct)
        # A closed day's movements are sealed with its journal.
        sealing.covers(InventoryLog)
        sealing.covers(InventoryLogBatch, "log__business_date")
        sealing.covers(StockCount)
        sealing.covers(StockCountLine, "count__business_date")
        sealing.covers(Transfer)
        sealing.covers(TransferLine, "transfer__business_date")
        sealing.covers(TransferLot, "line__transfer__sent_on")
        by_hand = ("opening", "adjustment", "void")
        numbering.numbers(
            "stock",
            InventoryLog,
            *numbering.with_entry(numbering.Part(InventoryLogBatch, "log_id"), events=by_hand),
            which=Q(kind__in=by_hand),
        )
        # In the store that had the goods. Its entries have numbers of their own as they are posted.
        numbering.numbers(
            "transfer",
            Transfer,
            numbering.Part(TransferLine, "transfer_id"),
            numbering.Part(TransferLot, "line__transfer_id"),
            numbering.Part(Batch, "transfer_lot__line__transfer_id"),
            which=Q(status__in=(Transfer.Status.RECEIVED, Transfer.Status.CANCELLED)),
            may_wait=True,  # asked for, or on the way
            store="from_store_id",
        )
        made_by_hand = Q(
            log_batches__log__kind__in=(
                InventoryLog.Kind.OPENING,
                InventoryLog.Kind.ADJUSTMENT,
                InventoryLog.Kind.ARRIVED,
            ),
            log_batches__quantity__gt=0,
        )
        sealing.covers(
            Batch,
            "purchase_item__purchase__business_date",
            sealing.Way("log_batches__log__business_date", made_by_hand),
        )
