from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "purchasing"

    def ready(self) -> None:
        from ledger import dues
        from purchasing.supplier_payments import SUPPLIER_DUES

        dues.BOOKS[SUPPLIER_DUES.party] = SUPPLIER_DUES
