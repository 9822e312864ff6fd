from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        from accounts import audit
        from sales.models import Customer

        audit.watch(Customer)
