"""What the journal moved between two days, of one store or of all.

Closed days come from frozen facts, the others from the journal lines: a statement costs what the
days at its ends cost, not what was ever booked.
"""

from datetime import date
from typing import Any

from ledger.balances import Moved
from reports.facts.accounts import ACCOUNTS
from reports.facts.raw import exact
from reports.facts.reading import cover, figures
from reports.period import Period

# Before any shop's first day, and the first of a month: a period from here on is everything.
BEGINNING = date(1900, 1, 1)


def moved(
    period: Period, *, store_id: int | None = None, account: str | None = None
) -> list[Moved]:
    """By account and kind of event, in the period. `account` leaves out the others."""
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
