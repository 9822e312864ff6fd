from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        from ledger import dues
        from sales.customer_payments import CUSTOMER_DUES

        dues.BOOKS[CUSTOMER_DUES.party] = CUSTOMER_DUES
