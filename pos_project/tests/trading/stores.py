"""Three stores that trade and send each other goods at random, short, over, damaged and back.

The shop keeps its own count on fingers: units by store and product, and what is on the way. After
each step every law holds, each store has what the count says, and the stores add up to the whole.
"""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from accounts.models import Store, User
from inventory.fifo import InsufficientStock
from inventory.models import Batch
from inventory.transfer_models import Transfer, TransferLot
from inventory.transfer_receiving import Received, receive
from inventory.transfers import Wanted, ask, ask_and_send, cancel, send, turn_back
from ledger import shifts, tills
from ledger.accounts import ensure_accounts_between_stores
from ledger.journal_models import JournalLine
from ledger.till_models import Shift, Till
from pos_project.core.at_till import at_till
from pos_project.core.db.idempotency import Replayed
from pos_project.core.errors import Conflict, Denied, NotFound
from pos_project.tests import shop, transfers
from pos_project.tests.trading.machine import (
    COSTS,
    DAYS_AGO,
    UNITS,
    WHICH,
    Died,
    killed_after_commit,
)
from pos_project.tests.trading.sums import in_cents
from pos_project.tests.trading.till import Refusals
from pos_project.tests.trading.till import Till as OneStore
from pos_project.tests.trading.watched import event, one_of_the_events

GOODS = st.lists(st.tuples(WHICH, UNITS), min_size=1, max_size=3)
# What came of each line, compared with what was sent; and how many of it are damaged.
DIFFERS = st.lists(
    st.tuples(st.sampled_from([0, 1, -1, 0, 2, -9]), st.sampled_from([0, 0, 1, 2])), max_size=3
)


