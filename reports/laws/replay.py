"""Every movement of stock once more, product by product, in the order it happened.

The order of movements is that of their log rows' ids: a movement writes its log rows while it
holds the locks of the batches it moves, so movements of one batch are numbered as they happened.
A log row finds what it moved like this: openings, adjustments, voids and undone purchases by their
rows in `inventory_log_batches`; a sale's and a refund's by the document number, the n-th row of a
product belonging to the n-th line of it; a purchase's likewise, its n-th batch of the product.

One thing may be missed by a sale that is not at fault. On a server with row locks, goods that come
back into an older batch (or arrive with an older date) while the sale is already locking are not
seen by it, although their log row may come first. Such an addition is not held against a sale that
started before, or within `OVERLAP` of, the addition's own start. SQLite runs one writer at a time,
so there nothing is excused.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from inventory.fifo import value
from reports.laws.law import Finding, Law, Violation, laws
from reports.laws.reading import amount, exact, rows
from reports.laws.scope import SLICE, Scope

# Longer than an attempt can wait for a lock: what waits longer is started anew.
OVERLAP = timedelta(seconds=10)

LOGGED = Law(
    "I4",
    "log_rows_are_what_was_moved",
    "Each log row is one line's movement: its units and cost are those of its batches.",
)
ORDER = Law(
    "I13",
    "stock_moves_first_in_first_out",
    "A batch is used only when every older one is empty; goods go back newest use first.",
)
COST = Law(
    "R2",
    "a_movement_costs_the_change_of_value",
    "A movement costs its batch's value before it less the value after it.",
)
ADDS = ("purchase", "opening", "adjustment")


@dataclass
class _Lot:
    """A batch on the replayed shelf."""

    id: int
    store_id: int
    received_on: Any
    unit_cost: Decimal
    quantity: Decimal
    remaining: Decimal = Decimal(0)
    arrived: bool = False
    # When units came that a sale under way could not see, and how many.
    late: list[tuple[Any, Decimal]] = field(default_factory=list)

    @property
    def place(self) -> tuple[Any, int]:
        return (self.received_on, self.id)


@dataclass(frozen=True)
class _Pick:
    """Units taken from a lot (−) or put into it (+), and the change of its value, as stored."""

    row: str
    batch_id: int
    units: Decimal
    cost: Decimal
    item_id: int = 0


@dataclass(frozen=True)
class _Entry:
    """A log row."""

    id: int
    store_id: int
    kind: str
    units: Decimal
    cost: Decimal
    at: datetime | None
    document: Any  # a sale's id, a purchase's number


@dataclass
class _Product:
    """All that is known of one product's movements."""

    id: int
    log: list[_Entry]
    lots: dict[int, _Lot]
    # by document: lines in their order, each with its picks
    sold: dict[int, deque[list[_Pick]]]
    returned: dict[int, deque[list[_Pick]]]
    bought: dict[str, deque[_Lot]]
    by_hand: dict[int, list[_Pick]]


@laws(LOGGED, ORDER, COST)
def every_movement_once_more(scope: Scope) -> Iterator[Finding]:
    for first, last in _product_ranges():
        for product in _products(first, last):
            yield from _Shelf(product).replay()


