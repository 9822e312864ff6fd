from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "purchasing"

    def ready(self) -> None:
        from accounts import audit
        from purchasing.models import Supplier

        audit.watch(Supplier)
