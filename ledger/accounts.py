"""The chart of accounts is kept: accounts are added, renamed and archived, never deleted."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from ledger import chart
from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.journal_models import JournalLine
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.money import ZERO, money

CARRIED_FORWARD = (
    LedgerAccount.Kind.ASSET,
    LedgerAccount.Kind.LIABILITY,
    LedgerAccount.Kind.EQUITY,
)
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class AccountChanges:
    """What to change; None leaves it as it is."""

    number: str | None = None
    name: str | None = None
    kind: str | None = None
    archived: bool | None = None


def add_account(
    *,
    number: str,
    name: str,
    kind: str,
    code: str | None = None,
    key: RequestKey | None = None,
) -> LedgerAccount:
    """Add an account; its code is made from its name unless given.

    Raises Invalid for a code that is none, Conflict for a code or number that is taken.
    """
    code = code.upper() if code else code_of(name)
    if not _CODE.fullmatch(code):
        text = "A letter, then letters, digits and underscores."
        raise Invalid(text, fields={"code": [text]})
    account = LedgerAccount(code=code, number=number, name=name, kind=kind)

    def add() -> LedgerAccount:
        _require_free(account, LedgerAccount.objects.all())
        return _written(account, adding=True)

    return once(key, add)


def change_account(
    code: str, changes: AccountChanges, *, seen: Mapping[str, Any] | None = None
) -> LedgerAccount:
    """Rename, renumber, retype or archive an account.

    Raises NotFound; ChangedMeanwhile for what is no longer as `seen`; Conflict for a number that
    is taken, for another type once the account has lines, for archiving it while it has a
    balance, and for either of an account that the shop's documents post to.
    """

    def change() -> LedgerAccount:
        account = LedgerAccount.objects.select_for_update().filter(pk=code.upper()).first()
        if account is None:
            raise NotFound("Account not found")
        require_as_seen(account, vars(changes), seen)
        account.number = changes.number or account.number
        account.name = changes.name or account.name
        _require_free(account, LedgerAccount.objects.exclude(pk=account.pk))
        if changes.kind and changes.kind != account.kind:
            _require_retypable(account)
            account.kind = changes.kind
        if changes.archived is True and account.archived_at is None:
            _require_archivable(account)
            account.archived_at = timezone.now()
        elif changes.archived is False:
            account.archived_at = None
        return _written(account, adding=False)

    return transact(change)


def ensure_accounts_between_stores() -> None:
    """Add the accounts of goods that go from store to store, where they are not there yet. One
    statement once they are."""
    wanted = {code for code, *_ in chart.BETWEEN_STORES_ACCOUNTS}
    if LedgerAccount.objects.filter(code__in=wanted).count() == len(wanted):
        return
    try:
        transact(lambda: chart.add_missing(LedgerAccount, chart.BETWEEN_STORES_ACCOUNTS))
    except IntegrityError:  # somebody added them in this very moment
        assert LedgerAccount.objects.filter(code__in=wanted).count() == len(wanted)


def code_of(name: str) -> str:
    """`Owner's loan` → `OWNERS_LOAN`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Z0-9]+", "_", plain.upper().replace("'", "")).strip("_")
    return words[:40].rstrip("_")


def is_protected(account: LedgerAccount) -> bool:
    """Whether the shop's own documents post to the account, by name or as a tender."""
    return (
        account.is_control
        or account.code in chart.NAMED_BY_CODE
        or PaymentMethod.objects.filter(account=account).exists()
    )


def _require_free(account: LedgerAccount, others: QuerySet[LedgerAccount]) -> None:
    if account._state.adding and others.filter(pk=account.code).exists():
        text = f"There is an account {account.code} already."
        raise Conflict(text, fields={"code": [text]})
    if others.filter(number=account.number).exists():
        text = f"The number {account.number} is taken."
        raise Conflict(text, fields={"number": [text]})


def _require_retypable(account: LedgerAccount) -> None:
    if is_protected(account):
        raise Conflict(f"Documents of the shop post to {account.name}: its type stays.")
    if JournalLine.objects.filter(account=account).exists():
        raise Conflict(f"{account.name} has entries: its type stays. Archive it, add another.")


def _require_archivable(account: LedgerAccount) -> None:
    if is_protected(account):
        raise Conflict(f"Documents of the shop post to {account.name}: it cannot be archived.")
    sums = JournalLine.objects.filter(account=account).aggregate(
        debit=Sum("debit"), credit=Sum("credit")
    )
    balance = money((sums["debit"] or ZERO) - (sums["credit"] or ZERO))
    if balance and account.kind in CARRIED_FORWARD:
        raise Conflict(f"{account.name} has a balance of {balance}.", balance=balance)


def _written(account: LedgerAccount, *, adding: bool) -> LedgerAccount:
    try:
        with transaction.atomic():
            account.save(force_insert=adding)
    except IntegrityError as error:  # somebody took the number in this very moment
        raise Conflict("This number or code is taken.") from error
    return account
