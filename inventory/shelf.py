"""Reading the open batches of products, oldest first, and locking them: the one place that does.

InnoDB locks what it scans, in scan order; the forced index makes that an order all tills share.
The oldest open batch of a product serves as the product's lock: who takes goods holds it, and so
does whoever brings goods to a place before it (a return, a delivery dated in the past). So a till
locks the few batches it needs, however many the shelf holds.
"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from pos_project.core.money import quantity, unit_cost

FIFO_INDEX = "inventory_batch_fifo"
# So many batches of a product are read: mostly the first few suffice.
FEW, MANY, ALL = 2, 50, 10**9
FOR_UPDATE = " FOR UPDATE"
# Beyond this many products (an imported file; a till sends 500 lines) one scan of all their
# batches costs less than a part of a UNION for each.
MOST_PARTS = 500
RESCANS = 10
RECORD_CHANGED = 1020  # MySQL's number for "changed since it was read"; the use case is replayed

_COLUMNS = "id, product_id, received_on, unit_cost, quantity, remaining"
_OLDEST, _BY_ID, _AGAIN = 0, 1, 2


class ShelfBatch(NamedTuple):
    """A batch as it was read, under its lock if it was locked."""

    id: int
    product_id: int
    received_on: date
    unit_cost: Decimal
    quantity: Decimal
    remaining: Decimal


def oldest(product_ids: Sequence[int], *, store_id: int, first: int) -> list[ShelfBatch]:
    """The `first` oldest open batches of each product, oldest first. Nothing is locked."""
    found = _read(product_ids, store_id, first, (), lock="")
    return [batch for part, batch in found if part == _OLDEST]


def lock(
    product_ids: Sequence[int], *, store_id: int, first: int, ids: Sequence[int] = ()
) -> list[ShelfBatch]:
    """Lock the `first` oldest open batches of each product, and those of `ids`, open or not.

    Whoever waited may have been overtaken by goods that came before the batch that it got: each
    product's oldest is asked for again, in the same statement, once all are locked.
    """
    for _ in range(RESCANS):
        found = _read(product_ids, store_id, first, ids, lock=FOR_UPDATE)
        if _heads(found, _OLDEST) == _heads(found, _AGAIN):
            return list({batch.id: batch for part, batch in found if part != _AGAIN}.values())
    raise OperationalError(RECORD_CHANGED, "Older goods kept coming before those that were locked.")


def _heads(found: Sequence[tuple[int, ShelfBatch]], part: int) -> dict[int, int]:
    """The id of the first batch of each product in a part of the answer."""
    heads: dict[int, int] = {}
    for of_part, batch in found:
        if of_part == part:
            heads.setdefault(batch.product_id, batch.id)
    return heads


def _read(
    products: Sequence[int], store_id: int, first: int, ids: Sequence[int], *, lock: str
) -> list[tuple[int, ShelfBatch]]:
    """The batches, each with the part of the statement that found it."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        return _of_sqlite(connection, products, store_id, first, ids)
    if len(products) > MOST_PARTS:
        places = [*products, store_id]
    else:
        places = list(chain.from_iterable((product_id, store_id) for product_id in products))
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(len(products), first, len(ids), lock),
            [*places, *ids, *(places if lock else ())],
        )
        return [(row[0], ShelfBatch._make(row[1:])) for row in cursor.fetchall()]


@lru_cache(maxsize=256)
def _sql(products: int, first: int, ids: int, lock: str) -> str:
    """A part for each product, or one for all of them; the batches of `ids`; the oldest again."""

    def parts(number: int, most: int) -> list[str]:
        of_all = f"IN ({', '.join(['%s'] * products)})" if products > MOST_PARTS else ""
        part = (
            f"(SELECT {number} AS part, {_COLUMNS} FROM batches FORCE INDEX ({FIFO_INDEX})"  # noqa: S608  (ours)
            f" WHERE product_id {of_all or '= %s'} AND store_id = %s AND is_open = 1"
            f" ORDER BY {'product_id, ' if of_all else ''}received_on, id"
            f" LIMIT {ALL if of_all else most}{lock})"
        )
        return [part] if of_all else [part] * products

    by_id = (
        f"(SELECT {_BY_ID} AS part, {_COLUMNS} FROM batches FORCE INDEX (PRIMARY)"  # noqa: S608  (ours)
        f" WHERE id IN ({', '.join(['%s'] * ids)}) ORDER BY id LIMIT {ALL}{lock})"
    )
    again = parts(_AGAIN, 1) if lock else []
    return " UNION ALL ".join([*parts(_OLDEST, first), *([by_id] if ids else []), *again])


_OF_SQLITE = (
    f"SELECT {_OLDEST}, batches.{_COLUMNS} FROM json_each(%s) AS wanted JOIN batches"  # noqa: S608  (ours)
    f" ON batches.id IN (SELECT id FROM batches INDEXED BY {FIFO_INDEX}"
    " WHERE product_id = wanted.value AND store_id = %s AND is_open = 1"
    " ORDER BY received_on, id LIMIT %s)"
    f" UNION ALL SELECT {_BY_ID}, {_COLUMNS} FROM batches"
    " WHERE id IN (SELECT value FROM json_each(%s))"
)


def _of_sqlite(
    connection: Any, products: Sequence[int], store_id: int, first: int, ids: Sequence[int]
) -> list[tuple[int, ShelfBatch]]:
    """There are no row locks, and whoever writes is alone: what was found stays true."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OF_SQLITE, [json.dumps(list(products)), store_id, first, json.dumps(list(ids))]
        )
        found = [
            (
                part,
                ShelfBatch(
                    batch_id,
                    product_id,
                    received_on,
                    unit_cost(Decimal(str(cost))),
                    quantity(Decimal(str(units))),
                    quantity(Decimal(str(left))),
                ),
            )
            for part, batch_id, product_id, received_on, cost, units, left in cursor.fetchall()
        ]
    found.sort(key=lambda row: (row[0], row[1].product_id, row[1].received_on, row[1].id))
    # Nobody can have come between: the oldest are the oldest again.
    return [*found, *((_AGAIN, batch) for part, batch in found if part == _OLDEST)]
