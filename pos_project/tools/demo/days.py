"""The demo shop's past: what happens on which of its days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from ledger import chart, closing
from ledger.expenses import Spending
from ledger.manual_entries import ManualEntry, open_balances
from ledger.payments import Tender
from ledger.posting import Line as Entry
from pos_project.core.days import business_day
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.money import ZERO, money
from pos_project.tools.demo import words
from pos_project.tools.demo.people_and_goods import (
    BANK_TRANSFER,
    TSHIRT,
    TSHIRT_CUSTOMER_ID,
    TSHIRT_SUPPLIER_ID,
)
from pos_project.tools.trade.baskets import Counter
from pos_project.tools.trade.cast import Cast
from pos_project.tools.trade.steps import Steps
from pos_project.tools.trade.trader import Event, Trader, open_dues
from purchasing.models import SupplierDue
from purchasing.supplier_payments import pay_supplier
from reports.statements.cash_counting import BANK, Counted, count_cash, expected_cash

# Bought on the first day, sold in threes on five days: 25 are left for the documented requests.
TSHIRTS_BOUGHT, TSHIRTS_PER_SALE, TSHIRT_SALES = 40, 3, 5
FEW, REFILL = 22, 15
FRIDAY = 4
BUSY = {3: (8, 11), FRIDAY: (12, 16), 5: (10, 13)}  # weekday → from and to so many sales
QUIET = (5, 8)
CAPITAL = Decimal(9_000_000)  # in the bank when the books begin
KEPT = 5000  # of the drawer, as change for the next day
STILL_HELD = 4


class History(Trader):
    """Trades the last `days` days up to `now`."""

    deliveries_paid_by = (BANK_TRANSFER,)

    def __init__(self, cast: Cast, steps: Steps, *, now: datetime, days: int, seed: int) -> None:
        counter = Counter(cast, Random(f"{seed}:demand"))
        super().__init__(cast, steps, counter, now=now, seed=seed)
        last = business_day(now)
        self.days = [last - timedelta(days=back) for back in reversed(range(days))]

    def trade(self, number: int) -> None:
        """Trade the day with this number, from 0. The days are traded in order."""
        self.trade_day(number, self.days[number])

    def events(self) -> Iterator[Event]:
        chance, number = self.chance, self.number
        if number == 0:
            yield 0.0, self._open_the_books
            yield 0.0, self._stock_up
        elif number % 7 == 6:
            yield 0.0, self._refill
        for _ in range(chance.randint(*BUSY.get(self.day.weekday(), QUIET))):
            yield chance.uniform(0.05, 1), self.sell
        for sale in range(TSHIRT_SALES):
            if sale * len(self.days) // TSHIRT_SALES == number:
                buyer = TSHIRT_CUSTOMER_ID if sale % 2 else None
                tshirts = self.counter.basket_of(TSHIRT.id, TSHIRTS_PER_SALE, buyer)
                yield 0.3 + sale / 10, partial(self.sell_for_cash, tshirts)
        if number == len(self.days) - 1:
            for held in range(STILL_HELD):
                yield 0.8 + held / 20, self.hold
        elif chance.random() < 0.2:
            yield chance.uniform(0.1, 0.5), self.hold_and_decide
        if chance.random() < 0.35:
            yield chance.uniform(0.3, 0.9), self.take_back
        yield from self._of_the_office()

    def _of_the_office(self) -> Iterator[Event]:
        chance, number = self.chance, self.number
        if number % 7 == 3:
            yield 0.6, self.collect_dues
        if number % 7 == 5:
            yield 0.7, self.pay_suppliers
        if number % 6 == 4:
            yield 0.95, self._write_off
        if number % 20 == 10:
            yield 0.97, self._find
        if number < len(self.days) - 1:
            yield 1.0, self._count_the_drawer
        for title, category, amount, method, day in words.MONTHLY_EXPENSES:
            if self.day.day == day:
                spending = Spending(title, amount, category, payment_method=method)
                yield 0.5, partial(self.spend, spending)
        if chance.random() < 0.3:
            title, category = chance.choice(words.SMALL_EXPENSES)
            spending = Spending(title, Decimal(chance.randint(6, 80) * 10), category)
            yield 0.4, partial(self.spend, spending)

    def _open_the_books(self) -> None:
        opened = ManualEntry(
            [Entry(BANK, debit=CAPITAL), Entry(chart.CASH, debit=Decimal(KEPT))],
            memo="What the owner began with",
            entry_date=self.day,
        )
        self.once("open", open_balances, opened, by=self.cast.manager)

    def _stock_up(self) -> None:
        for supplier_id in self.cast.supplier_ids:
            wanted = {
                product.id: (self.chance.randint(21, 30), product.cost)
                for product in self.cast.products
                if product.supplier_id == supplier_id
            }
            if supplier_id == TSHIRT_SUPPLIER_ID:
                wanted[TSHIRT.id] = (TSHIRTS_BOUGHT, TSHIRT.cost)
            self.buy(supplier_id, wanted)

    def _refill(self) -> None:
        """Order what has run low; its cost has moved a little since."""
        for supplier_id in self.cast.supplier_ids:
            wanted = {
                product.id: (REFILL, money(product.cost * self.chance.randint(97, 108) / 100))
                for product in self.cast.products
                if product.supplier_id == supplier_id and self.counter.shelf[product.id] < FEW
            }
            if wanted:
                self.buy(supplier_id, wanted)

    def pay_suppliers(self) -> None:
        """Most of what is owed, from the bank."""
        for supplier_id in self.cast.supplier_ids:
            share = self.chance.randint(12, 20)
            owed = open_dues(SupplierDue, self.at, supplier_id=supplier_id)
            if owed:
                tender = Tender(BANK_TRANSFER, money(owed * share / 20))
                self.once(
                    f"pay:{supplier_id}", pay_supplier, supplier_id, tender, by=self.cast.manager
                )

    def _count_the_drawer(self) -> None:
        """In the evening; what is not kept as change goes to the bank."""
        differs, reason = self.chance.choice(words.DRAWER)

        def count(*, at: datetime, key: RequestKey, by: Any) -> Any:
            expected = expected_cash(self.day, store_id=by.store_id)
            counted = max(expected + differs, ZERO)
            banked = max((counted - KEPT) // 500 * 500, ZERO)
            slip = Counted(counted, self.day, reason=reason or None, banked=banked)
            return count_cash(slip, by=by, at=at, key=key)

        self.once("count", count, by=self.cast.manager)

    def close_days(self) -> None:
        """All that are over but the last, which is left to be closed by whoever looks around."""
        for day in self.days[:-2]:
            if closing.is_over(day, self.now):
                closing.seal(day, now=self.now)

    def _write_off(self) -> None:
        self._adjust(-self.chance.randint(1, 2), self.chance.choice(words.WRITE_OFFS))

    def _find(self) -> None:
        self._adjust(1, "COUNT")

    def _adjust(self, change: int, reason: str) -> None:
        product = self.counter.in_stock(self.chance, units=2)
        if product:
            self.adjust(product.id, change, reason)
