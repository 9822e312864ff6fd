"""Derived columns are made anew while tills move them: neither overwrites what the other did.

Each race has its control, which shows what the lock prevents.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from inventory import fifo
from inventory.models import Batch
from ledger import dues
from pos_project.tests import shop
from pos_project.tests.races import Meeting, at_once, unguarded, without_row_locks
from reports.reconciliation import repair
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from reports.reconciliation.tests.corruption.by_hand import change
from sales.models import CustomerDue

# Rows are broken on purpose here, below the triggers that would not let them be touched.
pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.usefixtures("guards_off"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def meeting() -> Meeting:
    return Meeting()


def broken_invariants() -> set[str]:
    return {verdict.invariant.name for verdict in examine(CHECKS) if not verdict.holds}


def repair_and_meanwhile(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> repair.Repaired:
    """Repair without locks, with a till's whole act between the decision and its writing."""
    decide, acted = repair.Change, []

    def decided(*what: Any) -> repair.Change:
        if not acted:
            acted.append(True)
            unguarded(monkeypatch, act)
        return decide(*what)

    without_row_locks(monkeypatch)
    monkeypatch.setattr(repair, "Change", decided)
    repaired = repair.repair()
    assert acted
    return repaired


@pytest.fixture
def sold_meanwhile(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Of ten, two were sold, and the batch says that seven are left; another is being sold."""
    shirt, till = shop.a_product(), shop.a_cashier()
    batch = shop.stock(shirt, 10)
    shop.sell((shirt, 2))
    change("batches", batch.pk, "remaining = 7")
    meeting.after(monkeypatch, fifo, "plan")
    meeting.after(monkeypatch, repair, "Change")  # it has decided, and not yet written
    return lambda: shop.sell((shirt, 1), by=till)


def test_a_batch_is_made_anew_while_some_of_it_is_sold(
    sold_meanwhile: Callable[[], object], meeting: Meeting
) -> None:
    assert broken_invariants()
    outcomes = at_once(repair.repair, sold_meanwhile)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert not meeting.met
    assert Batch.objects.get().remaining == 7
    assert broken_invariants() == set()


def test_control_without_locks_the_batch_is_left_wrong(
    sold_meanwhile: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided is outdated when it is written; so it is taken back."""
    repaired = repair_and_meanwhile(monkeypatch, sold_meanwhile)
    assert (repaired.changes, len(repaired.left)) == ([], 1)
    assert Batch.objects.get().remaining == 6
    assert broken_invariants()


@pytest.fixture
def paid_meanwhile(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Thirty are due, and the sale says twenty-nine; ten of them are being paid."""
    rahim, till = shop.a_customer(), shop.a_cashier()
    sale = shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit()).sale
    change("sales", sale.pk, "due_amount = 29, paid_amount = 1")
    change("customer_dues", CustomerDue.objects.get().pk, "due_amount = 29")
    meeting.after(monkeypatch, dues, "_locked_documents")
    meeting.after(monkeypatch, repair, "Change")  # it has decided, and not yet written
    return lambda: shop.pay_dues(rahim, 10, by=till)


def test_a_due_is_made_anew_while_some_of_it_is_paid(
    paid_meanwhile: Callable[[], object], meeting: Meeting
) -> None:
    assert broken_invariants()
    outcomes = at_once(repair.repair, paid_meanwhile)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert not meeting.met
    assert CustomerDue.objects.get().due_amount == Decimal(20)
    assert broken_invariants() == set()


def test_control_without_locks_the_due_is_left_wrong(
    paid_meanwhile: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    repaired = repair_and_meanwhile(monkeypatch, paid_meanwhile)
    assert repaired.changes == []
    assert repaired.left
    assert CustomerDue.objects.get().due_amount == Decimal(19)
    assert broken_invariants()
