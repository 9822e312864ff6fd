from collections.abc import Callable
from copy import deepcopy

import pytest

from reports.tests.a_shops_week import Week


@pytest.fixture(scope="module")
def traded(guards_off: None, standing: Callable[..., Week]) -> Week:
    """A week that stands for all tests of a module, below the triggers: they break its rows."""
    return standing(Week)


@pytest.fixture
def week(traded: Week, db: None) -> Week:
    return deepcopy(traded)
