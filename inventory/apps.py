from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = "Stock"  # as in the side bar

    def ready(self) -> None:
        from inventory.models import InventoryLog
        from ledger import sealing

        sealing.covers(InventoryLog)  # a closed day's movements are sealed with its journal
