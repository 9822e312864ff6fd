"""Every history and summary is what plain Python finds in the rows, whatever was traded."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Product
from conftest import make_user, signed_in
from inventory.fifo import InsufficientStock
from ledger.models import Payment
from ledger.payments import Tender
from pos_project.core.days import day_start, today
from pos_project.core.errors import Conflict, Invalid
from pos_project.tests import shop
from purchasing.models import Purchase, Supplier
from purchasing.supplier_payments import pay_supplier
from reports.dashboards import user_history
from reports.dashboards.tests import histories_by_hand as by_hand
from reports.dashboards.tests.histories_by_hand import Asked
from reports.summaries.building import build_missing
from reports.summaries.recorded import RECORDED
from sales import holds
from sales.customer_payments import receive_due_payment
from sales.models import Customer, Sale
from sales.refunds import Claim, refund

# Today, days of this month or the last, and of months that may be frozen whole.
AGO = st.sampled_from([0, 1, 2, 30, 33, 65, 95])


@dataclass(frozen=True)
class House:
    """Who and what a random shop has."""

    sellers: list[User]
    customers: list[Customer]
    suppliers: list[Supplier]
    goods: list[Product]


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(user_history, "DEEP", 3)  # rows, so that second pages are deep ones
    goods = [shop.a_product(price, name=f"Good {price}") for price in ("3.33", "10.00")]
    rooms = House(
        [make_user("staff"), make_user("manager")],
        [shop.a_customer(name="Rahim"), shop.a_customer(name="Karim")],
        [shop.a_supplier(name="Delta"), shop.a_supplier(name="Padma")],
        [*goods, shop.a_service()],
    )
    for good in goods:
        shop.stock(good, 500, "1.00", on=today() - timedelta(days=100), supplier=rooms.suppliers[0])
    return rooms


@dataclass(frozen=True)
class Step:
    """One thing that happens; `pick` chooses among what there is."""

    what: str
    days_ago: int
    part: int  # of the day: its first moment, noon, its last
    pick: int
    amount: int

    @property
    def at(self) -> datetime:
        start = day_start(today() - timedelta(days=self.days_ago))
        last = timedelta(days=1) - timedelta(microseconds=1)
        return start + (timedelta(0), timedelta(hours=12), last)[self.part]


STEPS = st.builds(
    Step,
    st.sampled_from(
        ["sell", "sell", "hold", "settle", "refund", "pay", "buy", "pay supplier", "freeze", "undo"]
    ),
    AGO,
    st.integers(0, 2),
    st.integers(0, 11),
    st.integers(1, 40),
)
RANGES = st.tuples(st.none() | AGO, st.none() | AGO).filter(
    lambda ends: None in ends or ends[0] >= ends[1]
)


def happen(step: Step, house: House) -> None:
    """Let it happen, unless the shop says no."""
    acts = {
        "sell": _sell,
        "hold": _hold,
        "settle": _settle,
        "refund": _refund,
        "pay": _pay,
        "buy": _buy,
        "pay supplier": _pay_supplier,
        "undo": _undo,
        "freeze": lambda *_: build_missing(summaries=[RECORDED.name]),
    }
    acts[step.what](step, house, house.sellers[step.pick % 2])


def _sell(step: Step, house: House, by: User) -> None:
    customer = [*house.customers, None][step.pick % 3]
    wanted = [
        (house.goods[(step.pick + more) % 3], 1 + step.pick % 3)
        for more in range(1 + step.pick % 2)
    ]
    offered = shop.split(card=3, cash=step.amount) if step.pick % 2 else shop.cash(step.amount)
    shop.sell(*wanted, customer=customer, offered=offered if customer else None, by=by, at=step.at)


def _hold(step: Step, house: House, by: User) -> None:
    order = shop.an_order((house.goods[0], 1), customer=house.customers[step.pick % 2])
    holds.hold(order, by=by, at=step.at)


def _settle(step: Step, house: House, by: User) -> None:
    held = Sale.objects.filter(status="pending").first()
    if held and step.pick % 3:
        holds.complete(held.pk, shop.cash(step.amount), by=by, at=step.at)
    elif held:
        holds.cancel(held.pk)


def _refund(step: Step, house: House, by: User) -> None:
    sold = list(Sale.objects.completed().order_by("id"))
    if sold:
        sale = sold[step.pick % len(sold)]
        item = sale.items.order_by("id").first()
        lines = None if step.pick % 3 == 0 else [shop.units_of(item, 1)]
        refund(Claim(sale.pk, lines), by=by, at=step.at)


def _pay(step: Step, house: House, by: User) -> None:
    tender = Tender("bkash", Decimal(step.amount), "TX 1")
    receive_due_payment(house.customers[step.pick % 2].pk, tender, by=by, at=step.at)


def _buy(step: Step, house: House, by: User) -> None:
    shop.buy(
        (house.goods[step.pick % 2], 1 + step.pick, "1.00"),
        supplier=house.suppliers[step.pick % 2],
        offered=shop.cash(step.pick),
        on=step.at.date(),
        by=by,
    )


def _pay_supplier(step: Step, house: House, by: User) -> None:
    tender = Tender("card", Decimal(step.amount))
    pay_supplier(house.suppliers[step.pick % 2].pk, tender, by=by, at=step.at)


def _undo(step: Step, house: House, by: User) -> None:
    rows = Purchase.objects if step.pick % 2 else Payment.objects.exclude(payment_type="payment")
    done = list(rows.order_by("-id")[:4])
    if done:
        undo = shop.undo_purchase if step.pick % 2 else shop.undo_payment
        undo(done[step.pick % len(done)], by=by, at=step.at)  # type: ignore[operator]


class Check:
    """Compares what the API says with what plain Python finds, for one range of days."""

    def __init__(self, house: House, first: date | None, last: date | None, *, kind: int) -> None:
        self.house, self.first, self.last, self.kind = house, first, last, kind
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
        for customer in self.house.customers:
            for by in self.house.sellers:
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
        words, by = ["Purchase", "Payment", "DuePayment", "Advance"], self.house.sellers[0]
        for supplier in self.house.suppliers:
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

        manager = self.house.sellers[1]
        for user in self.house.sellers:
            mine = by_hand.of(user, "user")
            self.transactions(f"users/{user.pk}", manager, words, mine, recompute)
        self.transactions("dashboard", manager, words, lambda event: True, recompute)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25), ends=RANGES, kind=st.integers(0, 3))
def test_histories_are_what_the_rows_say(
    house: House, steps: list[Step], ends: tuple[int | None, int | None], kind: int
) -> None:
    before = transaction.savepoint()  # (an atomic block would be around the use cases' own)
    for step in steps:
        # nothing owed, nothing on the shelf, nothing left to refund or to undo
        with suppress(Invalid, Conflict, InsufficientStock):
            happen(step, house)
    first, last = (None if ago is None else today() - timedelta(days=ago) for ago in ends)
    check = Check(house, first, last, kind=kind)
    check.customers()
    check.suppliers()
    check.users()
    transaction.savepoint_rollback(before)