class TradingStores(OneStore):
    """Everything that may happen to goods in three stores."""

    def open_shop(self) -> None:
        super().open_shop()
        names = ("Lake Road", "Hill Street")
        self.stores = [Store.FIRST_ID, *(transfers.a_store(name).pk for name in names)]
        self.people: dict[int, User] = {
            store_id: transfers.somebody_at(store_id) for store_id in self.stores
        }
        self.tills: dict[int, Till] = {
            store_id: tills.add_till("Front", store_id=store_id) for store_id in self.stores
        }
        self.shelves: Counter[tuple[int, int]] = Counter(
            {(Store.FIRST_ID, product.pk): 15 for product in self.goods[:3]}
        )
        for store_id in self.stores[1:]:
            first = [(product, 9, "2.35") for product in self.goods[:3]]
            shop.buy(*first, by=self.people[store_id], supplier=self.suppliers[0])
            self.shelves.update({(store_id, product.pk): 9 for product, *_ in first})
        # The first one who sends adds them, though they may be refused what they send.
        ensure_accounts_between_stores()
        self.transit: Counter[int] = Counter()

    # --- Trading ---

    @event(2, where=WHICH, goods=GOODS, cost=COSTS, days_ago=DAYS_AGO)
    def buy(self, where: int, goods: list[tuple[int, int]], cost: str, days_ago: int) -> None:
        store_id = self._one_of(self.stores, where)
        lines = [(self.goods[which % 3], units, cost) for which, units in goods]
        by = self.people[store_id]
        self._try(
            lambda: shop.buy(*lines, by=by, on=self._day(days_ago), supplier=self.suppliers[0]),
            set(),
        )
        for product, units, _ in lines:
            self.shelves[store_id, product.pk] += units

    @event(5, where=WHICH, goods=GOODS, at_its_till=st.booleans())
    def sell(self, where: int, goods: list[tuple[int, int]], at_its_till: bool) -> None:
        store_id = self._one_of(self.stores, where)
        lines = [(self.goods[which % 3], units) for which, units in goods]
        till = self.tills[store_id] if at_its_till else None
        refusals: Refusals = self._lacks(store_id, lines)
        if till and not Shift.objects.filter(open_till=till).exists():
            refusals = {tills.ShiftClosed}
        with at_till(till.pk if till else None):
            by = self.people[store_id]
            if self._try(lambda: shop.sell(*lines, by=by), refusals):
                self._take(store_id, lines)

    # --- Shifts ---

    @event(1, where=WHICH, short=st.integers(-1, 1))
    def open_or_close(self, where: int, short: int) -> None:
        store_id = self._one_of(self.stores, where)
        by, shift = self.people[store_id], Shift.objects.filter(open_till__store=store_id).first()
        if shift is None:
            till = self.tills[store_id].pk
            self._try(lambda: shifts.open_shift(till, Decimal(20), by=by), set())
            return
        counted = max(shifts.sums_of(shift).expected + short, Decimal(0))
        count = shifts.ShiftCount(counted)
        self._try(lambda: shifts.close_shift(shift.pk, count, by=by), set())

    # --- Goods between stores ---

    @event(4, where=WHICH, to=WHICH, goods=GOODS, at_once=st.booleans(), dies=st.booleans())
    def ask_for(
        self, where: int, to: int, goods: list[tuple[int, int]], at_once: bool, dies: bool
    ) -> None:
        store_id = self._one_of(self.stores, where)
        other = self.stores[(self.stores.index(store_id) + 1 + to % 2) % 3]
        units = {self.goods[which % 3]: count for which, count in goods}
        lines, by = list(units.items()), self.people[store_id]
        wanted = [Wanted(product.pk, Decimal(count)) for product, count in lines]
        if not at_once:
            self._try(lambda: ask(store_id, other, wanted, by=by), set())
            return
        refusals, name = self._lacks(store_id, lines), self._new_name()

        def sent() -> Transfer:
            key = shop.a_key(name, by=by)
            return ask_and_send(store_id, other, wanted, by=by, key=key)

        if dies and not refusals:
            with killed_after_commit():
                self._try(lambda: self._until_dead(sent), set())
            self._asked_again(sent)
            left = True
        else:
            left = self._try(sent, refusals) is not None
        if left:
            self._take(store_id, lines)
            self._on_the_way(lines, 1)

    @event(4, which=WHICH, as_asked=st.booleans(), less=UNITS, who=WHICH)
    def send_it(self, which: int, as_asked: bool, less: int, who: int) -> None:
        transfer = self._transfer(which, "asked")
        if transfer is None:
            return
        rows = list(transfer.lines.order_by("id").select_related("product"))
        units = [int(row.asked) if as_asked else min(less, int(row.asked)) for row in rows]
        lines = [(row.product, count) for row, count in zip(rows, units, strict=True)]
        quantities = (
            None
            if as_asked
            else {row.pk: Decimal(count) for row, count in zip(rows, units, strict=True)}
        )
        store_id = self._one_of([transfer.from_store_id] * 3 + self.stores, who)
        refusals = self._may_not(transfer, store_id, transfer.from_store_id, "asked")
        refusals = refusals or self._lacks(store_id, lines)
        by = self.people[store_id]
        if self._try(lambda: send(transfer.pk, quantities, by=by), refusals):
            self._take(store_id, lines)
            self._on_the_way(lines, 1)

    @event(6, which=WHICH, differs=DIFFERS, who=WHICH)
    def receive_it(self, which: int, differs: list[tuple[int, int]], who: int) -> None:
        transfer = self._transfer(which, "sent")
        if transfer is None:
            return
        told, came = [], []
        rows = list(transfer.lines.order_by("id").select_related("product"))
        for row, (more, damaged) in zip(rows, differs, strict=False):
            count = max(int(row.sent or 0) + more, 0)
            broken = min(damaged, count)
            told.append(Received(row.pk, Decimal(count), Decimal(broken), "As counted"))
            came.append((row.product, count - broken))
        came += [(row.product, int(row.sent or 0)) for row in rows[len(came) :]]
        store_id = self._one_of([transfer.destination_id] * 3 + self.stores, who)
        refusals = self._may_not(transfer, store_id, transfer.destination_id, "sent")
        by = self.people[store_id]
        if self._try(lambda: receive(transfer.pk, told or None, by=by), refusals):
            self._on_the_way([(row.product, int(row.sent or 0)) for row in rows], -1)
            for product, units in came:
                self.shelves[store_id, product.pk] += units

    @event(2, which=WHICH, who=WHICH)
    def turn_back(self, which: int, who: int) -> None:
        transfer = self._transfer(which, "sent")
        if transfer is None:
            return
        store_id = self._one_of(self.stores, who)
        refusals = self._may_not(transfer, store_id, store_id, "sent")
        if not refusals and transfer.goes_back:
            refusals = {Conflict}
        by = self.people[store_id]
        self._try(lambda: turn_back(transfer.pk, "Nobody wants it", by=by), refusals)

    @event(1, which=WHICH, who=WHICH)
    def cancel(self, which: int, who: int) -> None:
        transfer = self._transfer(which, "asked")
        if transfer is None:
            return
        store_id = self._one_of(self.stores, who)
        refusals = self._may_not(transfer, store_id, store_id, "asked")
        by = self.people[store_id]
        self._try(lambda: cancel(transfer.pk, "None left", by=by), refusals)

    @event(2, days=st.integers(1, 3), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.clock.shift(timedelta(days=days, hours=hours))

    @rule(happening=one_of_the_events(locals()))
    def trade(self, happening: tuple[str, dict[str, Any]]) -> None:
        name, arguments = happening
        getattr(self, name)(**arguments)

    # --- Counting on fingers ---

    def _transfer(self, which: int, status: str) -> Transfer | None:
        """One of the newest: mostly where it is as that step wants it, at times any of them."""
        newest = list(Transfer.objects.order_by("-id")[:8])
        if not newest:
            return None
        ready = [each for each in newest if each.status == status]
        found: Transfer = self._one_of([*ready[:3], newest[which % len(newest)]], which)
        return found

    def _may_not(self, transfer: Transfer, acts: int, must: int, status: str) -> Refusals:
        if acts not in (transfer.from_store_id, transfer.to_store_id):
            return {NotFound}
        wrong: Refusals = set()
        if acts != must:
            wrong.add(Denied)
        if transfer.status != status:
            wrong.add(Conflict)
        return wrong

    def _lacks(self, store_id: int, lines: list[tuple[Any, int]]) -> Refusals:
        wanted: Counter[int] = Counter()
        for product, units in lines:
            wanted[product.pk] += units
        is_short = any(units > self.shelves[store_id, pk] for pk, units in wanted.items())
        return {InsufficientStock} if is_short else set()

    def _take(self, store_id: int, lines: list[tuple[Any, int]]) -> None:
        for product, units in lines:
            self.shelves[store_id, product.pk] -= units

    def _on_the_way(self, lines: list[tuple[Any, int]], sign: int) -> None:
        for product, units in lines:
            self.transit[product.pk] += sign * units

    def _until_dead(self, act: Any) -> bool:
        try:
            act()
        except Died:
            return True
        raise AssertionError("nobody died")

    def _asked_again(self, act: Any) -> None:
        try:
            act()
        except Replayed:
            return
        self.check("a_key_has_one_effect", "another effect", "the first answer")

    @invariant()
    def each_store_has_what_was_counted(self) -> None:
        held: Counter[tuple[int, int]] = Counter()
        worth: Counter[int] = Counter()
        for batch in Batch.objects.filter(is_open=1):
            held[batch.store_id, batch.product_id] += int(batch.remaining)
            worth[batch.store_id] += in_cents(batch.remaining * batch.unit_cost)
        self.check("each_store_has_what_was_counted", held, +self.shelves)
        moving: Counter[int] = Counter()
        on_the_way = 0
        for lot in TransferLot.objects.filter(line__transfer__status="sent").select_related("line"):
            moving[lot.line.product_id] += int(lot.quantity)
            on_the_way += in_cents(lot.quantity * lot.unit_cost)
        self.check("what_was_counted_is_on_the_way", moving, +self.transit)
        # The stores' own books are right by themselves, and add up to the whole.
        books: Counter[tuple[int, str]] = Counter()
        for line in JournalLine.objects.select_related("entry"):
            books[line.entry.store_id, line.account_id] += in_cents(line.debit - line.credit)
        for store_id in self.stores:
            balances = [sum_ for (of, _), sum_ in books.items() if of == store_id]
            self.check("each_store_balances", sum(balances), 0)
            self.check("each_store_s_stock", books[store_id, "INVENTORY"], worth[store_id])
        for account, whole in (("GOODS_IN_TRANSIT", on_the_way), ("BETWEEN_STORES", 0)):
            told = sum(books[store_id, account] for store_id in self.stores)
            self.check(f"{account}_of_all_stores", told, whole)
