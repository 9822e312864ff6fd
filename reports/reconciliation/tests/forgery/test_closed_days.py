"""Cell by cell: nothing about a closed day changes unseen.

Of every table under the seals one row is taken; each of its columns gets another value, the row is
deleted, a twin is copied in. The database refuses it, or the day's seal is another. What is left
are the derived columns, each recomputed by an invariant of its own (test_checks.py).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from ledger import closing, sealing
from ledger.models import DaySeal
from pos_project.core.db.append_only import AppendOnly
from reports.reconciliation.checks.seals import _differences
from reports.reconciliation.tests.corruption.by_hand import unguarded
from reports.reconciliation.tests.forgery.forgeries import done, forgeries
from reports.reconciliation.tests.forgery.rich_shop import RichShop

pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db, pytest.mark.dear]

UNDER_SEALS = [book.table for book in sealing.books()]
# They are the chain itself: seals_are_a_chain, and the kept head.
NOT_UNDER_SEALS = {"day_seals"}


class ClosedShop(RichShop):
    """The rich shop the day after: whatever it traded is closed."""

    def __init__(self) -> None:
        super().__init__()
        with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
            while (day := closing.next_day()) is not None and closing.is_over(day):
                closing.seal(day)


@pytest.fixture(scope="module")
def closed(guards_off: None, standing: Callable[..., ClosedShop]) -> ClosedShop:
    return standing(ClosedShop)


def test_every_append_only_table_is_under_the_seals() -> None:
    history = {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)}
    assert set(UNDER_SEALS) == history - NOT_UNDER_SEALS


@pytest.mark.parametrize("book", sealing.books(), ids=UNDER_SEALS)
def test_each_cell_of_a_closed_day_is_sealed(book: sealing.Book, closed: ClosedShop) -> None:
    kept = DaySeal.objects.exclude(day=None).latest("id")
    assert list(_differences(kept)) == []
    ids = [row_id for row_id, _ in book.rows(kept)]
    # (The shop has not moved to another time zone on its last day.)
    if book.table == "shop_time_zones":
        assert ids == []
        return
    rows = book.model._base_manager.filter(pk__in=ids).values()
    # The one with the most to say.
    row: dict[str, Any] = max(rows, key=lambda row: sum(v is not None for v in row.values()))
    unseen = []
    with unguarded():
        for forgery in forgeries(book.model, row):
            with done(forgery) as was_done:
                if was_done and not list(_differences(kept)):
                    unseen.append(forgery.cell)
    assert set(unseen) <= book.model.MOVING_COLUMNS
