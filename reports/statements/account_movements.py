"""What the journal moved between two days, of one store or of all.

Closed days come from summaries, the others from the journal lines: a statement costs what the
days at its ends cost, not what was ever booked.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from ledger.journal_models import JournalLine
from ledger.journal_sums import Moved, Sums, lines_between
from pos_project.core.days import day_start
from pos_project.core.period import ONE_DAY, Period
from reports.summaries.accounts import ACCOUNTS
from reports.summaries.plan import plan_reading
from reports.summaries.raw import exact
from reports.summaries.sums import figures

# Before any shop's first day, and the first of a month: a period from here on is everything.
BEGINNING = date(1900, 1, 1)


@dataclass(frozen=True)
class AccountDay:
    """How an account moved on a day, in how many lines."""

    day: date
    lines: int
    sums: Sums


def moved(
    period: Period,
    *,
    store_id: int | None = None,
    account: str | None = None,
    known_on: date | None = None,
) -> list[Moved]:
    """By account and kind of event, in the period. `account` leaves out the others; `known_on`
    what was entered after the end of that day, which no summary knows."""
    if known_on is not None:
        assert account is None, "no statement of one account asks so"
        return _moved_as_known(known_on, period, store_id)
    plan = plan_reading(period, ACCOUNTS)[ACCOUNTS.name]
    only = _only(store_id, account)
    rows = figures(ACCOUNTS, plan, by=("account_id", "event"), where=only)
    return [
        Moved(code, event, exact(debit, 2), exact(credit, 2))
        for (code, event), (_, debit, credit) in rows.items()
    ]


def _moved_as_known(known_on: date, period: Period, store_id: int | None) -> list[Moved]:
    lines = entered_by(lines_between(period.first, period.last, store_id=store_id), known_on)
    sums = lines.order_by().values_list("account_id", "entry__event")
    return [
        Moved(code, event, exact(debit, 2), exact(credit, 2))
        for code, event, debit, credit in sums.annotate(Sum("debit"), Sum("credit"))
    ]


def entered_by(lines: QuerySet[JournalLine], day: date | None) -> QuerySet[JournalLine]:
    """Those of entries that were entered by the end of the day; of any, without a day."""
    if day is None:
        return lines
    # Entries from before `entered_at` was kept are taken by the moment they say.
    entered = lines.alias(entered=Coalesce("entry__entered_at", "entry__created_at"))
    return entered.filter(entered__lt=day_start(day + ONE_DAY))


def days_of(account: str, period: Period, *, store_id: int | None = None) -> list[AccountDay]:
    """The days of the period on which the account moved, in order."""
    plan = plan_reading(period, ACCOUNTS, by_day=True)[ACCOUNTS.name]
    rows = figures(ACCOUNTS, plan, by=("first_day",), where=_only(store_id, account))
    return [
        AccountDay(day, int(lines), Sums(exact(debit, 2), exact(credit, 2)))
        for (day,), (lines, debit, credit) in sorted(rows.items())
        if lines
    ]


def _only(store_id: int | None, account: str | None) -> dict[str, Any]:
    asked = {"store_id": store_id, "account_id": account}
    return {column: value for column, value in asked.items() if value is not None}
