"""A second shop and a warehouse beside the demo shop: a month of goods that go from the warehouse
to the shops, and of shifts at the second shop's till."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from accounts import people
from accounts.models import Store, User
from accounts.shop_settings import add_store
from inventory import transfers
from inventory.transfer_models import Transfer
from inventory.transfer_receiving import Received, receive
from ledger import chart, shifts
from ledger.manual_entries import ManualEntry, post_manual_entry
from ledger.payments import ON_CREDIT, TendersOffered
from ledger.posting import Line as Entry
from ledger.shift_figures import sums_of
from ledger.till_models import CashMovement, Shift
from ledger.tills import add_till
from pos_project.core.at_till import at_till
from pos_project.core.days import business_day
from pos_project.core.money import ZERO
from pos_project.tools.trade.baskets import Counter
from pos_project.tools.trade.cast import Cast
from pos_project.tools.trade.steps import Step, Steps
from pos_project.tools.trade.trader import Event, Trader
from purchasing.receive import Delivery, Line, receive_purchase
from reports.statements.cash_counting import BANK

SHOP = {"name": "Lake Road", "address": "12 Lake Road, Dhanmondi", "receipt_header": "Welcome!"}
WAREHOUSE = {"name": "Warehouse", "kind": "warehouse", "address": "Plot 7, Tongi"}
DAYS = 30
KINDS = 60  # of products that the warehouse keeps
FLOAT = Decimal(2000)
AT_THE_TILL = {"sell"}
# What a count finds, most evenings nothing: by how much, and why.
DIFFERENCES: Sequence[tuple[int, str]] = (
    *[(0, "")] * 6,
    (-50, "Wrong change, probably"),
    (-20, ""),
    (10, "Nobody knows"),
)


@dataclass(frozen=True)
class Places:
    """Where the goods lie and where they go: ids of the stores, and of the till."""

    warehouse: int
    main: int
    branch: int
    till: int


def open_places(steps: Steps, *, users: Sequence[User], by: User, now: datetime) -> Places:
    """Add the stores and the till, each once, and let these people act in all of them."""

    def added(name: str, add: Any) -> int:
        return int(steps.once(name, add, note=lambda row: {"id": row.pk}).note["id"])

    branch = added("shop", lambda key: add_store(SHOP, key=key))
    warehouse = added("warehouse", lambda key: add_store(WAREHOUSE, key=key))
    till = added("till", lambda key: add_till("Till 1", store_id=branch, key=key))
    for user in users:
        people.change_user(user.pk, {"stores": [branch, warehouse]}, by=by, at=now)
    return Places(warehouse, Store.FIRST_ID, branch, till)


class Branch(Trader):
    """Trades the second shop's days, the last `DAYS` up to `now`, and sends it what it sells."""

    def __init__(
        self, cast: Cast, steps: Steps, places: Places, *, now: datetime, seed: int, days: int
    ) -> None:
        self._places = places
        self._keeper = cast.manager.in_store(places.warehouse, writing=True)
        self._at_main = cast.manager
        there = [
            user.in_store(places.branch, writing=True) for user in (cast.manager, *cast.cashiers)
        ]
        kept = list(cast.products[:KINDS])
        of_shop = replace(cast, manager=there[0], cashiers=there[1:], products=kept)
        counter = Counter(of_shop, Random(f"{seed}:branch"))
        super().__init__(of_shop, steps, counter, now=now, seed=seed)
        last = business_day(now)
        self.days = [last - timedelta(days=back) for back in reversed(range(min(DAYS, days)))]

    def trade(self, day: Any) -> None:
        """Trade the day, if it is one of its own."""
        if day in self.days:
            self.trade_day(self.days.index(day), day)

    def events(self) -> Iterator[Event]:
        chance, number = self.chance, self.number
        is_last = number == len(self.days) - 1
        if number == 0:
            yield 0.0, self._begin
        if number % 3 == 0:
            yield 0.02, partial(self._move, self._places.branch, arrives=not is_last)
        if number % 7 == 2:
            yield 0.03, partial(self._move, self._places.main, arrives=not is_last)
        yield 0.1, self._open_shift
        for _ in range(chance.randint(4, 7)):
            yield chance.uniform(0.15, 0.9), self._sell_at_the_till
        if is_last:  # it is open, goods are on the way, and others are asked for
            yield 0.92, partial(self._move, self._places.branch, arrives=False)
            yield 0.95, self._ask
        else:
            yield 0.95, self._to_the_bank
            yield 0.97, self._close_shift

    # --- Goods ---

    def _begin(self) -> None:
        """The warehouse is filled, and there is change for the till."""
        for supplier_id in self.cast.supplier_ids:
            lines = [
                Line(product.id, Decimal(self.chance.randint(90, 140)), product.cost)
                for product in self.cast.products
                if product.supplier_id == supplier_id
            ]
            if lines:
                delivery = Delivery(supplier_id, lines, purchase_date=self.day)
                credit = TendersOffered((), ON_CREDIT)
                self.once("fill", receive_purchase, delivery, credit, by=self._keeper)
        change = ManualEntry(
            [Entry(chart.CASH, debit=FLOAT), Entry(BANK, credit=FLOAT)],
            memo="Change for the till of Lake Road",
            entry_date=self.day,
        )
        self.once("change", post_manual_entry, change, by=self.cast.manager)

    def _wanted(self, units: tuple[int, int]) -> dict[int, int]:
        some = self.chance.sample(self.cast.products, 8)
        return {product.id: self.chance.randint(*units) for product in some}

    def _ask(self) -> None:
        wanted = [
            transfers.Wanted(product_id, Decimal(units))
            for product_id, units in self._wanted((2, 6)).items()
        ]
        self.once(
            "ask",
            transfers.ask,
            self._places.warehouse,
            self._places.branch,
            wanted,
            by=self.cast.manager,
            note_="For the weekend",
        )

    def _move(self, to: int, *, arrives: bool) -> None:
        """Sent in the morning and received when the shop opens; now and then one is short or
        broken."""
        goods = self._wanted((3, 8))
        wanted = [
            transfers.Wanted(product_id, Decimal(units)) for product_id, units in goods.items()
        ]
        step = self.once(
            "move",
            transfers.ask_and_send,
            self._places.warehouse,
            to,
            wanted,
            by=self._keeper,
            note=_transfer_id,
        )
        dice = self.chance.random()
        if not arrives:
            return
        self.at += timedelta(minutes=30)
        by = self._at_main if to == self._places.main else self.cast.manager
        told, gone = self._told(step.note["transfer_id"], dice)
        self.once("receive", receive, step.note["transfer_id"], told, by=by)
        if to == self._places.branch:
            for product_id, units in goods.items():
                self.counter.stock(product_id, units - gone.get(product_id, 0))

    def _told(self, transfer_id: int, dice: float) -> tuple[list[Received], Mapping[int, int]]:
        """What is said of its first line, and the units of it that cannot be sold."""
        first = Transfer.objects.get(pk=transfer_id).lines.order_by("id")[0]
        assert first.sent is not None
        if dice < 0.25:
            short = Received(first.pk, first.sent - 1, reason="One too few in the box")
            return [short], {first.product_id: 1}
        if dice < 0.4:
            broken = Received(first.pk, first.sent, Decimal(1), "Broken on the way")
            return [broken], {first.product_id: 1}
        return [], {}

    # --- The till ---

    def once(self, kind: str, act: Any, *args: Any, **options: Any) -> Step:
        if (note := options.pop("note_", None)) is not None:
            act = partial(act, note=note)
        with at_till(self._places.till if kind in AT_THE_TILL else None):
            return super().once(kind, act, *args, **options)

    def _sell_at_the_till(self) -> None:
        basket = self.counter.basket(self.chance, self.maybe_customer())
        if basket:
            self.check_out(basket)

    def _open_shift(self) -> None:
        self.once("open", shifts.open_shift, self._places.till, FLOAT, by=self.cashier())

    def _shift(self) -> Shift | None:
        """The open one; none in a run that goes on after this day's was closed."""
        return Shift.objects.filter(open_till_id=self._places.till).first()

    def _to_the_bank(self) -> None:
        shift = self._shift()
        taken = ZERO if shift is None else (sums_of(shift).expected - FLOAT) // 500 * 500
        if shift is None or taken <= 0:
            self._count_up("bank")
            return
        moved = shifts.Movement(CashMovement.Kind.TO_BANK, taken, "Evening deposit", account=BANK)
        self.once("bank", shifts.move_cash, shift.pk, moved, by=self.cast.manager)

    def _close_shift(self) -> None:
        differs, reason = self.chance.choice(DIFFERENCES)
        shift = self._shift()
        expected = ZERO if shift is None else sums_of(shift).expected
        count = shifts.ShiftCount(max(expected + differs, ZERO), reason=reason or None)
        self.once(
            "close", shifts.close_shift, shift.pk if shift else 0, count, by=self.cast.manager
        )


def _transfer_id(transfer: Transfer) -> dict[str, Any]:
    return {"transfer_id": transfer.pk}
