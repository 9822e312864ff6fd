"""A small shop that trades as numbers tell it to, day after day, through the use cases only.

Hypothesis draws the numbers. What the shop refuses is not traded; everything else may happen:
credit, split tenders, advances, refunds with and without restock, adjustments and their voids,
and corrections: payments, purchases and expenses taken back, entries by hand.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.utils import timezone
from hypothesis import strategies as st

from catalog.models import TaxRate
from inventory.models import InventoryLog
from ledger import chart, posting
from ledger.expenses import Spending, record_expense
from ledger.models import Expense, Payment
from pos_project.core.errors import DomainError
from pos_project.tests import shop
from purchasing.models import Purchase
from sales.models import Sale

FIRST_DAY = date(2026, 3, 2)

# What happens: which of ACTIONS, and two numbers that each reads in its own way.
events = st.lists(
    st.tuples(st.integers(0, 16), st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=12
)
# Days on which the shop is open, each some days after the one before.
weeks = st.lists(st.tuples(st.integers(1, 40), events), min_size=1, max_size=5)


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    """It is that hour of that day in the shop."""
    zone = timezone.get_default_timezone()
    with time_machine.travel(datetime.combine(day, time(hour), tzinfo=zone), tick=False):
        yield


class Trader:
    """Three products and a service, two customers, two suppliers, one cashier."""

    def __init__(self) -> None:
        self.day = FIRST_DAY
        with on(self.day):
            self.goods = [shop.a_product(price) for price in ("19.99", "40.10", "0.35")]
            self.postage = shop.a_service("5.00")
            self.customers = [shop.a_customer(name="Rahim"), shop.a_customer(name="Salma")]
            self.suppliers = [shop.a_supplier(name="Delta"), shop.a_supplier(name="Padma")]
            self.rate = TaxRate.objects.create(name="VAT", rate=Decimal("7.50"))
            for product in self.goods:
                shop.stock(product, 20, "8.05", supplier=self.suppliers[0])

    def open_on(self, days_later: int, happenings: Sequence[tuple[int, int, int]]) -> date:
        """Trade for a day, some days after the last; that day."""
        self.day += timedelta(days=days_later)
        with on(self.day):
            for action, which, many in happenings:
                self._try(self._actions()[action % len(self._actions())], which, many)
        return self.day

    @staticmethod
    def _try(action: Callable[[int, int], object], which: int, many: int) -> None:
        try:
            action(which, many)
        except DomainError:
            return  # too little in stock, nothing owed, nothing left to refund

    def _actions(self) -> tuple[Callable[[int, int], Any], ...]:
        return (
            self._sell_for_cash,
            self._sell_on_credit,
            self._sell_split_and_taxed,
            self._sell_with_advance,
            self._take_back,
            self._take_back_without_restock,
            self._collect,
            self._buy,
            self._pay,
            self._adjust,
            self._void,
            self._spend,
            self._undo_payment,
            self._undo_purchase,
            self._undo_expense,
            self._pay_back,
            self._post_by_hand,
        )

    def _product(self, which: int) -> Any:
        return self.goods[which % len(self.goods)]

    def _sell_for_cash(self, which: int, many: int) -> None:
        customer = self.customers[0] if which % 2 else None
        discount = Decimal("0.10") * (many % 3)
        shop.sell((self._product(which), many), customer=customer, discount=discount)

    def _sell_on_credit(self, which: int, many: int) -> None:
        paid = shop.cash(many) if many % 2 else shop.on_credit()
        shop.sell((self._product(which), many), customer=self.customers[which % 2], offered=paid)

    def _sell_split_and_taxed(self, which: int, many: int) -> None:
        shop.sell(
            (self._product(which), many),
            (self.postage, 1),
            customer=self.customers[which % 2],
            offered=shop.split(card=5, cash=many * 10),
            tax_rate_id=self.rate.pk,
        )

    def _sell_with_advance(self, which: int, many: int) -> None:
        offered = shop.on_credit(use_advance=True)
        shop.sell((self._product(which), many), customer=self.customers[which % 2], offered=offered)

    def _take_back(self, which: int, many: int, **how: Any) -> None:
        sales = Sale.objects.completed().order_by("-id")
        sale = sales[which % len(sales)] if sales else None
        if sale is None:
            return
        item = sale.items.order_by("id")[0]
        shop.take_back(sale, shop.units_of(item, 1 + many % 3), **how)

    def _take_back_without_restock(self, which: int, many: int) -> None:
        self._take_back(which, many, restock=False)

    def _collect(self, which: int, many: int) -> None:
        shop.pay_dues(self.customers[which % 2], many * 17, ("cash", "bkash")[many % 2])

    def _buy(self, which: int, many: int) -> None:
        lines = (self._product(which), many * 3, f"{many}.15"), (self._product(which + 1), 2, "3")
        offered = shop.cash(many, use_advance=bool(which % 2)) if which % 3 else shop.on_credit()
        shop.buy(*lines, supplier=self.suppliers[which % 2], offered=offered)

    def _pay(self, which: int, many: int) -> None:
        shop.pay_the(self.suppliers[which % 2], many * 23, ("cash", "card")[many % 2])

    def _adjust(self, which: int, many: int) -> None:
        change = many if which % 2 else -many
        shop.adjust(self._product(which), change, "2.3333" if change > 0 else None)

    def _void(self, which: int, many: int) -> None:
        by_hand = InventoryLog.objects.filter(kind="adjustment", voided_by=None)
        last = by_hand.order_by("-id").first()
        if last:
            shop.void(last)

    def _spend(self, which: int, many: int) -> None:
        category = ("rent", "salary", None)[which % 3]
        record_expense(Spending("Costs", Decimal(many), category=category), by=shop.a_cashier())

    # --- Corrections ---

    def _undo_payment(self, which: int, many: int) -> None:
        dues = Payment.objects.filter(payment_type="due_payment", reverses=None, reversed_by=None)
        last = dues.order_by("-id").first()
        if last:
            shop.undo_payment(last)

    def _undo_purchase(self, which: int, many: int) -> None:
        standing = Purchase.objects.filter(reverses=None, reversed_by=None).order_by("-id")
        for purchase in standing[which % 3 : which % 3 + 1]:
            shop.undo_purchase(purchase)

    def _undo_expense(self, which: int, many: int) -> None:
        last = Expense.objects.filter(reverses=None, reversed_by=None).order_by("-id").first()
        if last:
            shop.undo_expense(last)

    def _pay_back(self, which: int, many: int) -> None:
        parties = (*self.customers, *self.suppliers)
        shop.pay_back(parties[which % 4], many)

    def _post_by_hand(self, which: int, many: int) -> None:
        amount = Decimal(many)
        pairs = (("BANK", chart.CASH), ("BANK", "OWNERS_CAPITAL"), (chart.TAX_PAYABLE, "BANK"))
        debit, credit = pairs[which % len(pairs)]
        entry = shop.post_by_hand(
            posting.Line(debit, debit=amount), posting.Line(credit, credit=amount)
        )
        if which > 6:
            shop.undo_entry(entry)
