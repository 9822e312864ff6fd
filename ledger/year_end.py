"""The end of a year: its result is carried to retained earnings.

Income and expense accounts are left as they are, so that the closed year's profit and loss can be
read for ever. What was carried stands on an account of its own, which takes it off the result that
the balance sheet still shows as not carried.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from ledger import chart, posting
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.journal_sums import lines_between
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.money import ZERO, money
from pos_project.core.posting_context import Actor, PostingContext

RESULT = (LedgerAccount.Kind.INCOME, LedgerAccount.Kind.EXPENSE)


@dataclass(frozen=True)
class YearEnd:
    """The last day of a year, and what the accountant says to it."""

    through: date
    note: str | None = None


def close_year(
    year: YearEnd, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> list[JournalEntry]:
    """Carry the result up to the day, as far as it is not carried yet, to retained earnings.

    An entry for each store; they count on that day while it is open, else today. A wrong one is
    reversed like every entry by hand, and a later closing makes up for what was booked into the
    year meanwhile. Raises Invalid for a day that is not over, Conflict where nothing is left.
    """
    with kept_answer_first(key):
        if year.through >= today():
            text = "A year is closed when its last day is over."
            raise Invalid(f"through: {text}", fields={"through": [text]})
    return once(key, lambda: _close(year, PostingContext.claim(by, at, day=year.through)))


def _close(year: YearEnd, context: PostingContext) -> list[JournalEntry]:
    # Whoever closes waits here, so that no result is carried twice.
    LedgerAccount.objects.select_for_update().get(pk=chart.RETAINED_EARNINGS)
    result = _net_by_store(account__kind__in=RESULT, until=year.through)  # credits are profit
    carried = _net_by_store(account=chart.RESULT_CARRIED, until=None)
    title = f"Result up to {year.through} carried to retained earnings"
    entry_ids = []
    for store_id in sorted({*result, *carried}):
        left = -result.get(store_id, ZERO) - carried.get(store_id, ZERO)
        profit, loss = max(left, ZERO), max(-left, ZERO)
        entry_id = posting.post(
            JournalEntry.Event.MANUAL,
            [
                posting.Line(chart.RESULT_CARRIED, debit=profit, credit=loss),
                posting.Line(chart.RETAINED_EARNINGS, debit=loss, credit=profit),
            ],
            context=context.anywhere(store_id),
            memo=f"{title}: {year.note}" if year.note else title,
        )
        if entry_id is not None:
            entry_ids.append(entry_id)
    if not entry_ids:
        raise Conflict(f"Nothing is left to carry: the result up to {year.through} is carried.")
    return list(JournalEntry.objects.filter(pk__in=entry_ids).order_by("id"))


def _net_by_store(*, until: date | None, **accounts: object) -> dict[int, Decimal]:
    """Debits less credits on these accounts up to the day."""
    lines = lines_between(None, until).filter(**accounts).order_by()
    sums = lines.values_list("entry__store_id").annotate(Sum("debit"), Sum("credit"))
    return {store_id: money(debit - credit) for store_id, debit, credit in sums}
