"""Goods between stores: what left one is in another, on the way, or was lost and said so."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from inventory.fifo import value
from ledger import chart
from pos_project.core.money import ZERO
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import amount, breaking, differing, exact, rows, rows_of
from reports.reconciliation.scope import Scope


@invariant("I48", "What was sent of a line is its lots, and each lot is what left its batch.")
def lots_are_what_was_sent(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT n.id, n.product_name, n.sent AS expected, SUM(l.quantity) AS found
        FROM transfer_lines n LEFT JOIN transfer_lots l ON l.line_id = n.id
        WHERE PART(n.id) GROUP BY n.id, n.product_name, n.sent
        """,
        "line {0} ({1}), units of its lots",
        places=3,
        parts=scope.parts("transfer_lines"),
    )
    yield from breaking(
        """
        SELECT l.id, l.batch_id, l.quantity, l.unit_cost, l.received_on FROM transfer_lots l
        JOIN transfer_lines n ON n.id = l.line_id JOIN transfers t ON t.id = n.transfer_id
        JOIN batches b ON b.id = l.batch_id
        WHERE PART(l.id) AND (b.product_id <> n.product_id OR b.store_id <> t.from_store_id
            OR ABS(b.unit_cost - l.unit_cost) > 0.00004 OR b.received_on <> l.received_on
            OR NOT EXISTS (
                SELECT 1 FROM inventory_log_batches m JOIN inventory_log g ON g.id = m.log_id
                WHERE m.batch_id = l.batch_id AND g.kind = 'sent' AND g.reference = t.number
                    AND ABS(m.quantity + l.quantity) < 0.0004
            ))
        """,
        "lot {0} on the way",
        expected="{2} units at {3} of {4}, as they left batch {1}",
        found="something else",
        parts=scope.parts("transfer_lots"),
    )
    yield from differing(
        """
        SELECT t.id, t.number, -SUM(units) AS expected, SUM(sent) AS found FROM (
            SELECT n.transfer_id, 0 AS units, n.sent FROM transfer_lines n
            WHERE PART(n.transfer_id)
            UNION ALL
            SELECT x.id, g.change_qty, 0 FROM transfers x JOIN inventory_log g
                ON g.store_id = x.from_store_id AND g.kind = 'sent'
                AND g.business_date = x.sent_on AND g.reference = x.number
            WHERE PART(x.id)
        ) sides JOIN transfers t ON t.id = sides.transfer_id GROUP BY t.id, t.number
        """,
        "transfer {0} ({1}), units sent",
        places=3,
        parts=scope.parts("transfers"),
    )


@invariant("I49", "What was sent arrived, is on the way, or was written off, line by line.")
def what_was_sent_is_accounted_for(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT n.id, n.product_name,
            CASE WHEN t.status <> 'received' THEN 0
                WHEN n.received - n.damaged > n.sent THEN n.sent
                ELSE n.received - n.damaged END AS expected,
            SUM(b.quantity) AS found
        FROM transfer_lines n JOIN transfers t ON t.id = n.transfer_id
        LEFT JOIN transfer_lots l ON l.line_id = n.id
        LEFT JOIN batches b ON b.transfer_lot_id = l.id
        WHERE PART(n.id)
        GROUP BY n.id, n.product_name, t.status, n.received, n.damaged, n.sent
        """,
        "line {0} ({1}), units that arrived",
        places=3,
        parts=scope.parts("transfer_lines"),
    )
    yield from differing(
        """
        SELECT n.id, n.product_name,
            CASE WHEN n.received - n.damaged > n.sent THEN n.received - n.damaged - n.sent
                ELSE 0 END AS expected,
            SUM(g.change_qty) AS found
        FROM transfer_lines n JOIN transfers t ON t.id = n.transfer_id
        LEFT JOIN inventory_log g ON g.product_id = n.product_id AND g.kind = 'adjustment'
            AND g.business_date = t.business_date AND g.reference = t.number
            AND g.created_at = t.ended_at AND g.reason = 'TRANSFER'
        WHERE PART(n.id)
        GROUP BY n.id, n.product_name, n.received, n.damaged, n.sent
        """,
        "line {0} ({1}), units found that nobody sent",
        places=3,
        parts=scope.parts("transfer_lines"),
    )


@invariant("I50", "What came from another store has the product, cost and age that it had there.")
def what_arrived_is_as_it_left(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT b.id, COALESCE(l.batch_id, 0), COALESCE(t.number, 'none') FROM batches b
        LEFT JOIN transfer_lots l ON l.id = b.transfer_lot_id
        LEFT JOIN transfer_lines n ON n.id = l.line_id
        LEFT JOIN transfers t ON t.id = n.transfer_id
        WHERE PART(b.id) AND ((b.origin = 'transfer') <> (b.transfer_lot_id IS NOT NULL)
            OR b.transfer_lot_id IS NOT NULL AND (l.id IS NULL OR t.id IS NULL
                OR b.product_id <> n.product_id OR ABS(b.unit_cost - l.unit_cost) > 0.00004
                OR b.received_on <> l.received_on OR b.quantity > l.quantity + 0.0004
                OR b.created_at <> t.ended_at OR b.store_id <> CASE
                    WHEN t.turned_back_at IS NULL THEN t.to_store_id ELSE t.from_store_id END))
        """,
        "batch {0}, which came by transfer {2}",
        expected="product, cost and age of batch {1}, in the store that received it",
        found="something else",
        parts=scope.parts("batches"),
    )


