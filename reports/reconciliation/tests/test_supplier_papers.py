"""Whatever papers say and whatever of it goes back, every invariant holds."""

import pytest
from hypothesis import Phase, given

from pos_project.tests.examples import examples
from pos_project.tests.invariants import books_agree
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from reports.reconciliation.scope import Scope
from reports.tests.trader import Happening, Trader, happenings, on

pytestmark = pytest.mark.django_db
TRADE = happenings(
    *("buy_by_paper", "buy_by_paper", "send_back", "send_back", "buy", "undo_purchase"),
    *("sell", "refund", "pay", "undo_payment", "pay_back", "next_day"),
)


@pytest.fixture
def trader(db: None) -> Trader:
    return Trader()


@examples(40, phases=[Phase.generate])  # the shop lives on from one example to the next
@given(happened=TRADE)
def test_reconcile_is_green(trader: Trader, happened: list[Happening]) -> None:
    trader.trade(happened)
    with on(trader.day):
        broken = [v for verdict in examine(CHECKS, Scope()) for v in verdict.violations]
        assert broken == []
        books_agree()
