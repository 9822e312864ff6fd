"""The demo shop's past: what happens on which of its days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from ledger.expenses import Spending
from pos_project.core.days import business_day
from pos_project.core.money import money
from pos_project.tools.demo import words
from pos_project.tools.demo.people_and_goods import (
    TSHIRT,
    TSHIRT_CUSTOMER_ID,
    TSHIRT_SUPPLIER_ID,
)
from pos_project.tools.trade.baskets import Counter
from pos_project.tools.trade.cast import Cast
from pos_project.tools.trade.steps import Steps
from pos_project.tools.trade.trader import Event, Trader

# Bought on the first day, sold in threes on five days: 25 are left for the documented requests.
TSHIRTS_BOUGHT, TSHIRTS_PER_SALE, TSHIRT_SALES = 40, 3, 5
FEW, REFILL = 5, 15
STILL_HELD = 4


class History(Trader):
    """Trades the last `days` days up to `now`."""

    def __init__(self, cast: Cast, steps: Steps, *, now: datetime, days: int, seed: int) -> None:
        counter = Counter(cast, Random(f"{seed}:demand"))  # noqa: S311  (a demo, not a secret)
        super().__init__(cast, steps, counter, now=now, seed=seed)
        last = business_day(now)
        self.days = [last - timedelta(days=back) for back in reversed(range(days))]

    def trade(self, number: int) -> None:
        """Trade the day with this number, from 0. The days are traded in order."""
        self.trade_day(number, self.days[number])

    def events(self) -> Iterator[Event]:
        chance, number = self.chance, self.number
        if number == 0:
            yield 0.0, self._stock_up
        elif number % 7 == 6:
            yield 0.0, self._refill
        for _ in range(chance.randint(6, 10)):
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
        for title, category, amount, method, day in words.MONTHLY_EXPENSES:
            if self.day.day == day:
                spending = Spending(title, amount, category, payment_method=method)
                yield 0.5, partial(self.spend, spending)
        if chance.random() < 0.3:
            title, category = chance.choice(words.SMALL_EXPENSES)
            spending = Spending(title, Decimal(chance.randint(2, 25)), category)
            yield 0.4, partial(self.spend, spending)

    def _stock_up(self) -> None:
        for supplier_id in self.cast.supplier_ids:
            wanted = {
                product.id: (self.chance.randint(8, 20), product.cost)
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

    def _write_off(self) -> None:
        self._adjust(-self.chance.randint(1, 2), self.chance.choice(words.WRITE_OFFS))

    def _find(self) -> None:
        self._adjust(1, "COUNT")

    def _adjust(self, change: int, reason: str) -> None:
        product = self.counter.in_stock(self.chance, units=2)
        if product:
            self.adjust(product.id, change, reason)
