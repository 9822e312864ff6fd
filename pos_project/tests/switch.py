"""The one way past the database's guards, for tests alone: there is no such switch in the shop.

Tests run with the triggers on. Those that break rows on purpose have to reach below.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from pos_project.core.db import guards


@pytest.fixture(scope="module")
def guards_off(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """No triggers while the tests of a module run. Whole modules: on MySQL/MariaDB taking one
    down commits, so it cannot be done within a test's transaction."""
    with django_db_blocker.unblock():
        guards.remove()
    yield
    with django_db_blocker.unblock():
        guards.install()