@invariant("I51", "Goods in transit of a store are what it sent and what has not arrived.")
def goods_in_transit_are_the_lots_on_the_way(scope: Scope) -> Iterator[Violation]:
    # All of them, whatever the days asked for: little is on the way, and by an index.
    worth: dict[int, Decimal] = {}
    for store_id, quantity, cost in rows_of(
        scope.whole().parts("transfers"),
        "SELECT t.from_store_id, l.quantity, l.unit_cost FROM transfers t"
        " JOIN transfer_lines n ON n.transfer_id = t.id JOIN transfer_lots l ON l.line_id = n.id"
        " WHERE t.status = 'sent' AND PART(t.id)",
    ):
        lot = value(exact(quantity), exact(cost, 4))
        worth[store_id] = worth.get(store_id, ZERO) + lot
    yield from _differing(chart.GOODS_IN_TRANSIT, worth, _balances(chart.GOODS_IN_TRANSIT))


@invariant("I52", "What stores owe each other for goods adds up to nothing over all stores.")
def stores_are_even(_: Scope) -> Iterator[Violation]:
    balance = sum(_balances(chart.BETWEEN_STORES).values(), ZERO)
    if balance:
        yield Violation(f"lines on {chart.BETWEEN_STORES}, all stores", str(ZERO), str(balance))


@invariant("I53", "The inventory account of each store is the value of its own batches.")
def inventory_of_each_store_is_its_batches(scope: Scope) -> Iterator[Violation]:
    worth: dict[int, Decimal] = {}
    booked: dict[int, Decimal] = {}
    if scope.since is None:
        for store_id, remaining, cost in rows_of(
            scope.parts("batches"),
            "SELECT store_id, remaining, unit_cost FROM batches WHERE PART(id) AND remaining > 0",
        ):
            worth[store_id] = worth.get(store_id, ZERO) + value(exact(remaining), exact(cost, 4))
    else:
        # What the account moved by since then is what the goods that moved cost.
        _add(
            worth,
            rows_of(
                scope.parts("inventory_log"),
                "SELECT store_id, SUM(cost) FROM inventory_log WHERE PART(id) GROUP BY store_id",
            ),
        )
    _add(
        booked,
        rows_of(
            scope.parts("journal_lines"),
            "SELECT e.store_id, SUM(l.debit - l.credit) FROM journal_lines l"
            " JOIN journal_entries e ON e.id = l.entry_id"
            f" WHERE PART(l.id) AND l.account_id = '{chart.INVENTORY}' GROUP BY e.store_id",
        ),
    )
    yield from _differing(chart.INVENTORY, worth, booked)


@invariant("I34", "A transfer bears the number of its id, and its days follow each other.")
def transfers_are_in_order(scope: Scope) -> Iterator[Violation]:
    return breaking(
        """
        SELECT t.id, t.number, t.asked_on, t.sent_on, t.business_date FROM transfers t
        WHERE PART(t.id) AND (t.number IS NULL OR SUBSTR(t.number, 1, 4) <> 'TRF-'
            OR CAST(SUBSTR(t.number, 5) AS DECIMAL(20)) <> t.id
            OR t.sent_on < t.asked_on OR t.business_date < t.sent_on
            OR t.business_date < t.asked_on OR t.turned_back_at > t.ended_at
            OR t.turned_back_at < t.sent_at)
        """,
        "transfer {0} ({1})",
        expected="the number of its id, asked for, sent and ended one after the other",
        found="asked for {2}, sent {3}, ended {4}",
        parts=scope.parts("transfers"),
    )


def _balances(account: str) -> dict[int, Decimal]:
    """By store, what an account of few lines has."""
    found: dict[int, Decimal] = {}
    _add(
        found,
        rows(
            "SELECT e.store_id, SUM(l.debit - l.credit) FROM journal_lines l"
            " JOIN journal_entries e ON e.id = l.entry_id"
            " WHERE l.account_id = %s GROUP BY e.store_id",
            [account],
        ),
    )
    return found


def _add(sums: dict[int, Decimal], found: Iterable[tuple[Any, ...]]) -> None:
    for store_id, moved in found:
        sums[store_id] = sums.get(store_id, ZERO) + amount(moved)


def _differing(
    account: str, worth: dict[int, Decimal], booked: dict[int, Decimal]
) -> Iterator[Violation]:
    for store_id in sorted(worth.keys() | booked.keys()):
        expected, found = worth.get(store_id, ZERO), booked.get(store_id, ZERO)
        if expected != found:
            yield Violation(f"lines on {account} of store {store_id}", str(expected), str(found))
