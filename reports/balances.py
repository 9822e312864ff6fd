"""What the journal moved between two days, of one store or of all.

Closed days come from frozen facts, the others from the journal lines: a statement costs what the
days at its ends cost, not what was ever booked.
"""

from datetime import date
from typing import Any

from ledger.balances import Moved
from reports.facts.accounts import ACCOUNTS
from reports.facts.days import month_of
from reports.facts.freezing import first_day
from reports.facts.raw import exact
from reports.facts.reading import cover, figures
from reports.period import Period


def moved(
    first: date | None, last: date, *, store_id: int | None = None, account: str | None = None
) -> list[Moved]:
    """By account and kind of event, in the days first…last; no first day means from the first
    there is. `account` leaves out the others."""
    period = since_the_beginning(last)
    if period is None:
        return []
    if first is not None:
        period = Period(max(first, period.first), last)
    where: dict[str, Any] = {}
    if store_id is not None:
        where["store_id"] = store_id
    if account is not None:
        where["account_id"] = account
    rows = figures(
        ACCOUNTS, cover(period, ACCOUNTS)[ACCOUNTS.name], by=("account_id", "event"), where=where
    )
    return [
        Moved(code, event, exact(debit, 2), exact(credit, 2))
        for (code, event), (debit, credit) in rows.items()
    ]


def since_the_beginning(last: date) -> Period | None:
    """Everything up to `last`, from the first of a month on, so that this month counts as whole;
    None before anything happened."""
    began = first_day()
    if began is None or began > last:
        return None
    return Period(month_of(began), last)
