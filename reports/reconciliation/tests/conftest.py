from collections.abc import Callable
from copy import deepcopy

import pytest

from pos_project.tests import shifts, transfers
from reports.tests.a_shops_week import Week


@pytest.fixture(scope="module")
def traded(guards_off: None, standing: Callable[..., Week]) -> Week:
    """A week that stands for all tests of a module, below the triggers: they break its rows."""
    return standing(a_week_with_shifts_and_transfers)


def a_week_with_shifts_and_transfers() -> Week:
    week = Week()
    transfers.a_days_transfers()
    shifts.a_closed_shift("Front")
    shifts.a_closed_shift("Back")
    return week


@pytest.fixture
def week(traded: Week, db: None) -> Week:
    return deepcopy(traded)
