"""The demo shop's past, day by day, through the use cases: each event once, at its own moment.

What happens is decided by the seed and the day alone, never by the database, so that a run that
goes on after a kill decides the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from inventory import adjustments
from ledger.expenses import Spending, record_expense
from ledger.payments import CASH, ON_CREDIT, Tender, TendersOffered
from pos_project.core.days import business_day, day_start
from pos_project.core.money import money
from pos_project.tools.demo import words
from pos_project.tools.demo.baskets import Basket, Till, tenders_offered
from pos_project.tools.demo.people_and_goods import (
    TSHIRT,
    TSHIRT_CUSTOMER_ID,
    TSHIRT_SUPPLIER_ID,
    Cast,
)
from pos_project.tools.imports.resumable import Step, Steps
from purchasing.models import SupplierDue
from purchasing.receive import Delivery, Line, receive_purchase
from purchasing.supplier_payments import pay_supplier
from sales import checkout, holds, refunds
from sales.customer_payments import receive_due_payment
from sales.models import CustomerDue
from sales.pricing import Line as SaleLine

OPENS, CLOSES = time(9), time(20)
# Bought on the first day, sold in threes on five days: 25 are left for the documented requests.
TSHIRTS_BOUGHT, TSHIRTS_PER_SALE, TSHIRT_SALES = 40, 3, 5
FEW, REFILL = 5, 15
STILL_HELD = 4


@dataclass(frozen=True)
class _Sold:
    """A sale that may yet come back."""

    sale_id: int
    line: SaleLine


class History:
    """Trades the last `days` days up to `now`."""

    def __init__(self, cast: Cast, steps: Steps, *, now: datetime, days: int, seed: int) -> None:
        self.cast, self.now, self.seed = cast, now, seed
        last = business_day(now)
        self.days = [last - timedelta(days=back) for back in reversed(range(days))]
        self._steps = steps
        self._till = Till(cast, Random(f"{seed}:demand"))  # noqa: S311
        self._sold: list[_Sold] = []
        self._debtors: list[int] = []
        self._has_advance: set[int] = set()
        # Of the day that is being traded:
        self._day, self._number = last, 0
        self._counts: dict[str, int] = {}
        self._chance = Random()  # noqa: S311
        self._at = now

    def trade(self, number: int) -> None:
        """Trade the day with this number, from 0. The days are traded in order."""
        self._number, self._day, self._counts = number, self.days[number], {}
        self._chance = Random(f"{self.seed}:{number}")  # noqa: S311  (a demo, not a secret)
        events = sorted(self._events(), key=lambda event: event[0])
        opens, closes = self._hours()
        for moment, event in events:
            self._at = (opens + (closes - opens) * moment).replace(microsecond=0)
            event()

    def _hours(self) -> tuple[datetime, datetime]:
        """The opening hours; today's end now, however early it is."""
        zone = timezone.get_default_timezone()
        opens = datetime.combine(self._day, OPENS, tzinfo=zone)
        closes = datetime.combine(self._day, CLOSES, tzinfo=zone)
        if closes <= self.now:
            return opens, closes
        midnight = day_start(self._day)
        return min(opens, midnight + (self.now - midnight) / 2), self.now

    def _events(self) -> Iterator[tuple[float, Callable[[], object]]]:
        """What happens on the day: (part of the day that has passed, what)."""
        chance, number = self._chance, self._number
        if number == 0:
            yield 0.0, self._stock_up
        elif number % 7 == 6:
            yield 0.0, self._refill
        for _ in range(chance.randint(6, 10)):
            yield chance.uniform(0.05, 1), self._sell
        for sale in range(TSHIRT_SALES):
            if sale * len(self.days) // TSHIRT_SALES == number:
                buyer = TSHIRT_CUSTOMER_ID if sale % 2 else None
                yield 0.3 + sale / 10, partial(self._sell_tshirts, buyer)
        if number == len(self.days) - 1:
            for held in range(STILL_HELD):
                yield 0.8 + held / 20, self._hold
        elif chance.random() < 0.2:
            yield chance.uniform(0.1, 0.5), self._hold_and_decide
        if chance.random() < 0.35:
            yield chance.uniform(0.3, 0.9), self._take_back
        if number % 7 == 3:
            yield 0.6, self._collect_dues
        if number % 7 == 5:
            yield 0.7, self._pay_suppliers
        if number % 6 == 4:
            yield 0.95, self._write_off
        if number % 20 == 10:
            yield 0.97, self._find
        for title, category, amount, method, day in words.MONTHLY_EXPENSES:
            if self._day.day == day:
                spending = Spending(title, amount, category, payment_method=method)
                yield 0.5, partial(self._spend, spending)
        if chance.random() < 0.3:
            title, category = chance.choice(words.SMALL_EXPENSES)
            spending = Spending(title, Decimal(chance.randint(2, 25)), category)
            yield 0.4, partial(self._spend, spending)

    def _count_up(self, kind: str) -> str:
        """The next name for a step of that kind on this day."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self._number}:{kind}:{self._counts[kind]}"

    def _once(
        self,
        kind: str,
        act: Callable[..., Any],
        *args: Any,
        note: Callable[[Any], dict[str, Any]] = lambda _: {},
        **options: Any,
    ) -> Step:
        """Call the use case with a key of its own, and at the moment that the day has come to."""
        return self._steps.once(
            self._count_up(kind),
            lambda key: act(*args, at=self._at, key=key, **options),
            note=note,
        )

    # --- Buying ---

    def _stock_up(self) -> None:
        for supplier_id in self.cast.supplier_ids:
            wanted = {
                ware.id: (self._chance.randint(8, 20), ware.cost)
                for ware in self.cast.wares
                if ware.supplier_id == supplier_id
            }
            if supplier_id == TSHIRT_SUPPLIER_ID:
                wanted[TSHIRT.id] = (TSHIRTS_BOUGHT, TSHIRT.cost)
            self._buy(supplier_id, wanted)

    def _refill(self) -> None:
        """Order what has run low; its cost has moved a little since."""
        for supplier_id in self.cast.supplier_ids:
            wanted = {
                ware.id: (REFILL, money(ware.cost * self._chance.randint(97, 108) / 100))
                for ware in self.cast.wares
                if ware.supplier_id == supplier_id and self._till.shelf[ware.id] < FEW
            }
            if wanted:
                self._buy(supplier_id, wanted)

    def _buy(self, supplier_id: int, wanted: dict[int, tuple[int, Decimal]]) -> None:
        delivery = Delivery(
            supplier_id,
            [Line(ware_id, Decimal(units), cost) for ware_id, (units, cost) in wanted.items()],
            purchase_date=self._day,
        )
        share = self._chance.choice((0, 0, 0, 2))
        method = self._chance.choice((CASH, "bkash")) if share else ON_CREDIT
        paid = (Tender(method, money(delivery.total * share / 10)),) if share else ()
        self._once(
            "buy", receive_purchase, delivery, TendersOffered(paid, method), by=self.cast.manager
        )
        for ware_id, (units, _) in wanted.items():
            self._till.stock(ware_id, units)

    def _pay_suppliers(self) -> None:
        for supplier_id in self.cast.supplier_ids:
            share = self._chance.randint(1, 3)
            method = self._chance.choice((*[CASH] * 7, "bkash", "card", "nagad"))
            owed = _open(SupplierDue, self._at, supplier_id=supplier_id)
            if owed:
                tender = Tender(method, money(owed * share / 20))
                self._once(
                    f"pay:{supplier_id}", pay_supplier, supplier_id, tender, by=self.cast.manager
                )

    # --- Selling ---

    def _sell(self) -> None:
        customer_id = self._maybe_customer()
        basket = self._till.basket(self._chance, customer_id)
        if basket:
            self._check_out(basket)

    def _sell_tshirts(self, customer_id: int | None) -> None:
        basket = self._till.tshirts(customer_id, TSHIRTS_PER_SALE)
        offered = TendersOffered((Tender(CASH, basket.total),), CASH)
        self._once("sell", checkout.sell, basket.order, offered, by=self._cashier())

    def _check_out(self, basket: Basket) -> None:
        customer_id = basket.order.customer_id
        use_advance = customer_id in self._has_advance
        self._has_advance.discard(customer_id or 0)
        offered = tenders_offered(self._chance, basket, use_advance=use_advance)
        step = self._once(
            "sell", checkout.sell, basket.order, offered, by=self._cashier(), note=_sale_id
        )
        self._sold.append(_Sold(step.note["sale_id"], basket.order.lines[0]))
        paid = sum(tender.amount for tender in offered.tenders)
        if customer_id and paid < basket.total and customer_id not in self._debtors:
            self._debtors.append(customer_id)

    def _hold(self) -> Step | None:
        basket = self._till.basket(self._chance, self._maybe_customer())
        if basket is None:
            return None
        return self._once("hold", holds.hold, basket.order, by=self._cashier(), note=_held)

    def _hold_and_decide(self) -> None:
        """A sale is held; soon it is paid, or the customer does not come back."""
        decides_to_buy = self._chance.random() < 0.8
        step = self._hold()
        if step is None:
            return
        self._at += timedelta(minutes=5)
        held = step.note
        if decides_to_buy:
            offered = TendersOffered((Tender(CASH, Decimal(held["total"])),), CASH)
            self._once("complete", holds.complete, held["sale_id"], offered, by=self._cashier())
        else:
            self._steps.once(
                self._count_up("cancel"),
                lambda key: holds.cancel(held["sale_id"], key=key),
                note=lambda _: {},
            )

    def _take_back(self) -> None:
        if not self._sold:
            return
        sold = self._sold.pop(self._chance.randrange(max(0, len(self._sold) - 60), len(self._sold)))
        back = refunds.Returned(Decimal(1), product_id=sold.line.product_id)
        claim = refunds.Claim(
            sold.sale_id,
            [back] if self._chance.random() < 0.7 else None,
            self._chance.choice((CASH, CASH, "card", "bkash")),
            self._chance.choice(words.REFUND_REASONS),
            restock=self._chance.random() < 0.6,
        )
        self._once("refund", refunds.refund, claim, by=self._cashier())

    def _collect_dues(self) -> None:
        """Most of those who ever owed something pay it, or half of it; a few pay ahead."""
        for customer_id in self._debtors:
            dice, method = self._chance.random(), self._chance.choice((CASH, CASH, "bkash"))
            cashier = self._cashier()
            owed = _open(CustomerDue, self._at, customer_id=customer_id)
            amount = owed
            if dice < 0.5:
                continue
            if dice < 0.7:
                amount = money(owed / 2)
            elif dice > 0.9:
                amount = owed + 20
                self._has_advance.add(customer_id)
            if owed and amount:
                tender = Tender(method, amount)
                self._once(
                    f"dues:{customer_id}", receive_due_payment, customer_id, tender, by=cashier
                )

    # --- The rest ---

    def _spend(self, spending: Spending) -> None:
        self._once("spend", record_expense, spending, by=self.cast.manager)

    def _write_off(self) -> None:
        self._adjust(-self._chance.randint(1, 2), self._chance.choice(words.WRITE_OFFS))

    def _find(self) -> None:
        self._adjust(1, "COUNT")

    def _adjust(self, change: int, reason: str) -> None:
        ware = self._till.in_stock(self._chance, units=2)
        if ware:
            self._till.stock(ware.id, change)
            adjustment = adjustments.Adjustment(ware.id, Decimal(change), reason)
            self._once("adjust", adjustments.adjust, adjustment, by=self.cast.manager)

    def _maybe_customer(self) -> int | None:
        if self._chance.random() < 0.55:
            return None
        return self._chance.choice(self.cast.customer_ids)

    def _cashier(self) -> Any:
        return self._chance.choice(self.cast.cashiers)


def _open(due_model: Any, at: datetime, **party: int) -> Decimal:
    """What is owed by, or to, that party for what happened up to then.

    A run that goes on after a kill finds later dues too; they are not this payment's business.
    """
    open_dues = due_model.objects.filter(status="open", created_at__lte=at, **party)
    return money(open_dues.aggregate(owed=Sum("due_amount"))["owed"] or 0)


def _sale_id(sold: Any) -> dict[str, Any]:
    return {"sale_id": sold.sale.pk}


def _held(sale: Any) -> dict[str, Any]:
    return {"sale_id": sale.pk, "total": str(sale.total_amount)}
