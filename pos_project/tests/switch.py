"""The one way past the database's guards, for tests alone: there is no such switch in the shop.

Tests run with the triggers on. Django empties the tables after a transaction test, and the tests
that break rows on purpose have to reach below: both take the triggers down and put them up again.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase

from pos_project.core.db import guards

_flush = TransactionTestCase._fixture_teardown


def let_django_empty_the_tables() -> None:
    """The flush deletes; its `post_migrate` then puts the triggers and the reference rows back."""

    def flush(case: Any) -> None:
        guards.remove("DELETE")
        _flush(case)
        assert not guards.missing()

    TransactionTestCase._fixture_teardown = flush  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def guards_off(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """No triggers while the tests of a module run. Whole modules: on MySQL/MariaDB taking one
    down commits, so it cannot be done within a test's transaction."""
    with django_db_blocker.unblock():
        guards.remove()
    yield
    with django_db_blocker.unblock():
        guards.install()
