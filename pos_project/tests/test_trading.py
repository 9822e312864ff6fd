"""Weeks of random trade: every use case in any order, and after every step all laws hold.

The same trades every time, so that a red build can be told again. For more and other ones:
`TRADES=500 STEPS=80 pytest -m dear pos_project/tests/test_trading.py`.
"""

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from pos_project.tests.trading.machine import TradingShop
from pos_project.tests.trading.stores import TradingStores
from pos_project.tests.trading.watched import WatchedShop

# A step costs three times as much where each statement crosses a socket.
TRADES = int(os.environ.get("TRADES") or (16 if connection.vendor == "sqlite" else 6))
STEPS = int(os.environ.get("STEPS") or 50)


@pytest.mark.django_db
@pytest.mark.parametrize("trades", [1, pytest.param(TRADES, marks=pytest.mark.dear)])
@pytest.mark.parametrize("shop", [TradingShop, TradingStores], ids=["one store", "three stores"])
def test_whatever_is_traded_every_law_holds(shop: type[WatchedShop], trades: int) -> None:
    run_state_machine_as_test(
        shop,
        settings=settings(
            max_examples=trades,
            stateful_step_count=STEPS,
            derandomize="TRADES" not in os.environ,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
