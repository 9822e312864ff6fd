"""Every list and every table of the API as a file, in a shop where everything has happened."""

import re
from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from ledger.journal_models import JournalEntry
from pos_project.tests import shop
from pos_project.tests.shifts import a_closed_shift
from pos_project.tests.test_permission_matrix import MATRIX
from pos_project.tests.transfers import a_days_transfers
from sales.models import Refund

NO_TABLES = {"docs", "schema", "auth/verify"}
READS = [route for route, methods in MATRIX.items() if "get" in methods and route not in NO_TABLES]


@pytest.fixture
def ids(admin: User) -> dict[str, int]:
    """The id for `1` in a route, by what stands before it."""
    mug, rahim, delta = shop.a_product("5.00"), shop.a_customer(), shop.a_supplier()
    shop.stock(mug, 9, "2.00")
    sale = shop.sell((mug, 2), customer=rahim, offered=shop.on_credit()).sale
    purchase = shop.buy((mug, 1, "9.00"), supplier=delta, offered=shop.on_credit())
    shop.take_back(sale)
    shop.hold((mug, 1))
    shop.a_days_work()
    return {
        **{"customers": rahim.pk, "suppliers": delta.pk, "users": admin.pk, "sales": sale.pk},
        **{"products": mug.pk, "purchased_products": mug.pk, "supplied": mug.pk},
        **{"purchases": purchase.pk, "purchase": purchase.pk, "general-ledger": 1010},
        **{"refunds": Refund.objects.latest("id").pk},
        **{"shifts": a_closed_shift().pk, "transfers": a_days_transfers().pk},
        **{"entries": JournalEntry.objects.latest("id").pk},
    }


def with_ids(route: str, ids: dict[str, int]) -> str:
    def of(found: re.Match[str]) -> str:
        return f"{found[1]}/{ids.get(found[1], 1)}"

    return re.sub(r"([\w-]+)/1\b", of, route)


def files(client: APIClient, route: str) -> Iterator[tuple[str, int, str]]:
    """Each file of the route: its address, status and media type."""
    address = f"/api/{route}?format=csv"
    answer = client.get(address)
    text = answer.json()["errors"].get("table", [""])[0] if answer.status_code == 400 else ""
    if not text.startswith("One of: "):
        yield address, answer.status_code, answer["Content-Type"]
        return
    for name in text.removeprefix("One of: ").rstrip(".").split(", "):
        answer = client.get(f"{address}&table={name}")
        yield f"{address}&table={name}", answer.status_code, answer["Content-Type"]


def test_every_list_and_table_is_a_file(as_admin: APIClient, ids: dict[str, int]) -> None:
    seen = [each for route in READS for each in files(as_admin, with_ids(route, ids))]
    wrong = [each for each in seen if each[1:] != (200, "text/csv; charset=utf-8")]
    assert wrong == []
    assert len(seen) > len(READS)
