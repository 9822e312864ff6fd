from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.conf import settings
from django.db.models import F, Q, Sum
from django.db.models.signals import post_migrate
from django.utils import timezone

from ledger import chart
from pos_project.core import past_days


def ensure_chart(apps: Apps = installed, **_: Any) -> None:
    """The accounts and methods that code names; made by `migrate`, never changed by it."""
    try:
        account = apps.get_model("ledger", "LedgerAccount")
        method = apps.get_model("ledger", "PaymentMethod")
    except LookupError:  # migrated back to before there were books
        return
    chart.add_missing(account, chart.ACCOUNTS)

    def flag(pays_once: bool) -> dict[str, bool]:
        known = {field.name for field in method._meta.get_fields()}  # fewer, migrated back
        return {"has_transaction_ids": pays_once} if "has_transaction_ids" in known else {}

    method.objects.bulk_create(
        [
            method(code=code, name=name, account_id=account_code, **flag(pays_once))
            for code, name, account_code, pays_once in chart.PAYMENT_METHODS
        ],
        ignore_conflicts=True,
    )


def ensure_genesis(apps: Apps = installed, **_: Any) -> None:
    """The seal before all days, which the first closed day builds upon; made by `migrate`."""
    try:
        seal = apps.get_model("ledger", "DaySeal")
    except LookupError:  # migrated back to before there were seals
        return
    from ledger.sealing import GENESIS  # needs the models, which this module comes before

    if not seal.objects.filter(day=None).exists():
        seal.objects.create(
            seal=GENESIS, previous="", row_counts={}, checksums=b"", created_at=timezone.now()
        )


def ensure_time_zone(apps: Apps = installed, **_: Any) -> None:
    """The zone in which the shop's days begin; made by `migrate`."""
    try:
        zones = apps.get_model("ledger", "ShopTimeZone")
    except LookupError:  # migrated back to before it was remembered
        return
    if not zones.objects.exists():
        zones.objects.create(zone=settings.SHOP_TIME_ZONE, created_at=timezone.now())


def open_dues(store_id: int) -> str | None:
    """Why a store cannot be closed while somebody owes there, or is owed."""
    from ledger import dues

    for book in dues.BOOKS.values():
        theirs = {f"{book.document}__store_id": store_id, "status": dues.OPEN}
        if book.due_model._default_manager.filter(**theirs).exists():
            return f"It has open dues of {book.party}s."
    return None


def open_day(store_id: int) -> str | None:
    """Why a store cannot be closed on a day of which something is not sealed yet."""
    from ledger import closing
    from ledger.journal_models import JournalEntry

    entries = JournalEntry.objects.filter(store_id=store_id)
    last = closing.last_sealed_day()
    first = (entries if last is None else entries.filter(business_date__gt=last)).order_by(
        "business_date"
    )
    day = first.values_list("business_date", flat=True).first()
    return None if day is None else f"Its business day {day} is not closed."


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Books"  # as in the side bar

    def ready(self) -> None:
        from accounts.models import AuditEntry, LoginEvent
        from accounts.stores import HINDRANCES
        from ledger import closing, numbering, period_lock, sealing
        from ledger.closing_models import DocumentNumber, PeriodLock, ShopTimeZone
        from ledger.journal_models import JournalEntry, JournalLine
        from ledger.models import CashCount, DueCredit, Expense, Payment
        from ledger.till_models import CashMovement, Shift
        from ledger.tills import open_shift_of, shifts_open

        HINDRANCES.extend((open_dues, open_day, shifts_open))
        post_migrate.connect(ensure_chart, sender=self)
        post_migrate.connect(ensure_genesis, sender=self)
        post_migrate.connect(ensure_time_zone, sender=self)
        from ledger import time_zone  # noqa: F401  (registers the system check)

        past_days.sealed_by(closing.is_sealed)
        past_days.ended_by(lambda: closing.LAST_SEALED_DAY.get()[0])
        past_days.sealed_by(period_lock.is_locked)
        for document in (JournalEntry, Payment, Expense, CashCount, DueCredit, CashMovement, Shift):
            sealing.covers(document)
        sealing.covers(JournalLine, "entry__business_date")
        for event in (PeriodLock, ShopTimeZone, LoginEvent):
            sealing.covers(event, moment="created_at")
        sealing.covers(AuditEntry, moment="timestamp")
        sealing.covers(DocumentNumber, moment="numbered_at")
        amounts: dict[str, tuple[Any, str]] = {
            "expense": (Expense, "amount"),
            "cash_count": (CashCount, "counted"),
        }
        for kind, (paid, amount) in amounts.items():
            parts = numbering.with_entry(events=(kind,))
            numbering.numbers(kind, paid, *parts, total=F(amount))
        numbering.numbers(
            "entry",
            JournalEntry,
            *(numbering.Part(model, "entry_id") for model in (JournalLine, Payment, DueCredit)),
            total=Sum("lines__debit"),
            which=~Q(event__in=numbering.WITH_THEIR_DOCUMENT),
        )
        closed = Q(status=Shift.Status.CLOSED)
        numbering.numbers("shift", Shift, total=F("counted"), which=closed, may_wait=True)
        numbering.numbers("cash_move", CashMovement, total=F("amount"))
        numbering.numbers("audit", AuditEntry, moment="timestamp")
        for kind, event_model in (("sign_in", LoginEvent), ("lock", PeriodLock)):
            numbering.numbers(kind, event_model, moment="created_at")
        from accounts import audit
        from ledger.chart_models import LedgerAccount, PaymentMethod
        from ledger.models import RepeatingExpense
        from ledger.till_models import Till
        from pos_project.core import at_till

        at_till.shifts_found_by(open_shift_of)
        for model in (LedgerAccount, PaymentMethod, RepeatingExpense, Till):
            audit.watch(model)
