"""What is known of a product's movements: its log, its batches, and what lines took from them.

Millions of movements pass through here, so units are counted in thousandths, money in cents and
costs per unit in hundredths of a cent: whole numbers, exact on both databases.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from reports.reconciliation.rows import rows
from reports.reconciliation.scope import Scope

MOVEMENTS = 60_000  # replayed at a time
MOST_PRODUCTS = 500  # named in one statement
# A product's movements lie all over their tables: read them in the order of their rows, not one
# by one in that of an index (a third less work, measured at a million sales).
IN_ROW_ORDER = (
    "SET STATEMENT optimizer_switch = 'mrr=on,mrr_sort_keys=on', join_cache_level = 8,"
    " join_buffer_size = 16777216, mrr_buffer_size = 16777216 FOR "
)


class Lot:
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


class Pick(NamedTuple):
    """Units taken from a lot (−) or put into it (+), and the change of its value, as stored."""

    noun: str
    id: int
    batch_id: int
    units: int
    cost: int
    item_id: int = 0

    def __str__(self) -> str:
        return f"{self.noun} {self.id}"


class Line(NamedTuple):
    """What one line of a sale or refund moved. `is_asked` when its day is one in question."""

    sale_id: int
    picks: list[Pick]
    is_asked: bool


class Entry(NamedTuple):
    """A log row. `document` is the folded number of the sale or purchase it is about."""

    id: int
    store_id: int
    kind: str
    units: int
    cost: int
    at: int | None
    document: str
    is_asked: bool


class Product(NamedTuple):
    """All that is known of one product's movements; lines and lots by their document's number."""

    id: int
    log: list[Entry]
    lots: dict[int, Lot]
    sold: dict[str, list[Line]]
    returned: dict[str, list[Line]]
    bought: dict[str, list[Lot]]
    by_hand: dict[int, list[Pick]]


def worth_in_cents(units: int, unit_cost: int) -> int:
    """What thousandths of a unit are worth at hundredths of a cent each, half a cent up (as
    `inventory.fifo.value` does)."""
    exact = units * unit_cost
    return (exact + 50_000) // 100_000 if exact >= 0 else -((50_000 - exact) // 100_000)


def product_groups(scope: Scope) -> list[list[int]]:
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


def products(scope: Scope, ids: list[int]) -> Iterator[Product]:
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
            CASE WHEN m.quantity > 0 AND l.kind IN ('opening', 'adjustment', 'arrived')
                THEN 1 ELSE 0 END
        FROM inventory_log_batches m JOIN inventory_log l ON l.id = m.log_id
        WHERE l.product_id {named} ORDER BY l.product_id, m.id
        """
    )
    for product_id in sorted({*log, *lots, *uses, *by_hand}):
        product = Product(product_id, [], {}, {}, {}, {}, {})
        for _, log_id, store_id, kind, units, cost, at, number, is_asked in log.get(product_id, ()):
            product.log.append(
                Entry(log_id, store_id, kind, units, cost, at, _folded(number), bool(is_asked))
            )
        for _, batch_id, *told, number in lots.get(product_id, ()):
            lot = product.lots[batch_id] = Lot(batch_id, *told)
            if number is not None:
                product.bought.setdefault(_folded(number), []).append(lot)
        _add_lines(product, uses.get(product_id, ()))
        for _, log_id, move_id, batch_id, units, cost, made_it in by_hand.get(product_id, ()):
            if not made_it and batch_id in product.lots:
                product.lots[batch_id].moved += units
                product.lots[batch_id].cost += cost
            product.by_hand.setdefault(log_id, []).append(
                Pick("batch movement", move_id, batch_id, units, cost)
            )
        yield product


def _add_lines(product: Product, uses: Iterable[tuple[Any, ...]]) -> None:
    last = None
    picks: list[Pick] = []
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
            line = Line(sale_id, picks, bool(is_asked))
            side.setdefault(_folded(number) or f"sale {sale_id}", []).append(line)
        used = product.lots.get(batch_id)
        if used is not None:
            used.moved += units
            used.cost += cost
        picks.append(Pick("batch use", use_id, batch_id, units, cost, item_id))


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
