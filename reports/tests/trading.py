"""A shop that trades at random over many days: sales of every kind, late papers, returns, dues.

`STEPS` draws what happens; `Trader` makes it happen through the use cases, at noon of its day. What
the shop refuses did not happen.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import time_machine
from hypothesis import strategies as st

from catalog.models import Category, Product
from ledger.expenses import Spending, record_expense
from ledger.payments import TendersOffered
from pos_project.core.days import at_noon
from pos_project.core.errors import DomainError
from pos_project.tests import shop
from reports.summaries.building import build_missing
from sales.models import Customer, Sale
from sales.refunds import Claim, Returned, refund

# What happens, and three numbers that decide which, how many and how.
KINDS = (
    *("sell",) * 6,
    *("refund",) * 2,
    *("sell late", "refund late", "pay dues", "spend", "buy", "hold", "complete"),
    *("freeze", "next day", "next day"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    min_size=10,
    max_size=40,
)
Step = tuple[str, int, int, int]


class Trader:
    """One shop. It opens on 20 January 2026, so that months end while it trades."""

    def __init__(self) -> None:
        self.today = date(2026, 1, 20)
        self.sellers = [shop.a_cashier(f"seller-{number}") for number in range(3)]
        self.customers = [shop.a_customer(name=f"Customer {number}") for number in range(4)]
        categories = [Category.objects.create(name=f"Category {number}") for number in range(2)]
        self.products: list[Product] = [
            shop.a_product(price, name=f"Good {price}", category=category)
            for price, category in (
                ("19.99", categories[0]),
                ("0.35", categories[1]),
                ("110.00", None),
            )
        ]
        self.products.append(shop.a_service("4.50"))
        with time_machine.travel(self.noon, tick=False):
            for product in self.products[:3]:
                shop.stock(product, 300, "3.33")

    @property
    def noon(self) -> datetime:
        return at_noon(self.today).astimezone(UTC)

    def trade(self, steps: Iterable[Step]) -> None:
        for kind, which, how, much in steps:
            with time_machine.travel(self.noon, tick=False), suppress(DomainError):
                self._do(kind, which, how, much)

    def _do(self, kind: str, which: int, how: int, much: int) -> None:
        late = datetime.combine(
            self.today - timedelta(days=1 + how % 12), time(9, which % 60), tzinfo=UTC
        )
        match kind:
            case "sell":
                self._sell(which, how, much, None)
            case "sell late":
                self._sell(which, how, much, late)
            case "refund":
                self._refund(which, how, much, None)
            case "refund late":
                self._refund(which, how, much, late)
            case "pay dues":
                amount = Decimal(1 + much % 20_000) / 100
                shop.pay_dues(self.customers[which % 4], amount, ("cash", "bkash")[how % 2])
            case "spend":
                category = (None, "Rent", "rent", "Salary", "Utilities", "Tea")[how % 6]
                spending = Spending(
                    "Something",
                    Decimal(1 + much % 9_999) / 100,
                    category=category,
                    expense_date=late.date() if which % 2 else None,
                )
                record_expense(spending, by=self.sellers[which % 3])
            case "buy":
                shop.stock(self.products[which % 3], 1 + much % 50, Decimal(1 + how % 999) / 100)
            case "hold":
                product = self.products[which % 4]
                shop.hold((product, 1 + much % 3), customer=self._customer(how))
            case "complete":
                held = Sale.objects.filter(status=Sale.Status.PENDING).first()
                if held:
                    shop.complete(held, by=self.sellers[which % 3])
            case "freeze":
                build_missing(self.today - timedelta(days=which % 4))
            case "next day":
                self.today += timedelta(days=1 + which % 2)

    def _customer(self, number: int) -> Customer | None:
        return [*self.customers, None][number % 5]

    def _sell(self, which: int, how: int, much: int, at: datetime | None) -> None:
        customer = self._customer(how)
        wanted = [
            (self.products[(which + line * line) % 4], 1 + (much + line) % 5)
            for line in range(1 + which % 4)
        ]
        offered_each: list[TendersOffered] = [
            shop.cash(10**5),
            shop.by_method("card", 10**4),
            shop.split(bkash=Decimal("1.50"), cash=10**4),
            shop.on_credit(),
            shop.cash(5),
            shop.cash(10, use_advance=customer is not None),
        ]
        shop.sell(
            *wanted,
            customer=customer,
            offered=offered_each[much % 6],
            by=self.sellers[which % 3],
            at=at,
            tax=Decimal(much % 300) / 100,
            discount=Decimal(how % 35) / 100,
        )

    def _refund(self, which: int, how: int, much: int, at: datetime | None) -> None:
        sales = list(Sale.objects.filter(status=Sale.Status.COMPLETED).order_by("id"))
        if not sales:
            return
        sale = sales[which % len(sales)]
        item = sale.items.order_by("id")[much % sale.items.count()]
        lines = None if how % 4 == 0 else [Returned(Decimal(1 + how % 2), sale_item_id=item.pk)]
        claim = Claim(sale.pk, lines, method=("cash", "nagad")[how % 2], restock=bool(much % 3))
        refund(claim, by=self.sellers[how % 3], at=at)
