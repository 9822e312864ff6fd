"""What the journal moved between two days, of one store or of all.

The one door through which statements read sums, so that what is known of closed days need not be
added up again.
"""

from datetime import date

from ledger import balances
from ledger.balances import Moved


def moved(first: date | None, last: date | None, *, store_id: int | None = None) -> list[Moved]:
    return balances.moved(first, last, store_id=store_id)
