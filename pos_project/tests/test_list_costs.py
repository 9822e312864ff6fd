"""No answer of the API sends more SQL because there is more to answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db.models import Max
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Store, User
from catalog.models import Product
from conftest import signed_in
from inventory.transfer_models import Transfer
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.till_models import Shift, Till
from pos_project.tests import shop
from pos_project.tests.growing_shop import open_shop, trade
from pos_project.tests.test_permission_matrix import MATRIX
from purchasing.models import Purchase, Supplier
from reports.summaries.building import build_missing
from sales.models import Customer, Refund, Sale

pytestmark = [pytest.mark.django_db, pytest.mark.dear]

# Answers of their own making, which say nothing of rows.
NOT_ASKED = {"auth/verify", "docs", "schema"}
# What is asked beside each list as it comes, for other ways through the tables.
ALSO = {
    "products": ("sort=stock", "stock=low&sort=name", "search=go", "sort=stock&limit=100"),
    "customers": ("sort=debt", "hasDue=true", "search=rahim", "limit=100"),
    "dashboard/inventory/detailed": ("limit=100",),
}
# Statements of the lists that a till waits for, the caller's own row among them.
MOST = {"products": 6, "customers": 5, "users": 3}
# What stands before an id of that model in a path.
MODELS: dict[str, Any] = {
    "customers": Customer,
    "suppliers": Supplier,
    "products": Product,
    "purchased_products": Product,
    "supplied": Product,
    "purchase": Purchase,
    "purchases": Purchase,
    "sales": Sale,
    "refunds": Refund,
    "entries": JournalEntry,
    "stores": Store,
    "shifts": Shift,
    "tills": Till,
    "transfers": Transfer,
}


def path_of(route: str) -> str:
    """The route with the ids of rows that have many rows of their own."""
    parts = route.split("/")
    for place, part in enumerate(parts):
        if part != "1":
            continue
        before = parts[place - 1]
        if before == "users":
            parts[place] = str(User.objects.get(email="cashier@shop.example").pk)
        elif before == "general-ledger":
            parts[place] = LedgerAccount.objects.get(code="CASH").code
        else:
            parts[place] = str(rows_of(before, parts).aggregate(newest=Max("pk"))["newest"])
    return "/api/" + "/".join(parts)


def rows_of(name: str, parts: list[str]) -> Any:
    rows = MODELS[name].objects.all()
    if name == "stores":
        return rows.filter(pk=Store.FIRST_ID)  # the cashier's
    if name == "sales" and parts[0] == "customers":
        return rows.filter(customer_id=parts[1], status="completed")
    if name == "purchases":
        return rows.filter(supplier_id=parts[1])
    return rows


# The newest ten sales are read of the last days that have ten: where the shop has fewer, of the
# same days as everything else, and those days' rows are not asked for twice.
LATEST_SALES = "dashboard/customer-analysis/comprehensive"


@pytest.fixture
def asked(queries: Callable[..., list[str]], admin: User) -> Callable[[], dict[str, list[str]]]:
    """What every GET sends, asked by an admin and by the cashier who did it all."""

    def ask() -> dict[str, list[str]]:
        clients = {"admin": signed_in(admin), "cashier": signed_in(shop.a_cashier())}
        sent = {}
        for route, methods in MATRIX.items():
            if "get" not in methods or route in NOT_ASKED:
                continue
            for query in ("", *ALSO.get(route, ())):
                for who, client in clients.items():
                    path = f"{path_of(route)}?{query}"
                    sent[f"{who}: {route}?{query}"] = statements(client, path, queries)
        return sent

    return ask


def statements(client: APIClient, path: str, queries: Callable[..., list[str]]) -> list[str]:
    answers: list[Any] = []
    sent = queries(lambda: answers.append(client.get(path)))
    assert answers[0].status_code in (200, 403), (path, answers[0].content)
    return sent


@pytest.fixture
def one_moment() -> Iterator[None]:
    """No midnight comes between few rows and many."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("one_moment")
@pytest.mark.parametrize("frozen", [False, True])
def test_no_answer_costs_more_for_many_rows_than_for_two(
    asked: Callable[[], dict[str, list[str]]], frozen: bool
) -> None:
    def counted_after(more: int) -> dict[str, list[str]]:
        trade(more)
        if frozen:
            build_missing()
        asked()  # what is remembered is, from now on
        return asked()

    open_shop()
    few, many = counted_after(2), counted_after(12)

    grown = {
        what: sent
        for what, sent in many.items()
        if len(sent) > len(few[what]) + (LATEST_SALES in what)
    }
    assert not grown, "\n".join(
        f"{what}: {len(few[what])} became {len(sent)}, as by {sorted(set(sent) - set(few[what]))}"
        for what, sent in grown.items()
    )
    for route, most in MOST.items():
        assert len(many[f"admin: {route}?"]) <= most, route
