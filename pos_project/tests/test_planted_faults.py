"""The laws can fail: with one fault planted, the same random trade goes red and names the law."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pos_project.tests.trading.faults import FAULTS, Fault
from pos_project.tests.trading.machine import TradingShop
from pos_project.tests.trading.watched import LawBroken

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


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_planted_fault_is_caught_by_its_law(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault.plant(monkeypatch)
    with pytest.raises(LawBroken) as broken:
        run_state_machine_as_test(HastyShop, settings=SEARCH)
    assert fault.law in broken.value.names, broken.value
