from django.apps import AppConfig
from django.db.models import F, Q


class PurchasingConfig(AppConfig):
    name = "purchasing"
    verbose_name = "Buying"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from inventory.models import Batch
        from ledger import dues, numbering, sealing
        from purchasing.models import Purchase, PurchaseItem, Supplier, SupplierDue
        from purchasing.supplier_payments import SUPPLIER_DUES

        audit.watch(Supplier)
        dues.BOOKS[SUPPLIER_DUES.party] = SUPPLIER_DUES
        sealing.covers(Purchase)
        for part in (PurchaseItem, SupplierDue):
            sealing.covers(part, "purchase__business_date")
        numbering.numbers(
            "purchase",
            Purchase,
            *numbering.with_entry(
                numbering.Part(PurchaseItem, "purchase_id"),
                numbering.Part(SupplierDue, "purchase_id"),
                numbering.Part(Batch, "purchase_item__purchase_id"),
                events=("purchase",),
            ),
            total=F("total_amount"),
            which=Q(status=Purchase.Status.RECEIVED),
        )
