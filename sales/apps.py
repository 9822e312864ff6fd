from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "Selling"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from ledger import dues
        from sales.customer_payments import CUSTOMER_DUES
        from sales.models import Customer

        audit.watch(Customer)
        dues.BOOKS[CUSTOMER_DUES.party] = CUSTOMER_DUES
