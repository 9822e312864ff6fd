"""The general ledger of an account: any page of it, or all of it as a stream.

What is known of its days says on which of them a page begins, so only those are read line by line:
the last page of a busy year costs what the first does.
"""

from collections.abc import Iterator
from decimal import Decimal

from ledger.account_lines import LedgerLine, LedgerPage, lines_of
from ledger.journal_sums import Sums
from pos_project.core.period import ONE_DAY, Period
from reports.statements.account_movements import AccountDay, days_of
from reports.statements.financial_statements import balance_of

READ_AT_ONCE = 5000  # lines; a busier day is read as a whole


class GeneralLedger:
    def __init__(self, account: str, period: Period, *, store_id: int | None = None) -> None:
        self._account, self._store_id = account, store_id
        self.opening = balance_of(account, period.first - ONE_DAY, store_id=store_id)
        self._days = days_of(account, period, store_id=store_id)
        self.sums = sum((day.sums for day in self._days), Sums())
        self.count = sum(day.lines for day in self._days)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.sums.net

    def page(self, start: int, limit: int) -> LedgerPage:
        """`limit` lines from position `start` on."""
        balance, skip = self.opening, start
        wanted: list[AccountDay] = []
        for day in self._days:
            if not wanted and skip >= day.lines:
                balance, skip = balance + day.sums.net, skip - day.lines
            elif sum(each.lines for each in wanted) < skip + limit:
                wanted.append(day)
        if not wanted:
            return LedgerPage(balance, iter(()))
        first, last = wanted[0].day, wanted[-1].day
        return lines_of(
            self._account, first, last, balance, start=skip, limit=limit, store_id=self._store_id
        )

    def every(self) -> Iterator[LedgerLine]:
        """All lines, some days at a time."""
        balance, first, count = self.opening, None, 0
        for at, day in enumerate(self._days):
            first, count = first or day.day, count + day.lines
            if count < READ_AT_ONCE and at + 1 < len(self._days):
                continue
            read = lines_of(self._account, first, day.day, balance, store_id=self._store_id)
            for line in read.lines:
                balance = line.balance
                yield line
            first, count = None, 0
