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

Millions of movements pass through here, so units are counted in thousandths, money in cents and
costs per unit in hundredths of a cent: whole numbers, exact on both databases.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from reports.laws.law import Finding, Law, Violation, laws
from reports.laws.reading import rows
from reports.laws.scope import Scope

# In microseconds. Longer than an attempt can wait for a lock: what waits longer is started anew.
OVERLAP = 10 * 10**6
MOVEMENTS = 60_000  # replayed at a time
MOST_PRODUCTS = 500  # named in one statement
# A product's movements lie all over their tables: read them in the order of their rows, not one
# by one in that of an index (a third less work, measured at a million sales).
IN_ROW_ORDER = (
    "SET STATEMENT optimizer_switch = 'mrr=on,mrr_sort_keys=on', join_cache_level = 8,"
    " join_buffer_size = 16777216, mrr_buffer_size = 16777216 FOR "
)

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
STOCK = Law(
    "I1",
    "stock_is_the_sum_of_the_log",
    "A product's stock in a store is the sum of its logged movements.",
)
WORTH = Law(
    "R2",
    "logged_costs_are_the_stock_value",
    "The log's stored costs of a product add up to the value of its batches.",
)
HELD = Law(
    "I2",
    "remaining_is_quantity_less_uses",
    "A batch holds what came in, less what sales used, plus what was moved by hand.",
)
TELESCOPES = Law(
    "R2",
    "stored_costs_telescope",
    "The stored costs of a batch's movements add up to the change of its value.",
)
ADDS = ("purchase", "opening", "adjustment")


class _Lot:
    """A batch on the replayed shelf."""

    __slots__ = (
        "arrived",
        "cost",
        "id",
        "kept",
        "late",
        "moved",
        "place",
        "quantity",
        "remaining",
        "store_id",
        "unit_cost",
        "worth",
    )

    def __init__(
        self,
        batch_id: int,
        store_id: int,
        received_on: Any,
        unit_cost: int,
        quantity: int,
        kept: int,
    ) -> None:
        self.id, self.store_id = batch_id, store_id
        self.unit_cost, self.quantity = unit_cost, quantity
        self.kept = kept  # what its row says remains
        self.moved = self.cost = 0  # by every movement after the one that made it
        self.place = (received_on, batch_id)
        self.remaining = self.worth = 0
        self.arrived = False
        # When units came that a sale under way could not see, and how many.
        self.late: list[tuple[int | None, int]] = []


class _Pick(NamedTuple):
    """Units taken from a lot (−) or put into it (+), and the change of its value, as stored."""

    noun: str
    id: int
    batch_id: int
    units: int
    cost: int
    item_id: int = 0

    def __str__(self) -> str:
        return f"{self.noun} {self.id}"


class _Line(NamedTuple):
    """What one line of a sale or refund moved. `is_asked` when its day is one in question."""

    sale_id: int
    picks: list[_Pick]
    is_asked: bool


class _Entry(NamedTuple):
    """A log row. `document` is the folded number of the sale or purchase it is about."""

    id: int
    store_id: int
    kind: str
    units: int
    cost: int
    at: int | None
    document: str
    is_asked: bool


class _Product(NamedTuple):
    """All that is known of one product's movements; lines and lots by their document's number."""

    id: int
    log: list[_Entry]
    lots: dict[int, _Lot]
    sold: dict[str, list[_Line]]
    returned: dict[str, list[_Line]]
    bought: dict[str, list[_Lot]]
    by_hand: dict[int, list[_Pick]]


@laws(LOGGED, ORDER, COST, STOCK, WORTH, HELD, TELESCOPES)
def every_movement_once_more(scope: Scope) -> Iterator[Finding]:
    groups = _product_groups(scope)
    for done, ids in enumerate(groups, start=1):
        for product in _products(scope, ids):
            yield from _sums(product)
            yield from _Shelf(product).replay()
        scope.tell("products", done / len(groups))


def _sums(product: _Product) -> Iterator[Finding]:
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
            yield HELD, Violation(f"{name}, remaining", _units(left), _units(lot.kept))
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

    def __init__(self, product: _Product) -> None:
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

    def _replay(self, entry: _Entry) -> None:
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
            if lot is not None:  # (a batch of another product is named by a law of its own)
                self._move(entry, pick, lot)

    def _picks(self, entry: _Entry) -> list[_Pick] | None:
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
            return [_Pick("batch", lot.id, lot.id, lot.quantity, worth)]
        return self.product.by_hand.pop(entry.id, [])

    def _move(self, entry: _Entry, pick: _Pick, lot: _Lot) -> None:
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

    def _oldest_first(self, entry: _Entry, pick: _Pick, lot: _Lot) -> None:
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

    def _newest_use_first(self, entry: _Entry, pick: _Pick) -> None:
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

    def _break(self, law: Law, row: str, expected: str, found: str) -> None:
        self.found.append((law, Violation(row, expected, found)))

    def _name(self, entry: _Entry) -> str:
        return f"log row {entry.id}, {entry.kind} of product {self.product.id}"


def worth_in_cents(units: int, unit_cost: int) -> int:
    """What thousandths of a unit are worth at hundredths of a cent each, half a cent up (as
    `inventory.fifo.value` does)."""
    exact = units * unit_cost
    return (exact + 50_000) // 100_000 if exact >= 0 else -((50_000 - exact) // 100_000)


def _units(thousandths: int) -> str:
    return str(Decimal(thousandths).scaleb(-3))


def _money(cents: int) -> str:
    return str(Decimal(cents).scaleb(-2))


