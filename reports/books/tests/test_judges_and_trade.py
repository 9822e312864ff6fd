"""Whatever is traded, in whatever order it is entered, both judges find first in, first out."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from ledger.journal_models import JournalEntry
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.examples import examples
from reports.books.book import BETWEEN
from reports.books.tests.judges import HLEDGER, beancount_says, book_of, hledger_says, whole_book
from reports.tests.trader import (
    CORRECTIONS,
    DAYS,
    MONEY,
    SALES,
    STOCK,
    Happening,
    Trader,
    happenings,
    on,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader(db: None) -> Trader:
    return Trader()


def test_stock_found_at_no_cost_has_no_entry_and_is_in_the_books_all_the_same() -> None:
    shop.adjust(shop.a_product(), 3, "0")
    assert not JournalEntry.objects.filter(event="adjustment").exists()
    [found] = whole_book().transactions
    assert [(goods.units, goods.value) for goods in found.goods] == [(3, 0)]
    assert beancount_says(whole_book()) == []


def test_a_delivery_dated_back_was_on_no_shelf_before_it_was_entered() -> None:
    """By its date it would be the older one, and Beancount would take it for the first sale."""
    tea = shop.a_product()
    shop.stock(tea, 5, "8.05")
    shop.sell((tea, 2))
    shop.stock(tea, 4, "1.00", on=today() - timedelta(days=2))
    shop.sell((tea, 5))
    book = whole_book()
    between = [
        line.amount for each in book.transactions for line in each.money if line.account == BETWEEN
    ]
    assert between == [Decimal("4.00"), Decimal("-4.00")]
    assert beancount_says(book) == []


def test_goods_that_went_back_stand_in_the_transaction_of_their_return() -> None:
    bought = shop.buy((shop.a_product(), 4, "2.50"), tax=Decimal(1), offered=shop.on_credit())
    shop.send_back(bought, 1)
    shop.send_back(bought, 2)
    book = whole_book()
    assert [[goods.units for goods in each.goods] for each in book.transactions] == [
        [4],
        [-1],
        [-2],
    ]
    assert all(line.account != BETWEEN for each in book.transactions for line in each.money)
    assert beancount_says(book) == []


TRADE = happenings(*SALES, *MONEY, *STOCK, *CORRECTIONS, *DAYS)


@examples(40, phases=[Phase.generate])  # the shop lives on from one example to the next
@given(happened=TRADE, back=st.integers(0, 40))
def test_whatever_was_traded_both_judges_agree(
    trader: Trader, happened: list[Happening], back: int
) -> None:
    trader.trade(happened)
    with on(trader.day):
        book = whole_book()
        assert beancount_says(book) == []
        assert HLEDGER is None or hledger_says(book) == ""
        assert beancount_says(book_of(trader.day - timedelta(days=back), trader.day)) == []
