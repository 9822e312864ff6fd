from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models.signals import post_migrate

from ledger import chart


def ensure_chart(apps: Apps = installed, **_: Any) -> None:
    """The accounts and methods that code names; made by `migrate`, never changed by it."""
    try:
        account = apps.get_model("ledger", "LedgerAccount")
        method = apps.get_model("ledger", "PaymentMethod")
    except LookupError:  # migrated back to before there were books
        return
    account.objects.bulk_create(
        [
            account(code=code, number=number, name=name, kind=kind, is_control=is_control)
            for code, number, name, kind, is_control in chart.ACCOUNTS
        ],
        ignore_conflicts=True,
    )
    method.objects.bulk_create(
        [
            method(code=code, name=name, account_id=account_code)
            for code, name, account_code in chart.PAYMENT_METHODS
        ],
        ignore_conflicts=True,
    )


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        post_migrate.connect(ensure_chart, sender=self)
        from accounts import audit
        from ledger.models import LedgerAccount, PaymentMethod

        for model in (LedgerAccount, PaymentMethod):
            audit.watch(model)