def _surely_seen(older: _Lot, used: _Lot, entry: _Entry) -> int:
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


def _product_groups(scope: Scope) -> list[list[int]]:
    """The products in question, in groups of about `MOVEMENTS` movements."""
    groups: list[list[int]] = [[]]
    count = 0
    for product_id, moved in rows(
        "SELECT p.id, COUNT(l.id) FROM products p"
        " LEFT JOIN inventory_log l ON l.product_id = p.id"
        f" WHERE {scope.touched('p.id', 'products')} GROUP BY p.id ORDER BY p.id"
    ):
        if groups[-1] and (count + moved > MOVEMENTS or len(groups[-1]) == MOST_PRODUCTS):
            groups.append([])
            count = 0
        groups[-1].append(product_id)
        count += moved
    return [group for group in groups if group]


def _products(scope: Scope, ids: list[int]) -> Iterator[_Product]:
    named = f"IN ({', '.join(map(str, ids))})"
    # SQLite has one writer at a time: no moment excuses anything there.
    on_mysql = connection.vendor == "mysql"
    moment = "TIMESTAMPDIFF(MICROSECOND, '2000-01-01', l.created_at)" if on_mysql else "NULL"
    log = _by_product(
        f"""
        SELECT l.product_id, l.id, l.store_id, l.kind, {_whole("l.change_qty * 1000")},
            {_whole("l.cost * 100")}, {moment}, l.reference, {scope.late("l.business_date")}
        FROM inventory_log l WHERE l.product_id {named} ORDER BY l.product_id, l.id
        """
    )
    lots = _by_product(
        f"""
        SELECT b.product_id, b.id, b.store_id, b.received_on, {_whole("b.unit_cost * 10000")},
            {_whole("b.quantity * 1000")}, {_whole("b.remaining * 1000")}, p.invoice_no
        FROM batches b
        LEFT JOIN purchase_items i ON i.id = b.purchase_item_id
        LEFT JOIN purchases p ON p.id = i.purchase_id
        WHERE b.product_id {named} ORDER BY b.product_id, b.id
        """
    )
    # Line by line: what was sold first, then what came back, in the order of the refunds.
    uses = _by_product(
        f"""
        SELECT i.product_id, u.refund_item_id, i.id, i.sale_id, s.invoice_no,
            {scope.late("s.business_date")}, u.id, u.batch_id, {_whole("u.quantity * -1000")},
            {_whole("u.cost * -100")}
        FROM sale_items i JOIN sale_item_batches u ON u.sale_item_id = i.id
        JOIN sales s ON s.id = i.sale_id
        WHERE i.product_id {named} ORDER BY i.product_id, u.refund_item_id, i.id, u.id
        """
    )
    by_hand = _by_product(
        f"""
        SELECT l.product_id, l.id, m.id, m.batch_id, {_whole("m.quantity * 1000")},
            {_whole("m.cost * 100")},
            CASE WHEN m.quantity > 0 AND l.kind IN ('opening', 'adjustment') THEN 1 ELSE 0 END
        FROM inventory_log_batches m JOIN inventory_log l ON l.id = m.log_id
        WHERE l.product_id {named} ORDER BY l.product_id, m.id
        """
    )
    for product_id in sorted({*log, *lots, *uses, *by_hand}):
        product = _Product(product_id, [], {}, {}, {}, {}, {})
        for _, log_id, store_id, kind, units, cost, at, number, is_asked in log.get(product_id, ()):
            product.log.append(
                _Entry(log_id, store_id, kind, units, cost, at, _folded(number), bool(is_asked))
            )
        for _, batch_id, *told, number in lots.get(product_id, ()):
            lot = product.lots[batch_id] = _Lot(batch_id, *told)
            if number is not None:
                product.bought.setdefault(_folded(number), []).append(lot)
        _add_lines(product, uses.get(product_id, ()))
        for _, log_id, move_id, batch_id, units, cost, made_it in by_hand.get(product_id, ()):
            if not made_it and batch_id in product.lots:
                product.lots[batch_id].moved += units
                product.lots[batch_id].cost += cost
            product.by_hand.setdefault(log_id, []).append(
                _Pick("batch movement", move_id, batch_id, units, cost)
            )
        yield product


def _add_lines(product: _Product, uses: Iterable[tuple[Any, ...]]) -> None:
    last = None
    picks: list[_Pick] = []
    for (
        _,
        refund_item_id,
        item_id,
        sale_id,
        number,
        is_asked,
        use_id,
        batch_id,
        units,
        cost,
    ) in uses:
        if last != (refund_item_id, item_id):
            last, picks = (refund_item_id, item_id), []
            side = product.returned if refund_item_id else product.sold
            line = _Line(sale_id, picks, bool(is_asked))
            side.setdefault(_folded(number) or f"sale {sale_id}", []).append(line)
        used = product.lots.get(batch_id)
        if used is not None:
            used.moved += units
            used.cost += cost
        picks.append(_Pick("batch use", use_id, batch_id, units, cost, item_id))


def _by_product(sql: str) -> dict[int, list[tuple[Any, ...]]]:
    if getattr(connection, "mysql_is_mariadb", False):
        sql = IN_ROW_ORDER + sql
    found = groupby(rows(sql), key=itemgetter(0))
    return {product_id: list(group) for product_id, group in found}


def _whole(expression: str) -> str:
    """SQL of a decimal as a whole number."""
    return f"CAST(ROUND({expression}) AS {'SIGNED' if connection.vendor == 'mysql' else 'INTEGER'})"


def _folded(number: str | None) -> str:
    return (number or "").casefold()
