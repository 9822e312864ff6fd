"""The rich shop when its day is still open, when it is locked, and when it is closed."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from ledger import closing
from ledger.closing_models import DaySeal
from ledger.numbering import number_documents
from ledger.period_lock import lock_through
from pos_project.core.days import day_start, today
from pos_project.core.period import ONE_DAY
from pos_project.tests import shifts, shop
from reports.reconciliation.tests.forgery.rich_shop import RichShop

HOUR = timedelta(hours=1)


class OpenShop(RichShop):
    """An hour later: what it traded has its numbers."""

    def __init__(self) -> None:
        super().__init__()
        shifts.a_closed_shift("Front")
        # What is traded on this day, and the hours in which it happened.
        self.day = DaySeal(
            day=today(), begins_at=day_start(today()), ends_at=day_start(today() + ONE_DAY)
        )
        number_documents()
        with time_machine.travel(timezone.now() + HOUR, tick=False):
            shop.sell((self.postage, 1), by=self.cashier)
            number_documents()


class LockedShop(OpenShop):
    """The day after: whatever it traded is locked."""

    def __init__(self) -> None:
        super().__init__()
        with time_machine.travel(timezone.now() + ONE_DAY, tick=False):
            by = self.cashier
            lock_through(today() - ONE_DAY, reason="Books are done", by=by, role="admin")


class ClosedShop(OpenShop):
    """The day after: whatever it traded is closed."""

    def __init__(self) -> None:
        super().__init__()
        with time_machine.travel(timezone.now() + ONE_DAY, tick=False):
            while (day := closing.next_day()) is not None and closing.is_over(day):
                closing.seal(day)
