"""The zone in which the shop's days are dated: remembered, so that another one is noticed.

Every row keeps the business day it was given. Only what is dated from now on follows the setting,
and so do lists that are cut by the moment of their rows.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.db import connection
from django.utils import timezone

from ledger import closing
from ledger.closing_models import ShopTimeZone
from ledger.journal_models import JournalEntry
from pos_project.core.days import today
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Invalid

HINT = (
    "Set SHOP_TIME_ZONE back; or, where the shop has moved or the zone was wrong, run"
    " `manage.py accept_time_zone` once: docs/operations.md."
)


def known_zone() -> ShopTimeZone | None:
    """The zone that holds; None before `migrate`."""
    if ShopTimeZone._meta.db_table not in connection.introspection.table_names():
        return None
    return ShopTimeZone.objects.order_by("-id").first()


def disagreement() -> str:
    """What is wrong with the zone of the environment, in words; `""` when it is the shop's.

    A shop in which nothing has happened yet just begins in the zone of its environment.
    """
    known = known_zone()
    if known is None or known.zone == settings.SHOP_TIME_ZONE:
        return ""
    if not JournalEntry.objects.exists():
        ShopTimeZone.objects.create(zone=settings.SHOP_TIME_ZONE, created_at=timezone.now())
        return ""
    return (
        f"The days of this shop are dated in {known.zone}, but SHOP_TIME_ZONE says"
        f" {settings.SHOP_TIME_ZONE}: days would begin at another hour."
    )


@register(Tags.database)
def zone_is_the_shops(databases: Sequence[str] | None = None, **_: Any) -> list[Warning]:
    """Runs with every `migrate`, `serve` and `reconcile`."""
    told = disagreement() if databases else ""
    return [Warning(told, hint=HINT, id="ledger.W001")] if told else []


def accept_zone(since: date | None = None) -> ShopTimeZone:
    """Date by the zone of the environment from a day on, today unless said. What was posted keeps
    its day.

    Raises Invalid when it is the shop's already, or for a day that is closed or still to come.
    """

    def accept() -> ShopTimeZone:
        require_acceptable(since)
        return ShopTimeZone.objects.create(
            zone=settings.SHOP_TIME_ZONE, since=since or today(), created_at=timezone.now()
        )

    return transact(accept)


def require_acceptable(since: date | None = None) -> None:
    """Raise Invalid where `accept_zone` would."""
    known, day, sealed = known_zone(), since or today(), closing.last_sealed_day()
    if known is not None and known.zone == settings.SHOP_TIME_ZONE:
        raise Invalid(f"The days of this shop are dated in {known.zone} already.")
    if day > today():
        raise Invalid(f"{day} is still to come: today is {today()}.")
    if sealed is not None and day <= sealed:
        raise Invalid(
            f"The books are closed until {sealed}, and in {settings.SHOP_TIME_ZONE} it is"
            f" {today()}: accept it from a later day on."
        )
