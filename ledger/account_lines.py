"""The lines of one account, each with the balance after it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalLine
from ledger.journal_sums import lines_between
from ledger.models import Payment
from pos_project.core.errors import NotFound
from pos_project.core.money import total

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
    lines: Iterator[LedgerLine]


def account_named(text: str) -> LedgerAccount:
    """The account with this code (in any case) or number. Raises NotFound."""
    by_number = LedgerAccount.objects.filter(number=text)
    account = by_number.first() or LedgerAccount.objects.filter(code=text.upper()).first()
    if account is None:
        raise NotFound("Account not found")
    return account


def lines_of(
    account: str,
    first: date,
    last: date,
    balance: Decimal,
    *,
    start: int = 0,
    limit: int | None = None,
    store_id: int | None = None,
) -> LedgerPage:
    """The account's lines in the days first…last, oldest day first, then as they were posted, from
    position `start` on; `balance` is where it stood before them all. Meant for as many days as fit
    into memory."""
    lines = lines_between(first, last, store_id=store_id).filter(account_id=account)
    # First which, then what they show: the order of a busy account is found in its keys, without
    # looking for everybody's names.
    rows = list(lines.order_by(*ORDER).values_list("id", "debit", "credit"))
    carried = balance + total(debit - credit for _, debit, credit in rows[:start])
    end = None if limit is None else start + limit
    return LedgerPage(carried, _running([row_id for row_id, _, _ in rows[start:end]], carried))


def _running(ids: Sequence[int], balance: Decimal) -> Iterator[LedgerLine]:
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
