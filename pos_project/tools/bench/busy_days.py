"""The days of the shop that is measured: many sales, and in the end nothing on the shelves.

All that is sold was bought on the first of the days, so that a copy of these days needs nothing
that was there before and leaves nothing behind. Of several stores each trades for itself, at a
till of its own, and what happens in them happens in turn.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from heapq import merge
from random import Random
from typing import Any

from django.db.models import Sum

from inventory import adjustments
from inventory.models import Batch
from ledger import shifts
from ledger.expenses import Spending
from ledger.shift_figures import sums_of
from ledger.till_models import Shift
from pos_project.core.at_till import at_till
from pos_project.core.money import ZERO, money
from pos_project.tools.trade.baskets import Basket, Counter
from pos_project.tools.trade.cast import Cast
from pos_project.tools.trade.steps import Step, Unkept
from pos_project.tools.trade.trader import Event, Trader

PLENTY = 1_000_000  # units on the shelf while it is decided who will buy what
DEMAND = 3  # one product in a hundred is a fifth of what is asked for
REFUNDS, FOUND = 0.03, 2  # of the sales; a day
NOT_SOLD = 2  # a day: held for ever, or cancelled
LINES_PER_PURCHASE = 250
FLOAT, SHORT = Decimal(200), Decimal(5)  # what a till begins with; what it lacks now and then
AT_THE_TILL = {"sell", "complete", "refund"}
EXPENSES = (
    ("Shop rent", "Rent", 900),
    ("Wages", "Salary", 1_500),
    ("Electricity", "Utilities", 200),
    ("Cleaning", None, 40),
)


class BusyDays(Trader):
    """Trades a store's days with so many sales each; the first begins with all that is bought.

    With a till, each day is a shift there.
    """

    def __init__(
        self,
        cast: Cast,
        *,
        now: datetime,
        seed: int,
        sales: Sequence[int],
        till_id: int | None = None,
    ) -> None:
        counter = Counter(cast, Random(seed), demand=DEMAND)
        super().__init__(cast, Unkept(), counter, now=now, seed=seed)
        self._sales, self._till_id = sales, till_id
        self._baskets = self._decide()

    def _decide(self) -> list[list[Basket]]:
        """Who will buy what on each day, those who will not come back for it among them."""
        self.chance = Random(f"{self.seed}:baskets")
        self.counter.shelf = {product.id: PLENTY for product in self.cast.products}
        return [
            [basket for _ in range(count + NOT_SOLD) if (basket := self._basket())]
            for count in self._sales
        ]

    def _basket(self) -> Basket | None:
        return self.counter.basket(self.chance, self.maybe_customer())

    def events(self) -> Iterator[Event]:
        if self.number == 0:
            yield 0.0, self._receive_all
        if self._till_id is not None:
            yield 0.01, self._open_shift
            yield 0.99, self._close_shift
        if self._sales[self.number]:
            yield from self._selling()
        if self.number == len(self._sales) - 1:
            yield 0.97, self.pay_suppliers
            yield 0.98, self._clear_the_shelves

    def _selling(self) -> Iterator[Event]:
        chance = self.chance
        kept, cancelled, held, *sold = baskets = self._baskets[self.number]
        for basket in sold:
            yield chance.uniform(0.05, 0.9), partial(self.check_out, basket)
        yield 0.3, partial(self.hold_and_decide, held, buys=True)
        yield 0.5, partial(self.hold_and_decide, cancelled, buys=False)
        yield 0.6, partial(self.hold, kept)
        for _ in range(max(1, round(REFUNDS * len(baskets)))):
            yield chance.uniform(0.1, 0.9), self.take_back
        for title, category, amount in chance.sample(EXPENSES, 2):
            spending = Spending(title, Decimal(amount * chance.randint(80, 120)) / 100, category)
            yield 0.4, partial(self.spend, spending)
        for _ in range(FOUND):
            yield 0.95, self._find
        yield 0.96, self.collect_dues

    def once(self, kind: str, act: Any, *args: Any, **options: Any) -> Step:
        with at_till(self._till_id if kind in AT_THE_TILL else None):
            return super().once(kind, act, *args, **options)

    def _open_shift(self) -> None:
        assert self._till_id is not None
        self.once("shift", shifts.open_shift, self._till_id, FLOAT, by=self.cashier())

    def _close_shift(self) -> None:
        """By what must lie there, or a little less."""
        shift = Shift.objects.get(open_till_id=self._till_id)
        expected = sums_of(shift).expected
        short = min(SHORT, max(expected, ZERO)) if self.number % 4 == 1 else ZERO
        count = shifts.ShiftCount(max(expected - short, ZERO))
        self.once("count", shifts.close_shift, shift.pk, count, by=self.cast.manager)

    def _receive_all(self) -> None:
        """What the days will sell, from all suppliers."""
        wanted = {
            product.id: PLENTY - self.counter.shelf[product.id] for product in self.cast.products
        }
        self.receive({product_id: units for product_id, units in wanted.items() if units})

    def receive(self, wanted: dict[int, int]) -> None:
        """Buy these units, each product from its supplier at about its cost."""
        for supplier_id in self.cast.supplier_ids:
            lines = {
                product.id: (
                    wanted[product.id],
                    money(product.cost * self.chance.randint(95, 106) / 100),
                )
                for product in self.cast.products
                if product.supplier_id == supplier_id and product.id in wanted
            }
            ids = list(lines)
            for start in range(0, len(ids), LINES_PER_PURCHASE):
                some = ids[start : start + LINES_PER_PURCHASE]
                self.buy(supplier_id, {product_id: lines[product_id] for product_id in some})

    def _find(self) -> None:
        """A unit that nobody missed; now and then that was a mistake."""
        product = self.chance.choice(self.cast.products)
        step = self.adjust(product.id, 1, "COUNT", unit_cost=product.cost)
        if self.chance.random() < 0.2:
            self.once("void", adjustments.void, step.note["log_id"], by=self.cast.manager)

    def _clear_the_shelves(self) -> None:
        """Write off what came back or was found."""
        store_id = self.cast.manager.store_id
        assert store_id is not None
        there = Batch.objects.filter(is_open=1, store_id=store_id)
        left = there.values_list("product_id").annotate(Sum("remaining"))
        for product_id, units in left.order_by("product_id"):
            self.adjust(product_id, -int(units), "DAMAGED")


def trade_together(shops: Sequence[BusyDays], days: Sequence[date]) -> Iterator[None]:
    """Trade the days in all stores at once; yields when one is over."""
    for number, day in enumerate(days):
        of_all = (shop.happenings(number, day) for shop in shops)
        for _, happen in merge(*of_all, key=lambda happening: happening[0]):
            happen()
        yield
