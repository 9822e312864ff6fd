"""Into locked days nothing is posted any more; late documents count today."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings

from ledger import closing
from ledger.closing_models import PeriodLock
from ledger.expenses import Spending, record_expense
from ledger.period_lock import AdminsOnly, is_locked, lock_through, locked_through
from ledger.posting import Line
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Conflict, Invalid
from pos_project.tests import shop
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def lock(day, role="manager", reason="March is reported"):
    return lock_through(day, reason=reason, by=shop.a_cashier(), role=role)


def days_ago(days):
    return today() - timedelta(days=days)


def test_nothing_is_locked_at_first():
    assert locked_through() is None
    assert not is_locked(days_ago(1))


def test_the_locked_day_and_all_before_it_are_locked():
    row = lock(days_ago(3))
    assert (row.reason, row.user) == ("March is reported", shop.a_cashier())
    assert [is_locked(days_ago(days)) for days in (2, 3, 4, 900)] == [False, True, True, True]


def test_late_documents_count_today():
    lock(days_ago(3))
    mug = shop.a_product("5.00")
    bought = shop.buy((mug, 4, "1.00"), on=days_ago(5))
    assert (bought.purchase_date, bought.business_date) == (days_ago(5), today())
    entry = shop.post_by_hand(
        Line("BANK", debit=Decimal(5)), Line("CASH", credit=Decimal(5)), entry_date=days_ago(3)
    )
    sale = shop.sell((mug, 1), at=at_noon(days_ago(4))).sale
    rent = record_expense(
        Spending("Rent", Decimal(5), expense_date=days_ago(3)), by=shop.a_cashier()
    )
    assert {row.business_date for row in (entry, sale, rent)} == {today()}
    open_day = shop.buy((mug, 4, "1.00"), on=days_ago(2))
    assert open_day.business_date == days_ago(2)


def test_only_days_that_are_over_are_locked():
    for day in (today(), today() + timedelta(days=1)):
        with shop.refused(Invalid, "locked_through"):
            lock(day)
    lock(days_ago(1))


def test_the_day_that_has_just_ended_is_not_over_yet():
    """A sale that began before midnight may still be writing."""
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    with time_machine.travel(datetime(2026, 3, 2, 0, 9, tzinfo=zone), tick=False):
        with shop.refused(Invalid, "locked_through"):
            lock(days_ago(1))
        lock(days_ago(2))
    with time_machine.travel(datetime(2026, 3, 2, 0, 10, tzinfo=zone), tick=False):
        lock(days_ago(1))


def test_only_an_admin_takes_a_lock_back_and_it_stays_on_record():
    lock(days_ago(3))
    for day in (days_ago(4), None):
        with shop.refused(AdminsOnly):
            lock(day)
    lock(days_ago(4), role="admin", reason="A bill of the 21st was late")
    assert not is_locked(days_ago(3))
    lock(None, role="admin")
    assert not is_locked(days_ago(900))
    assert PeriodLock.objects.count() == 3


def test_what_holds_already_is_not_said_again():
    with shop.refused(Conflict, "locked_through"):
        lock(None, role="admin")
    lock(days_ago(3))
    with shop.refused(Conflict, "locked_through"):
        lock(days_ago(3))


def test_a_correction_of_a_locked_day_counts_today():
    rent = record_expense(
        Spending("Rent", Decimal(5), expense_date=days_ago(3)), by=shop.a_cashier()
    )
    lock(days_ago(1))
    opposite = shop.undo_expense(rent)
    assert (rent.business_date, opposite.business_date) == (days_ago(3), today())


def test_a_lock_counts_the_rows_of_each_day_that_is_not_closed():
    for days in (5, 4, 3, 2):
        shop.sell((shop.a_service(), 1), at=at_noon(days_ago(days)))
    closing.seal(days_ago(5))
    counts = {"sales": 1, "sale_items": 1, "journal_entries": 1, "journal_lines": 2, "payments": 1}
    assert lock(days_ago(3)).counted == {
        "after": days_ago(5).isoformat(),
        "days": {days_ago(4).isoformat(): counts, days_ago(3).isoformat(): counts},
    }


def test_what_was_posted_while_a_lock_was_taken_back_breaks_no_law():
    lock(days_ago(3))
    lock(days_ago(6), role="admin")
    mug = shop.a_product("5.00")
    assert shop.buy((mug, 4, "1.00"), on=days_ago(5)).business_date == days_ago(5)
    lock(None, role="admin")
    assert shop.buy((mug, 4, "1.00"), on=days_ago(7)).business_date == days_ago(7)
    lock(days_ago(2))
    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []
