"""Tills and shifts in the back office: a till is added, opened, worked at, counted and closed."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Store, User
from ledger import tills
from ledger.journal_models import JournalEntry
from ledger.models import Expense
from ledger.shift_figures import sums_of
from ledger.shifts import open_shift
from ledger.till_models import CashMovement, Shift, Till
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree

pytestmark = pytest.mark.django_db

TILLS, SHIFTS = "/admin/ledger/till/", "/admin/ledger/shift/"


@pytest.fixture
def till(db: None) -> Till:
    return tills.add_till("Front", store_id=Store.FIRST_ID)


@pytest.fixture
def shift(till: Till) -> Shift:
    return open_shift(till.pk, Decimal(50), by=shop.a_cashier())


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_till_is_added_and_a_shift_opened_at_it(office: Client) -> None:
    assert "has no till yet" in said(office.get(f"{SHIFTS}open/"))
    office.post(f"{TILLS}add/", {"name": "Front"})
    till = Till.objects.get(name="Front")
    form = office.get(f"{TILLS}{till.pk}/shift/")
    assert form["Location"] == f"{SHIFTS}open/?till={till.pk}"
    answer = office.post(f"{SHIFTS}open/", {"till_id": till.pk, "opening_float": "50"})

    shift = Shift.objects.get(open_till=till)
    assert answer["Location"] == f"{SHIFTS}{shift.pk}/change/"
    assert shift.opening_float == 50
    assert "open, by" in said(office.get(TILLS))
    assert office.get(f"{TILLS}{till.pk}/shift/")["Location"] == f"{SHIFTS}{shift.pk}/change/"
    assert "A shift is open at every till" in said(office.get(f"{SHIFTS}open/"))


def test_cash_is_moved_and_what_may_not_is_said_at_its_field(office: Client, shift: Shift) -> None:
    page = f"{SHIFTS}{shift.pk}/move/"
    refused = office.post(page, {"kind": "to_bank", "amount": "5", "reason": "", "category": ""})
    assert "This field is required." in said(refused)
    moved = {"kind": "to_bank", "amount": "5", "reason": "Too much", "category": "Rent"}
    assert "Only what is paid out has one." in said(office.post(page, moved))
    office.post(page, {**moved, "kind": "paid_out"})

    assert CashMovement.objects.get().kind == "paid_out"
    assert "Too much" in said(office.get(f"{SHIFTS}{shift.pk}/change/"))


def test_a_till_is_counted_blind_and_its_shift_closed(office: Client, shift: Shift) -> None:
    page = f"{SHIFTS}{shift.pk}/close/"
    assert "50.00" not in said(office.get(page))
    assert "Say what lies" in said(office.post(page, {}))
    answer = office.post(page, {"of_20": "2", "slips_card": "10", "reason": "A note"})

    closed = Shift.objects.get()
    assert (closed.counted, closed.difference, closed.denominations) == (40, -10, {"20": 2})
    assert closed.slips == {"card": {"name": "Card", "expected": "0.00", "counted": "10"}}
    told = said(office.get(answer["Location"]))
    assert "Z 1: 40.00 counted, 10.00 short." in told
    assert "Count and close" not in told
    assert "is closed" in said(office.post(page, {"counted": "40"}))
    paper = office.get(office.get(f"{SHIFTS}{shift.pk}/report/")["Location"], follow=True)
    assert "Z report" in said(paper)
    books_agree()


def test_who_works_at_a_till_books_into_its_shift(office: Client, shift: Shift) -> None:
    spent = {"title": "Tea", "amount": "5", "method": "cash", "expense_date": "2026-08-12"}
    office.post(f"{TILLS}{shift.till_id}/work/", {})
    assert "At Front" in said(office.get(SHIFTS))
    office.post("/admin/ledger/expense/add/", spent)
    assert JournalEntry.objects.get(document_id=Expense.objects.get().pk).shift == shift
    assert sums_of(shift).expected == 45

    office.post(f"{TILLS}leave/", {})
    office.post("/admin/ledger/expense/add/", spent)
    assert sums_of(shift).expected == 45


def test_who_worked_at_a_till_is_told_when_its_shift_is_closed(
    office: Client, shift: Shift
) -> None:
    office.post(f"{TILLS}{shift.till_id}/work/", {})
    office.post(f"{SHIFTS}{shift.pk}/close/", {"counted": "50"})
    told = said(office.get(SHIFTS))
    assert "You work at Front no more" in told
    assert "At Front" not in told
    refused = office.post(f"{TILLS}{shift.till_id}/work/", {})
    assert "No shift is open at Front" in said(refused)


def test_a_till_is_renamed_removed_and_brought_back(
    office: Client, till: Till, manager: User
) -> None:
    office.post(f"{TILLS}{till.pk}/change/", {"name": "Main", "initial-name": "Front"})
    assert Till.objects.get().name == "Main"
    office.post(f"{TILLS}{till.pk}/remove/", {})
    assert Till.objects.get().archived_at is not None
    office.get(TILLS)  # which says what was done
    assert "Main" not in said(office.get(TILLS))
    office.post(f"{TILLS}{till.pk}/restore/", {})
    assert Till.objects.get().archived_at is None
