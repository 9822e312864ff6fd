"""The lines of one account with a running balance, a page at a time or as a stream."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from ledger.balances import lines_between
from ledger.models import JournalLine, LedgerAccount, Payment
from pos_project.core.errors import NotFound
from pos_project.core.money import ZERO, money

ORDER = ("entry__business_date", "entry_id", "id")
READ_AT_ONCE = 1000


@dataclass(frozen=True)
class LedgerLine:
    """One journal line of the account, and where the account stands after it."""

    day: date
    entry_id: int
    event: str
    document_id: int | None
    reference: str | None
    party: str | None
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True)
class LedgerPage:
    """Some lines of the account. `carried` is the balance before the first of them."""

    carried: Decimal
    lines: list[LedgerLine]


def account_named(text: str) -> LedgerAccount:
    """The account with this code (in any case) or number. Raises NotFound."""
    by_number = LedgerAccount.objects.filter(number=text)
    account = by_number.first() or LedgerAccount.objects.filter(code=text.upper()).first()
    if account is None:
        raise NotFound("Account not found")
    return account


class AccountLines:
    """The lines of `account` in the days first…last, oldest day first, then as they were posted."""

    def __init__(
        self, account: str, first: date | None, last: date | None, *, store_id: int | None = None
    ) -> None:
        self.account, self.first, self.last, self.store_id = account, first, last, store_id

    def count(self) -> int:
        return self._lines(self.first, self.last).count()

    def page(self, opening: Decimal, start: int, limit: int) -> LedgerPage:
        """`limit` lines from position `start` on."""
        lines = self._lines(self.first, self.last)
        carried = opening + _net(lines[:start]) if start else opening
        return LedgerPage(carried, list(_running(lines[start : start + limit], carried)))

    def every(self, opening: Decimal) -> Iterator[LedgerLine]:
        """All lines, read a month at a time, so that no account is too big."""
        balance = opening
        for first, last in self._months():
            for line in _running(self._lines(first, last), balance):
                balance = line.balance
                yield line

    def _lines(self, first: date | None, last: date | None) -> QuerySet[JournalLine]:
        lines = lines_between(first, last, store_id=self.store_id).filter(account_id=self.account)
        return lines.order_by(*ORDER)

    def _months(self) -> Iterator[tuple[date, date]]:
        days = self._lines(self.first, self.last).aggregate(
            first=Min("entry__business_date"), last=Max("entry__business_date")
        )
        day, end = days["first"], days["last"]
        while day is not None and day <= end:
            next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            yield day, min(next_month - timedelta(days=1), end)
            day = next_month


def _sides(lines: QuerySet[Any]) -> tuple[Decimal, Decimal]:
    sums = lines.aggregate(debits=Sum("debit"), credits=Sum("credit"))
    return money(sums["debits"] or ZERO), money(sums["credits"] or ZERO)


def _net(lines: QuerySet[Any]) -> Decimal:
    debits, credits = _sides(lines)
    return debits - credits


def _running(lines: QuerySet[Any], balance: Decimal) -> Iterator[LedgerLine]:
    """The lines with the balance after each. First which, then what they show: the order of a busy
    account is found in its keys, without looking for everybody's names."""
    ids = list(lines.values_list("id", flat=True))
    for start in range(0, len(ids), READ_AT_ONCE):
        for line in _shown(ids[start : start + READ_AT_ONCE]):
            day, entry_id, event, document_id, reference, party, debit, credit = line
            balance += debit - credit
            yield LedgerLine(
                day, entry_id, event, document_id, reference, party, debit, credit, balance
            )


def _shown(ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    # A line of cash names nobody, a payment of dues no document: its payment does both.
    payment = Payment.objects.filter(entry_id=OuterRef("entry_id")).order_by("id")
    names = ("customer__name", "supplier__name")
    return (
        JournalLine.objects.filter(pk__in=ids)
        .annotate(
            ref=Coalesce("entry__reference", Subquery(payment.values("reference_no")[:1])),
            party=Coalesce(*names, *(Subquery(payment.values(name)[:1]) for name in names)),
        )
        .order_by(*ORDER)
        .values_list(
            *("entry__business_date", "entry_id", "entry__event", "entry__document_id"),
            *("ref", "party", "debit", "credit"),
        )
    )
