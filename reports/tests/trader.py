"""A shop that trades at random, day after day, through the use cases only.

`happenings` draws what happens; `Trader` makes it happen. What the shop refuses did not happen.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import time_machine
from django.utils import timezone
from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Category, Product, TaxRate
from conftest import make_user
from inventory.models import InventoryLog
from ledger import chart, posting
from ledger.expenses import Spending, record_expense
from ledger.models import Expense, Payment
from pos_project.core.days import day_start
from pos_project.core.errors import DomainError
from pos_project.tests import shop
from purchasing.models import Purchase
from reports.summaries.building import build_missing
from sales import holds
from sales.models import Customer, Sale
from sales.refunds import Claim, refund

FIRST_DAY = date(2026, 1, 20)  # so that months end while it trades

# What may happen, the common as often as it is common.
SALES = ("sell",) * 6 + ("refund",) * 2 + ("hold", "settle")
MONEY = ("collect", "spend", "buy", "buy_by_paper", "pay")
STOCK = ("adjust", "void")
CORRECTIONS = (
    *("undo_payment", "undo_purchase", "send_back"),
    *("undo_expense", "pay_back", "post_by_hand"),
)
DAYS = ("freeze", "next_day", "next_day")
AGO = (0, 0, 0, 1, 2, 12, 33, 65)  # days by which a document is late, mostly none


# For the books: days some days apart, and nothing late.
BOOKS = ("sell_for_cash", "sell_on_credit", *SALES, *MONEY, *STOCK, *CORRECTIONS)


class Happening(NamedTuple):
    """`which` chooses among what there is, and how; `many` are units, or an amount."""

    what: str
    which: int = 0
    many: int = 1
    days_ago: int = 0


def happenings(
    *menu: str, ago: tuple[int, ...] = AGO, most: int = 40
) -> st.SearchStrategy[list[Happening]]:
    return st.lists(
        st.builds(
            Happening,
            st.sampled_from(menu),
            st.integers(0, 29),
            st.integers(1, 40),
            st.sampled_from(ago),
        ),
        min_size=1,
        max_size=most,
    )


weeks = st.lists(
    st.tuples(st.integers(1, 40), happenings(*BOOKS, ago=(0,), most=12)), min_size=1, max_size=5
)


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    """It is that hour of that day in the shop."""
    zone = timezone.get_default_timezone()
    with time_machine.travel(datetime.combine(day, time(hour), tzinfo=zone), tick=False):
        yield


class Trader:
    """Three products and a service, three customers, two suppliers; a cashier and a manager."""

    def __init__(self, *, units: int = 20) -> None:
        self.day = FIRST_DAY
        with on(self.day):
            self.sellers: list[User] = [
                shop.a_cashier(),
                make_user("manager", email="trader@shop.test"),
            ]
            categories = [Category.objects.create(name=name) for name in ("Drinks", "China")]
            self.goods: list[Product] = [
                shop.a_product(price, name=f"Good {price}", category=category)
                for price, category in zip(
                    ("19.99", "40.10", "0.35"), (*categories, None), strict=True
                )
            ]
            self.postage = shop.a_service("5.00")
            self.customers = [shop.a_customer(name=n) for n in ("Rahim", "Salma", "Karim")]
            self.suppliers = [shop.a_supplier(name=name) for name in ("Delta", "Padma")]
            self.rate = TaxRate.objects.create(name="VAT", rate=Decimal("7.50"))
            for product in self.goods:
                shop.stock(product, units, "8.05", supplier=self.suppliers[0])

    def open_on(self, days_later: int, *happened: Happening) -> date:
        """Trade for a day, some days after the last; that day."""
        self.day += timedelta(days=days_later)
        self.trade(happened)
        return self.day

    def trade(self, happened: Iterable[Happening]) -> None:
        for each in happened:
            # too little in stock, nothing owed, nothing left to refund
            with on(self.day), suppress(DomainError):
                getattr(self, each.what)(each)

    # --- Choosing ---

    def at(self, how: Happening) -> datetime | None:
        """None for now; else the first moment of the day it is dated to, its noon, or its last."""
        if not how.days_ago:
            return None
        start = day_start(self.day - timedelta(days=how.days_ago))
        return start + timedelta(hours=(0, 12, 24)[how.which % 3], microseconds=-(how.which % 3))

    def by(self, how: Happening) -> User:
        return self.sellers[how.which % 2]

    def good(self, how: Happening, more: int = 0) -> Product:
        return self.goods[(how.which + more) % 3]

    def customer(self, how: Happening) -> Customer:
        return self.customers[how.many % 3]

    # --- Selling ---

    def sell(self, how: Happening) -> None:
        """One to three lines, to somebody or nobody, paid in one of many ways."""
        customer = (*self.customers, None)[how.many % 4]
        offered = (
            shop.cash(10**5),
            shop.by_method("card", 10**4),
            shop.split(bkash=Decimal("1.50"), cash=10**4),
            shop.on_credit(),
            shop.cash(5),
            shop.cash(10, use_advance=customer is not None),
        )[how.which % 6]
        lines = [(self.good(how, line), 1 + (how.many + line) % 5) for line in range(how.many % 3)]
        tax = {"tax_rate_id": self.rate.pk} if how.many % 5 == 0 else {"tax": self._cents(how, 300)}
        shop.sell(
            *lines,
            (self.postage if how.which % 4 == 0 else self.good(how), 1),
            customer=customer,
            offered=offered,
            discount=self._cents(how, 35),
            by=self.by(how),
            at=self.at(how),
            **tax,
        )

    def sell_for_cash(self, how: Happening) -> None:
        shop.sell((self.good(how), how.many))

    def sell_on_credit(self, how: Happening) -> None:
        shop.sell((self.good(how), how.many), customer=self.customers[0], offered=shop.on_credit())

    def sell_split_and_taxed(self, how: Happening) -> None:
        shop.sell(
            (self.good(how), how.many),
            (self.postage, 1),
            customer=self.customers[0],
            offered=shop.split(card=5, cash=how.many * 10),
            tax_rate_id=self.rate.pk,
        )

    def refund(self, how: Happening) -> None:
        sales = list(Sale.objects.completed().order_by("-id"))
        if sales:
            sale = sales[how.which % len(sales)]
            item = sale.items.order_by("id")[how.many % sale.items.count()]
            some = None if how.which % 4 == 3 else [shop.units_of(item, 1 + how.many % 3)]
            method = ("cash", "nagad")[how.which % 2]
            claim = Claim(sale.pk, some, method=method, restock=how.many % 3 > 0)
            refund(claim, by=self.by(how), at=self.at(how))

    def hold(self, how: Happening) -> None:
        order = shop.an_order((self.good(how), 1 + how.many % 3), customer=self.customer(how))
        holds.hold(order, by=self.by(how), at=self.at(how))

    def settle(self, how: Happening) -> None:
        held = Sale.objects.filter(status=Sale.Status.PENDING).first()
        if held and how.which % 3:
            holds.complete(held.pk, shop.cash(how.many), by=self.by(how), at=self.at(how))
        elif held:
            holds.cancel(held.pk)

    # --- Money ---

    def collect(self, how: Happening) -> None:
        method = ("cash", "bkash")[how.many % 2]
        fields = {"by": self.by(how), "at": self.at(how)}
        shop.pay_dues(self.customers[how.which % 3], how.many * 17, method, **fields)

    def spend(self, how: Happening) -> None:
        category = (None, "Rent", "rent", "salary", "Utilities", "Tea")[how.which % 6]
        spent = Spending("Costs", Decimal(how.many), category=category)
        record_expense(spent, by=self.by(how), at=self.at(how))

    def buy(self, how: Happening) -> None:
        at = self.at(how)
        shop.buy(
            (self.good(how), how.many * 3, f"{how.many}.15"),
            (self.good(how, 1), 2, "3"),
            supplier=self.suppliers[how.which % 2],
            offered=shop.cash(how.many, use_advance=how.which % 2 > 0)
            if how.which % 3
            else shop.on_credit(),
            on=timezone.localdate(at) if at else None,
            by=self.by(how),
        )

    def buy_by_paper(self, how: Happening) -> None:
        """Totals of lines, and what papers say below them."""
        at = self.at(how)
        said = ("discount", "freight", "tax", "rounding")
        shop.buy(
            shop.for_all(self.good(how), how.many * 3, self._cents(how, 9999)),
            (self.good(how, 1), 1 + how.which % 7, "3.15"),
            supplier=self.suppliers[how.which % 2],
            offered=(shop.on_credit(), shop.cash(2))[how.many % 2],
            on=timezone.localdate(at) if at else None,
            by=self.by(how),
            **{said[each]: self._cents(how, 300) for each in range(how.which % 5)},
        )

    def pay(self, how: Happening) -> None:
        method = ("cash", "card")[how.many % 2]
        fields = {"by": self.by(how), "at": self.at(how)}
        shop.pay_the(self.suppliers[how.which % 2], how.many * 23, method, **fields)

    # --- Stock ---

    def adjust(self, how: Happening) -> None:
        change = how.many if how.which % 2 else -how.many
        shop.adjust(self.good(how), change, "2.3333" if change > 0 else None)

    def void(self, how: Happening) -> None:
        by_hand = InventoryLog.objects.filter(kind="adjustment", voided_by=None)
        self._undo(by_hand, how, shop.void)

    # --- Corrections ---

    def undo_payment(self, how: Happening) -> None:
        undo = Payment.objects.exclude(payment_type="payment").filter(reverses=None)
        self._undo(undo, how, shop.undo_payment, by=self.by(how), at=self.at(how))

    def undo_purchase(self, how: Happening) -> None:
        undo = Purchase.objects.filter(reverses=None, reversed_by=None)
        self._undo(undo, how, shop.undo_purchase, by=self.by(how), at=self.at(how))

    def send_back(self, how: Happening) -> None:
        """Some of each line, to less due, a deposit or money."""
        bought = Purchase.objects.filter(reverses=None, reversed_by=None, returns=None)
        newest = list(bought.order_by("-id")[:4])
        purchase = newest[how.many % len(newest)]
        units = [
            min(int(item.batch.remaining), (how.which + place) % 5)
            for place, item in enumerate(purchase.items.select_related("batch").order_by("id"))
        ]
        method = ("due", "cash", "bkash")[how.many % 3]
        shop.send_back(purchase, *units, method=method, by=self.by(how), at=self.at(how))

    def undo_expense(self, how: Happening) -> None:
        undo = Expense.objects.filter(reverses=None, reversed_by=None)
        self._undo(undo, how, shop.undo_expense)

    def pay_back(self, how: Happening) -> None:
        shop.pay_back((*self.customers, *self.suppliers)[how.which % 5], how.many)

    def post_by_hand(self, how: Happening) -> None:
        amount = Decimal(how.many)
        pairs = (("BANK", chart.CASH), ("BANK", "OWNERS_CAPITAL"), (chart.TAX_PAYABLE, "BANK"))
        debit, credit = pairs[how.which % 3]
        entry = shop.post_by_hand(
            posting.Line(debit, debit=amount), posting.Line(credit, credit=amount)
        )
        if how.which > 20:
            shop.undo_entry(entry)

    # --- Days ---

    def freeze(self, how: Happening) -> None:
        build_missing(self.day - timedelta(days=how.which % 4))

    def next_day(self, how: Happening) -> None:
        self.day += timedelta(days=1 + how.which % 2)

    @staticmethod
    def _cents(how: Happening, below: int) -> Decimal:
        return Decimal((how.which * 41 + how.many * 7) % below) / 100

    @staticmethod
    def _undo(rows: Any, how: Happening, undo: Any, **fields: Any) -> None:
        """Undo one of the newest few."""
        newest = list(rows.order_by("-id")[:4])
        if newest:
            undo(newest[how.many % len(newest)], **fields)
