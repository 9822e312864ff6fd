"""What the journal moved on each account between two days: the raw material of every statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from ledger.journal_models import JournalLine
from pos_project.core.money import ZERO


@dataclass(frozen=True)
class Moved:
    """Σ debit and Σ credit of one account by one kind of event."""

    account: str
    event: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class Sums:
    """The two sides of an account. Its balance is `net`: debit (+) or credit (−)."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.debit - self.credit

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.debit + other.debit, self.credit + other.credit)


def lines_between(
    first: date | None, last: date | None, *, store_id: int | None = None
) -> QuerySet[JournalLine]:
    """The journal lines of the business days first…last, of one store or of all. A missing end is
    the first or the last day there is."""
    days: dict[str, Any] = {}
    if first is not None:
        days["entry__business_date__gte"] = first
    if last is not None:
        days["entry__business_date__lte"] = last
    if store_id is not None:
        days["entry__store_id"] = store_id
    return JournalLine.objects.filter(**days)


def by_account(rows: Iterable[Moved]) -> dict[str, Sums]:
    """The sums of each account, whatever moved it."""
    sums: dict[str, Sums] = {}
    for row in rows:
        sums[row.account] = sums.get(row.account, Sums()) + Sums(row.debit, row.credit)
    return sums
