"""The only door into the journal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import posting
from ledger.journal_models import JournalEntry
from ledger.posting import Line
from pos_project.core.posting_context import PostingContext
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

AMOUNTS = st.decimals("0.00", "999.99", places=2)


def post(*lines):
    return posting.post(
        JournalEntry.Event.EXPENSE, lines, context=PostingContext.claim(shop.a_cashier())
    )


def test_an_entry_is_posted_with_its_lines():
    entry_id = post(Line("RENT", debit=Decimal(5)), Line("CASH", credit=Decimal(5)))
    entry = JournalEntry.objects.get(pk=entry_id)
    assert entry.status == "posted"
    assert shop.entry("expense") == {"RENT": 5, "CASH": -5}


def test_zero_lines_are_left_out():
    post(Line("RENT", debit=Decimal(5)), Line("SALARY"), Line("CASH", credit=Decimal(5)))
    assert set(shop.entry("expense")) == {"RENT", "CASH"}


def test_an_event_without_amounts_posts_no_entry():
    assert post(Line("RENT"), Line("CASH")) is None
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "lines",
    [
        (Line("RENT", debit=Decimal(5)), Line("CASH", credit=Decimal("4.99"))),
        (Line("RENT", debit=Decimal(5)),),
        (Line("RENT", debit=Decimal(-5)), Line("CASH", credit=Decimal(-5))),
    ],
)
def test_an_entry_that_does_not_balance_is_our_own_bug(lines):
    with pytest.raises(AssertionError):
        post(*lines)
    assert not JournalEntry.objects.exists()


@given(debits=st.lists(AMOUNTS, max_size=4), credits=st.lists(AMOUNTS, max_size=4))
def test_only_what_balances_reaches_the_journal(debits, credits):
    lines = [Line("RENT", debit=each) for each in debits]
    lines += [Line("CASH", credit=each) for each in credits]
    if sum(debits) != sum(credits):
        with pytest.raises(AssertionError):
            post(*lines)
    else:
        assert (post(*lines) is None) == (not sum(debits))
