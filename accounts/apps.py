from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


def ensure_first_store(apps: Apps = installed, **_: Any) -> None:
    """The store every row belongs to until a second one is opened; made by `migrate`."""
    try:
        store = apps.get_model("accounts", "Store")
    except LookupError:  # migrated back to before there were stores
        return
    store.objects.get_or_create(pk=1, defaults={"name": "Main store"})


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Shop"  # as in the side bar

    def ready(self) -> None:
        post_migrate.connect(ensure_first_store, sender=self)
        from accounts import audit, shop_settings
        from accounts.models import SecondFactor, Store, User
        from accounts.stores import HINDRANCES

        audit.connect()
        HINDRANCES.append(shop_settings.people_at_home)
        audit.watch(User, secret=("password", "pin"), sets=("stores",))
        audit.watch(Store)
        audit.watch_only(SecondFactor, "user", "turned_on_at")
