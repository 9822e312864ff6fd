"""A shift that is closed while somebody sells at its till, or opened by two, where row locks exist.

Each race has its control, which shows what the lock prevents.
"""

import threading
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Store
from ledger import shifts, tills
from ledger.journal_models import JournalEntry
from ledger.shift_figures import sums_of
from ledger.shifts import Movement, ShiftCount, close_shift, move_cash, open_shift
from ledger.till_models import Shift
from pos_project.core.at_till import at_till
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import Meeting, at_once, kinds, until_a_till_waits
from reports.reconciliation.tests.verdicts import verdict_on
from reports.statements.cash_counting import Counted, count_cash
from sales import checkout

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cashier() -> Any:
    return shop.a_cashier()


@pytest.fixture
def till() -> Any:
    return tills.add_till("Front", store_id=Store.FIRST_ID)


@pytest.fixture
def shift(till: Any, cashier: Any) -> Shift:
    return open_shift(till.pk, Decimal(50), by=cashier)


def selling_at(till: Any, service: Any, by: Any) -> Any:
    def sell() -> Any:
        with at_till(till.pk):
            return shop.sell((service, 1), by=by)

    return sell


def closing(shift: Shift, by: Any, counted: int = 50) -> Any:
    return lambda: close_shift(shift.pk, ShiftCount(Decimal(counted)), by=by)


def test_a_sale_is_in_the_shift_that_is_closed_or_is_told_so(
    shift: Shift, till: Any, cashier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, meeting = shop.a_service("100.00"), Meeting()
    meeting.after(monkeypatch, checkout, "insert_draft")
    meeting.after(monkeypatch, shifts, "sums_of")
    sold, closed = at_once(selling_at(till, service, cashier), closing(shift, cashier))

    assert not meeting.met, "the sum was made while a sale was under way"
    assert isinstance(closed, Shift)
    in_shift = JournalEntry.objects.filter(shift=shift).count()
    assert isinstance(sold, tills.ShiftClosed) if in_shift == 0 else closed.expected == 150
    assert verdict_on("shifts_expect_their_cash").holds
    books_agree()


def test_without_the_lock_a_sale_is_missing_in_the_sum(
    shift: Shift, till: Any, cashier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, meeting = shop.a_service("100.00"), Meeting()
    meeting.after(monkeypatch, checkout, "insert_draft")
    meeting.after(monkeypatch, shifts, "sums_of")
    monkeypatch.setattr(shifts, "lock_row", lambda *_, **__: (shift.pk,))
    at_once(selling_at(till, service, cashier), closing(shift, cashier))

    assert meeting.met
    assert not verdict_on("shifts_expect_their_cash").holds


def test_closing_waits_for_no_other_till(
    shift: Shift, till: Any, cashier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, other = shop.a_service("100.00"), tills.add_till("Back", store_id=Store.FIRST_ID)
    open_shift(other.pk, Decimal(0), by=cashier)
    under_way, done = threading.Event(), threading.Event()
    real = checkout.insert_draft

    def then_wait(*args: Any, **kwargs: Any) -> Any:
        row = real(*args, **kwargs)
        under_way.set()
        assert done.wait(20), "the other till's shift was not closed meanwhile"
        return row

    monkeypatch.setattr(checkout, "insert_draft", then_wait)

    def close() -> Any:
        under_way.wait(20)
        try:
            return closing(shift, cashier)()
        finally:
            done.set()

    sold, closed = at_once(selling_at(other, service, cashier), close)
    assert (kinds([sold]), kinds([closed])) == (["Sold"], ["Shift"])
    books_agree()


def test_cashiers_at_one_till_do_not_wait_for_each_other(
    shift: Shift, till: Any, cashier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting()
    services = [shop.a_service("100.00") for _ in range(2)]
    meeting.after(monkeypatch, checkout, "insert_draft")
    outcomes = at_once(*(selling_at(till, each, cashier) for each in services))

    assert meeting.met
    assert kinds(outcomes) == ["Sold", "Sold"]
    assert sums_of(shift).expected == 250


def test_a_shift_is_opened_and_closed_once(till: Any, cashier: Any) -> None:
    opened = at_once(*[lambda: open_shift(till.pk, Decimal(5), by=cashier)] * 2)
    assert kinds(opened) == ["Shift", "ShiftOpen"]
    shift = Shift.objects.get()
    assert kinds(at_once(*[closing(shift, cashier)] * 2)) == ["Shift", "ShiftClosed"]


def test_shifts_closed_at_the_same_moment_are_numbered_without_gaps(cashier: Any) -> None:
    at_tills = [tills.add_till(f"Till {n}", store_id=Store.FIRST_ID) for n in range(6)]
    opened = [open_shift(till.pk, Decimal(5), by=cashier) for till in at_tills]
    outcomes = at_once(*(closing(shift, cashier, 5 + n) for n, shift in enumerate(opened)))

    assert kinds(outcomes) == ["Shift"] * 6
    assert sorted(Shift.objects.values_list("z_number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert verdict_on("z_numbers_have_no_gaps").holds
    books_agree()


def test_what_goes_into_the_drawer_waits_while_it_is_counted(
    shift: Shift, cashier: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.statements import cash_counting

    real, counting = cash_counting.cash_at_tills, threading.Event()

    def then_wait(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        if not counting.is_set():
            counting.set()
            until_a_till_waits()
        return found

    monkeypatch.setattr(cash_counting, "cash_at_tills", then_wait)

    def put_in() -> Any:
        counting.wait(20)
        return move_cash(shift.pk, Movement("to_drawer", Decimal(20), "Full"), by=cashier)

    counted, moved = at_once(
        lambda: count_cash(Counted(Decimal(0), reason="Empty"), by=manager), put_in
    )
    assert (counted.expected, counted.at_tills) == (-50, 50)
    assert moved.amount == 20
