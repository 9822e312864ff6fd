"""The replay counts in whole numbers what the shop computes in decimals."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from inventory.fifo import value
from reports.reconciliation.checks.movements import worth_in_cents


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**8))
@example(5_000, 10_050)  # half a cent, which is rounded up: 5 at 1.0050
@example(-5_000, 10_050)
def test_worth_in_whole_numbers_is_the_value_of_a_batch(units: int, unit_cost: int) -> None:
    expected = value(Decimal(units).scaleb(-3), Decimal(unit_cost).scaleb(-4))
    assert Decimal(worth_in_cents(units, unit_cost)).scaleb(-2) == expected
