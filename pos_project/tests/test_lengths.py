"""The length of a table of history is known without counting it for every page."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from conftest import signed_in
from inventory.models import InventoryLog
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from pos_project.core.db import lengths
from pos_project.core.db.lengths import length
from pos_project.tests import shop
from sales.models import Sale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_small_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lengths, "UNDER_WAY", 3)
    monkeypatch.setattr(lengths, "_counted", {})


def sell(times: int) -> None:
    mug = shop.a_service("1.00")
    for _ in range(times):
        shop.sell((mug, 1))


def counted(rows: "QuerySet[Any]") -> list[str]:
    """The COUNTs that are sent for it."""
    with CaptureQueriesContext(connection) as sent:
        assert length(rows) == rows.count()
    return [each["sql"] for each in sent if "COUNT(" in each["sql"]][:-1]


def test_only_what_came_since_is_counted() -> None:
    sell(20)
    every = JournalEntry.objects.order_by("-id")
    assert len(counted(every)) == 2
    assert all(">" in sql for sql in counted(every))
    for more in (1, 2, 5, 9, 30):
        sell(more)
        assert all(">" in sql for sql in counted(every))


def test_a_list_that_is_narrowed_and_one_whose_rows_may_go_are_counted() -> None:
    sell(20)
    for rows in (Payment.objects.filter(amount=1), Sale.objects.all(), Sale.objects.completed()):
        for _ in range(2):
            assert [sql for sql in counted(rows) if ">" not in sql]


def test_another_table_in_its_place_is_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    sell(20)
    every = Payment.objects.all()
    counted(every)
    [(key, known)] = lengths._counted.items()
    lengths._counted[key] = known._replace(created_at=None, number=known.number + 5)
    counted(every)
    monkeypatch.setattr(lengths, "COUNT_AGAIN_SECONDS", -1.0)
    lengths._counted[key] = lengths._counted[key]._replace(number=0)
    counted(every)


def test_pages_say_the_same_total() -> None:
    mug, client = shop.a_product("1.00"), signed_in(shop.a_cashier("boss", role="admin"))
    shop.stock(mug, 60, "0.50")
    for _ in range(12):
        for _ in range(2):
            shop.sell((mug, 1))
        for path, rows in (
            ("/api/inventory", InventoryLog.objects.all()),
            ("/api/payments", Payment.objects.all()),
            ("/api/ledger/entries", JournalEntry.objects.all()),
        ):
            assert client.get(path).json()["total"] == rows.count(), path
