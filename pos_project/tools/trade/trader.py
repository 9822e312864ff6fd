"""A made-up past, day by day, through the use cases: each event once, at its own moment.

What happens is decided by the seed and the day alone, never by the database, so that a run that
goes on after a kill decides the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from inventory import adjustments
from ledger.expenses import Spending, record_expense
from ledger.payments import CASH, ON_CREDIT, Tender, TendersOffered
from pos_project.core.days import day_start
from pos_project.core.money import money
from pos_project.tools.trade.baskets import Basket, Counter, tenders_offered
from pos_project.tools.trade.cast import Cast
from pos_project.tools.trade.steps import Step, Steps
from purchasing.models import SupplierDue
from purchasing.receive import Delivery, Line, receive_purchase
from purchasing.supplier_payments import pay_supplier
from sales import checkout, holds, refunds
from sales.customer_payments import receive_due_payment
from sales.models import CustomerDue
from sales.pricing import Line as SaleLine

OPENS, CLOSES = time(9), time(20)
REFUND_REASONS = ("Wrong size", "Changed their mind", "Broken on arrival", "Bought twice")

Event = tuple[float, Callable[[], object]]  # the part of the day that has passed, what happens


@dataclass(frozen=True)
class _Sold:
    """A sale that may yet come back."""

    sale_id: int
    line: SaleLine


class Trader:
    """Trades days; a kind of shop says by `events` what happens on one."""

    deliveries_paid_by: Sequence[str] = (CASH, "bkash")

    def __init__(
        self, cast: Cast, steps: Steps, counter: Counter, *, now: datetime, seed: int
    ) -> None:
        self.cast, self.counter, self.now, self.seed = cast, counter, now, seed
        self._steps = steps
        self._sold: list[_Sold] = []
        self._debtors: list[int] = []
        self._has_advance: set[int] = set()
        # Of the day that is being traded:
        self.day, self.number = now.date(), 0
        self.chance = Random()
        self.at = now
        self._counts: dict[str, int] = {}

    def events(self) -> Iterable[Event]:
        """What happens on the day."""
        raise NotImplementedError

    def trade_day(self, number: int, day: date) -> None:
        """Trade the day with this number, from 0. The days are traded in order."""
        for _, happen in self.happenings(number, day):
            happen()

    def happenings(self, number: int, day: date) -> list[tuple[float, Callable[[], None]]]:
        """What happens on the day, in order: when, and what is to be called for it."""
        self.number, self.day, self._counts = number, day, {}
        self.chance = Random(f"{self.seed}:{number}")
        opens, closes = self._hours()

        def at(moment: float, event: Callable[[], object]) -> Callable[[], None]:
            def happen() -> None:
                self.at = (opens + (closes - opens) * moment).replace(microsecond=0)
                event()

            return happen

        events = sorted(self.events(), key=lambda event: event[0])
        return [(moment, at(moment, event)) for moment, event in events]

    def _hours(self) -> tuple[datetime, datetime]:
        """The opening hours; today's end now, however early it is."""
        zone = timezone.get_default_timezone()
        opens = datetime.combine(self.day, OPENS, tzinfo=zone)
        closes = datetime.combine(self.day, CLOSES, tzinfo=zone)
        if closes <= self.now:
            return opens, closes
        midnight = day_start(self.day)
        return min(opens, midnight + (self.now - midnight) / 2), self.now

    def _count_up(self, kind: str) -> str:
        """The next name for a step of that kind on this day."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self.number}:{kind}:{self._counts[kind]}"

    def once(
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
            lambda key: act(*args, at=self.at, key=key, **options),
            note=note,
        )

    # --- Buying ---

    def buy(self, supplier_id: int, wanted: dict[int, tuple[int, Decimal]]) -> None:
        """Receive units of products at these costs, mostly on credit."""
        delivery = Delivery(
            supplier_id,
            [
                Line(product_id, Decimal(units), cost)
                for product_id, (units, cost) in wanted.items()
            ],
            purchase_date=self.day,
        )
        share = self.chance.choice((0, 0, 0, 2))
        method = self.chance.choice(self.deliveries_paid_by) if share else ON_CREDIT
        paid = (Tender(method, money(delivery.total * share / 10)),) if share else ()
        self.once(
            "buy", receive_purchase, delivery, TendersOffered(paid, method), by=self.cast.manager
        )
        for product_id, (units, _) in wanted.items():
            self.counter.stock(product_id, units)

    def pay_suppliers(self) -> None:
        for supplier_id in self.cast.supplier_ids:
            share = self.chance.randint(1, 3)
            method = self.chance.choice((*[CASH] * 7, "bkash", "card", "nagad"))
            owed = open_dues(SupplierDue, self.at, supplier_id=supplier_id)
            if owed:
                tender = Tender(method, money(owed * share / 20))
                self.once(
                    f"pay:{supplier_id}", pay_supplier, supplier_id, tender, by=self.cast.manager
                )

    # --- Selling ---

    def sell(self) -> None:
        basket = self.counter.basket(self.chance, self.maybe_customer())
        if basket:
            self.check_out(basket)

    def check_out(self, basket: Basket) -> None:
        customer_id = basket.order.customer_id
        use_advance = customer_id in self._has_advance
        self._has_advance.discard(customer_id or 0)
        offered = tenders_offered(self.chance, basket, use_advance=use_advance)
        step = self.once(
            "sell", checkout.sell, basket.order, offered, by=self.cashier(), note=_sale_id
        )
        self._sold.append(_Sold(step.note["sale_id"], basket.order.lines[0]))
        paid = sum(tender.amount for tender in offered.tenders)
        if customer_id and paid < basket.total and customer_id not in self._debtors:
            self._debtors.append(customer_id)

    def sell_for_cash(self, basket: Basket) -> None:
        """A sale that never comes back."""
        offered = TendersOffered((Tender(CASH, basket.total),), CASH)
        self.once("sell", checkout.sell, basket.order, offered, by=self.cashier())

    def hold(self, basket: Basket | None = None) -> Step | None:
        basket = basket or self.counter.basket(self.chance, self.maybe_customer())
        if basket is None:
            return None
        return self.once("hold", holds.hold, basket.order, by=self.cashier(), note=_held)

    def hold_and_decide(self, basket: Basket | None = None, *, buys: bool | None = None) -> None:
        """A sale is held; soon it is paid, or the customer does not come back."""
        decides_to_buy = self.chance.random() < 0.8 if buys is None else buys
        step = self.hold(basket)
        if step is None:
            return
        self.at += timedelta(minutes=5)
        held = step.note
        if decides_to_buy:
            offered = TendersOffered((Tender(CASH, Decimal(held["total"])),), CASH)
            self.once("complete", holds.complete, held["sale_id"], offered, by=self.cashier())
        else:
            self._steps.once(
                self._count_up("cancel"),
                lambda key: holds.cancel(held["sale_id"], key=key),
                note=lambda _: {},
            )

    def take_back(self) -> None:
        if not self._sold:
            return
        sold = self._sold.pop(self.chance.randrange(max(0, len(self._sold) - 60), len(self._sold)))
        back = refunds.Returned(Decimal(1), product_id=sold.line.product_id)
        claim = refunds.Claim(
            sold.sale_id,
            [back] if self.chance.random() < 0.7 else None,
            self.chance.choice((CASH, CASH, "card", "bkash")),
            self.chance.choice(REFUND_REASONS),
            restock=self.chance.random() < 0.6,
        )
        self.once("refund", refunds.refund, claim, by=self.cashier())

    def collect_dues(self) -> None:
        """Most of those who ever owed something pay it, or half of it; a few pay in advance."""
        for customer_id in self._debtors:
            dice, method = self.chance.random(), self.chance.choice((CASH, CASH, "bkash"))
            cashier = self.cashier()
            owed = open_dues(CustomerDue, self.at, customer_id=customer_id)
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
                self.once(
                    f"dues:{customer_id}", receive_due_payment, customer_id, tender, by=cashier
                )

    # --- The rest ---

    def spend(self, spending: Spending) -> None:
        self.once("spend", record_expense, spending, by=self.cast.manager)

    def adjust(self, product_id: int, change: int, reason: str, **more: Any) -> Step:
        self.counter.stock(product_id, change)
        adjustment = adjustments.Adjustment(product_id, Decimal(change), reason, **more)
        return self.once(
            "adjust", adjustments.adjust, adjustment, by=self.cast.manager, note=_log_id
        )

    def maybe_customer(self) -> int | None:
        if self.chance.random() < 0.55:
            return None
        return self.chance.choice(self.cast.customer_ids)

    def cashier(self) -> Any:
        return self.chance.choice(self.cast.cashiers)


def open_dues(due_model: Any, at: datetime, **party: int) -> Decimal:
    """What is owed by, or to, that party for what happened up to then.

    A run that goes on after a kill finds later dues too; they are not this payment's business.
    """
    still_open = due_model.objects.filter(status="open", created_at__lte=at, **party)
    return money(still_open.aggregate(owed=Sum("due_amount"))["owed"] or 0)


def _sale_id(sold: Any) -> dict[str, Any]:
    return {"sale_id": sold.sale.pk}


def _held(sale: Any) -> dict[str, Any]:
    return {"sale_id": sale.pk, "total": str(sale.total_amount)}


def _log_id(log: Any) -> dict[str, Any]:
    return {"log_id": log.pk}