class _Shelf:
    """The product's shelves while its log is replayed."""

    def __init__(self, product: _Product) -> None:
        self.product = product
        self.lots = product.lots
        self.open: dict[int, list[tuple[Any, int]]] = {}  # by store: places, oldest first
        self.held: dict[int, dict[int, Decimal]] = {}  # by sale line: batch → units it holds

    def replay(self) -> Iterator[Finding]:
        for entry in self.product.log:
            picks = self._picks(entry)
            if picks is None:
                yield LOGGED, Violation(self._name(entry), "a document line", "none")
                continue
            for what, told, moved in (
                ("units", entry.units, sum((pick.units for pick in picks), Decimal(0))),
                ("cost", entry.cost, sum((pick.cost for pick in picks), Decimal("0.00"))),
            ):
                if told != moved:
                    yield LOGGED, Violation(f"{self._name(entry)}, {what}", str(moved), str(told))
            for pick in picks:
                lot = self.lots.get(pick.batch_id)
                if lot is not None:  # (a batch of another product is named by a law of its own)
                    yield from self._move(entry, pick, lot)
        for kind, lines in (("sale", self.product.sold), ("refund", self.product.returned)):
            for document, left in lines.items():
                for picks in left:
                    yield (
                        LOGGED,
                        Violation(
                            f"{picks[0].row} of {kind} line of sale {document}", "a log row", "none"
                        ),
                    )

    def _picks(self, entry: _Entry) -> list[_Pick] | None:
        """What the log row moved; None when no line of its document is left for it."""
        if entry.kind in ("sale", "refund"):
            lines = self.product.sold if entry.kind == "sale" else self.product.returned
            line = lines.get(entry.document)
            return line.popleft() if line else None
        if entry.kind == "purchase" and entry.units > 0:
            lots = self.product.bought.get(entry.document)
            if not lots:
                return None
            lot = lots.popleft()
            worth = value(lot.quantity, lot.unit_cost)
            return [_Pick(f"batch {lot.id}", lot.id, lot.quantity, worth)]
        return self.product.by_hand.pop(entry.id, [])

    def _move(self, entry: _Entry, pick: _Pick, lot: _Lot) -> Iterator[Finding]:
        if not lot.arrived and pick.units > 0 and entry.kind in ADDS:
            lot.arrived = True
            lot.late.append((entry.at, pick.units))
        elif pick.units < 0:
            # Undoing an increase, or a purchase, takes back its own goods, in any order.
            if entry.kind not in ("void", "purchase"):
                yield from self._oldest_first(entry, pick, lot)
            if pick.item_id:
                held = self.held.setdefault(pick.item_id, {})
                held[lot.id] = held.get(lot.id, Decimal(0)) - pick.units
        else:
            if pick.item_id:
                yield from self._newest_use_first(entry, pick)
            lot.late.append((entry.at, pick.units))
        before, after = lot.remaining, lot.remaining + pick.units
        change = value(after, lot.unit_cost) - value(before, lot.unit_cost)
        if pick.cost != change:
            yield (
                COST,
                Violation(
                    f"{pick.row} on batch {lot.id} ({self._name(entry)}), change of value",
                    str(change),
                    str(pick.cost),
                ),
            )
        if not 0 <= after <= lot.quantity:
            yield (
                ORDER,
                Violation(
                    f"{pick.row} on batch {lot.id} ({self._name(entry)}), units left then",
                    f"0 to {lot.quantity}",
                    str(after),
                ),
            )
        self._put(lot, after)

    def _put(self, lot: _Lot, units: Decimal) -> None:
        shelf = self.open.setdefault(lot.store_id, [])
        if lot.remaining <= 0 < units:
            insort(shelf, lot.place)
        elif units <= 0 < lot.remaining:
            del shelf[bisect_left(shelf, lot.place)]
        lot.remaining = units

    def _oldest_first(self, entry: _Entry, pick: _Pick, lot: _Lot) -> Iterator[Finding]:
        shelf = self.open.get(lot.store_id, [])
        for place in shelf[: bisect_left(shelf, lot.place)]:
            older = self.lots[place[1]]
            if _surely_seen(older, lot, entry) > 0:
                yield (
                    ORDER,
                    Violation(
                        f"{pick.row} ({self._name(entry)})",
                        f"batch {older.id}, which is older and still held {older.remaining}",
                        f"batch {lot.id}",
                    ),
                )
                return

    def _newest_use_first(self, entry: _Entry, pick: _Pick) -> Iterator[Finding]:
        held = self.held.get(pick.item_id, {})
        newest = next((batch_id for batch_id, units in reversed(held.items()) if units > 0), None)
        if newest != pick.batch_id or held[newest] < pick.units:
            yield (
                ORDER,
                Violation(
                    f"{pick.row} ({self._name(entry)})",
                    "nothing to put back" if newest is None else f"batch {newest}, the newest use",
                    f"{pick.units} into batch {pick.batch_id}",
                ),
            )
        if pick.batch_id in held:
            held[pick.batch_id] -= pick.units

    def _name(self, entry: _Entry) -> str:
        return f"log row {entry.id}, {entry.kind} of product {self.product.id}"


def _surely_seen(older: _Lot, used: _Lot, entry: _Entry) -> Decimal:
    """Units of an older lot that whoever used the younger one must have seen."""
    if entry.at is None:
        return older.remaining
    units = older.remaining
    for position, (at, added) in enumerate(reversed(older.late), start=1):
        arrival = position == len(older.late)
        if arrival and older.id < used.id:
            break  # it arrived before the one that was used
        if at is not None and entry.at <= at + OVERLAP:
            units -= added
    return units


