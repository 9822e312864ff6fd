"""Every movement of stock once more, product by product, in the order it happened.

The order of movements is that of their log rows' ids: a movement writes its log rows while it
holds the locks of the batches it moves, so movements of one batch are numbered as they happened.
A log row finds what it moved like this: openings, adjustments, voids, transfers and undone
purchases by their rows in `inventory_log_batches`; a sale's and a refund's by the document number,
the n-th row of a product belonging to the n-th line of it; a purchase's likewise, its n-th batch of
the product.

One thing may be missed by a sale that is not at fault. On a server with row locks, goods that come
back into an older batch (or arrive with an older date) while the sale is already locking are not
seen by it, although their log row may come first. Such an addition is not held against a sale that
started before, or within `OVERLAP` of, the addition's own start. SQLite runs one writer at a time,
so there nothing is excused.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from reports.reconciliation.checks.movements import (
    Entry,
    Lot,
    Pick,
    Product,
    product_groups,
    products,
    worth_in_cents,
)
from reports.reconciliation.invariant import Derived, Finding, Invariant, Violation, invariants
from reports.reconciliation.scope import Scope

# In microseconds. Longer than an attempt can wait for a lock: what waits longer is started anew.
OVERLAP = 10 * 10**6
LOGGED = Invariant(
    "I4",
    "log_rows_are_what_was_moved",
    "Each log row is one line's movement: its units and cost are those of its batches.",
)
ORDER = Invariant(
    "I13",
    "stock_moves_first_in_first_out",
    "A batch is used only when every older one is empty; goods go back newest use first.",
)
COST = Invariant(
    "I23",
    "a_movement_costs_the_change_of_value",
    "A movement costs its batch's value before it less the value after it.",
)
STOCK = Invariant(
    "I1",
    "stock_is_the_sum_of_the_log",
    "A product's stock in a store is the sum of its logged movements.",
)
WORTH = Invariant(
    "I23",
    "logged_costs_are_the_stock_value",
    "The log's stored costs of a product add up to the value of its batches.",
)
HELD = Invariant(
    "I2",
    "remaining_is_quantity_less_uses",
    "A batch holds what came in, less what sales used, plus manual movements.",
    derives=("batches.remaining",),
)
TELESCOPES = Invariant(
    "I23",
    "stored_costs_telescope",
    "The stored costs of a batch's movements add up to the change of its value.",
)
ADDS = ("purchase", "opening", "adjustment", "arrived")


@invariants(LOGGED, ORDER, COST, STOCK, WORTH, HELD, TELESCOPES)
def every_movement_once_more(scope: Scope) -> Iterator[Finding]:
    groups = product_groups(scope)
    for done, ids in enumerate(groups, start=1):
        for product in products(scope, ids):
            yield from _sums(product)
            yield from _Shelf(product).replay()
        scope.tell("products", done / len(groups))


def _sums(product: Product) -> Iterator[Finding]:
    """What movements add up to, whatever their order."""
    stores: dict[int, list[int]] = {}  # logged, held
    logged_cost = worth = 0
    for entry in product.log:
        stores.setdefault(entry.store_id, [0, 0])[0] += entry.units
        logged_cost += entry.cost
    for lot in product.lots.values():
        name = f"batch {lot.id} of product {product.id}"
        stores.setdefault(lot.store_id, [0, 0])[1] += lot.kept
        value = worth_in_cents(lot.kept, lot.unit_cost)
        worth += max(value, 0)
        left = lot.quantity + lot.moved
        if lot.kept != left:
            remaining = Derived("batches", lot.id, {"remaining": Decimal(_units(left))})
            yield HELD, Violation(f"{name}, remaining", _units(left), _units(lot.kept), remaining)
        told = worth_in_cents(lot.quantity, lot.unit_cost) + lot.cost
        if value != told:
            name = f"{name}, value left by its stored costs"
            yield TELESCOPES, Violation(name, _money(value), _money(told))
    for store_id, (logged, held) in stores.items():
        if logged != held:
            name = f"stock of product {product.id} in store {store_id}"
            yield STOCK, Violation(name, _units(logged), _units(held))
    if worth != logged_cost:
        name = f"logged costs of product {product.id}"
        yield WORTH, Violation(name, _money(worth), _money(logged_cost))


class _Shelf:
    """The product's shelves while its log is replayed."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.lots = product.lots
        self.open: dict[int, list[tuple[Any, int]]] = {}  # by store: places, oldest first
        self.held: dict[int, dict[int, int]] = {}  # by sale line: batch → units it holds
        self.found: list[Finding] = []

    def replay(self) -> list[Finding]:
        for entry in self.product.log:
            known = len(self.found)
            self._replay(entry)
            if not entry.is_asked:
                del self.found[known:]
        for kind, lines in (("sale", self.product.sold), ("refund", self.product.returned)):
            for left in lines.values():
                for line in left:
                    if line.is_asked:
                        name = f"{line.picks[0]} of {kind} line of sale {line.sale_id}"
                        self._break(LOGGED, name, "a log row", "none")
        return self.found

    def _replay(self, entry: Entry) -> None:
        picks = self._picks(entry)
        if picks is None:
            self._break(LOGGED, self._name(entry), "a document line", "none")
            return
        units = cost = 0
        for pick in picks:
            units += pick.units
            cost += pick.cost
        if entry.units != units:
            name = f"{self._name(entry)}, units"
            self._break(LOGGED, name, _units(units), _units(entry.units))
        if entry.cost != cost:
            name = f"{self._name(entry)}, cost"
            self._break(LOGGED, name, _money(cost), _money(entry.cost))
        for pick in picks:
            lot = self.lots.get(pick.batch_id)
            if lot is not None:  # (a batch of another product is named by an invariant of its own)
                self._move(entry, pick, lot)

    def _picks(self, entry: Entry) -> list[Pick] | None:
        """What the log row moved; None when no line of its document is left for it."""
        kind = entry.kind
        if kind in ("sale", "refund"):
            lines = self.product.sold if kind == "sale" else self.product.returned
            left = lines.get(entry.document)
            return left.pop(0).picks if left else None
        if kind == "purchase" and entry.units > 0:
            lots = self.product.bought.get(entry.document)
            if not lots:
                return None
            lot = lots.pop(0)
            worth = worth_in_cents(lot.quantity, lot.unit_cost)
            return [Pick("batch", lot.id, lot.id, lot.quantity, worth)]
        return self.product.by_hand.pop(entry.id, [])

    def _move(self, entry: Entry, pick: Pick, lot: Lot) -> None:
        units = pick.units
        if not lot.arrived and units > 0 and entry.kind in ADDS:
            lot.arrived = True
            lot.late.append((entry.at, units))
        elif units < 0:
            # Undoing an increase, or a purchase, takes back its own goods, in any order.
            if entry.kind not in ("void", "purchase"):
                self._oldest_first(entry, pick, lot)
            if pick.item_id:
                held = self.held.setdefault(pick.item_id, {})
                held[lot.id] = held.get(lot.id, 0) - units
        else:
            if pick.item_id:
                self._newest_use_first(entry, pick)
            lot.late.append((entry.at, units))
        after = lot.remaining + units
        worth = worth_in_cents(after, lot.unit_cost)
        if pick.cost != worth - lot.worth:
            name = f"{pick} on batch {lot.id} ({self._name(entry)}), change of value"
            self._break(COST, name, _money(worth - lot.worth), _money(pick.cost))
        if not 0 <= after <= lot.quantity:
            name = f"{pick} on batch {lot.id} ({self._name(entry)}), units left then"
            self._break(ORDER, name, f"0 to {_units(lot.quantity)}", _units(after))
        if lot.remaining <= 0 < after:
            insort(self.open.setdefault(lot.store_id, []), lot.place)
        elif after <= 0 < lot.remaining:
            shelf = self.open[lot.store_id]
            del shelf[bisect_left(shelf, lot.place)]
        lot.remaining, lot.worth = after, worth

    def _oldest_first(self, entry: Entry, pick: Pick, lot: Lot) -> None:
        shelf = self.open.get(lot.store_id, ())
        for place in shelf:
            if place >= lot.place:
                return
            older = self.lots[place[1]]
            if _surely_seen(older, lot, entry) > 0:
                self._break(
                    ORDER,
                    f"{pick} ({self._name(entry)})",
                    f"batch {older.id}, which is older and still held {_units(older.remaining)}",
                    f"batch {lot.id}",
                )
                return

    def _newest_use_first(self, entry: Entry, pick: Pick) -> None:
        held = self.held.get(pick.item_id, {})
        newest = next((batch_id for batch_id, units in reversed(held.items()) if units > 0), None)
        if newest != pick.batch_id or held[newest] < pick.units:
            self._break(
                ORDER,
                f"{pick} ({self._name(entry)})",
                "nothing to put back" if newest is None else f"batch {newest}, the newest use",
                f"{_units(pick.units)} into batch {pick.batch_id}",
            )
        if pick.batch_id in held:
            held[pick.batch_id] -= pick.units

    def _break(self, invariant: Invariant, row: str, expected: str, found: str) -> None:
        self.found.append((invariant, Violation(row, expected, found)))

    def _name(self, entry: Entry) -> str:
        return f"log row {entry.id}, {entry.kind} of product {self.product.id}"


def _units(thousandths: int) -> str:
    return str(Decimal(thousandths).scaleb(-3))


def _money(cents: int) -> str:
    return str(Decimal(cents).scaleb(-2))


def _surely_seen(older: Lot, used: Lot, entry: Entry) -> int:
    """Units of an older lot that whoever used the younger one must have seen."""
    units = older.remaining
    if entry.at is None:
        return units
    for position, (at, added) in enumerate(reversed(older.late), start=1):
        arrival = position == len(older.late)
        if arrival and older.id < used.id:
            break  # it arrived before the one that was used
        if at is not None and entry.at <= at + OVERLAP:
            units -= added
    return units
