from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "purchasing"
    verbose_name = "Buying"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from ledger import dues
        from purchasing.models import Supplier
        from purchasing.supplier_payments import SUPPLIER_DUES

        audit.watch(Supplier)
        dues.BOOKS[SUPPLIER_DUES.party] = SUPPLIER_DUES
