"""Every history and summary is what plain Python finds in the rows, whatever was traded."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from conftest import signed_in
from pos_project.tests.examples import examples
from reports.dashboards import user_history
from reports.dashboards.tests import histories_by_hand as by_hand
from reports.dashboards.tests.histories_by_hand import Asked
from reports.tests.trader import Trader, happenings, on

# Today, days of this month or the last, and of months that may be frozen whole.
AGO = (0, 1, 2, 30, 33, 65, 95)
MENU = ("sell", "sell", "hold", "settle", "refund", "collect", "buy", "pay", "freeze")
RANGES = st.tuples(st.none() | st.sampled_from(AGO), st.none() | st.sampled_from(AGO)).filter(
    lambda ends: None in ends or ends[0] >= ends[1]
)


@pytest.fixture
def trader(db: None, monkeypatch: pytest.MonkeyPatch) -> Trader:
    monkeypatch.setattr(user_history, "DEEP", 3)  # rows, so that second pages are deep ones
    return Trader(units=500)


class Check:
    """Compares what the API says with what plain Python finds, for one range of days."""

    def __init__(self, trader: Trader, first: date | None, last: date | None, *, kind: int) -> None:
        self.trader, self.first, self.last, self.kind = trader, first, last, kind
        self.days = {"fromDate": first or "", "toDate": last or ""}

    def get(self, by: User, path: str, **query: Any) -> Any:
        client: APIClient = signed_in(by)
        answer = client.get(f"/api/{path}", {**self.days, **query})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def transactions(
        self,
        path: str,
        by: User,
        words: list[str],
        mine: Callable[[Any], bool],
        recompute: Callable[[Asked], list[dict[str, Any]]],
    ) -> None:
        for kind in (None, words[self.kind]):
            found = recompute(Asked(mine, self.first, self.last, kind))
            shown: list[Any] = []
            for page in (1, 2):
                body = self.get(by, f"{path}/transactions", type=kind or "", page=page, limit=9)
                assert body["total"] == len(found)
                shown += body["data"]
            assert [{name: row[name] for name in found[0]} for row in shown] == found[:18]
            if path != "dashboard":
                summary = self.get(by, f"{path}/transactions/summary", type=kind or "")
                expected = by_hand.counts(found, words)
                assert {name: summary[name] for name in expected} == expected

    def products(self, path: str, totals_path: str, by: User, found: list[Any], times: str) -> None:
        body = self.get(by, path, limit=100)
        assert [
            (row["product_id"], row[times], row["total_quantity"], row["total_amount"])
            for row in body["data"]
        ] == [
            (
                row["product_id"],
                len(row["documents"]),
                row["total_quantity"],
                round(row["total_amount"], 2),
            )
            for row in found
        ]
        assert body["total"] == len(found)
        documents = set().union(*(row["documents"] for row in found))
        summary = list(self.get(by, totals_path)["data"].values())
        assert summary == by_hand.totals(found, len(documents))

    def customers(self) -> None:
        words = ["Purchased", "Payment", "DuePayment", "Refund"]
        for customer in self.trader.customers:
            for by in self.trader.sellers:
                mine = by_hand.of(customer, "customer", by=by.pk if by.role == "staff" else None)
                path = f"customers/{customer.pk}"
                self.transactions(path, by, words, mine, by_hand.of_customers)
                self.products(
                    f"{path}/purchased_products",
                    f"{path}/products_summary",
                    by,
                    by_hand.kept_products(Asked(mine, self.first, self.last)),
                    "times_purchased",
                )

    def suppliers(self) -> None:
        words, by = ["Purchase", "Payment", "DuePayment", "Advance"], self.trader.sellers[0]
        for supplier in self.trader.suppliers:
            path, mine = f"suppliers/{supplier.pk}", by_hand.of(supplier, "supplier")
            self.transactions(path, by, words, mine, by_hand.of_suppliers)
            self.products(
                f"{path}/products",
                f"{path}/products_summary",
                by,
                by_hand.supplied_products(Asked(mine, self.first, self.last)),
                "times_supplied",
            )

    def users(self) -> None:
        words = ["Sale", "Payment", "DuePayment", "Refund"]

        def recompute(asked: Asked) -> list[Any]:
            return by_hand.of_customers(asked, word="Sale")

        manager = self.trader.sellers[1]
        for user in self.trader.sellers:
            mine = by_hand.of(user, "user")
            self.transactions(f"users/{user.pk}", manager, words, mine, recompute)
        self.transactions("dashboard", manager, words, lambda event: True, recompute)


@examples(8)
@given(
    happened=happenings(*MENU, "undo_payment", "undo_purchase", ago=AGO, most=25),
    ends=RANGES,
    kind=st.integers(0, 3),
)
def test_histories_are_what_the_rows_say(
    trader: Trader, happened: Any, ends: tuple[int | None, int | None], kind: int
) -> None:
    before = transaction.savepoint()  # (an atomic block would be around the use cases' own)
    trader.trade(happened)
    with on(trader.day):
        first, last = (None if ago is None else trader.day - timedelta(days=ago) for ago in ends)
        check = Check(trader, first, last, kind=kind)
        check.customers()
        check.suppliers()
        check.users()
    transaction.savepoint_rollback(before)
