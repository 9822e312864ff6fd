from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "purchasing"
    verbose_name = "Buying"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from ledger import dues, sealing
        from purchasing.models import Purchase, PurchaseItem, Supplier, SupplierDue
        from purchasing.supplier_payments import SUPPLIER_DUES

        audit.watch(Supplier)
        dues.BOOKS[SUPPLIER_DUES.party] = SUPPLIER_DUES
        sealing.covers(Purchase)
        for part in (PurchaseItem, SupplierDue):
            sealing.covers(part, "purchase__business_date")
