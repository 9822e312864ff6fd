"""The laws can fail: with one fault planted, the same random trade goes red and names the law."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory.models import BatchQuerySet
from pos_project.tests import shop
from pos_project.tests.races import Meeting, at_once
from pos_project.tests.trading.faults import FAULTS, Fault
from pos_project.tests.trading.machine import TradingShop
from pos_project.tests.trading.stores import TradingStores
from pos_project.tests.trading.transfer_faults import TRANSFER_FAULTS
from pos_project.tests.trading.watched import LawBroken, WatchedShop
from reports.reconciliation.reconcile import reconcile
from sales.tests.test_races import unguarded

pytestmark = pytest.mark.dear

# Looking for one trade that goes wrong, not for the shortest.
SEARCH = settings(
    max_examples=40,
    stateful_step_count=60,
    phases=[Phase.generate],
    derandomize=True,
    report_multiple_bugs=False,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


class HastyShop(TradingShop):
    """Looks up from its work now and then only: more trades in the same time."""

    watched_every = 6


class HastyStores(TradingStores):
    watched_every = 6


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_planted_fault_is_caught_by_its_law(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught(HastyShop, fault, monkeypatch)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", TRANSFER_FAULTS, ids=lambda fault: fault.what)
def test_a_fault_planted_between_stores_is_caught_by_its_law(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught(HastyStores, fault, monkeypatch)


def caught(traded: type[WatchedShop], fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trade with the fault planted, until the law that is to catch it does."""
    fault.plant(monkeypatch)
    with pytest.raises(LawBroken) as broken:
        run_state_machine_as_test(traded, settings=SEARCH)
    assert fault.law in broken.value.names, broken.value


# --- The fault that only shows when two tills meet: a lock taken away ---


@pytest.fixture
def last_unit(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Any]]:
    """Two tills have both read the shelf that holds one unit."""
    mug, tills = shop.a_product("5.00"), [shop.a_cashier("till-1"), shop.a_cashier("till-2")]
    shop.stock(mug, 1, "2.00")
    Meeting().after(monkeypatch, BatchQuerySet, "locked")
    return [lambda till=till: shop.sell((mug, 1), by=till) for till in tills]


def broken_laws() -> set[str]:
    return {verdict.invariant.name for verdict in reconcile() if not verdict.holds}


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_with_its_locks_the_last_unit_breaks_no_law(last_unit: list[Callable[[], Any]]) -> None:
    at_once(*last_unit)
    assert broken_laws() == set()


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_without_its_locks_the_last_unit_is_named_by_the_laws(
    last_unit: list[Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *last_unit)
    assert {"remaining_is_quantity_less_uses", "stock_is_the_sum_of_the_log"} <= broken_laws()
