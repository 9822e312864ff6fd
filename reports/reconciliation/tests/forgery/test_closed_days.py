"""Nothing of what a shop has traded changes unseen once its day is closed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from ledger import sealing
from pos_project.core.db.append_only import AppendOnly
from reports.reconciliation.tests.forgery.every_cell import UNSEEN_CELLS, unseen_and_not_listed
from reports.reconciliation.tests.forgery.shops import ClosedShop

pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db, pytest.mark.dear]


@pytest.fixture(scope="module")
def traded(guards_off: None, standing: Callable[..., ClosedShop]) -> ClosedShop:
    return standing(ClosedShop)


def test_each_cell_of_each_table_is_caught_refused_or_listed(traded: ClosedShop) -> None:
    assert unseen_and_not_listed(traded) == {}


def test_every_append_only_table_is_under_the_seals() -> None:
    history = {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)}
    # They are the chain itself: seals_are_a_chain, and the kept head.
    assert {book.table for book in sealing.books()} == history - {"day_seals"}


def test_what_may_change_unseen_is_told_in_the_docs() -> None:
    told = Path(settings.BASE_DIR, "docs", "may-change-unseen.md").read_text()
    for table, cells in UNSEEN_CELLS.items():
        [line] = [line for line in told.splitlines() if line.startswith(f"| `{table}` ")]
        for cell in cells:
            assert f"`{cell}`" in line, (table, cell)
