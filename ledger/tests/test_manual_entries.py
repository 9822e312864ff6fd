"""Entries by hand, opening balances, and their reversal."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ledger.accounts import AccountChanges, add_account, change_account
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.manual_entries import (
    OPENED_BY,
    ManualEntry,
    open_balances,
)
from ledger.posting import Line
from ledger.reversals import AlreadyReversed, PartOfDocument
from pos_project.core.days import today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

CONTROL = ["RECEIVABLES", "PAYABLES", "INVENTORY", "CUSTOMER_ADVANCES", "SUPPLIER_ADVANCES"]


def debit(account, amount="100.00"):
    return Line(account, debit=Decimal(amount))


def credit(account, amount="100.00"):
    return Line(account, credit=Decimal(amount))


def opened(*lines, day=None):
    return open_balances(ManualEntry(lines, "Day one", entry_date=day), by=shop.a_cashier())


def test_money_taken_to_the_bank_moves_between_accounts():
    entry = shop.post_by_hand(debit("BANK"), credit("CASH"), reference="SLIP 9")
    assert (entry.event, entry.memo, entry.reference) == ("manual", "Banked", "SLIP 9")
    assert (entry.document_id, entry.status, entry.business_date) == (None, "posted", today())
    assert (balance("BANK"), balance("CASH")) == (100, -100)


def test_an_entry_of_an_earlier_day_counts_on_that_day_and_one_of_a_later_day_today():
    yesterday = today() - timedelta(days=1)
    past = shop.post_by_hand(debit("BANK"), credit("CASH"), entry_date=yesterday)
    future = shop.post_by_hand(debit("BANK"), credit("CASH"), entry_date=today() + timedelta(1))
    assert (past.business_date, future.business_date) == (yesterday, today())


def test_many_lines_on_one_account_and_on_income_are_fine():
    shop.post_by_hand(debit("CASH", "30"), debit("CASH", "20"), credit("OTHER_INCOME", "50"))
    assert balance("CASH") == 50


@pytest.mark.parametrize("code", CONTROL)
def test_control_accounts_are_moved_by_documents_only(code):
    with shop.refused(Invalid, "lines[1].account"):
        shop.post_by_hand(debit("CASH"), credit(code))


def test_an_entry_that_does_not_balance_is_refused():
    with shop.refused(Invalid, "lines"):
        shop.post_by_hand(debit("BANK", "100.00"), credit("CASH", "99.99"))


def test_every_unknown_or_archived_account_is_named():
    add_account(number="6500", name="Tea", kind="expense")
    change_account("TEA", AccountChanges(archived=True))
    with shop.refused(Invalid, "lines[0].account", "lines[1].account"):
        shop.post_by_hand(debit("TEA"), credit("SHELLS"))


def test_a_reversal_is_the_mirror_and_happens_once():
    entry = shop.post_by_hand(debit("BANK"), credit("CASH"))
    mirror = shop.undo_entry(entry)
    assert (mirror.event, mirror.reverses, mirror.memo) == ("manual", entry, "Twice")
    assert (balance("BANK"), balance("CASH")) == (0, 0)
    with shop.refused(AlreadyReversed):
        shop.undo_entry(entry)
    with shop.refused(Conflict):
        shop.undo_entry(mirror)


def test_an_entry_of_a_document_is_not_reversed_as_such():
    shop.a_days_work()
    for entry in JournalEntry.objects.all():
        with shop.refused(PartOfDocument):
            shop.undo_entry(entry)
    with shop.refused(NotFound):
        shop.undo_entry(JournalEntry(pk=98765))


# --- Opening balances ---


def test_equity_takes_what_the_balances_differ_by():
    day = today() - timedelta(days=30)
    entry = opened(debit("CASH", "500"), debit("BANK", "2000"), credit("LOANS", "800"), day=day)
    assert (entry.event, entry.business_date) == ("opening_balance", day)
    assert shop.entry("opening_balance") == {
        "CASH": 500,
        "BANK": 2000,
        "LOANS": -800,
        "OPENING_BALANCE_EQUITY": -1700,
    }


def test_balances_may_be_below_zero_and_may_cancel_out():
    opened(credit("BANK", "70"), debit("DRAWINGS", "70"))
    assert set(shop.entry("opening_balance")) == {"BANK", "DRAWINGS"}


@pytest.mark.parametrize("code", CONTROL)
def test_what_documents_open_says_how(code):
    with shop.refused(Invalid, "balances[0].account") as refusal:
        opened(debit(code))
    assert OPENED_BY[code] in refusal.value.message


@pytest.mark.parametrize("code", ["SALES", "RENT", "OPENING_BALANCE_EQUITY", "SHELLS"])
def test_what_has_no_opening_balance(code):
    with shop.refused(Invalid, "balances[1].account"):
        opened(debit("CASH"), credit(code))


def test_an_account_is_opened_once_until_that_is_reversed():
    first = opened(debit("CASH", "500"))
    opened(debit("BANK", "500"))
    with shop.refused(Conflict) as refusal:
        opened(debit("CASH", "400"))
    assert f"entry {first.pk}" in refusal.value.message
    with shop.refused(Invalid, "balances[1].account"):
        opened(debit("NAGAD"), debit("NAGAD"))
    shop.undo_entry(first)
    opened(debit("CASH", "400"))
    assert (balance("CASH"), balance("OPENING_BALANCE_EQUITY")) == (400, -900)


def test_the_chart_has_what_an_accountant_expects():
    kinds = dict(LedgerAccount.objects.values_list("code", "kind"))
    assert {
        "BANK": "asset",
        "TAX_PAID": "asset",
        "FIXED_ASSETS": "asset",
        "LOANS": "liability",
        "OWNERS_CAPITAL": "equity",
        "DRAWINGS": "equity",
        "RETAINED_EARNINGS": "equity",
        "OTHER_INCOME": "income",
    }.items() <= kinds.items()