def _product_ranges() -> Iterator[tuple[int, int]]:
    """Ranges of product ids with about `SLICE` movements each, together all products."""
    first = last = count = 0
    for product_id, moved in list(
        rows(
            "SELECT p.id, COUNT(l.id) FROM products p"
            " LEFT JOIN inventory_log l ON l.product_id = p.id GROUP BY p.id ORDER BY p.id"
        )
    ):
        if count and count + moved > SLICE:
            yield first, last
            first, count = product_id, 0
        last, count = product_id, count + moved
    yield first, last


def _products(first: int, last: int) -> Iterator[_Product]:
    between = [first, last]
    log = _by_product(
        """
        SELECT l.product_id, l.id, l.store_id, l.kind, l.change_qty, l.cost, l.created_at,
            s.id, l.reference
        FROM inventory_log l
        LEFT JOIN sales s ON s.invoice_no = l.reference AND l.kind IN ('sale', 'refund')
        WHERE l.product_id BETWEEN %s AND %s ORDER BY l.product_id, l.id
        """,
        between,
    )
    lots = _by_product(
        """
        SELECT b.product_id, b.id, b.store_id, b.received_on, b.unit_cost, b.quantity, p.invoice_no
        FROM batches b
        LEFT JOIN purchase_items i ON i.id = b.purchase_item_id
        LEFT JOIN purchases p ON p.id = i.purchase_id
        WHERE b.product_id BETWEEN %s AND %s ORDER BY b.product_id, b.id
        """,
        between,
    )
    uses = _by_product(
        """
        SELECT i.product_id, u.id, i.sale_id, i.id, u.refund_item_id, u.batch_id, u.quantity, u.cost
        FROM sale_items i JOIN sale_item_batches u ON u.sale_item_id = i.id
        WHERE i.product_id BETWEEN %s AND %s ORDER BY i.product_id, u.id
        """,
        between,
    )
    by_hand = _by_product(
        """
        SELECT l.product_id, m.id, l.id, m.batch_id, m.quantity, m.cost
        FROM inventory_log_batches m JOIN inventory_log l ON l.id = m.log_id
        WHERE l.product_id BETWEEN %s AND %s ORDER BY l.product_id, m.id
        """,
        between,
    )
    for product_id in sorted({*log, *lots, *uses, *by_hand}):
        yield _product(
            product_id,
            log.get(product_id, ()),
            lots.get(product_id, ()),
            uses.get(product_id, ()),
            by_hand.get(product_id, ()),
        )


def _by_product(sql: str, between: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    return {
        product_id: list(group)
        for product_id, group in groupby(rows(sql, between), key=itemgetter(0))
    }


def _product(
    product_id: int,
    log: Iterable[tuple[Any, ...]],
    batches: Iterable[tuple[Any, ...]],
    uses: Iterable[tuple[Any, ...]],
    by_hand: Iterable[tuple[Any, ...]],
) -> _Product:
    product = _Product(product_id, [], {}, {}, {}, {}, {})
    # SQLite has one writer at a time: no moment excuses anything there.
    timed = connection.vendor == "mysql"
    for _, log_id, store_id, kind, units, cost, at, sale_id, reference in log:
        document = sale_id if kind in ("sale", "refund") else _folded(reference)
        moment = at if timed else None
        product.log.append(
            _Entry(log_id, store_id, kind, exact(units), amount(cost), moment, document)
        )
    for _, batch_id, store_id, received_on, unit_cost, quantity, number in batches:
        lot = _Lot(batch_id, store_id, received_on, exact(unit_cost, 4), exact(quantity))
        product.lots[batch_id] = lot
        if number is not None:
            product.bought.setdefault(_folded(number), deque()).append(lot)
    lines: dict[tuple[int, int, int], list[_Pick]] = {}
    for _, use_id, sale_id, item_id, refund_item_id, batch_id, units, cost in uses:
        lines.setdefault((sale_id, item_id, refund_item_id or 0), []).append(
            _Pick(f"batch use {use_id}", batch_id, -exact(units), -amount(cost), item_id)
        )
    for (sale_id, _, refund_item_id), picks in sorted(
        lines.items(), key=lambda line: (line[0][2], line[0][1])
    ):
        side = product.returned if refund_item_id else product.sold
        side.setdefault(sale_id, deque()).append(picks)
    for _, move_id, log_id, batch_id, units, cost in by_hand:
        product.by_hand.setdefault(log_id, []).append(
            _Pick(f"batch movement {move_id}", batch_id, exact(units), amount(cost))
        )
    return product


def _folded(number: str | None) -> str:
    return (number or "").casefold()
