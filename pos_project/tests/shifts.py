"""A shift for tests: traded through the use cases, as a till does it."""

from decimal import Decimal

from accounts.models import Store
from ledger import tills
from ledger.shifts import Movement, ShiftCount, close_shift, move_cash, open_shift
from ledger.till_models import CashMovement, Shift
from pos_project.core.at_till import at_till
from pos_project.tests import shop


def a_closed_shift(name: str = "Front", *, short: int = 1) -> Shift:
    """Sold in cash and by card, moved cash of every kind, counted short by so much."""
    till, by = tills.add_till(name, store_id=Store.FIRST_ID), shop.a_cashier()
    shift = open_shift(till.pk, Decimal(50), by=by)
    with at_till(till.pk):
        shop.sell((shop.a_service("100.00"), 1), by=by)
        shop.sell((shop.a_service("100.00"), 1), offered=shop.by_method("card", 100), by=by)
    for kind in CashMovement.Kind.values:
        move_cash(shift.pk, Movement(kind, Decimal(5), "Needed"), by=by)
    # 50 + 100, and of six movements of 5 two came in.
    counted = Decimal(140 - short)
    denominations = {"1": int(counted)}
    count = ShiftCount(counted, denominations, {"card": Decimal(100)}, "A coin fell")
    return close_shift(shift.pk, count, by=by)


def a_days_shifts() -> Shift:
    """One that is closed, and one that is open at the same till."""
    closed = a_closed_shift()
    open_shift(closed.till_id, Decimal(20), by=shop.a_cashier())
    return closed
